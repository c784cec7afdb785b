"""The command line as a user meets it: messages, exit codes, and what it costs to start."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import versebench

from bench import cli, exit_codes
from reports.records import CaseDone
from reports.run_folder import RunFolder

SCENARIO = """
name: mine
prompts: [My trip was]
presets: [tiny_gpt2_en]
samplers: [greedy]
"""


@pytest.fixture
def write(tmp_path: Path):
    """Write a scenario file and return its path."""

    def write(text: str | bytes, name: str = "mine.yaml") -> str:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(path)

    return write


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("prompts", "promts"), "prompts"),
        (("[greedy]", "[{top_k: {k: -3}}]"), "k"),
        (("[greedy]", "[gredy]"), "greedy"),
        (("[greedy]", "[{beam: {return_all_beams: true}}]"), "return_all_beams"),
        (("[greedy]", "[{random: {temperature: 0}}]"), "temperature"),
        (("[greedy]", "[{speculative: {}}]"), "draft"),
        (("[greedy]", "no"), "sampler"),
        (("name: mine", "name: mine\nname: yours"), "name"),
        (("[tiny_gpt2_en]", "[./nowhere]"), "no such folder"),
        (("[My trip was]", "[My trip was"), "mine.yaml"),
        (("name: mine", "metrics: [repetitoin]"), "repetition"),
        (("[My trip was]", "[{text: 白日依山盡, form: qijui}]"), "qijue"),
        (("name: mine", "gates: {tokens_per_secnd: {min: 3}}"), "tokens_per_second"),
    ],
)
def test_faults_of_a_scenario_are_told_with_their_place(
    change: tuple[str, str], said: str, write, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(SCENARIO.replace(*change))
    for command in ("check", "run", "show"):
        code, _, err = versebench(capsys, command, path)
        assert code == exit_codes.USAGE
        assert f"{path}:" in err
        assert said in err
        assert len(err.splitlines()) == 1, err


@pytest.mark.parametrize("content", ["", "# nothing\n", b"\xff\xfe\x00binary", "- a\n- list\n"])
def test_what_is_no_scenario_is_said_to_be_none(
    content: str | bytes, write, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = versebench(capsys, "run", write(content))
    assert code == exit_codes.USAGE
    assert len(err.splitlines()) == 1


def test_unknown_scenario_names_the_shipped_ones(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = versebench(capsys, "run", "quikstart")
    assert code == exit_codes.USAGE
    assert "quickstart" in err


def test_output_that_cannot_be_written(
    write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("in the way")
    code, _, err = versebench(capsys, "run", write(SCENARIO), "--out", str(tmp_path / "file" / "x"))
    assert code == exit_codes.USAGE
    assert "--out" in err


@pytest.mark.parametrize(
    "broken", ["config.json", "model.weights.h5", "assets/tokenizer/vocabulary.json"]
)
def test_broken_preset_folder(
    broken: str, write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import shutil

    from bench.presets import embedded_path

    folder = tmp_path / "preset"
    shutil.copytree(embedded_path("tiny_gpt2_en"), folder)
    path = write(SCENARIO.replace("tiny_gpt2_en", "./preset"))
    target = folder / broken
    target.write_bytes(target.read_bytes()[:40])
    code, _, err = versebench(capsys, "run", path, "--out", str(tmp_path / "runs"))
    assert code == exit_codes.USAGE
    assert Path(broken).name in err
    target.unlink()
    code, _, err = versebench(capsys, "run", path, "--out", str(tmp_path / "runs"))
    assert code == exit_codes.USAGE
    assert Path(broken).name in err
    assert not (tmp_path / "runs").exists()


def test_only_and_preset_options_are_checked(write, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(SCENARIO)
    for arguments in (
        ["--only", "sampler=beam*"],
        ["--only", "smpler=greedy"],
        ["--preset", "tiny_gpt2_en"],
        ["--preset", "other=./x"],
    ):
        code, _, err = versebench(capsys, "show", path, *arguments)
        assert code == exit_codes.USAGE, arguments
        assert err


def test_show_lists_cases_and_json_is_one_object(write, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(SCENARIO.replace("[greedy]", "[greedy, top_k]"))
    code, out, _ = versebench(capsys, "show", path, "--json", "--only", "sampler=top_k*")
    assert code == exit_codes.FINE
    shown = json.loads(out)
    assert [case["sampler"] for case in shown["cases"]] == ["top_k-5"]
    code, out, _ = versebench(capsys, "run", path, "--dry-run")
    assert code == exit_codes.FINE
    assert "tiny_gpt2_en/base/greedy" in out


def test_a_dry_run_of_a_resumption_says_what_is_left(
    write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(SCENARIO.replace("[greedy]", "[greedy, top_k]"))
    _, out, _ = versebench(capsys, "show", path, "--json")
    greedy, top_k = json.loads(out)["cases"]
    cases = [{**case, "prompts": []} for case in (greedy, top_k)]
    manifest = {"scenario_name": "mine", "cases": cases}
    with RunFolder.create(tmp_path / "runs", "mine", manifest) as folder:
        folder.append(CaseDone(greedy["id"], greedy["hash"], 0, "a", "ok"))
        folder.append(CaseDone(top_k["id"], top_k["hash"], 0, "a", "failed", "it crashed"))
        # A launch that the scenario does not ask for any more.
        folder.append(CaseDone(greedy["id"], greedy["hash"], 99, "b", "ok"))
    before = (folder.path / "records.jsonl").read_bytes()
    named = ("run", path, "--dry-run", "--resume-run", folder.path)
    code, out, _ = versebench(capsys, *named, "--json")
    assert code == exit_codes.FINE
    assert json.loads(out)["measured"] == {greedy["id"]: 1, top_k["id"]: 0}
    assert json.loads(out)["resumes"] == str(folder.path)
    _, out, _ = versebench(capsys, *named)
    assert "measured already: 1 of" in out
    assert (folder.path / "records.jsonl").read_bytes() == before
    with RunFolder.open(folder.path, append=True) as folder:
        folder.append(CaseDone("gone/from/the/scenario", "hash", 0, "c", "ok"))
    code, _, err = versebench(capsys, *named)
    assert code == exit_codes.USAGE
    assert "measured 1 cases that this scenario does not have" in err


def test_show_cuts_a_long_list_and_tells_a_reason_once(
    write, capsys: pytest.CaptureFixture[str]
) -> None:
    samplers = ", ".join(f"{{top_k: {{k: {k}}}}}" for k in range(1, 47))
    path = write(SCENARIO.replace("[greedy]", f"[{samplers}]") + "hardware: [gpu:63]\n")
    code, out, _ = versebench(capsys, "show", path)
    assert code == exit_codes.FINE
    assert out.count("tiny_gpt2_en/base/top_k-") == 40
    assert "… and 6 more: versebench show --all" in out
    assert out.count("skipped all 46 cases: ") == out.count("skipped ") == 1
    code, out, _ = versebench(capsys, "show", path, "--all")
    assert out.count("tiny_gpt2_en/base/top_k-") == 46
    assert "more" not in out


def test_check_finds_every_fault_at_once(write, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(SCENARIO.replace("[greedy]", "[gredy, {top_k: {k: 0}}]").replace("name", "nam"))
    code, out, err = versebench(capsys, "check", path)
    assert (code, out) == (exit_codes.USAGE, "")
    assert len(err.splitlines()) == 3
    code, out, _ = versebench(capsys, "check", path, "--json")
    assert code == exit_codes.USAGE
    assert {fault["line"] for fault in json.loads(out)["faults"]} == {2, 5}


def test_unknown_names_are_found_beside_other_faults(
    write, capsys: pytest.CaptureFixture[str]
) -> None:
    unsound = SCENARIO.replace("[greedy]", "[gredy]") + (
        "metrics: [nosuch]\ngates: {rep_99: {max: 1}, 3: {}}\n"
    )
    code, _, err = versebench(capsys, "check", write(unsound))
    assert code == exit_codes.USAGE
    assert all(word in err for word in ("gredy", "metrics.0: ", "gates.rep_99: ", "gates.3"))


def test_shipped_scenarios_are_sound(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = versebench(capsys, "list", "--json")
    assert code == exit_codes.FINE
    names = [row["name"] for row in json.loads(out)["scenarios"]]
    assert {"quickstart", "samplers", "article", "presets"} <= set(names)
    code, _, err = versebench(capsys, "check", *names)
    assert (code, err) == (exit_codes.FINE, "")


def test_schema_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = versebench(capsys, "check", "--schema")
    assert code == exit_codes.FINE
    assert json.loads(out)["properties"]["prompts"]


def test_score_judges_a_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    poem = tmp_path / "loop.txt"
    poem.write_text("round and round we go\n" * 30)
    code, out, _ = versebench(capsys, "score", "--text", str(poem), "--json")
    assert code == exit_codes.FINE
    scores = json.loads(out)["scores"]
    assert scores["loop_share"]["value"] == 1
    assert scores["seq_rep_4"]["value"] > 0.9
    code, out, _ = versebench(capsys, "score", "--text", str(poem), "--metric", "rep_4")
    assert code == exit_codes.FINE
    assert "rep-4" in out
    assert "human" not in out  # nothing to compare it with: it is no metric of verse


def test_score_holds_verse_against_human_poems_and_chance(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    poem = tmp_path / "poem.txt"
    poem.write_text(
        "春望\n国破山河在，城春草木深。感时花溅泪，恨别鸟惊心。烽火连三月，家书抵万金。白头搔更短，浑欲不胜簪。"
    )
    code, out, _ = versebench(capsys, "score", "--text", str(poem), "--metric", "chinese")
    assert code == exit_codes.FINE
    assert all(len(line) <= 80 for line in out.splitlines())
    (tones,) = [line for line in out.splitlines() if line.startswith("tonal pattern 平仄")]
    assert re.search(r"1\.000 +0\.909 ±0\.003 +0\.612 ±0\.002 +40 +higher", tones)
    (form,) = [line for line in out.splitlines() if line.startswith("in form 工整")]
    assert form.count("±") == 1  # human, and no chance level
    assert "14,963 Tang poems" in out
    assert "sonnets" not in out
    _, out, _ = versebench(capsys, "score", "--text", str(poem), "--metric", "chinese", "--json")
    human, chance = json.loads(out)["comparisons"]
    assert human["forms"] == ["wulv"]
    assert chance["values"]["zh_tone_score"]["value"] < 0.62


def test_score_counts_rare_readings_when_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    poem = tmp_path / "poem.txt"
    poem.write_text("白日依山尽，黄河入海流。欲穷千里目，更中一层楼。")  # 中 where 上 stood
    told = {}
    for option in ([], ["--all-readings"]):
        code, out, _ = versebench(capsys, "score", "--text", str(poem), "--json", *option)
        assert code == exit_codes.FINE
        (verdict,) = json.loads(out)["verse"]["poems"]
        told[verdict["all_readings"]] = verdict["regulated"]
    assert told == {False: False, True: True}
    _, out, _ = versebench(capsys, "score", "--text", str(poem), "--all-readings")
    assert "the metrics always go by" in " ".join(out.split())
    code, _, err = versebench(capsys, "score", str(tmp_path), "--all-readings")
    assert code == exit_codes.USAGE
    assert "--text" in err


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--text", "nowhere.txt"],
        ["a-run", "--text", "-"],
        ["nowhere"],
        ["nowhere", "--metric", "rep_5"],
    ],
)
def test_score_refuses_in_one_message(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = versebench(capsys, "score", *arguments)
    assert code == exit_codes.USAGE
    assert err


def test_report_of_what_is_no_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = versebench(capsys, "report", str(tmp_path))
    assert code == exit_codes.USAGE
    assert "manifest.json" in err


def test_help_names_every_command_and_imports_none(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, out, _ = versebench(capsys, "--help")
    assert code == exit_codes.FINE
    for name in cli.COMMANDS:
        assert name in out
    heavy = "import sys, bench.cli; print([m for m in sys.modules if m.split('.')[0] in HEAVY])"
    names = "('keras','numpy','pandas','rich','pydantic','ruamel','tensorflow','jax','nltk')"
    done = subprocess.run(
        [sys.executable, "-c", heavy.replace("HEAVY", names)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
    for name in cli.COMMANDS:
        code, out, _ = versebench(capsys, name, "--help")
        assert code == exit_codes.FINE
        assert out.startswith(f"Usage: versebench {name}")
