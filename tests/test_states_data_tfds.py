"""TensorFlow Datasets as a data set: a prepared folder, offline, and every way it can be missing.

Which folder is read is tested on made-up folders; reading on a small data set that the library
itself prepares here (marked ``model``: it imports TensorFlow).
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bench.states.data import DataError, fingerprint, prepare, read, tfds, tfds_folder
from scenarios.data_sets import Tfds, parse_data_set

MAKER = """
import sys
import numpy as np
import tensorflow_datasets as tfds

class Tiny(tfds.core.GeneratorBasedBuilder):
    VERSION = tfds.core.Version("1.0.0")
    BUILDER_CONFIGS = [
        tfds.core.BuilderConfig(name=name, version="1.0.0") for name in ("short", "long")
    ]

    def _info(self):
        features = {"documents": tfds.features.Text(), "score": tfds.features.Scalar(np.int32)}
        return tfds.core.DatasetInfo(
            builder=self,
            features=tfds.features.FeaturesDict(features),
            redistribution_info={"license": "CC0"},
        )

    def _split_generators(self, manager):
        return {"train": self._generate_examples(60), "test": self._generate_examples(5)}

    def _generate_examples(self, count):
        for i in range(count):
            text = f"{self.builder_config.name} story {i} 春眠" if i != 7 else " "
            yield i, {"documents": text, "score": i}

for name in ("short", "long"):
    Tiny(data_dir=sys.argv[1], config=name).download_and_prepare()
"""


def wanted(name: str, folder: Path | None, field: str = "documents", **options: Any) -> Tfds:
    place = {} if folder is None else {"folder": str(folder)}
    data = parse_data_set({"tfds": name, "field": field, **place, **options})
    assert isinstance(data, Tfds)
    return data


def made_up(folder: Path, *places: str) -> None:
    """Make folders that look prepared."""
    for place in places:
        (folder / place).mkdir(parents=True)
        (folder / place / "dataset_info.json").write_text(json.dumps({"name": place}))


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("one", "one/1.10.0"),
        ("one:1.9.0", "one/1.9.0"),
        ("one:1.*", "one/1.10.0"),
        ("one:2.0.0", None),
        ("two", "two/long/1.0.0"),
        ("two/short", "two/short/3.0.0"),
        ("two/short:2.0.0", "two/short/2.0.0"),
        ("two/none", None),
        ("only", "only/config/1.0.0"),
        ("none", None),
    ],
)
def test_which_folder_is_meant(tmp_path: Path, name: str, place: str | None) -> None:
    made_up(tmp_path, "one/1.9.0", "one/1.10.0", "two/long/1.0.0", "two/short/2.0.0")
    made_up(tmp_path, "two/short/3.0.0", "only/config/1.0.0")
    (tmp_path / "one" / "incomplete.ABC_2.0.0").mkdir()
    (tmp_path / "two" / ".config").mkdir()
    (tmp_path / "two" / ".config" / "metadata.json").write_text('{"default_config_name": "long"}')
    found = tfds_folder.prepared(wanted(name, tmp_path))
    assert found == (tmp_path / place if place else None)


def test_several_configurations_and_none_named(tmp_path: Path) -> None:
    made_up(tmp_path, "two/long/1.0.0", "two/short/1.0.0")
    with pytest.raises(DataError, match=r"several configurations.* two/long or two/short"):
        fingerprint(wanted("two", tmp_path))


@pytest.mark.parametrize("name", ["a b", "a/b/c", "../a", "/a", "a:", "a/"])
def test_what_is_no_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataError, match="write NAME, NAME/CONFIG or NAME/CONFIG:VERSION"):
        fingerprint(wanted(name, tmp_path))


def test_the_default_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("TFDS_DATA_DIR", raising=False)
    assert tfds_folder.data_dir(wanted("a", None)) == tmp_path / "tensorflow_datasets"
    monkeypatch.setenv("TFDS_DATA_DIR", str(tmp_path / "x"))
    assert tfds_folder.data_dir(wanted("a", None)) == tmp_path / "x"
    assert tfds_folder.data_dir(wanted("a", tmp_path)) == tmp_path


def test_the_fingerprint_is_of_the_files_and_needs_no_library(tmp_path: Path) -> None:
    for place in ("here", "there"):
        made_up(tmp_path / place, "one/1.0.0")
        (tmp_path / place / "one/1.0.0/one-train.tfrecord-00000-of-00001").write_bytes(b"a" * 99)
    here = wanted("one", tmp_path / "here")
    first = fingerprint(here)
    assert fingerprint(wanted("one", tmp_path / "there")) == first
    (tmp_path / "here/one/1.0.0/one-train.tfrecord-00000-of-00001").write_bytes(b"b" * 99)
    assert fingerprint(here) != first
    assert "tensorflow_datasets" not in sys.modules
    prepare(here)  # it is there: nothing is asked of the library


def test_not_prepared_says_how_to_prepare_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = wanted("reddit_tifu", tmp_path)
    with pytest.raises(DataError) as caught:
        fingerprint(data)
    words = str(caught.value)
    assert words.startswith(f"tfds reddit_tifu (documents): not prepared in {tmp_path}; on a mac")
    assert "tfds.load('reddit_tifu', data_dir='tfds')" in words
    assert words.endswith(f"copy the folder tfds/reddit_tifu from there to {tmp_path}/reddit_tifu")
    fault = {"fault": "failed", "message": "gaierror: Name or service not known"}
    monkeypatch.setattr(tfds, "_ask", lambda *_: [fault])
    for attempt in (prepare, lambda data: read(data, 0)):
        with pytest.raises(DataError, match=r"fetching it failed \(gaierror: Name or service"):
            attempt(data)
    monkeypatch.setattr(tfds, "_ask", lambda *_: [{"fault": "unknown"}])
    with pytest.raises(DataError, match="knows no data set of this name, and none is prepared"):
        prepare(data)


@pytest.mark.parametrize(
    ("library", "words"),
    [
        (
            "raise ModuleNotFoundError(name='tensorflow_datasets')",
            "needs TensorFlow Datasets; run `pip install tensorflow-datasets importlib_resources`",
        ),
        ("import no_such_package", "needs the package no_such_package"),
        ("raise ValueError('bad\\nworse')", "ValueError: bad"),
        ("print('noise'); import os; os._exit(7)", "ended with code 7"),
        ("import os, sys; os.write(2, b'last words\\n'); os._exit(7)", "code 7: last words"),
        ("import os; os.kill(os.getpid(), 9)", "ended with signal 9"),
    ],
)
def test_a_library_that_is_missing_or_breaks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library: str, words: str
) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "tensorflow_datasets.py").write_text(library)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "lib"))
    made_up(tmp_path, "one/1.0.0")
    with pytest.raises(DataError) as caught:
        read(wanted("one", tmp_path), 0)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the data set ``tiny``, two configurations, made by the library."""
    if importlib.util.find_spec("tensorflow_datasets") is None:
        pytest.skip("tensorflow-datasets is not installed")
    folder = tmp_path_factory.mktemp("tfds")
    script = folder / "maker.py"
    script.write_text(MAKER, encoding="utf-8")
    subprocess.run(
        [sys.executable, str(script), str(folder / "data")], check=True, capture_output=True
    )
    return folder / "data"


@pytest.mark.model
def test_reading(tiny: Path) -> None:
    texts = read(wanted("tiny", tiny, shuffle=False), 0)
    everything = {f"short story {i} 春眠" for i in range(60) if i != 7}
    assert {*texts.train, *texts.held_out} == everything
    assert texts.facts["dropped_empty"] == 1
    assert texts.facts["licence"] == "CC0"
    assert texts.facts["source"].endswith(f"split train in {tiny}/tiny/short/1.0.0")
    assert "tensorflow_datasets" not in sys.modules
    part = read(wanted("tiny/long:1.0.0", tiny, split="test[:60%]"), 0)
    assert len(part.train) + len(part.held_out) == 3
    assert part.train[0].startswith("long story")


@pytest.mark.model
@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            {"field": "document"},
            "no field 'document'; did you mean 'documents'? (fields: 'doc",
        ),
        ({"split": "tran"}, "has no split 'tran'; did you mean 'train'? (splits: 'train', 'test')"),
        ({"field": "score"}, "the field 'score' holds no text but int32"),
        ({"split": "train[:x]"}, "Error parsing split 'train[:x]'"),
    ],
)
def test_what_it_does_not_have(tiny: Path, options: dict[str, Any], words: str) -> None:
    with pytest.raises(DataError) as caught:
        read(wanted("tiny", tiny, **options), 0)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
