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
        ({"device": "gpu", "backend": "jax"}, {"CUDA_VISIBLE_DEVICES": "2,3"}),
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


@pytest.mark.parametrize("backend", ["tensorflow", "jax", "torch"])
@pytest.mark.parametrize("device", ["cpu", "gpu", "gpu:1"])
def test_no_framework_grabs_all_the_memory(backend, device):
    env = environment(backend=backend, device=device)
    assert env["XLA_PYTHON_CLIENT_PREALLOCATE"] == "false"
    assert env["TF_FORCE_GPU_ALLOW_GROWTH"] == "true"


def test_on_a_gpu_jax_is_free_to_find_it():
    assert "JAX_PLATFORMS" not in environment(device="gpu", backend="jax")


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
