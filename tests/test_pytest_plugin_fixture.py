"""The fixture ``versebench``: a test measures a case in code."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from plugin_projects import fake_the_model

import versebench_pytest
from reports.run_folder import RunFolder

pytest_plugins = ["pytester"]
result = versebench_pytest.part("result")


@pytest.fixture(autouse=True)
def _fake_model(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_the_model(monkeypatch)


def test_a_test_measures(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """One session: a result, a missing value, a wrong argument, a skip, a crash."""
    monkeypatch.setenv("FAKE_FAULTS", "random:0:5")
    pytester.makepyfile(
        test_quality="""
        import pytest

        SHORT = dict(preset="tiny", generate={"max_length": 16, "samples": 2},
                     measure={"trials": 2, "fit_points": 0})

        @pytest.fixture(scope="module")
        def greedy(versebench):
            return versebench.run(**SHORT, sampler="greedy", prompts=["abc", "de"])

        def test_values(greedy):
            assert greedy.broken_characters >= 0
            assert greedy["tokens_per_second"] == greedy.tokens_per_second > 0
            assert len(greedy.texts) == 2
            assert greedy.sampler == "greedy"
            assert "tokens_per_second" in greedy
            assert (greedy.run_folder / "cases.csv").exists()

        def test_missing(greedy):
            greedy.ttft_seconds

        def test_unknown(greedy):
            assert not hasattr(greedy, "tokens_per_secnd")
            greedy.tokens_per_secnd

        def test_wrong(versebench):
            versebench.run(preset="tiny", sampler={"top_k": {"k": 0}}, seeds=1)

        def test_gpu(versebench):
            versebench.run(**SHORT, hardware="gpu:63")

        def test_crash(versebench):
            versebench.run(**SHORT, sampler="random")
        """
    )
    done = pytester.runpytest_inprocess("-W", "error", "-rs")
    done.assert_outcomes(passed=1, failed=4, skipped=1)
    done.stdout.fnmatch_lines(
        [
            "*MissingValueError: tiny/base/greedy/cpu* has no ttft_seconds: *fit_points: 0*",
            "*AttributeError: no column or metric called 'tokens_per_secnd'; did you mean 'tok*",
            "*ValueError: versebench.run: *",
            "*samplers.0.top_k.k: must be at least 1*",
            "*CaseFailedError: tiny/base/random/cpu* failed: the worker died*",
            "*last words of launch 0*",
            "SKIPPED*test_quality.py*: no *GPU*",
        ]
    )
    assert "pytest_plugin" not in done.stdout.str()
    names = sorted(path.name.partition("-test")[2] for path in (pytester.path / "runs").glob("2*"))
    assert len(names) == 3
    folder = min((pytester.path / "runs").glob("2*"))
    assert RunFolder.open(folder).manifest["scenario_name"] == "test_quality.py-test_values"


def test_beside_other_tests_it_refuses() -> None:
    """As a worker of pytest-xdist would ask for it."""
    provide = versebench_pytest.part("fixture").provide
    with pytest.raises(pytest.UsageError, match=r"nothing may run beside .*-n 0"):
        next(provide(SimpleNamespace(workerinput={})))


def test_a_result_says_what_it_has() -> None:
    told = {
        "row": {"seq_rep_4": 0.25, "samples": 4},
        "missing": {"zh_rhyme": "no Chinese text"},
        "columns": ["seq_rep_4", "samples", "zh_rhyme", "energy", "tokens_per_second"],
        "others": ["mtld", "seq_rep_1"],
        "seconds": [0.5],
        "warnings": [],
    }
    short = {"rep_4": "seq_rep_4", "rep_1": "seq_rep_1"}
    one = result.Result("a/b", told, short, "runs/x")
    assert (one.rep_4, one["rep_4"], dict(one)) == (0.25, 0.25, told["row"])
    with pytest.raises(AttributeError, match="a/b has no zh_rhyme: no Chinese text"):
        one.zh_rhyme  # noqa: B018
    with pytest.raises(KeyError, match="no Chinese text"):
        one["zh_rhyme"]
    with pytest.raises(AttributeError, match="has no energy: it does not apply"):
        one.energy  # noqa: B018
    for name in ("mtld", "rep_1"):
        with pytest.raises(AttributeError, match=f"has no {name}: the metric was not asked for"):
            getattr(one, name)
    with pytest.raises(AttributeError, match="did you mean 'tokens_per_second'"):
        one.tok_s  # noqa: B018
    assert getattr(one, "zh_rhyme", None) is None
    assert one.texts == []
    assert one.run_folder == Path("runs/x")
    assert "a/b" in repr(one)
    assert {"rep_4", "seq_rep_4"} <= set(dir(one))
