import json
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scenarios.loader import MAX_BYTES, ScenarioError, load
from scenarios.schema import Scenario

GOOD = "prompts: [a]\npresets: [p]\nsamplers: [greedy]\n"


@pytest.fixture
def faults_of(tmp_path):
    """Return a function: text of a scenario -> its faults, without the path."""

    def faults_of(text, **options):
        path = tmp_path / "s.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        with pytest.raises(ScenarioError) as caught:
            load(path, **options)
        return [str(fault).removeprefix(f"{path}:").strip() for fault in caught.value.faults]

    return faults_of


def table():
    """Yield (scenario, faults) from the file beside this one, whose head explains its form."""
    text = (Path(__file__).parent / "scenario_faults.txt").read_text(encoding="utf-8")
    for block in text.strip().split("\n\n")[1:]:
        body = "".join(f"{line}\n" for line in block.splitlines() if not line.startswith("=> "))
        faults = [line[3:] for line in block.splitlines() if line.startswith("=> ")]
        body = body.removeprefix("alone\n") if body.startswith("alone\n") else GOOD + body
        yield pytest.param(body, faults, id=faults[0])


@pytest.mark.parametrize(("text", "faults"), list(table()))
def test_each_fault_has_its_place_and_its_remedy(text, faults, faults_of):
    assert faults_of(text) == faults


def test_all_faults_come_at_once_in_the_order_of_the_file(faults_of):
    text = """\
promts: [a]
presets: [./nowhere]
states: [basis]
samplers:
  - top_k:
      k: 0
      temperature: 0
hardware: [cpx]
generate: {max_length: 0}
"""
    places = [fault.split(": ")[:2] for fault in faults_of(text)]
    assert places == [
        ["1:1", "promts"],  # and not that prompts is missing, which is the same fault
        ["2:11", "presets.0"],
        ["3:10", "states.0"],
        ["6:10", "samplers.0.top_k.k"],
        ["7:20", "samplers.0.top_k.temperature"],
        ["8:12", "hardware.0"],
        ["9:24", "generate.max_length"],
    ]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "is empty: a scenario needs prompts, presets, samplers"),
        (b"# nothing\n", "is empty: a scenario needs prompts, presets, samplers"),
        (b"just a word", "1:1: must be a mapping (key: value), not a single word"),
        (b"- a\n- b\n", "1:1: must be a mapping (key: value), not a list"),
        (b"a: [1,\nb: 2", "2:5: not YAML: expected ',' or ']', but got '<stream end>'"),
        (
            b"a: b: c",
            "1:5: not YAML: a second ': ' on the line; put text that contains ': ' in quotes",
        ),
        (b"a:\n\t- b", "2:1: not YAML: a tab; indent with spaces"),
        (b"a: 'b\n", "2:1: not YAML: a quote that is never closed"),
        (b"a: 1\n---\nb: 2\n", "2:1: not YAML: a second document (---); a scenario file holds one"),
        (b"a: *b\n", "1:4: not YAML: found undefined alias 'b'"),
        (b"a: \x07\n", "1:4: not YAML: the control character U+0007"),
        (
            b"a: !!python/object:os.system {}\n",
            "1:4: a scenario is plain data and has no tags such as !!python/object:os.system",
        ),
        (b"a: !x b\n", "1:4: a scenario is plain data and has no tags such as !x"),
        (b"? [a]\n: 1\n", "1:3: a key must be a word"),
        (b"a: &a [*a]\n", "1:4: an alias that contains itself"),
        (b"<<: {a: 1}\n", "1:1: merge keys (<<) are not YAML 1.2; write the keys out"),
        (b"prompts: [caf\xe9]\n", "1:14: is not UTF-8 text (byte 0xe9)"),
        (b"PK\x03\x04\xff\xfe", "1:5: is not UTF-8 text (byte 0xff)"),
        ("prompts: [a]".encode("utf-16"), "1:1: is not UTF-8 text (byte 0xff)"),
        (b"- " * 5_000, "nested too deeply"),
        (b"a: " + b"[" * 60 + b"]" * 60, "1:44: nested too deeply"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_scenario(content, fault, faults_of):
    assert faults_of(content) == [fault]


def test_a_bomb_of_aliases_is_refused(faults_of):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 10)]
    assert faults_of("\n".join(lines)) == [
        "1:1: too large: over 50,000 values once aliases are written out"
    ]


def test_a_huge_file_is_refused_unread(faults_of):
    fault = f"is too large: {MAX_BYTES + 1:,} bytes, at most {MAX_BYTES:,}"
    assert faults_of(b"#" * (MAX_BYTES + 1)) == [fault]


def test_a_folder_a_pipe_and_a_missing_file(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for name, message in [
        (".", "is a folder, not a scenario file"),
        ("pipe", "is not a regular file"),
        ("gone.yaml", "there is no such file"),
        ("x" * 300 + ".yaml", "cannot be read: File name too long"),
        ("a\0b.yaml", "cannot be read: embedded null byte"),  # as Python 3.11 and 3.12 say
    ]:
        path = tmp_path / name
        with pytest.raises(ScenarioError) as caught:
            load(path)
        said = str(caught.value).replace(
            "stat: embedded null character in path", "embedded null byte"
        )
        assert said == f"{path}: {message}"


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_file(tmp_path):
    path = tmp_path / "s.yaml"
    path.write_text(GOOD)
    path.chmod(0)
    with pytest.raises(ScenarioError, match="cannot be read: Permission denied"):
        load(path)


def test_names_of_shipped_scenarios():
    assert load("quickstart").path.name == "quickstart.yaml"
    with pytest.raises(
        ScenarioError, match="no shipped scenario has this name; did you mean 'quickstart'"
    ):
        load("quikstart")
    with pytest.raises(
        ScenarioError, match="the shipped scenario is called quickstart, without suffix"
    ):
        load("quickstart.yaml")


def test_a_shipped_name_wins_over_a_folder_of_that_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "quickstart").mkdir()
    assert load("quickstart").scenario.name == "quickstart"
    (tmp_path / "own").write_text(GOOD)
    assert load("own").scenario.name == "own"


def test_the_file_gives_the_name(tmp_path):
    for file, name in [("a.yaml", "a"), ("b.scenario.yaml", "b"), ("c d.yml", "c-d")]:
        (tmp_path / file).write_text(GOOD)
        assert load(tmp_path / file).scenario.name == name


def test_json_is_yaml(tmp_path):
    data = {"prompts": ['𠮷 "quoted"', "b\n"], "presets": ["p"], "samplers": [{"top_k": {"k": 3}}]}
    (tmp_path / "s.json").write_text(json.dumps(data, indent=2))
    assert [p.text for p in load(tmp_path / "s.json").scenario.prompts] == ['𠮷 "quoted"', "b\n"]


def test_a_byte_order_mark_is_no_fault(tmp_path):
    (tmp_path / "s.yaml").write_text("\ufeff" + GOOD, encoding="utf-8")
    assert load(tmp_path / "s.yaml").scenario.prompts[0].text == "a"


def test_folders_are_seen_from_the_scenario(tmp_path, monkeypatch):
    (tmp_path / "models" / "tuned").mkdir(parents=True)
    path = tmp_path / "s.yaml"
    path.write_text(
        "prompts: [a]\nsamplers: [greedy]\n"
        "presets: [./models, {name: m, source: models/tuned/}]\n"
        "states: [base, {t: {preset: ./models/tuned}}]\nexclude: [{preset: m, state: t}]\n"
    )
    monkeypatch.chdir("/")
    scenario = load(path).scenario
    tuned = str(tmp_path / "models" / "tuned")
    assert [(p.name, p.source) for p in scenario.presets] == [
        ("models", str(tmp_path / "models")),
        ("m", tuned),
    ]
    assert scenario.states[1].preset == tuned


def test_folders_that_are_not_there(tmp_path, faults_of):
    (tmp_path / "file").write_text("")
    text = "prompts: [a]\nsamplers: [greedy]\npresets: [./gone, a/b, ./file]\n"
    assert faults_of(text + "states: [{t: {preset: ../gone}}]\n") == [
        f"3:11: presets.0: there is no such folder: {tmp_path}/gone",
        f"3:19: presets.1: there is no such folder: {tmp_path}/a/b"
        " (a model on a hub starts with kaggle:// or hf://)",
        f"3:24: presets.2: is a file, not a preset folder: {tmp_path}/file",
        f"4:23: states.0.t.preset: there is no such folder: {tmp_path.parent}/gone",
    ]


def test_presets_given_by_the_caller(tmp_path, monkeypatch):
    (tmp_path / "mine").mkdir()
    monkeypatch.chdir(tmp_path)
    (tmp_path / "s.yaml").write_text(
        "prompts: [a]\npresets: [gpt2, ./gone]\nsamplers: [greedy]\n"
        "states: [base, {t: {preset: hf://me/tuned}}]\nexclude: [{preset: gone, state: t}]\n"
    )
    others = {"gpt2": "./mine", "gone": "kaggle://a/b/c/d/2", "tuned": "mine/"}
    scenario = load("s.yaml", presets=others).scenario
    assert [(p.name, p.source) for p in scenario.presets] == [
        ("gpt2", str(tmp_path / "mine")),
        ("gone", "kaggle://a/b/c/d/2"),
    ]
    assert scenario.states[1].preset == str(tmp_path / "mine")


def test_presets_given_by_the_caller_that_cannot_be(tmp_path):
    (tmp_path / "s.yaml").write_text(GOOD)
    with pytest.raises(ScenarioError) as caught:
        load(tmp_path / "s.yaml", presets={"q": "x", "p": "/no/where"})
    assert str(caught.value).splitlines() == [
        "--preset: p: there is no such folder: /no/where",
        "--preset: the scenario has no preset 'q'; there is p",
    ]


def test_callers_can_point_at_faults_of_their_own(tmp_path):
    (tmp_path / "s.yaml").write_text(GOOD + "gates:\n  rep_9: {max: 1}\n")
    fault = load(tmp_path / "s.yaml").fault(("gates", "rep_9"), "unknown metric")
    assert str(fault) == f"{tmp_path / 's.yaml'}:5:10: gates.rep_9: unknown metric"


def test_control_codes_of_a_file_do_not_reach_the_terminal(faults_of):
    [fault] = faults_of(GOOD + '"\\e[31m\\nred": 1\n')
    assert fault.isprintable()
    [fault] = faults_of(GOOD + 'states: ["\\e[31m"]\n')
    assert fault.isprintable()


SNIPPETS = ["prompts", "samplers", "top_k", "base", "no", "1e999", "0x1f", "🙂", "---", "*a"]
SNIPPETS += list("~?#[]{}'|>")
SNIPPETS += ["\n", "  ", "\t", ": ", "- ", "&a ", "!!x ", '"', "%YAML 1.1", "\u2028"]
snippets = st.sampled_from(SNIPPETS)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60
)
@given(st.one_of(st.lists(snippets, max_size=25).map("".join), st.text(max_size=60)))
def test_whatever_the_text_there_is_never_a_traceback(tmp_path, text):
    path = tmp_path / "s.yaml"
    for content in (text, GOOD + text):
        path.write_bytes(content.encode("utf-8", "surrogatepass"))
        assert all(str(fault).isprintable() for fault in faults_in(path))


KEYS = [*Scenario.model_fields]
WORDS = ["text", "source", "preset", "kind", "class", "arguments", "top_k", "beam", "custom", "k"]
WORDS += ["p", "device", "jit", "state", "sampler", "prompt", "batch_sizes", "trials", "max"]
WORDS += ["base", "greedy", "./x", "cpu", *KEYS]
scalars = st.sampled_from([None, True, 0, 1, -1, 0.5, "", "\x1b", *WORDS])
data = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["", "\x1b\n", *WORDS]), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50
)
@given(st.sampled_from(KEYS), data)
def test_whatever_the_data_there_is_never_a_traceback(tmp_path, key, value):
    good = {"prompts": ["a"], "presets": ["p"], "samplers": ["greedy"]}
    path = tmp_path / "s.json"
    for content in (good | {key: value}, good | {key: [value]}, value):
        path.write_text(json.dumps(content))
        assert all(str(fault).isprintable() for fault in faults_in(path, {"x": "hf://y"}))


def faults_in(path, presets=None):
    try:
        load(path, presets=presets)
    except ScenarioError as error:
        return error.faults
    return []
