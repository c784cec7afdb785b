"""States that are trained here: short forms, the shared recipe, places, and what the hash holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scenarios.cases import expand
from scenarios.faults import ScenarioError
from scenarios.loader import load
from scenarios.schema import Scenario, State

BASE = {"name": "s", "prompts": ["a"], "presets": ["p"], "samplers": ["greedy"]}


def scenario(**more: Any) -> Scenario:
    return Scenario.model_validate({**BASE, **more})


def test_a_state_with_data_gets_the_articles_recipe() -> None:
    [state] = scenario(states=[{"tang": {"data": "tang"}}]).states
    assert state.trained
    assert state.train is not None
    assert (state.train.optimizer, state.train.learning_rate) == ("adam", 5e-5)


def test_the_shared_recipe_is_what_a_state_does_not_say_itself() -> None:
    found = scenario(
        train={"epochs": 3, "learning_rate": 1e-3},
        states=[
            "base",
            {"a": {"data": "tang"}},
            {"b": {"data": "tang", "train": {"epochs": 5}}},
            {"name": "c", "data": "tang"},
            {"d": {"preset": "q"}},
        ],
    )
    recipes = [
        state.train and (state.train.epochs, state.train.learning_rate) for state in found.states
    ]
    assert recipes == [None, (3, 1e-3), (5, 1e-3), (3, 1e-3), None]


def test_a_dump_is_the_same_scenario() -> None:
    found = scenario(train={"epochs": 3}, states=[{"a": {"data": {"sample": "tang", "texts": 7}}}])
    again = Scenario.model_validate(found.model_dump(mode="json", by_alias=True))
    assert again == found


def hashes(**more: Any) -> list[str]:
    return [case.hash for case in expand(scenario(**more)).cases]


def test_recipe_and_data_are_in_the_hash_and_names_are_not() -> None:
    plain = hashes(states=[{"a": {"data": "tang"}}])
    assert plain == hashes(states=[{"b": {"data": {"sample": "tang"}}}])
    assert plain != hashes(states=[{"a": {"data": "tang", "train": {"seed": 1}}}])
    assert plain != hashes(states=[{"a": {"data": {"sample": "tang", "texts": 9}}}])
    assert plain != hashes(states=["base"])


def test_the_content_of_the_data_is_in_the_hash() -> None:
    found = scenario(states=[{"a": {"data": "tang"}}])
    one, two = (
        expand(found, data_fingerprint=lambda _, word=word: word).cases[0].hash
        for word in ("x", "y")
    )
    assert one != two


def test_two_presets_may_share_a_trained_state() -> None:
    found = scenario(presets=["p", "q"], states=[{"a": {"data": "tang"}}])
    first, second = expand(found).cases
    assert first.source == "p"
    assert second.source == "q"


FILE = """
prompts: [a]
presets: [p]
samplers: [greedy]
states: [base, {tang: {data: {chinese-poetry: null}}}, {mine: {data: {csv: ./x.csv, column: t}}}]
"""


def test_the_command_line_says_where_the_texts_lie(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").mkdir()
    path = tmp_path / "file" / "s.yaml"
    path.write_text(FILE)
    (tmp_path / "poems").mkdir()
    (tmp_path / "there.csv").write_text("t\na\n")
    monkeypatch.chdir(tmp_path)
    places = {"tang": "poems", "mine": "./there.csv"}
    states = load(path, data=places).scenario.states
    assert states[1].data.folder == str(tmp_path / "poems")
    assert states[2].data.csv == str(tmp_path / "there.csv")
    with pytest.raises(ScenarioError, match="no such file"):
        load(path)  # x.csv is not there
    with pytest.raises(ScenarioError, match="no state called 'tung'; did you mean 'tang'"):
        load(path, data={**places, "tung": "poems"})


def test_places_that_are_left_to_the_command_line_are_no_fault() -> None:
    state = State.model_validate({"tang": {"data": {"chinese-poetry": None}}})
    assert state.data is not None
    assert state.data.label == "chinese-poetry tang"
