"""The environment of a worker, by hardware entry."""

import pytest

from bench.worker_environment import worker_environment
from scenarios.hardware import Hardware

BASE = {
    "PATH": "/bin",
    "HOME": "/home/me",
    "KERAS_BACKEND": "torch",
    "CUDA_VISIBLE_DEVICES": "2,3",
    "JAX_PLATFORMS": "cuda",
    "JAX_PLATFORM_NAME": "cpu",
    "KERAS_TORCH_DEVICE": "cuda:1",
    "XLA_PYTHON_CLIENT_PREALLOCATE": "true",
}


def environment(base=BASE, **hardware):
    return worker_environment(Hardware(**hardware).model_dump(), base)


@pytest.mark.parametrize(
    ("hardware", "expected"),
    [
        ({}, {"KERAS_BACKEND": "tensorflow", "CUDA_VISIBLE_DEVICES": "", "JAX_PLATFORMS": "cpu"}),
        (
            {"backend": "jax"},
            {"KERAS_BACKEND": "jax", "CUDA_VISIBLE_DEVICES": "", "JAX_PLATFORMS": "cpu"},
        ),
        ({"backend": "torch", "threads": 4}, {"OMP_NUM_THREADS": "4", "CUDA_VISIBLE_DEVICES": ""}),
        ({"device": "gpu", "backend": "jax"}, {"CUDA_VISIBLE_DEVICES": "2"}),
        (
            {"device": "gpu:1", "backend": "jax"},
            {"CUDA_VISIBLE_DEVICES": "3", "CUDA_DEVICE_ORDER": "PCI_BUS_ID"},  # of those allotted
        ),
        ({"device": "gpu:0"}, {"CUDA_VISIBLE_DEVICES": "2"}),
        (
            {"device": "tpu", "backend": "jax"},
            {"JAX_PLATFORMS": "tpu", "CUDA_VISIBLE_DEVICES": ""},
        ),
    ],
)
def test_backend_and_device(hardware, expected):
    env = environment(**hardware)
    assert {name: env[name] for name in expected} == expected


def test_no_framework_is_told_another_device():
    for device, torch in (("cpu", "cpu"), ("gpu", None), ("gpu:1", None)):
        env = environment(device=device, backend="torch")
        assert env.get("KERAS_TORCH_DEVICE") == torch
        assert "JAX_PLATFORM_NAME" not in env


@pytest.mark.parametrize("backend", ["tensorflow", "jax", "torch"])
@pytest.mark.parametrize("device", ["cpu", "gpu", "gpu:1"])
def test_no_framework_grabs_all_the_memory(backend, device):
    env = environment(backend=backend, device=device)
    assert env["XLA_PYTHON_CLIENT_PREALLOCATE"] == "false"
    assert env["TF_FORCE_GPU_ALLOW_GROWTH"] == "true"


def test_on_a_gpu_jax_is_free_to_find_it():
    assert "JAX_PLATFORMS" not in environment(device="gpu", backend="jax")


@pytest.mark.parametrize(
    ("allotted", "device", "chosen"),
    [
        (None, "gpu", "0"),
        (None, "gpu:3", "3"),
        ("3, 2", "gpu:1", "2"),
        ("GPU-8f6b,GPU-91aa", "gpu:1", "GPU-91aa"),
        ("MIG-1,MIG-2", "gpu", "MIG-1"),
        ("1,-1,0", "gpu:0", "1"),
    ],
)
def test_a_process_sees_one_gpu_of_those_allotted(allotted, device, chosen):
    base = {k: v for k, v in BASE.items() if k != "CUDA_VISIBLE_DEVICES"}
    base |= {} if allotted is None else {"CUDA_VISIBLE_DEVICES": allotted}
    assert environment(base, device=device)["CUDA_VISIBLE_DEVICES"] == chosen


@pytest.mark.parametrize("device", ["gpu", "gpu:1"])
def test_numbers_of_a_list_are_those_of_the_users_order(device):
    base = {**BASE, "CUDA_DEVICE_ORDER": "FASTEST_FIRST", "CUDA_VISIBLE_DEVICES": "1,0"}
    assert environment(base, device=device)["CUDA_DEVICE_ORDER"] == "FASTEST_FIRST"


def test_cores_size_the_thread_pools():
    assert environment(cores=[1, 3])["OMP_NUM_THREADS"] == "2"


def test_an_order_that_the_user_chose_stays():
    base = {**BASE, "CUDA_DEVICE_ORDER": "FASTEST_FIRST"}
    assert environment(base, device="gpu")["CUDA_DEVICE_ORDER"] == "FASTEST_FIRST"
    assert environment(BASE, device="gpu")["CUDA_DEVICE_ORDER"] == "PCI_BUS_ID"
    assert "CUDA_DEVICE_ORDER" not in environment(BASE)


def test_threads_are_left_alone_unless_asked_for():
    assert "OMP_NUM_THREADS" not in environment()
    assert environment({**BASE, "OMP_NUM_THREADS": "3"})["OMP_NUM_THREADS"] == "3"


def test_all_else_is_kept():
    base = dict(BASE)
    env = environment(base, device="gpu:1")
    assert (env["PATH"], env["HOME"]) == ("/bin", "/home/me")
    assert base == BASE, "the caller's environment is not changed"


def test_the_worker_speaks_utf8_and_at_once():
    env = environment()
    assert env["PYTHONIOENCODING"] == "utf-8"
    assert env["PYTHONUNBUFFERED"] == "1"
