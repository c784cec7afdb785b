"""The store of trained states: complete or absent, whatever happens."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from bench.states.store import FACTS, PRESET, TEXTS, WORK, Store, default_root
from reports.run_lock import LockedError
from reports.training import Training

KEY, OTHER = "0123456789abcdef", "01fedcba98765432"


def training(steps: int) -> Training:
    plain = {f.name: 0 for f in dataclasses.fields(Training)}
    prints = ("fingerprint", "base_fingerprint", "recipe_fingerprint")
    texts = dict.fromkeys(("preset", "state", "key", *prints), "x")
    empty = {"data": {}, "recipe": {}, "what_ran": {}, "curve": [], "missing": {}, "warnings": []}
    flags = {"reused": False, "stopped_early": False}
    return Training.from_data({**plain, **texts, **empty, **flags, "steps": steps})


def make(store: Store, key: str = KEY, text: str = "weights") -> None:
    with store.making(key, lambda _: None) as part:
        (part / PRESET).mkdir()
        (part / PRESET / "config.json").write_text(text)
        (part / WORK).mkdir()
        (part / WORK / "checkpoint").write_text("big")
        (part / TEXTS).write_bytes(b"texts")
        store.commit(key, training(3))


def test_a_finished_state_is_found_with_its_record_and_without_its_checkpoints(
    tmp_path: Path,
) -> None:
    store = Store(tmp_path / "deep" / "states")
    assert store.get(KEY) is None
    assert store.all() == []
    make(store)
    state = store.get(KEY)
    assert state is not None
    assert state.training == training(3)
    assert (state.preset / "config.json").read_text() == "weights"
    assert state.texts.read_bytes() == b"texts"
    assert not (state.path / WORK).exists()
    assert not store.part(KEY).exists()
    assert [one.key for one in store.all()] == [KEY]


def test_a_state_in_the_making_does_not_count(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with store.making(KEY, lambda _: None) as part:
        (part / PRESET).mkdir()
        (part / FACTS).write_text("{}")
        assert store.get(KEY) is None
        assert store.all() == []
    assert store.unfinished() == [store.part(KEY)]


def test_who_makes_nothing_leaves_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with store.making(KEY, lambda _: None):
        pass
    assert store.unfinished() == []


def test_a_commit_that_fails_can_be_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path)
    with store.making(KEY, lambda _: None) as part:
        (part / PRESET).mkdir()
        (part / WORK).mkdir()
        (part / WORK / "done.json").write_text("{}")
        with monkeypatch.context() as broken:
            broken.setattr(Path, "rename", lambda *_: (_ for _ in ()).throw(OSError("no")))
            with pytest.raises(OSError, match="no"):
                store.commit(KEY, training(3))
        assert (part / WORK / "done.json").exists()
        assert store.commit(KEY, training(3)).training == training(3)


def test_a_removal_that_is_cut_short_leaves_no_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path)
    make(store)
    with monkeypatch.context() as broken:
        broken.setattr(shutil, "rmtree", lambda *_, **__: (_ for _ in ()).throw(OSError("no")))
        with pytest.raises(OSError, match="no"):
            store.remove(KEY)
    assert store.get(KEY) is None
    make(store)
    assert store.get(KEY) is not None


@pytest.mark.parametrize(
    "damage", ["no record", "torn record", "no preset", "not a mapping", "other fields", "a file"]
)
def test_a_damaged_state_is_absent_and_can_be_made_again(tmp_path: Path, damage: str) -> None:
    store = Store(tmp_path)
    make(store)
    path = tmp_path / KEY
    if damage == "no record":
        (path / FACTS).unlink()
    elif damage == "torn record":
        (path / FACTS).write_text('{"steps": ')
    elif damage == "not a mapping":
        (path / FACTS).write_text("[]")
    elif damage == "other fields":
        (path / FACTS).write_text('{"steps": "many"}')
    elif damage == "a file":
        shutil.rmtree(path)
        path.write_text("")
    else:
        shutil.rmtree(path / PRESET)
    assert store.get(KEY) is None
    make(store, text="new")
    state = store.get(KEY)
    assert state is not None
    assert (state.preset / "config.json").read_text() == "new"


def test_a_beginning_is_still_there_for_the_next_who_makes_it(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with store.making(KEY, lambda _: None) as part:
        (part / "checkpoint").write_text("half")
    with store.making(KEY, lambda _: None) as part:
        assert (part / "checkpoint").read_text() == "half"


def test_the_second_who_wants_it_waits_and_is_told_for_whom(tmp_path: Path) -> None:
    store = Store(tmp_path)
    entered, leave, said = threading.Event(), threading.Event(), []

    def first() -> None:
        with store.making(KEY, lambda _: None) as part:
            (part / PRESET).mkdir()
            entered.set()
            leave.wait(30)
            store.commit(KEY, training(1))

    thread = threading.Thread(target=first)
    thread.start()
    assert entered.wait(30)

    def told(who: str) -> None:
        said.append(who)
        leave.set()

    with store.making(KEY, told):
        assert store.get(KEY) is not None
    thread.join()
    assert said == [said[0]]
    assert str(os.getpid()) in said[0]


def test_a_killed_maker_gives_the_right_back(tmp_path: Path) -> None:
    code = (
        "import sys, time\nfrom pathlib import Path\nfrom bench.states.store import Store\n"
        f"with Store(Path({str(tmp_path)!r})).making({KEY!r}, print) as part:\n"
        "    (part / 'checkpoint').write_text('half')\n    print('in', flush=True)\n"
        "    time.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"in\n"
        with pytest.raises(LockedError):
            Store(tmp_path).remove(KEY)
        process.kill()
    store = Store(tmp_path)
    assert store.get(KEY) is None
    with store.making(KEY, lambda _: pytest.fail("nobody makes it")) as part:
        assert (part / "checkpoint").read_text() == "half"


def test_a_kill_between_saving_and_committing_loses_nothing_that_loads(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with store.making(KEY, lambda _: None) as part:
        (part / PRESET).mkdir()
        (part / FACTS).write_text(json.dumps({"steps": 3}))
    assert store.get(KEY) is None
    make_again = store.making(KEY, lambda _: None)
    with make_again:
        assert store.commit(KEY, training(3)).training == training(3)


def test_find_and_remove_by_the_beginning_of_a_key(tmp_path: Path) -> None:
    store = Store(tmp_path)
    make(store)
    make(store, OTHER)
    assert store.find("01") == [KEY, OTHER]
    assert store.find("0123") == [KEY]
    assert store.find("ff") == []
    store.remove(KEY)
    assert store.find("") == [OTHER]


def test_the_place_of_the_store(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERSEBENCH_CACHE", "/somewhere")
    assert default_root() == Path("/somewhere/states")
    monkeypatch.delenv("VERSEBENCH_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "/cache")
    assert default_root() == Path("/cache/versebench/states")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert default_root() == Path("~/.cache/versebench/states").expanduser()
