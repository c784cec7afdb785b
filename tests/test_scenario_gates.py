"""Gates in a scenario and on the command line: their forms, and what is wrong with the others."""

import pytest
from pydantic import ValidationError

from scenarios.editor_schema import json_schema
from scenarios.gates import GateError, parse_gate
from scenarios.loader import parse
from scenarios.schema import Scenario

START = {"name": "s", "prompts": ["a"], "presets": ["p"], "samplers": ["greedy", "top_k"]}


def gates(**given):
    return Scenario.model_validate({**START, "gates": given}).gates


def test_one_or_several():
    assert gates(rep_4={"max": 0.3}) == gates(rep_4=[{"max": 0.3}])
    two = gates(tokens_per_second=[{"min": 20}, {"against": "baseline", "worse_by": "5%"}])
    assert [(gate.min, gate.worse_by) for gate in two["tokens_per_second"]] == [
        (20, None),
        (None, 0.05),
    ]


def test_a_dump_is_read_again():
    it = Scenario.model_validate(
        {**START, "gates": {"rep_4": {"worse_by": "2 %", "where": "sampler=greedy,top*"}}}
    )
    assert Scenario.model_validate(it.model_dump(mode="json", by_alias=True)) == it
    (gate,) = it.gates["rep_4"]
    assert (gate.against, gate.worse_by, gate.where.sampler) == (
        "baseline",
        0.02,
        ("greedy", "top*"),
    )


@pytest.mark.parametrize(
    ("gate", "said"),
    [
        ({}, "must have a min, a max, or against: baseline"),
        ({"min": 2, "max": 1}, "min 2 is above max 1"),
        ({"worse_by": 5}, "for 5 per cent write 5%"),
        ({"worse_by": "5 percent"}, "such as 5% or 0.05"),
        ({"worse_by": "0%"}, "greater than 0"),
        ({"min": 1, "against": None, "worse_by": 0.1}, "needs against: baseline"),
        ({"max": 1, "where": "greedy"}, "must look like axis=glob,glob"),
        ({"max": 1, "where": "sampler=a sampler=b"}, "write sampler=a,b"),
        ({"max": 1, "where": {"prompt": "a"}}, "cannot name a prompt"),
    ],
)
def test_faults(gate, said):
    with pytest.raises(ValidationError, match=r".") as error:
        gates(rep_4=gate)
    assert said in str(error.value)


def test_a_glob_that_fits_nothing_is_found_with_its_place(tmp_path):
    text = (
        "prompts: [a]\npresets: [p]\nsamplers: [greedy]\n"
        "gates:\n  rep_4: {max: 1, where: 'sampler=gredy'}\n"
    )
    with pytest.raises(Exception, match=r"5:26: gates.rep_4.where: 'gredy' fits no sampler"):
        parse(text, tmp_path / "s.yaml")


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        ("rep_4<=0.3", "rep_4", {"max": 0.3}),
        (" tokens_per_second >= 20 ", "tokens_per_second", {"min": 20.0}),
        ("a>=-1e-3", "a", {"min": -0.001}),
        ("a not_worse", "a", {"against": "baseline"}),
        ("a worse_by 5%", "a", {"against": "baseline", "worse_by": 0.05}),
        ("a worse_by 0.05", "a", {"against": "baseline", "worse_by": 0.05}),
        (
            "a<=1 where sampler=x,y* batch_size=8",
            "a",
            {"max": 1.0, "where": {"sampler": ["x", "y*"], "batch_size": ["8"]}},
        ),
    ],
)
def test_the_command_line(text, name, said):
    found, gate = parse_gate(text)
    assert found == name
    assert gate.model_dump(mode="json", exclude_none=True) == said


@pytest.mark.parametrize(
    "text",
    [
        *("", "rep_4", "rep_4<0.3", "rep_4=0.3", "rep_4<=", "a<=1 where", "a worse_by"),
        *("a worse_by 5", "a<=nan", "a<=1e999", "a<=1 where x=1", "a<=1 where sampler"),
        "a<=1; b<=2",
    ],
)
def test_what_is_no_gate(text):
    with pytest.raises(GateError, match="not a gate"):
        parse_gate(text)


def test_editors_know_the_forms():
    jsonschema = pytest.importorskip("jsonschema")
    checker = jsonschema.Draft202012Validator(json_schema())
    fine = {**START, "gates": {"a": {"max": 1}, "b": [{"worse_by": "5%", "where": "sampler=x"}]}}
    assert checker.is_valid(fine)
    assert checker.is_valid({**START, "gates": {"a": {"max": 1, "where": {"sampler": "x"}}}})
    assert not checker.is_valid({**START, "gates": {"a": {"maximum": 1}}})
    assert not checker.is_valid({**START, "gates": {"a": {"worse_by": "five"}}})
