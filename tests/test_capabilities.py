from __future__ import annotations

from pathlib import Path

import pytest

from bench import capabilities
from bench.capabilities import Machine, module_installed, skip_reason
from scenarios.schema import Hardware


def machine(
    root: Path,
    *files: str,
    missing: tuple[str, ...] = (),
    smi: bool = False,
    platform: str = "linux",
    cores: int = 4,
    core_numbers: frozenset[int] | None = frozenset(range(4)),
    **environment: str,
) -> Machine:
    for file in files:
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).touch()
    return Machine(
        root=root,
        environment=environment,
        platform=platform,
        installed=lambda name: name not in missing,
        which=lambda name: "/usr/bin/nvidia-smi" if smi else None,
        cores=lambda: cores,
        core_numbers=lambda: core_numbers,
    )


def test_a_cpu_with_everything_installed_can_run(tmp_path: Path) -> None:
    assert skip_reason(Hardware(), machine(tmp_path)) is None


@pytest.mark.parametrize(
    ("backend", "device", "command"),
    [
        ("tensorflow", "cpu", "pip install tensorflow"),
        ("tensorflow", "gpu", "pip install 'tensorflow[and-cuda]'"),
        ("jax", "cpu", "pip install jax"),
        ("jax", "gpu", "pip install jax 'jax[cuda12]'"),
        ("torch", "gpu", "pip install torch"),
    ],
)
def test_a_missing_backend_says_how_to_install_it(
    tmp_path: Path, backend: str, device: str, command: str
) -> None:
    here = machine(tmp_path, "dev/nvidia0", missing=(backend,))
    hardware = Hardware.model_validate({"device": device, "backend": backend})
    assert skip_reason(hardware, here) == f"{backend} is not installed: {command}"


def test_keras_nlp_itself_can_be_missing(tmp_path: Path) -> None:
    reason = skip_reason(Hardware(), machine(tmp_path, missing=("keras_nlp", "keras_hub")))
    assert reason == "keras-nlp is not installed: pip install keras-nlp"


def test_everything_missing_is_said_at_once(tmp_path: Path) -> None:
    here = machine(tmp_path, missing=("torch",), cores=2)
    hardware = Hardware(device="gpu", backend="torch", threads=8)
    reason = skip_reason(hardware, here)
    assert reason is not None
    assert [part.split()[0] for part in reason.split("; ")] == ["torch", "no", "8"]


@pytest.mark.parametrize(
    "files",
    [("dev/nvidia0", "dev/nvidiactl"), ("proc/driver/nvidia/gpus/0000:01:00.0/information",)],
)
def test_an_nvidia_gpu_is_found(tmp_path: Path, files: tuple[str, ...]) -> None:
    assert skip_reason(Hardware(device="gpu", backend="jax"), machine(tmp_path, *files)) is None


def test_device_nodes_are_counted_rather_than_the_gpus_of_the_host(tmp_path: Path) -> None:
    here = machine(
        tmp_path,
        "dev/nvidia3",
        "dev/nvidiactl",
        "dev/nvidia-uvm",
        "proc/driver/nvidia/gpus/0000:01:00.0/information",
        "proc/driver/nvidia/gpus/0000:02:00.0/information",
    )
    assert capabilities.nvidia_count(here) == 1


def test_a_gpu_beyond_the_last_is_refused(tmp_path: Path) -> None:
    one = machine(tmp_path / "1", "dev/nvidia0")
    two = machine(tmp_path / "2", "dev/nvidia0", "dev/nvidia1")
    assert skip_reason(Hardware(device="gpu:1"), two) is None
    assert skip_reason(Hardware(device="gpu:1"), one) == "no gpu:1: gpu:0 is the only GPU"
    assert skip_reason(Hardware(device="gpu:2"), two) == "no gpu:2: there are gpu:0 to gpu:1"


def test_no_gpu(tmp_path: Path) -> None:
    gpu = Hardware(device="gpu")
    assert "no NVIDIA or ROCm GPU here" in str(skip_reason(gpu, machine(tmp_path)))
    assert "--gpus all" in str(skip_reason(gpu, machine(tmp_path, smi=True)))
    assert "macOS" in str(skip_reason(gpu, machine(tmp_path, platform="darwin")))


def test_where_nothing_counts_the_gpus_any_index_is_tried(tmp_path: Path) -> None:
    wsl = machine(tmp_path, "dev/dxg", smi=True)
    assert capabilities.nvidia_count(wsl) is None
    assert skip_reason(Hardware(device="gpu:3"), wsl) is None
    assert (
        skip_reason(Hardware(device="gpu"), machine(tmp_path / "w", platform="win32", smi=True))
        is None
    )


@pytest.mark.parametrize("hidden", ["", "-1", "-1,0"])
def test_gpus_hidden_by_the_environment(tmp_path: Path, hidden: str) -> None:
    here = machine(tmp_path, "dev/nvidia0", CUDA_VISIBLE_DEVICES=hidden)
    assert "unset it" in str(skip_reason(Hardware(device="gpu"), here))
    assert skip_reason(Hardware(device="gpu:0"), here) is None  # the worker then names the GPU


def test_visible_gpus_by_number_or_uuid(tmp_path: Path) -> None:
    for visible in ("0", "1,0", "GPU-8932f937"):
        here = machine(tmp_path, "dev/nvidia0", CUDA_VISIBLE_DEVICES=visible)
        assert skip_reason(Hardware(device="gpu"), here) is None


def test_slices_of_one_gpu_are_devices_of_their_own(tmp_path: Path) -> None:
    here = machine(tmp_path, "dev/nvidia0", CUDA_VISIBLE_DEVICES="MIG-1,MIG-2")
    assert skip_reason(Hardware(device="gpu:1"), here) is None
    assert "allows gpu:0 to gpu:1" in str(skip_reason(Hardware(device="gpu:2"), here))


def test_rocm_counts_gpus_not_cpus(tmp_path: Path) -> None:
    here = machine(tmp_path, "dev/kfd")
    for node, gpu_id in (("0", "0\n"), ("1", "51218\n")):
        folder = tmp_path / "sys/class/kfd/kfd/topology/nodes" / node
        folder.mkdir(parents=True)
        (folder / "gpu_id").write_text(gpu_id)
    assert capabilities.rocm_count(here) == 1
    assert skip_reason(Hardware(device="gpu", backend="torch"), here) is None


def test_tpu(tmp_path: Path) -> None:
    tpu = Hardware(device="tpu", backend="jax")
    assert "no TPU here" in str(skip_reason(tpu, machine(tmp_path)))
    assert skip_reason(tpu, machine(tmp_path / "v4", "dev/accel0")) is None
    assert skip_reason(tpu, machine(tmp_path / "v5", "dev/vfio/0")) is None
    without = machine(tmp_path / "v4", missing=("libtpu",))
    assert skip_reason(tpu, without) == (
        "libtpu, which jax needs for a TPU, is not installed: pip install 'jax[tpu]'"
    )


def test_threads_beyond_the_allowed_cores(tmp_path: Path) -> None:
    assert skip_reason(Hardware(threads=4), machine(tmp_path)) is None
    reason = skip_reason(Hardware(threads=5), machine(tmp_path))
    assert reason == "5 threads, and this process may use 4 cores"
    assert "1 core" in str(skip_reason(Hardware(threads=2), machine(tmp_path, cores=1)))


def test_cores_that_this_process_may_not_use(tmp_path: Path) -> None:
    here = machine(tmp_path, core_numbers=frozenset({0, 2, 4}))
    assert skip_reason(Hardware(cores=(0, 4)), here) is None
    assert skip_reason(Hardware(cores=(2, 3)), here) == "core 3: this process may use 0, 2, 4"
    assert "cores 1, 3" in str(skip_reason(Hardware(cores=(1, 3)), here))
    nowhere = machine(tmp_path, core_numbers=None)
    assert "use threads" in str(skip_reason(Hardware(cores=(0,)), nowhere))


@pytest.mark.parametrize(
    ("visible", "device", "words"),
    [
        ("2", "gpu:1", "allows gpu:0"),
        ("2,3", "gpu:2", "allows gpu:0 to gpu:1"),
        ("2,3", "gpu:1", ""),
        ("GPU-1,-1,GPU-2", "gpu:1", "allows gpu:0"),
    ],
)
def test_gpus_beyond_those_allotted_are_not_taken(
    tmp_path: Path, visible: str, device: str, words: str
) -> None:
    here = machine(tmp_path, *(f"dev/nvidia{i}" for i in range(4)), CUDA_VISIBLE_DEVICES=visible)
    reason = skip_reason(Hardware(device=device), here)
    assert words in str(reason) if words else reason is None


def test_a_folder_of_the_same_name_is_no_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "jaxlike_name").mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    assert not module_installed("jaxlike_name")
    assert not module_installed("no_such_package_anywhere")
    assert module_installed("json")


def test_this_machine_is_looked_at_by_default() -> None:
    assert capabilities.allowed_cores() >= 1
    assert "threads" in str(skip_reason(Hardware(threads=4096)))
