"""Which device CUDA's first is: a stand-in for libcuda."""

import ctypes

import pytest

from bench.machine import cuda_driver
from bench.machine.cuda_driver import first_pci_bus_id, normalised
from bench.machine.probing import MissingError


class Cuda:
    """The driver's C functions; ``fails`` names one and its error code."""

    def __init__(self, fails="", code=0):
        self.fails, self.code, self.calls = fails, code, []

    def _call(self, name, give=lambda: None):
        self.calls.append(name)
        if name == self.fails:
            return self.code
        give()
        return 0

    def cuInit(self, flags):  # noqa: N802
        return self._call("cuInit")

    def cuDeviceGet(self, device, ordinal):  # noqa: N802
        assert ordinal == 0

        def give():
            device._obj.value = 7

        return self._call("cuDeviceGet", give)

    def cuDeviceGetPCIBusId(self, text, length, device):  # noqa: N802
        assert device.value == 7

        def give():
            ctypes.memmove(text, b"0000:3B:00.0\0", 13)
            assert length >= 13

        return self._call("cuDeviceGetPCIBusId", give)


def test_the_bus_id_of_the_first_device():
    cuda = Cuda()
    assert first_pci_bus_id(cuda) == "0000:3b:00.0"
    assert cuda.calls == ["cuInit", "cuDeviceGet", "cuDeviceGetPCIBusId"]


@pytest.mark.parametrize("call", ["cuInit", "cuDeviceGet", "cuDeviceGetPCIBusId"])
def test_a_driver_that_shows_nothing(call):
    with pytest.raises(MissingError, match=rf"{call} gives 100"):
        first_pci_bus_id(Cuda(call, 100))


def test_a_machine_without_the_driver(monkeypatch):
    monkeypatch.setattr(cuda_driver, "_LIBRARIES", ("libcuda-that-is-not-here.so",))
    with pytest.raises(MissingError, match="no CUDA driver"):
        first_pci_bus_id()


@pytest.mark.parametrize(
    "written", ["0000:3B:00.0", "00000000:3B:00.0", b"00000000:3b:00.0", "0000:3b:00.0\0\0"]
)
def test_nvml_and_cuda_write_one_id_differently(written):
    assert normalised(written) == "0000:3b:00.0"
