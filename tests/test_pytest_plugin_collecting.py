"""Which files ``pytest --benchmark`` takes for scenarios, in whatever project. None is measured."""

from __future__ import annotations

import importlib.util

import pytest
from plugin_projects import fake_the_loader, quickly, write

pytest_plugins = ["pytester"]

ONE = {"samplers": ["greedy"]}


@pytest.fixture(autouse=True)
def _quickly(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    quickly(monkeypatch)


@pytest.fixture
def _no_loader(monkeypatch: pytest.MonkeyPatch) -> None:
    fake_the_loader(monkeypatch)


def collected(pytester: pytest.Pytester, *arguments: str) -> list[str]:
    """Return the node ids that ``--benchmark`` with these arguments would run."""
    done = pytester.runpytest_inprocess("--benchmark", "--collect-only", "-q", *arguments)
    assert done.ret in (0, 5), done.stdout.str()
    return [line for line in done.outlines if "::" in line]


def files(ids: list[str]) -> list[str]:
    return list(dict.fromkeys(id_.partition("::")[0] for id_ in ids))


@pytest.mark.usefixtures("_no_loader")
def test_where_scenarios_are_looked_for(pytester: pytest.Pytester) -> None:
    """Everywhere, testpaths or not; but where the project or the command line names some, there."""
    write(pytester.path, "one.scenario.yaml", **ONE)
    write(pytester.path / "perf", "two.scenario.yml", **ONE)
    write(pytester.path / "perf", "three.yaml", **ONE)
    pytester.makepyfile(**{"tests/test_it": "def test_it(): pass"})
    pytester.makeini("[pytest]\ntestpaths = tests")
    everywhere = ["one.scenario.yaml", "perf/two.scenario.yml"]
    assert sorted(files(collected(pytester))) == everywhere
    assert files(collected(pytester, "perf")) == everywhere[1:]
    assert files(collected(pytester, "perf/three.yaml")) == ["perf/three.yaml"]
    assert files(collected(pytester, "--scenario", "perf/three.yaml")) == ["perf/three.yaml"]
    pytester.makeini("[pytest]\ntestpaths = tests\nversebench_scenarios = perf/*.yaml one.*.yaml")
    assert files(collected(pytester)) == ["perf/three.yaml", "one.scenario.yaml"]
    one = "one.scenario.yaml::tiny/base/greedy/cpu"
    assert collected(pytester, one) == [one]


@pytest.mark.usefixtures("_no_loader")
def test_shipped_scenarios(pytester: pytest.Pytester) -> None:
    ids = collected(pytester, "--pyargs", "scenarios")
    assert {f"scenarios/{name}.yaml" for name in ("quickstart", "samplers")} <= set(files(ids))
    by_name = collected(pytester, "--scenario", "quickstart")
    assert [id_ for id_ in ids if id_.startswith("scenarios/quickstart.yaml::")] == by_name
    assert by_name


def test_all_faults_of_a_file_are_told(pytester: pytest.Pytester) -> None:
    path = pytester.path / "bad.scenario.yaml"
    path.write_text(
        "prompts: [a]\npresets: [tiny]\nsamplers: [{top_k: {k: 0}}]\ngates: {rep_9: {}}\n"
    )
    write(pytester.path, "good.scenario.yaml", **ONE)
    done = pytester.runpytest_inprocess("--benchmark", "--collect-only")
    assert done.ret == pytest.ExitCode.INTERRUPTED
    done.stdout.fnmatch_lines(
        ["*bad.scenario.yaml:3:24: samplers.0.top_k.k: *", "*bad.scenario.yaml:4:*"]
    )
    assert "Traceback" not in done.stdout.str()
    assert "no scenario file" not in done.stdout.str()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--scenario", "quickstrat"], "*no scenario 'quickstrat'*quickstart*"),
        (["-n", "2"], "*two measurements must not share a machine: leave out -n *"),
        (["--benchmark-skip"], "*--benchmark and --benchmark-skip contradict*"),
        (["--benchmark-compare", "perf"], "*--benchmark-compare took 'perf' for the number*"),
        (["--benchmark-histogram", "perf"], "*--benchmark-histogram took 'perf' for the name*"),
        (["--versebench-preset", "tiny"], "*'tiny' must look like NAME=SOURCE*"),
    ],
)
def test_what_contradicts_is_one_message(
    pytester: pytest.Pytester, arguments: list[str], message: str
) -> None:
    (pytester.path / "perf").mkdir()
    done = pytester.runpytest_inprocess("--benchmark", *arguments)
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    done.stderr.fnmatch_lines([message])
    assert "Traceback" not in done.stderr.str()


def test_a_histogram_that_cannot_be_drawn_is_told_at_once(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not after hours of measuring, in the place of the table."""
    find = importlib.util.find_spec

    def without_pygal(name: str, *more: str) -> object:
        return None if name == "pygal" else find(name, *more)

    monkeypatch.setattr("importlib.util.find_spec", without_pygal)
    done = pytester.runpytest_inprocess("--benchmark", "--benchmark-histogram")
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    done.stderr.fnmatch_lines(["*pip install 'pytest-benchmark[[]histogram]'"])


def test_nothing_here(pytester: pytest.Pytester) -> None:
    done = pytester.runpytest_inprocess("--benchmark")
    assert done.ret == pytest.ExitCode.NO_TESTS_COLLECTED
    done.stdout.fnmatch_lines(["versebench: no scenario file here*--scenario quickstart*"])


def test_a_project_with_our_names_and_with_settings_of_its_own(pytester: pytest.Pytester) -> None:
    """Its ``bench``, ``metrics``, ``reports`` and ``scenarios`` stay its own, and so do ours ours.

    What it has configured for its tests is overruled: xdist's workers, benchmarks switched off.
    """
    write(pytester.path / "perf", **ONE)
    names = ("bench", "metrics", "reports", "scenarios")
    for name in names[1:]:
        pytester.makepyfile(**{name: "mine = True"})
    pytester.makepyfile(**{"bench/__init__": "mine = True"})
    imports = "\n".join(f"import {name}; assert {name}.mine" for name in names)
    pytester.makepyfile(**{"perf/__init__": "raise RuntimeError('not imported')"})
    pytester.makeconftest(imports)
    pytester.makeini(
        "[pytest]\naddopts = -n 2 --dist loadgroup --benchmark-disable --strict-config "
        "--strict-markers -W error\npythonpath = ."
    )
    done = pytester.runpytest_subprocess("--benchmark", "--collect-only", "-q")
    done.stdout.fnmatch_lines(["perf/demo.scenario.yaml::tiny/base/greedy/*"])
    assert done.ret == 0
