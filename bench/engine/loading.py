"""Loading a KerasHub causal LM, with its failures told in words that say what to do."""

from __future__ import annotations

import difflib
import os
import re
import time
from typing import Any
from urllib.parse import urlsplit

from bench.engine.interface import InputError, LoadedEngine, UnavailableError

_HUGGING_FACE = "hf://"


def loading_phase(source: str) -> str:
    """Return what loading a preset is called while it goes on: whom it may wait for.

    Hugging Face's library asks for each file, kept here or not, and asks again for half a minute
    where nobody answers.
    """
    asking = f", asking {_its_host()}" if source.startswith(_HUGGING_FACE) else ""
    return f"import and load{asking}"


def _its_host() -> str:
    return urlsplit(os.environ.get("HF_ENDPOINT", "")).hostname or "huggingface.co"


def load(source: str, hardware: dict[str, Any], label: str = "NAME") -> LoadedEngine:
    """Import the backend, load the preset, and return it ready to make programs.

    Args:
        source: what ``from_preset`` takes: a preset name, ``kaggle://`` or ``hf://`` handle, or
            the path of a local KerasHub or Hugging Face folder.
        hardware: ``device``, ``backend``, ``dtype``, ``quantization``, ``jit`` of the case. The
            environment (KERAS_BACKEND among it) must have been set before this process began.
        label: the preset's name in the scenario, for advice that names it.

    Raises:
        InputError: the preset does not exist, cannot be reached or is broken; or it cannot be
            quantized so.
        UnavailableError: the backend does not see the device, or the weights are not on it.
    """
    start = time.perf_counter()
    import keras_nlp

    from bench.engine import devices
    from bench.engine.compiles import compile_counter
    from bench.engine.device_memory import DeviceMemory
    from bench.engine.kerashub import KerasHubEngine

    backend = require_backend(hardware["backend"])
    devices.keep_tensorflow_off_the_device(backend)
    devices.require_device(backend, hardware["device"])
    counter = compile_counter(backend)
    imported = time.perf_counter()

    model = from_preset(keras_nlp.models.CausalLM, source, hardware["dtype"], label)
    if hardware.get("quantization"):
        _quantize(model, hardware["quantization"])
    if hardware.get("jit") is not None:
        model.compile(jit_compile=hardware["jit"])
    _check_honoured(model, hardware)
    engine = KerasHubEngine(model, backend, DeviceMemory(backend, hardware["device"]), counter)
    loaded = time.perf_counter()
    engine.warm_framework()
    return LoadedEngine(engine, imported - start, loaded - imported, time.perf_counter() - loaded)


def require_backend(wanted: str) -> str:
    """Return Keras's backend.

    Raises:
        InputError: it is not the one wanted.
    """
    import keras

    backend: str = keras.config.backend()
    if backend != wanted:
        raise InputError(f"keras runs on {backend}, not {wanted}: KERAS_BACKEND was not honoured")
    return backend


def from_preset(causal_lm: Any, source: str, dtype: str, label: str) -> Any:
    """Return a model with its preprocessor.

    Raises:
        InputError: it cannot be loaded, or has no tokenizer; the text says what to do.
    """
    try:
        model = causal_lm.from_preset(source, dtype=dtype)
    except Exception as error:
        raise InputError(_why_not_loaded(causal_lm, source, label, error)) from error
    if model.preprocessor is None:
        raise InputError(f"preset {source} has no tokenizer, so no text can be generated with it")
    return model


def _quantize(model: Any, mode: str) -> None:
    model.preprocessor.tokenizer("a")  # quantize() refuses a tokenizer that was never called
    try:
        model.quantize(mode)
    except Exception as error:
        raise InputError(f"quantization {mode} does not work on this model: {error}") from error


def _check_honoured(model: Any, hardware: dict[str, Any]) -> None:
    """Check that the weights are where, and in what, the case says: a label must not lie.

    Raises:
        InputError: another dtype, or no quantization.
        UnavailableError: another device.
    """
    from bench.engine import read_back

    kind = hardware["device"].partition(":")[0]
    held = read_back.weight_devices(model)
    names = {"cpu": ("cpu",), "gpu": ("gpu", "cuda", "rocm"), "tpu": ("tpu",)}[kind]
    # TensorFlow leaves small tables of whole numbers on the host.
    if not any(device.startswith(names) for device in held):
        raise UnavailableError(
            f"the weights are on {', '.join(held)}, and the case asks for {kind}"
        )
    found = model.backbone.dtype_policy.compute_dtype
    wanted = hardware["dtype"].removeprefix("mixed_")
    if found != wanted:
        raise InputError(f"the model computes in {found}, and the case asks for {wanted}")
    mode = hardware.get("quantization")
    if mode and mode not in (read_back.quantization(model) or "").split(", "):
        raise InputError(f"no layer of this model took the quantization {mode}: leave it out")


def _why_not_loaded(causal_lm: Any, source: str, label: str, error: Exception) -> str:
    chain = _chain(error)
    if source.startswith(_HUGGING_FACE):  # keras_hub takes a hub out of reach for a missing file
        chain += _chain(_ask_hugging_face(source))
    text = " ".join(str(e) for e in chain if e)
    first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    names = list(causal_lm.presets)
    if "/" not in source and source not in names:
        near = difflib.get_close_matches(source, names, n=3)
        hint = f"; did you mean {', '.join(near)}?" if near else ""
        return f"unknown preset {source!r}{hint} (a local folder is written ./{source})"
    if _is_network_failure(chain, text):
        found = re.search(r"host='([^']+)'", text)
        hub = _its_host() if source.startswith(_HUGGING_FACE) else "its hub"
        folder = source.rstrip("/").rpartition("/")[2]
        return (
            f"preset {source} must be downloaded, and {found[1] if found else hub} cannot be "
            "reached. Without a network use a local folder: on a connected machine run "
            f"keras_hub.models.CausalLM.from_preset({source!r}).save_to_preset({folder!r}), copy "
            f"the folder here, and add --preset {label}=./{folder}"
        )
    return f"preset {source} cannot be loaded: {first[:300]}"


def _ask_hugging_face(source: str) -> BaseException | None:
    """Return what the hub itself says about a preset's config file; None where it is there.

    Once: loading has just asked again and again.
    """
    try:
        import huggingface_hub as hub

        repository = source.removeprefix(_HUGGING_FACE)
        if not isinstance(hub.try_to_load_from_cache(repository, "config.json"), str):
            hub.get_hf_file_metadata(hub.hf_hub_url(repository, "config.json"))
    except Exception as error:
        return error
    return None


def _chain(error: BaseException | None) -> list[BaseException]:
    chain: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in chain:
        chain.append(link)
        link = link.__cause__ or link.__context__
    return chain


_NETWORK_ERRORS = {
    "ConnectError",
    "ConnectTimeout",
    "ConnectionError",
    "LocalEntryNotFoundError",
    "OfflineModeIsEnabled",
    "ProxyError",
    "ReadTimeout",
    "SSLError",
    "gaierror",
}
_NETWORK_WORDS = ("Max retries", "resolve", "Connection", "unreachable", "timed out", "Proxy")


def _is_network_failure(chain: list[BaseException], text: str) -> bool:
    return bool({type(e).__name__ for e in chain} & _NETWORK_ERRORS) or any(
        word in text for word in _NETWORK_WORDS
    )
