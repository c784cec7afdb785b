"""What is said while a hub is asked for a preset, and when it does not answer."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import pytest

from bench.engine.interface import InputError
from bench.engine.loading import from_preset, loading_phase

REPOSITORY = "hf://openai-community/gpt2"


@pytest.fixture(autouse=True)
def _default_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_ENDPOINT", raising=False)


def test_who_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    assert loading_phase(REPOSITORY) == "import and load, asking huggingface.co"
    assert loading_phase("/a/folder") == loading_phase("gpt2_base_en") == "import and load"
    monkeypatch.setenv("HF_ENDPOINT", "https://mirror.example:8080/hf")
    assert loading_phase(REPOSITORY) == "import and load, asking mirror.example"


class Hub:
    """Stands for ``huggingface_hub``: what is kept here, and what it answers."""

    def __init__(self, kept: object, answer: Exception | None) -> None:
        self.kept, self.answer = kept, answer
        self.asked: list[str] = []

    def try_to_load_from_cache(self, repository: str, file: str) -> object:
        return self.kept

    def hf_hub_url(self, repository: str, file: str) -> str:
        return f"{repository}/{file}"

    def get_hf_file_metadata(self, url: str) -> None:
        self.asked.append(url)
        if self.answer:
            raise self.answer


class ConnectError(Exception):
    """Called as in the library behind the hub's."""


def refusal(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> str:
    def fails(source: str, dtype: str) -> Any:
        raise FileNotFoundError("there is no config.json")

    monkeypatch.setitem(sys.modules, "huggingface_hub", hub)  # type: ignore[arg-type]
    with pytest.raises(InputError) as caught:
        from_preset(SimpleNamespace(from_preset=fails, presets=()), REPOSITORY, "float32", "mine")
    return str(caught.value)


def test_a_hub_out_of_reach_is_asked_once_more_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    hub = Hub(None, ConnectError("Name or service not known"))
    said = refusal(hub, monkeypatch)
    assert hub.asked == ["openai-community/gpt2/config.json"]
    assert "must be downloaded, and huggingface.co cannot be reached" in said
    assert "--preset mine=./gpt2" in said


@pytest.mark.parametrize(("kept", "asked"), [("/kept/config.json", 0), (None, 1), (object(), 1)])
def test_a_file_that_is_not_there_is_no_fault_of_the_network(
    kept: object, asked: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = Hub(kept, None)
    said = refusal(hub, monkeypatch)
    assert said == f"preset {REPOSITORY} cannot be loaded: there is no config.json"
    assert len(hub.asked) == asked
