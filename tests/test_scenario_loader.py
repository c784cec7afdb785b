import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scenarios.loader import MAX_BYTES, ScenarioError, load

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


def one(text, fault):
    return pytest.param(text, [fault], id=fault)


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        # keys
        one(GOOD + "sampler: [beam]\n", "4:1: sampler: unknown key 'sampler'; did you mean 'samplers'?"),
        one(
            GOOD + "measure:\n  launchs: 5\n",
            "5:3: measure.launchs: unknown key 'launchs'; did you mean 'launches'?",
        ),
        one(
            "prompts: [a]\npresets: [p]\nsamplers:\n  - top_k: {kk: 3}\n",
            "4:13: samplers.0.top_k.kk: unknown key 'kk'; did you mean 'k'?",
        ),
        one("prompts: [a]\npresets: [p]\n", "1:1: the key 'samplers' is missing"),
        one(GOOD + "states: [{preset: x}]\n", "4:10: states.0: must say what it is, such as {preset: {preset: ./tuned}}"),
        one(GOOD + "seed: 1\nseed: 2\n", "5:1: the key 'seed' is there already, on line 4"),
        one(GOOD + "measure: {trials: 1, trials: 2}\n", "4:22: the key 'trials' is there already, on line 4"),
        # words and numbers
        one(GOOD + "seed: no\n", "4:7: seed: must be a whole number, not 'no'"),
        one(GOOD + "seed: 1.5\n", "4:7: seed: must be a whole number, not 1.5"),
        one(GOOD + "seed: -1\n", "4:7: seed: must be at least 0, not -1"),
        one(GOOD + "seed:\n", "4:1: seed: must be a whole number, not nothing (null)"),
        one(
            GOOD + "hardware: [{jit: no}]\n",
            "4:18: hardware.0.jit: must be true or false, not 'no' (a switch in YAML 1.1 only)",
        ),
        one(GOOD + "generate: {max_length: 1}\n", "4:24: generate.max_length: must be at least 2, not 1"),
        one(GOOD + "generate: {max_length: '9'}\n", "4:24: generate.max_length: must be a whole number, not '9'"),
        one(GOOD + "generate: {batch_sizes: [1, 0]}\n", "4:29: generate.batch_sizes.1: must be at least 1, not 0"),
        one(GOOD + "generate: {batch_sizes: []}\n", "4:25: generate.batch_sizes: must not be empty"),
        one(GOOD + "generate: {batch_sizes: 4}\n", "4:25: generate.batch_sizes: must be a list, not 4"),
        one(GOOD + "generate: 200\n", "4:11: generate: must be a mapping (key: value), not 200"),
        one(GOOD + "measure: {trials: true}\n", "4:19: measure.trials: must be a whole number, not true"),
        one(GOOD + "measure: {fit_points: 2}\n", "4:23: measure.fit_points: must be 0 (no fit) or at least 3: two points fit any line"),
        one(GOOD + "measure: {steady_tolerance: .nan}\n", "4:29: measure.steady_tolerance: must be a finite number, not nan"),
        one(GOOD + "measure: {timeout: .inf}\n", "4:20: measure.timeout: must be a finite number, not inf"),
        one(GOOD + "measure: {timeout: 0}\n", "4:20: measure.timeout: must be above 0, not 0"),
        # lists
        one("prompts: []\npresets: [p]\nsamplers: [greedy]\n", "1:10: prompts: must not be empty"),
        one("prompts: a\npresets: [p]\nsamplers: [greedy]\n", "1:10: prompts: must be a list, not 'a'; write [a]"),
        one("prompts: [a]\npresets: [p]\nsamplers: {greedy: {}}\n", "3:11: samplers: must be a list, not a mapping"),
        one("prompts: [a, b, a]\npresets: [p]\nsamplers: [greedy]\n", "1:17: prompts.2: 'a' is there already, as entry 1"),
        one("prompts: [a]\npresets: [p]\nsamplers: [top_k, {top_k: {k: 5}}]\n", "3:19: samplers.1: 'top_k-5' is there already, as entry 1"),
        # prompts
        one("prompts: [42]\npresets: [p]\nsamplers: [greedy]\n", "1:11: prompts.0: must be text or {text: …, name: …}, not 42; put text in quotes"),
        one("prompts: [{text: 42}]\npresets: [p]\nsamplers: [greedy]\n", "1:18: prompts.0.text: must be text, not 42; put it in quotes"),
        one("prompts:\n  - a\n  -\npresets: [p]\nsamplers: [greedy]\n", "3:4: prompts.1: must be text or {text: …, name: …}, not nothing (null); put text in quotes"),
        one('prompts: ["\\ud800"]\npresets: [p]\nsamplers: [greedy]\n', "1:11: prompts.0: is not valid Unicode text (it has half a surrogate pair)"),
        # presets and states
        one("prompts: [a]\npresets: ['']\nsamplers: [greedy]\n", "2:11: presets.0: must not be empty"),
        one("prompts: [a]\npresets: ['s3://bucket/x']\nsamplers: [greedy]\n", "2:11: presets.0: unknown scheme 's3://'; there are kaggle://, hf://, modelscope://, gs://"),
        one("prompts: [a]\npresets: [{name: a/b, source: p}]\nsamplers: [greedy]\n", "2:18: presets.0.name: a label goes into case ids and must not contain '/'"),
        one(GOOD + "states: [basis]\n", "4:10: states.0: only 'base' goes without a preset; write {basis: {preset: …}}"),
        one(GOOD + "states: [{tang: {}}]\n", "4:10: states.0: 'tang' names nothing; give it a preset"),
        one(GOOD + "states: [{tang: ./x}]\n", "4:10: states.0: must say what it is, such as {tang: {preset: ./tuned}}"),
        one(GOOD + "states: [base, base]\n", "4:16: states.1: 'base' is there already, as entry 1"),
        one(GOOD + "states: [{base: {preset: x}}]\n", "4:10: states.0: 'base' is the preset itself and takes no other"),
        one(
            "prompts: [a]\npresets: [p, q]\nsamplers: [greedy]\nstates: [{t: {preset: x}}]\n",
            "4:10: states.0: the state 't' is one model, whatever the preset, so "
            "p/t/greedy/cpu-tensorflow-float32 and q/t/greedy/cpu-tensorflow-float32 are the same; "
            "exclude one",
        ),
        # rules
        one(GOOD + "exclude: [{sampler: beam*}]\n", "4:21: exclude.0.sampler: 'beam*' fits no sampler; there is greedy"),
        one(GOOD + "exclude: [{state: [base, bse]}]\n", "4:26: exclude.0.state.1: 'bse' fits no state; did you mean 'base'?"),
        one(GOOD + "exclude: [{prompt: 1}]\n", "4:20: exclude.0.prompt: '1' fits no prompt; there is a"),
        one(GOOD + "exclude: [{stat: base}]\n", "4:12: exclude.0.stat: unknown key 'stat'; did you mean 'state'?"),
        one(GOOD + "exclude: [{}]\n", "4:11: exclude.0: must name an axis: preset, state, sampler, hardware, batch_size, prompt"),
        one(GOOD + "exclude: [base]\n", "4:11: exclude.0: must be a mapping such as {state: base, sampler: top_*}, not 'base'"),
        one(GOOD + "exclude: [{state: base}]\n", "1:1: include and exclude leave no case"),
        one(GOOD + "exclude: [{state: true}]\n", "4:19: exclude.0.state: must be text, not true; put it in quotes"),
        # gates
        one(GOOD + "gates: {rep: {}}\n", "4:14: gates.rep: must have a min, a max, or both"),
        one(GOOD + "gates: {rep: {min: 2, max: 1}}\n", "4:14: gates.rep: min 2 is above max 1"),
        one(GOOD + "gates: {rep: 0.3}\n", "4:14: gates.rep: must be a mapping such as {max: 0.3}, not 0.3"),
        one(GOOD + "gates: {rep: {max: no}}\n", "4:20: gates.rep.max: must be a number, not 'no'"),
        # names
        one(GOOD + "name: a b\n", "4:7: name: a label goes into case ids and must not contain ' '"),
        one(GOOD + "name: 1\n", "4:7: name: must be text, not 1; put it in quotes"),
    ],
)  # fmt: skip
def test_each_fault_has_its_place_and_its_remedy(text, faults, faults_of):
    assert faults_of(text) == faults


SAMPLERS = [
    ("top-k", "4:5: samplers.0: unknown sampler 'top-k'; did you mean 'top_k'?"),
    ("nucleus", "4:5: samplers.0: unknown sampler 'nucleus'; there are greedy, random, top_k, top_p, beam, contrastive, custom"),
    ("speculative", "4:5: samplers.0: speculative needs a model that drafts tokens: in KerasHub Gemma 4 alone"),
    ("{top_k: 7}", "4:5: samplers.0: top_k takes its arguments by name, such as {top_k: {k: 7}}"),
    ("{top_k: {k: -3}}", "4:17: samplers.0.top_k.k: must be at least 1, not -3"),
    ("{top_k: {k: 0}}", "4:17: samplers.0.top_k.k: must be at least 1, not 0"),
    ("{top_k: {k: 5.0}}", "4:17: samplers.0.top_k.k: must be a whole number, not 5.0"),
    ("{top_k: {seed: 5}}", "4:14: samplers.0.top_k.seed: unknown key 'seed'; there are k, temperature"),
    ("{top_p: {p: 0}}", "4:17: samplers.0.top_p.p: must be above 0, not 0"),
    ("{top_p: {p: 1.1}}", "4:17: samplers.0.top_p.p: must be at most 1, not 1.1"),
    ("{top_p: {k: 0}}", "4:17: samplers.0.top_p.k: must be at least 1, not 0"),
    ("{random: {temperature: 0}}", "4:28: samplers.0.random.temperature: must be above 0, not 0"),
    ("{random: {temperature: -1e-4}}", "4:28: samplers.0.random.temperature: must be above 0, not -0.0001"),
    ("{random: {temperature: .nan}}", "4:28: samplers.0.random.temperature: must be a finite number, not nan"),
    ("{greedy: {temperature: 1}}", "4:15: samplers.0.greedy.temperature: unknown key 'temperature'; there are none"),
    ("{beam: {num_beams: 0}}", "4:24: samplers.0.beam.num_beams: must be at least 1, not 0"),
    ("{beam: {return_all_beams: true}}", "4:31: samplers.0.beam.return_all_beams: KerasHub's generate() fails with return_all_beams: true; leave it out"),
    ("{beam: {return_all_beams: no}}", "4:31: samplers.0.beam.return_all_beams: must be false, or left out"),
    ("{contrastive: {alpha: 2}}", "4:27: samplers.0.contrastive.alpha: must be at most 1, not 2"),
    ("custom", "4:5: samplers.0: the key 'class' is missing"),
    ("{custom: {class: os.system}}", "4:22: samplers.0.custom.class: must be an import path such as 'package.module:Class', not 'os.system'"),
    ("[greedy]", "4:5: samplers.0: must be a sampler such as greedy or {top_k: {k: 7}}"),
    ("{top_k: {}, beam: {}}", "4:5: samplers.0: must be a sampler such as greedy or {top_k: {k: 7}}"),
]  # fmt: skip


@pytest.mark.parametrize(("sampler", "fault"), SAMPLERS, ids=[s for s, _ in SAMPLERS])
def test_a_bad_sampler(sampler, fault, faults_of):
    assert faults_of(f"prompts: [a]\npresets: [p]\nsamplers:\n  - {sampler}\n") == [fault]


HARDWARE = [
    ("cp", "4:12: hardware.0: unknown device 'cp'; did you mean 'cpu'?"),
    ("gpu:x", "4:12: hardware.0: unknown device 'gpu:x'; did you mean 'gpu:N'?"),
    ("{backend: tf}", "4:22: hardware.0.backend: unknown word 'tf'; there are tensorflow, jax, torch"),
    ("{dtype: float23}", "4:20: hardware.0.dtype: unknown word 'float23'; did you mean 'float32'?"),
    ("{quantization: int7}", "4:27: hardware.0.quantization: unknown word 'int7'; did you mean 'int8'?"),
    ("{threads: 0}", "4:22: hardware.0.threads: must be at least 1, not 0"),
    ("{jit: true, backend: jax}", "4:18: hardware.0.jit: is a choice on tensorflow only: jax always compiles"),
    ("{device: tpu, backend: torch}", "4:35: hardware.0.backend: Keras has no torch backend on tpu; use jax"),
    ("{dtype: float16, quantization: int8}", "4:43: hardware.0.quantization: Keras refuses int8 on float16; use bfloat16"),
    ("7", "4:12: hardware.0: must be a device (cpu, gpu, gpu:N, tpu) or a mapping, not 7"),
]  # fmt: skip


@pytest.mark.parametrize(("hardware", "fault"), HARDWARE, ids=[h for h, _ in HARDWARE])
def test_bad_hardware(hardware, fault, faults_of):
    assert faults_of(GOOD + f"hardware: [{hardware}]\n") == [fault]


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
        ["1:1", "the key 'prompts' is missing"],
        ["1:1", "promts"],
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
        (b"a: b: c", "1:5: not YAML: a second ': ' on the line; put text that contains ': ' in quotes"),
        (b"a:\n\t- b", "2:1: not YAML: a tab; indent with spaces"),
        (b"a: 'b\n", "2:1: not YAML: a quote that is never closed"),
        (b"a: 1\n---\nb: 2\n", "2:1: not YAML: a second document (---); a scenario file holds one"),
        (b"a: *b\n", "1:4: not YAML: found undefined alias 'b'"),
        (b"a: \x07\n", "1:4: not YAML: the control character U+0007"),
        (b"a: !!python/object:os.system {}\n", "1:4: a scenario is plain data and has no tags such as !!python/object:os.system"),
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
        ("a\0b.yaml", "cannot be read: embedded null byte"),
    ]:
        path = tmp_path / name
        with pytest.raises(ScenarioError) as caught:
            load(path)
        assert str(caught.value) == f"{path}: {message}"


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_file(tmp_path):
    path = tmp_path / "s.yaml"
    path.write_text(GOOD)
    path.chmod(0)
    with pytest.raises(ScenarioError, match="cannot be read: Permission denied"):
        load(path)


def test_names_of_shipped_scenarios():
    assert load("quickstart").path.name == "quickstart.yaml"
    with pytest.raises(ScenarioError, match="no shipped scenario has this name; did you mean 'quickstart'"):
        load("quikstart")
    with pytest.raises(ScenarioError, match="the shipped scenario is called quickstart, without suffix"):
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
    import json

    data = {"prompts": ["𠮷 \"quoted\"", "b\n"], "presets": ["p"], "samplers": [{"top_k": {"k": 3}}]}
    (tmp_path / "s.json").write_text(json.dumps(data, indent=2))
    assert [p.text for p in load(tmp_path / "s.json").scenario.prompts] == ["𠮷 \"quoted\"", "b\n"]


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


snippets = st.sampled_from(
    ["prompts", "samplers", ": ", "- ", "[", "]", "{", "}", "\n", "  ", "&a ", "*a", "!!x ", "|", ">", "'", '"', "top_k", "no", "1e999", "0x1f", "~", "?", "#", "%YAML 1.1", "---", "\t", "base", "🙂", "\u2028"]
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(st.one_of(st.lists(snippets, max_size=25).map("".join), st.text(max_size=60)))
def test_whatever_the_text_there_is_never_a_traceback(tmp_path, text):
    path = tmp_path / "s.yaml"
    for content in (text, GOOD + text):
        path.write_bytes(content.encode("utf-8", "surrogatepass"))
        try:
            load(path)
        except ScenarioError as error:
            assert error.faults
            assert all(str(fault).isprintable() for fault in error.faults)
