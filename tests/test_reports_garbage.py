"""The collector pauses, and goes on as it was, whatever happens."""

from __future__ import annotations

import gc

import pytest

from reports.garbage import collection_paused, collection_resumed


def test_it_pauses_and_goes_on() -> None:
    with collection_paused():
        assert not gc.isenabled()
        with collection_paused():
            assert not gc.isenabled()
        assert not gc.isenabled(), "the inner one found it paused"
    assert gc.isenabled()


def test_it_goes_on_after_an_error() -> None:
    with pytest.raises(ValueError, match="wrong"), collection_paused():
        raise ValueError("wrong")
    assert gc.isenabled()


def test_it_decorates_and_leaves_a_stopped_collector_alone() -> None:
    @collection_paused()
    def running() -> bool:
        return gc.isenabled()

    assert not running()
    assert gc.isenabled()
    gc.disable()
    try:
        assert not running()
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_it_goes_on_within_a_pause() -> None:
    with collection_paused(), collection_paused():
        with collection_resumed():
            assert gc.isenabled()
        assert not gc.isenabled()
    with collection_resumed():
        assert gc.isenabled()
    assert gc.isenabled()


def test_a_stopped_collector_does_not_go_on_within_a_pause() -> None:
    gc.disable()
    try:
        with collection_paused(), collection_resumed():
            assert not gc.isenabled()
    finally:
        gc.enable()
