"""A damaged manifest is one clear message, whatever part of it is damaged."""

import copy
import json

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from reports_fixture import case, launch, manifest, run

from bench.cli import versebench
from reports.gates import check_gates
from reports.json_view import json_text
from reports.manifest import RunFolderError, read_manifest
from reports.manifest_shape import ShapeError, check_manifest
from reports.markdown import markdown
from reports.run_folder import RunFolder
from reports.summary import summarise

WHOLE = {**manifest([case(), case("top_k-5")]), "schema_version": 1}


def changed(*path, to):
    """The whole manifest with one part replaced."""
    found = copy.deepcopy(WHOLE)
    part = found
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = to
    return found


def without(*path):
    found = copy.deepcopy(WHOLE)
    part = found
    for key in path[:-1]:
        part = part[key]
    del part[path[-1]]
    return found


FAULTS = {
    "cases is an object": (changed("cases", to={}), "cases: a list is needed, not an object"),
    "a case is text": (changed("cases", 1, to="x"), "cases[1]: an object is needed, not text"),
    "no id": (without("cases", 0, "id"), "cases[0].id is missing"),
    "id is null": (changed("cases", 0, "id", to=None), "cases[0].id is missing"),
    "id is a list": (changed("cases", 0, "id", to=[]), "cases[0].id: text is needed, not a list"),
    "no hash": (without("cases", 1, "hash"), "cases[1].hash is missing"),
    "hash is a number": (changed("cases", 1, "hash", to=3), "cases[1].hash: text is needed"),
    "no prompts": (without("cases", 0, "prompts"), "cases[0].prompts is missing"),
    "prompts is text": (changed("cases", 0, "prompts", to="x"), "cases[0].prompts: a list"),
    "a prompt is text": (changed("cases", 0, "prompts", 1, to="x"), "cases[0].prompts[1]: an obj"),
    "no index": (without("cases", 0, "prompts", 0, "index"), "prompts[0].index is missing"),
    "index is true": (
        changed("cases", 0, "prompts", 0, "index", to=True),
        "prompts[0].index: a whole number is needed, not true or false",
    ),
    "index is half": (changed("cases", 0, "prompts", 0, "index", to=0.5), "a whole number"),
    "index is huge": (changed("cases", 0, "prompts", 0, "index", to=10**30), "of 31 digits"),
    "form is a list": (changed("cases", 0, "prompts", 0, "form", to=[]), "prompts[0].form: text"),
    "sampler is an object": (changed("cases", 0, "sampler", to={}), "cases[0].sampler: text"),
    "batch size is text": (changed("cases", 0, "batch_size", to="4"), "cases[0].batch_size: a"),
    "skipped is a list": (changed("cases", 0, "skipped", to=["x"]), "cases[0].skipped: text"),
    "one id twice": (changed("cases", 1, "id", to=case()["id"]), "cases[1].id: there is already"),
    "warnings is text": (changed("warnings", to="x"), "warnings: a list is needed, not text"),
    "an expression of --only is a number": (changed("only", to=[1]), "only[0]: text is needed"),
    "a warning is an object": (changed("warnings", to=[{}]), "warnings[0]: text is needed"),
    "scenario is a list": (changed("scenario", to=[]), "scenario: an object is needed"),
    "metrics is text": (changed("scenario", "metrics", to="*"), "scenario.metrics: a list"),
    "a metric is a list": (changed("scenario", "metrics", to=[[]]), "scenario.metrics[0]: text"),
    "gates is a list": (changed("scenario", "gates", to=[]), "scenario.gates: an object"),
    "a gate is a number": (changed("scenario", "gates", to={"a": 1}), "scenario.gates.a: an obj"),
    "a limit is text": (
        changed("scenario", "gates", to={"a": {"max": "1"}}),
        "scenario.gates.a.max: a number is needed, not text",
    ),
    "launches is text": (changed("scenario", "measure", "launches", to="5"), "measure.launches"),
    "generate is text": (changed("scenario", "generate", to="x"), "scenario.generate: an object"),
    "machine is text": (changed("machine", to="x"), "machine: an object is needed, not text"),
    "gpus is an object": (changed("machine", "gpus", to={}), "machine.gpus: a list"),
    "versions is a list": (changed("machine", "versions", to=[]), "machine.versions: an object"),
    "git is a list": (changed("git", to=["x"]), "git: an object is needed, not a list"),
    "the name is a number": (changed("scenario_name", to=5), "scenario_name: text is needed"),
}


def test_a_whole_manifest_and_one_with_the_bare_minimum_pass():
    check_manifest(WHOLE)
    check_manifest({"schema_version": 1})
    check_manifest({"cases": [{"id": "a", "hash": "b", "prompts": []}], "later": [1, {}]})


@pytest.mark.parametrize(("damaged", "words"), FAULTS.values(), ids=FAULTS)
def test_the_first_fault_is_named(damaged, words):
    with pytest.raises(ShapeError) as caught:
        check_manifest(damaged)
    assert words in str(caught.value)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999"])
def test_what_json_cannot_hold_is_damage(tmp_path, number):
    text = json.dumps(WHOLE).replace('"cores": 2', f'"cores": {number}')
    assert number in text
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(RunFolderError, match="is damaged"):
        read_manifest(tmp_path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A run that has been scored once."""
    cases = [case(), case("top_k-5")]
    made = run(tmp_path_factory.mktemp("runs"), cases, [line for c in cases for line in launch(c)])
    summarise(made, ["seq_rep_4"])
    return made.path


@pytest.mark.parametrize("command", ["report", "diff", "score"])
def test_every_command_ends_with_one_message_and_code_2(folder, command, tmp_path):
    (tmp_path / "manifest.json").write_text(json.dumps(FAULTS["no hash"][0]))
    arguments = [command, *([str(folder)] if command == "diff" else []), str(tmp_path)]
    result = CliRunner().invoke(versebench, arguments)
    assert isinstance(result.exception, RunFolderError)  # which the command line ends with code 2
    assert "cases[1].hash is missing" in str(result.exception)


def parts(value, path=()):
    """Every place in a manifest."""
    yield path
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from parts(value[key], (*path, key))


JUNK = st.sampled_from([None, True, 0, -1, 2**70, 0.5, "", "x", "\ud800\x00[red]", [], [[]], {}])


@settings(max_examples=60, deadline=None)
@given(path=st.sampled_from([path for path in parts(WHOLE) if path]), junk=JUNK)
def test_any_part_replaced_by_anything_is_read_or_refused(folder, path, junk):
    (folder / "manifest.json").write_text(json.dumps(changed(*path, to=junk)))
    try:
        opened = RunFolder.open(folder)
    except RunFolderError:
        return
    summary = summarise(opened, ["seq_rep_4"])
    gates = check_gates(summary)
    assert json.loads(json_text(summary, gates))["kind"] == "versebench-report"
    assert markdown(summary, gates)
