import re
import subprocess
import sys

import pytest

from scenarios import shipped
from scenarios.cases import expand
from scenarios.loader import load


def test_names():
    assert {"quickstart", "samplers", "article", "presets"} <= set(shipped.names())
    assert shipped.path("article").read_text(encoding="utf-8").startswith("#")
    with pytest.raises(KeyError):
        shipped.path("nothing")


@pytest.mark.parametrize("name", shipped.names())
def test_every_shipped_scenario_loads_and_expands(name):
    loaded = load(name)
    expansion = expand(loaded.scenario)
    assert loaded.scenario.name == name == loaded.path.stem
    assert loaded.scenario.description
    assert expansion.cases


def test_quickstart_pairs_each_state_with_its_language():
    chinese = re.compile("[\u4e00-\u9fff]")
    for case in expand(load("quickstart").scenario).cases:
        for _, prompt in case.prompts:
            assert bool(chinese.search(prompt.text)) == (case.state.name == "tang")


def test_quickstart_and_samplers_need_no_network():
    for name in ("quickstart", "samplers"):
        sources = {case.source for case in expand(load(name).scenario).cases}
        assert sources == {"tiny_gpt2_en", "tiny_gpt2_tang"}


def test_samplers_has_every_kind_but_custom():
    from scenarios.samplers import KINDS

    kinds = {sampler.kind for sampler in load("samplers").scenario.samplers}
    assert kinds == set(KINDS) - {"custom"}


def test_the_article_on_a_local_folder(tmp_path):
    loaded = load("article", presets={"gpt2_base_en": str(tmp_path)})
    cases = expand(loaded.scenario).cases
    [greedy] = [c for c in cases if c.sampler.kind == "greedy" and c.state.name == "base"]
    assert greedy.source == str(tmp_path)
    assert greedy.id == "gpt2_base_en/base/greedy/cpu-tensorflow-float32"
    assert [prompt.text for _, prompt in greedy.prompts] == ["My trip was", "我爱中国！"]


def test_the_article_has_its_four_parts():
    scenario = load("article").scenario
    texts = {
        (case.state.name, case.sampler.kind): [prompt.text for _, prompt in case.prompts]
        for case in expand(scenario).cases
    }
    assert texts["base", "top_k"] == ["My trip was", "我爱中国！"]
    assert texts["reddit", "top_k"] == texts["reddit", "greedy"] == ["My trip was"]
    assert "春眠不觉晓" in texts["tang", "top_k"]
    for state in scenario.states[1:]:
        recipe = state.train
        assert recipe is not None
        assert (recipe.batch_size, recipe.batches, recipe.epochs) == (32, 500, 1)
        assert (recipe.optimizer, recipe.schedule) == ("adam", "polynomial")
        assert (recipe.learning_rate, recipe.end_learning_rate) == (5e-5, 0.0)
        assert not state.data.shuffle
    assert scenario.states[2].data.texts == 10_000


def test_tang_needs_no_network():
    scenario = load("tang").scenario
    assert [preset.source for preset in scenario.presets] == ["tiny_gpt2_en"]
    assert scenario.states[1].data.label == "sample tang (wujue, wulv)"


def test_tang_long_has_the_recipe_whose_result_the_docs_give():
    state = load("tang-long").scenario.states[1]
    recipe = state.train
    assert (recipe.batch_size, recipe.epochs, recipe.sequence_length) == (16, 3, 72)
    assert (state.data.label, state.data.held_out) == ("sample tang", 0.01)  # 1,482 steps


def run(code):
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    return result.stdout.split()


def test_listing_the_names_imports_neither_pydantic_nor_yaml():
    code = "import sys, scenarios.shipped as s; s.names(); print(*sys.modules)"
    assert not {"pydantic", "ruamel.yaml"} & set(run(code))


def test_loading_imports_nothing_heavy():
    code = "import sys, scenarios.loader as l; l.load('quickstart'); print(*sys.modules)"
    heavy = {"keras", "keras_hub", "keras_nlp", "numpy", "pandas", "tensorflow", "jax", "torch"}
    assert not heavy & set(run(code))
