"""What is shipped, and what the README promises about setting it up."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SHIPPED = ("bench", "metrics", "scenarios", "reports")
CODE = {".py", ".md", ""}  # read by people or by Python itself; everything else is data


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel, built from this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    pytest.importorskip("hatchling", reason="hatchling builds the wheel")
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (path,) = folder.glob("*.whl")
    return zipfile.ZipFile(path)


def tracked_data() -> list[str]:
    """Return the data files of the packages that git knows."""
    done = subprocess.run(
        ["git", "ls-files", "-z", "--", *SHIPPED],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.skip("not a git checkout")
    return [name for name in done.stdout.split("\0") if name and Path(name).suffix not in CODE]


def test_every_data_file_is_in_the_wheel(wheel: zipfile.ZipFile) -> None:
    shipped = set(wheel.namelist())
    data = tracked_data()
    assert [name for name in data if name not in shipped] == []
    for preset in ("tiny_gpt2_en", "tiny_gpt2_tang"):
        assert f"bench/presets/{preset}/model.weights.h5" in shipped
        assert f"bench/presets/{preset}/README.md" in shipped
    assert "scenarios/quickstart.yaml" in shipped


def test_the_wheel_holds_the_four_packages_and_no_more(wheel: zipfile.ZipFile) -> None:
    tops = {name.partition("/")[0] for name in wheel.namelist()}
    plugin = "versebench_pytest.py"  # its name must be no project's own
    assert {top for top in tops if not top.endswith(".dist-info")} == {*SHIPPED, plugin}
    (points,) = [name for name in wheel.namelist() if name.endswith("/entry_points.txt")]
    assert "[pytest11]\nversebench = versebench_pytest\n" in wheel.read(points).decode()
    licences = [name for name in wheel.namelist() if "licenses/" in name]
    assert {name.rpartition("/")[2] for name in licences} == {"LICENSE", "NOTICE", "Apache-2.0.txt"}


def test_the_wheel_fits(wheel: zipfile.ZipFile) -> None:
    for preset in ("tiny_gpt2_en", "tiny_gpt2_tang"):
        size = sum(
            info.file_size
            for info in wheel.infolist()
            if info.filename.startswith(f"bench/presets/{preset}/")
        )
        assert size <= 12_000_000, preset


def test_ci_runs_the_very_test_command_of_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    command = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()[-1]
    assert command in readme
    assert ".ci/run" in (ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8")


def test_every_notice_is_in_the_notice() -> None:
    """Each folder with data of others has a NOTICE; the one on top repeats them all."""
    whole = " ".join((ROOT / "NOTICE").read_text(encoding="utf-8").split())
    for package in SHIPPED:
        for part in (ROOT / package).rglob("NOTICE"):
            assert " ".join(part.read_text(encoding="utf-8").split()) in whole, part
