import re
from pathlib import Path

import pytest

from scenarios import shipped
from scenarios.editor_schema import json_schema
from scenarios.samplers import KINDS
from scenarios.schema import Scenario
from scenarios.yaml_source import read

DOCS = Path(__file__).parent.parent / "docs" / "scenarios.md"


@pytest.fixture(scope="module")
def schema():
    return json_schema()


def test_every_reference_resolves(schema):
    def references(part):
        if isinstance(part, dict):
            if isinstance(part.get("$ref"), str):
                yield part["$ref"]
            part = list(part.values())
        if isinstance(part, list):
            for one in part:
                yield from references(one)

    names = {reference.removeprefix("#/$defs/") for reference in references(schema)}
    assert names <= set(schema["$defs"])


def test_short_forms_stand_beside_the_long_ones(schema):
    for name in ("Prompt", "Preset", "Hardware"):
        assert {"type": "string"} in schema["$defs"][name]["anyOf"]
    words, mapping = schema["$defs"]["Sampler"]["anyOf"]
    assert set(mapping["properties"]) == set(KINDS)
    assert set(words["enum"]) == set(KINDS) - {"custom"}
    assert "name" not in schema["required"]


def test_every_key_has_a_description_for_the_editor(schema):
    bare = [
        f"{name}.{key}"
        for name, part in [("", schema), *schema["$defs"].items()]
        for key, value in part.get("properties", {}).items()
        if name != "Sampler" and "description" not in value and key != "return_all_beams"
    ]
    assert bare == []


def test_the_schema_is_made_anew_each_time(schema):
    assert json_schema() == schema
    assert Scenario.model_json_schema()["required"] == ["name", "prompts", "presets", "samplers"]


GOOD = [
    "{prompts: [a], presets: [p], samplers: [greedy]}",
    "{prompts: [{text: a, name: b}], presets: [{source: p}], samplers: [{top_k: {k: 3}}]}",
    "{prompts: [a], presets: [p], samplers: [{custom: {class: 'a:B', arguments: {x: [1]}}}],"
    " states: [base, {t: {preset: x}}, {name: u, preset: y}], hardware: [cpu, {threads: 2}],"
    " include: [{state: [base, t]}], exclude: [{prompt: 0, batch_size: [1]}],"
    " gates: {rep: {max: 0.5}}, metrics: ['*'], seed: 3}",
]
BAD = [
    "{presets: [p], samplers: [greedy]}",
    "{prompts: [], presets: [p], samplers: [greedy]}",
    "{prompts: [a], presets: [p], samplers: [custom]}",
    "{prompts: [a], presets: [p], samplers: [gredy]}",
    "{prompts: [a], presets: [p], samplers: [{top_k: {k: 0}}]}",
    "{prompts: [a], presets: [p], samplers: [{top_p: {p: 1.1}}]}",
    "{prompts: [a], presets: [p], samplers: [{beam: {return_all_beams: true}}]}",
    "{prompts: [a], presets: [p], samplers: [{top_k: {}, greedy: {}}]}",
    "{prompts: [a], presets: [p], samplers: [greedy], states: [tang]}",
    "{prompts: [a], presets: [p], samplers: [greedy], states: [{tang: {}}]}",
    "{prompts: [a], presets: [p], samplers: [greedy], hardware: [{backend: tf}]}",
    "{prompts: [a], presets: [p], samplers: [greedy], exclude: [{stat: base}]}",
    "{prompts: [a], presets: [p], samplers: [greedy], measure: {trials: 0}}",
    "{prompts: [a], presets: [p], samplers: [greedy], seeds: 3}",
]


@pytest.fixture(scope="module")
def validator(schema):
    jsonschema = pytest.importorskip("jsonschema")
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("name", shipped.names())
def test_shipped_scenarios_meet_the_schema(validator, name):
    validator.validate(read(shipped.path(name).read_text(encoding="utf-8")).data)


@pytest.mark.parametrize("text", GOOD)
def test_what_loads_meets_the_schema(validator, text):
    data = read(text).data
    validator.validate(data)
    Scenario.model_validate({"name": "s", **data})


@pytest.mark.parametrize("text", BAD)
def test_what_does_not_load_does_not_meet_the_schema(validator, text):
    data = read(text).data
    assert not validator.is_valid(data)
    with pytest.raises(ValueError, match="validation error"):
        Scenario.model_validate({"name": "s", **data})


def test_the_documentation_names_every_key_and_default(schema):
    text = DOCS.read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)`(?:, `exclude`)? \|(.*)\|$", text, flags=re.MULTILINE))
    rows["exclude"] = rows["include"]
    for key in schema["properties"]:
        assert key in rows
    for name in ("Generate", "Measure"):
        for key, value in schema["$defs"][name]["properties"].items():
            default = value["default"]
            assert (
                f"`{default:g}`" in rows[key]
                if isinstance(default, float)
                else (f"`{default}`" in rows[key])
            )
    for key, value in schema["$defs"]["Train"]["properties"].items():
        default = value.get("default")
        shown = (
            "5e-5" if default == 5e-5 else f"{default:g}" if isinstance(default, float) else default
        )
        assert default is None or f"`{shown}`" in rows[key]
    for key, value in schema["$defs"]["Hardware_"]["properties"].items():
        for word in value.get("enum", []):
            assert f"`{word}`" in rows[key]
    for kind, model in KINDS.items():
        for key, field in model.model_fields.items():
            if key != "kind":
                assert f"`{field.alias or key}:" in rows[kind]


@pytest.mark.parametrize(
    "block", re.findall(r"```yaml\n(.*?)```", DOCS.read_text(encoding="utf-8"), flags=re.DOTALL)
)
def test_examples_of_the_documentation_are_yaml(block):
    source = read(block)
    assert not [fault for fault in source.faults if "is empty" not in fault[1]]
