"""What ``--benchmark`` means for other options: which files are run, and what must be off."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

SHIPPED = Path(__file__).resolve().parents[2] / "scenarios"
SUFFIXES = (".yaml", ".yml", ".json")
_XDIST = ("-n", "--numprocesses", "--maxprocesses", "--dist", "--tx", "-d")


def settle(config: pytest.Config) -> None:
    """Choose the files to collect, and give way to, or overrule, options of other plugins.

    What a project's configuration has for its tests is overruled: workers of pytest-xdist, and
    benchmarks switched off. The same on the command line contradicts ``--benchmark``.

    Raises:
        pytest.UsageError: such a contradiction, or a scenario that is not there.
    """
    _one_at_a_time(config)
    _benchmarks_on(config)
    _choose_files(config)


def is_scenario(path: Path, asked_for: bool) -> bool:
    """Tell whether a file is taken for a scenario.

    Args:
        path: absolute.
        asked_for: it is named on the command line, or in the project's configuration.
    """
    if path.suffix not in SUFFIXES:
        return False
    return asked_for or path.stem.endswith(".scenario") or is_shipped(path)


def is_shipped(path: Path) -> bool:
    """Tell whether a file is one of the scenarios that come with versebench."""
    return path.suffix == SUFFIXES[0] and path.parent.resolve() == SHIPPED


def _typed(config: pytest.Config, options: Iterable[str]) -> str | None:
    """Return the first of these options that stands on the command line itself."""
    for given in config.invocation_params.args:
        word = str(given)
        for option in options:
            short = not option.startswith("--")
            if word.partition("=")[0] == option or (short and word.startswith(option)):
                return word
    return None


def _one_at_a_time(config: pytest.Config) -> None:
    """Two measurements must not share a machine: see that there are no xdist workers."""
    if not config.pluginmanager.hasplugin("xdist"):
        return
    option = config.option
    asked = option.numprocesses or option.tx or option.dist not in ("no", None)
    if not asked:
        return
    given = _typed(config, _XDIST)
    if given is not None and option.numprocesses != 0:
        raise pytest.UsageError(
            f"--benchmark measures, and two measurements must not share a machine: leave out "
            f"{given} (pytest-xdist), or write -n 0"
        )
    option.numprocesses, option.dist, option.tx = 0, "no", []


def _benchmarks_on(config: pytest.Config) -> None:
    if not config.pluginmanager.hasplugin("benchmark"):
        return
    if _typed(config, ["--benchmark-skip"]):
        raise pytest.UsageError("--benchmark and --benchmark-skip contradict each other")
    config.option.benchmark_skip = False
    if not _typed(config, ["--benchmark-disable"]):
        config.option.benchmark_disable = False
    _can_draw(config)
    compared = config.option.benchmark_compare
    if isinstance(compared, str) and _is_path(config, compared):
        raise pytest.UsageError(
            f"--benchmark-compare took {compared!r} for the number of a saved run. Put paths "
            "before it, or write --benchmark-compare=NUMBER"
        )


def _can_draw(config: pytest.Config) -> None:
    """See that a histogram can be drawn: pytest-benchmark asks after everything is measured."""
    asked = config.option.benchmark_histogram
    names = asked if isinstance(asked, list) else [asked]
    taken = next((one for one in names if isinstance(one, str) and _is_path(config, one)), None)
    if taken is not None and _typed(config, ["--benchmark-histogram"]) == "--benchmark-histogram":
        raise pytest.UsageError(
            f"--benchmark-histogram took {taken!r} for the name of the pictures. Put paths before "
            "it, or write --benchmark-histogram=NAME"
        )
    if asked and importlib.util.find_spec("pygal") is None:
        raise pytest.UsageError(
            "--benchmark-histogram draws with pygal, which is not installed: pip install "
            "'pytest-benchmark[histogram]'"
        )


def _is_path(config: pytest.Config, word: str) -> bool:
    path = config.invocation_params.dir / word
    return path.is_dir() or (path.suffix in SUFFIXES[:2] and path.exists())


def _choose_files(config: pytest.Config) -> None:
    """Replace the paths to collect by the scenarios named; without any, look everywhere."""
    given = config.args_source.name == "ARGS"
    named = _files(config.getoption("versebench_scenario", ()), config.invocation_params.dir)
    if named:
        config.args = [*(config.args if given else []), *map(str, named)]
    elif not given:
        listed = _files(config.getini("versebench_scenarios"), config.rootpath)
        if listed:
            config.args = [str(path) for path in listed]
        elif config.args_source.name == "TESTPATHS":
            config.args = [str(config.rootpath)]  # scenarios need not lie among the tests


def _files(names: Sequence[str], folder: Path) -> list[Path]:
    """Return the files that names, paths and globs stand for, each once.

    Raises:
        pytest.UsageError: there is no such file.
    """
    found: list[Path] = []
    for name in names:
        shipped = SHIPPED / f"{name}.yaml"
        if Path(name).name == name and not Path(name).suffix and shipped.is_file():
            found.append(shipped)
            continue
        path = folder / os.path.expanduser(name)
        several = [path] if path.is_file() else _matching(folder, name)
        if not several:
            known = ", ".join(sorted(path.stem for path in SHIPPED.glob("*.yaml")))
            raise pytest.UsageError(
                f"no scenario {name!r}: there is no such file in {folder}, and those that come "
                f"with versebench are {known}"
            )
        found += several
    return list(dict.fromkeys(found))


def _matching(folder: Path, pattern: str) -> list[Path]:
    try:
        return sorted(path for path in folder.glob(pattern) if path.is_file())
    except (ValueError, NotImplementedError):  # empty, or absolute
        return []
