"""What ran is asked of the objects: stand-ins for a model on each backend, and on a GPU."""

import sys
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np
import pytest

from bench.engine import read_back
from bench.engine.interface import InputError, UnavailableError
from bench.engine.loading import _check_honoured


class JaxDevice(NamedTuple):
    platform: str
    id: int


def variable(device, dtype="float32", shape=(2, 3)):
    """A Keras variable; ``device`` in the words of torch, TensorFlow or (platform, id) of jax."""
    if isinstance(device, tuple):
        value = SimpleNamespace(dtype=np.dtype("float32"), devices=lambda: {JaxDevice(*device)})
    else:
        value = SimpleNamespace(dtype=f"torch.{dtype}", device=device)
    return SimpleNamespace(value=value, dtype=dtype, shape=shape)


def model(*devices, compute="float32", modes=(None,), dtype="float32"):
    return SimpleNamespace(
        weights=[variable(device, dtype) for device in devices],
        backbone=SimpleNamespace(dtype_policy=SimpleNamespace(compute_dtype=compute)),
        _flatten_layers=lambda: [SimpleNamespace(quantization_mode=mode) for mode in modes],
    )


CPU, GPU = "/job:localhost/replica:0/task:0/device:CPU:0", "/job:localhost/device:GPU:0"


@pytest.mark.parametrize(
    ("device", "name"),
    [(CPU, "cpu:0"), (GPU, "gpu:0"), ("cuda:0", "cuda:0"), ("cpu", "cpu"), (("gpu", 0), "gpu:0")],
)
def test_where_the_weights_are(device, name):
    assert read_back.weight_devices(model(device, device)) == [name]


def test_what_the_weights_are_stored_in():
    one = model("cpu", dtype="bfloat16")
    one.weights.append(variable("cpu", "int8"))
    assert read_back.stored_bytes(one) == {"bfloat16": 12, "int8": 6}


def wanted(device="cpu", dtype="float32", quantization=None):
    return {"device": device, "dtype": dtype, "quantization": quantization}


@pytest.mark.parametrize(
    ("found", "asked"),
    [
        (model("cpu"), wanted()),
        (model("cuda:0"), wanted("gpu:3")),
        (model(GPU, CPU), wanted("gpu")),  # TensorFlow keeps small tables on the host
        (model(("tpu", 0)), wanted("tpu")),
        (model("cpu", compute="float16"), wanted(dtype="mixed_float16")),
        (model("cpu", modes=(None, "int8")), wanted(quantization="int8")),
    ],
)
def test_what_was_asked_for_ran(found, asked):
    _check_honoured(found, asked)


@pytest.mark.parametrize(
    ("found", "asked", "error", "words"),
    [
        (model("cpu"), wanted("gpu"), UnavailableError, "weights are on cpu"),
        (model(GPU), wanted("cpu"), UnavailableError, "weights are on gpu:0"),
        (model("cpu"), wanted(dtype="bfloat16"), InputError, "computes in float32"),
        (model("cpu"), wanted(quantization="int4"), InputError, "int4: leave it out"),
        (model("cpu", modes=("int8",)), wanted(quantization="int4"), InputError, "took the"),
    ],
)
def test_a_label_does_not_lie(found, asked, error, words):
    with pytest.raises(error, match=words):
        _check_honoured(found, asked)


def graph(xla):
    attribute = {"_XlaMustCompile": SimpleNamespace(b=xla)}
    return SimpleNamespace(function_def=SimpleNamespace(attr=attribute))


@pytest.mark.parametrize(
    ("graphs", "words"),
    [
        ([graph(True)], "XLA"),
        ([graph(False)], "tf.function graph, XLA off"),
        ([graph(True), graph(False)], "tf.function graph, XLA off"),
        ([], "eager: TensorFlow traced nothing"),
    ],
)
def test_jit_of_tensorflow_is_that_of_the_traced_graph(graphs, words):
    function = SimpleNamespace(_list_all_concrete_functions=lambda: graphs)
    assert read_back.jit("tensorflow", function, 1) == words


@pytest.mark.parametrize(
    ("off", "compiles", "words"),
    [(False, 1, "jax.jit (XLA)"), (True, 5, "JAX_DISABLE_JIT"), (False, 0, "JAX_DISABLE_JIT")],
)
def test_jit_of_jax(monkeypatch, off, compiles, words):
    stand_in = SimpleNamespace(config=SimpleNamespace(jax_disable_jit=off))
    monkeypatch.setitem(sys.modules, "jax", stand_in)
    assert words in read_back.jit("jax", None, compiles)


def test_torch_is_eager():
    assert read_back.jit("torch", None, 0) == "eager"
