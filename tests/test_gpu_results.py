"""The script that measures on a GPU machine: its parts, its time, and the page of what is there."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent / "benchmarks"))

import gpu_results
from gpu_results import Parts, main


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is measured, in turn, where every script answers and no run can be made."""
    names: list[str] = []

    def told(asked: Any, parts: Parts, backend: str, script: str, words: list[Any]) -> Any:
        names.append(f"{script} {backend}")
        rates = {"1": [100.0, 110.0, 900.0], "8": "OutOfMemoryError: 80 GB"}
        return rates if script.startswith("bare") else {"version": "5.23", "rates": rates}

    def measured(asked: Any, parts: Parts, backend: str) -> str:
        names.append(f"run {backend}")
        return "versebench run ended with exit code 3"

    monkeypatch.setattr(gpu_results, "_told", told)
    monkeypatch.setattr(gpu_results, "_measured", measured)
    return names


def page(folder: Path, *more: str) -> str:
    words = ["preset", "--dtypes", "float32", "--batches", "1", "8", "--runs", str(folder / "runs")]
    main([*words, "--to", str(folder / "page.md"), *more])
    return (folder / "page.md").read_text(encoding="utf-8")


def test_what_matters_first_and_what_fails_in_its_place(tmp_path: Path, asked: list[str]) -> None:
    text = page(tmp_path)
    loop, other = "bare_generate.py", "transformers_generate.py torch"
    first = [f"{loop} jax", "run jax", f"{loop} jax", other]
    assert asked == [*first, f"{loop} torch", "run torch", f"{loop} torch"]
    assert text.count("versebench run ended with exit code 3") == 4
    assert "bare loop, torch float32 batch 8: OutOfMemoryError: 80 GB" in text
    assert "transformers 5.23" in text


def test_a_second_call_measures_only_what_is_missing(tmp_path: Path, asked: list[str]) -> None:
    page(tmp_path)
    asked.clear()
    page(tmp_path)
    assert asked == ["run jax", "run torch"]
    asked.clear()
    page(tmp_path, "--max-length", "32")  # another question: nothing of the above answers it
    assert len(asked) == 7


def test_when_the_time_is_over_the_page_says_what_is_missing(
    tmp_path: Path, asked: list[str]
) -> None:
    text = page(tmp_path, "--minutes", "0.1")
    assert not asked
    assert (
        text.count("0.1 minutes were over") == 10
    )  # two runs and loops, one transformers, by size
    assert "the same command again measures the rest" in text


def test_a_part_that_failed_is_not_kept(tmp_path: Path) -> None:
    parts = Parts(tmp_path, minutes=1)
    assert parts.of("a", lambda: "it took too long") == "it took too long"
    assert parts.of("a", lambda: {"1": [2.0]}) == {"1": [2.0]}
    assert parts.of("a", lambda: pytest.fail("it is kept")) == {"1": [2.0]}


def test_the_loops_before_and_after_are_one_number() -> None:
    assert gpu_results._together([[1.0, 2.0, 9.0], [4.0]]) == 3.0
    assert gpu_results._together(["it died", [4.0]]) == 4.0
    assert gpu_results._together(["it died", "again"]) == "it died"
    assert gpu_results._together([]) == "not yet measured"
