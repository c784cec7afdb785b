import pytest

from scenarios.faults import Fault, Origin, ScenarioError
from scenarios.yaml_source import read


@pytest.mark.parametrize(
    ("fault", "line"),
    [
        (Fault("s.yaml", 3, 5, "seed", "is odd"), "s.yaml:3:5: seed: is odd"),
        (Fault("s.yaml", None, None, "", "is empty"), "s.yaml: is empty"),
        (Fault(None, None, None, "exclude.0", "fits nothing"), "exclude.0: fits nothing"),
    ],
)
def test_a_fault_is_one_line(fault, line):
    assert str(fault) == line


def test_an_error_has_one_line_per_fault():
    faults = [Fault("s", 1, 1, "a", "x"), Fault("s", 2, 1, "b", "y")]
    error = ScenarioError(faults)
    assert str(error) == "s:1:1: a: x\ns:2:1: b: y"
    assert error.faults == faults


@pytest.mark.parametrize(
    ("place", "position"),
    [
        ((), (1, 1, "")),
        (("samplers", 1, "top_k", "k"), (3, 17, "samplers.1.top_k.k")),
        (("samplers", 1, "k"), (3, 17, "samplers.1.top_k.k")),
        (("samplers", 0, "greedy", "temperature"), (2, 5, "samplers.0")),
        (("states", 0, "preset"), (4, 26, "states.0.tang.preset")),
        (("presets", 0, "source"), (5, 11, "presets.0")),
        (("nowhere", "at", "all"), (1, 1, "")),
        (("presets", 7), (5, 10, "presets")),
    ],
)
def test_places_of_the_long_form_are_found_in_the_short_one(place, position):
    text = (
        "samplers:\n  - greedy\n  - {top_k: {k: 0}}\nstates: [{tang: {preset: x}}]\npresets: [p]\n"
    )
    fault = Origin("s.yaml", read(text)).fault(place, "x")
    assert (fault.line, fault.column, fault.location) == position


def test_control_codes_and_endless_words_stay_out_of_a_line():
    fault = Origin().fault(("a\x1b[31m", "b" * 500), "x")
    assert str(fault).isprintable()
    assert len(str(fault)) < 200
