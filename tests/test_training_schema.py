"""The recipe of a trained state: its defaults are the article's, and nonsense is refused."""

import pytest
from pydantic import ValidationError

from scenarios.training import Train


def test_the_defaults_are_the_articles_recipe():
    recipe = Train()
    assert (recipe.batch_size, recipe.sequence_length, recipe.epochs) == (32, 128, 1)
    assert (recipe.optimizer, recipe.schedule) == ("adam", "polynomial")
    assert (recipe.learning_rate, recipe.end_learning_rate) == (5e-5, 0.0)
    assert recipe.weight_decay is recipe.clip_norm is recipe.lora_rank is recipe.early_stop is None


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"batches": 500},
        {"schedule": "constant", "warmup_steps": 10},
        {"early_stop": {}, "evaluate_every": 50},
        {"lora_rank": 4, "dtype": "mixed_bfloat16", "optimizer": "adamw", "weight_decay": 0.01},
        {"hardware": {"device": "gpu", "backend": "jax"}},
    ],
)
def test_what_is_written_comes_back(form):
    recipe = Train.model_validate(form)
    assert Train.model_validate(recipe.model_dump(mode="json")) == recipe


@pytest.mark.parametrize(
    ("form", "place"),
    [
        ({"end_learning_rate": 1.0}, ("end_learning_rate",)),
        ({"schedule": "constant", "end_learning_rate": 1e-6}, ("end_learning_rate",)),
        ({"learning_rate": 0.0}, ("learning_rate",)),
        ({"sequence_length": 1}, ("sequence_length",)),
        ({"batches": 0}, ("batches",)),
        ({"minutes": 5}, ("minutes",)),
        ({"optimizer": "adan"}, ("optimizer",)),
        ({"dtype": "bfloat16"}, ("dtype",)),
        ({"lora_rank": 0}, ("lora_rank",)),
        ({"early_stop": {"patience": 0}}, ("early_stop", "patience")),
        ({"hardware": {"quantization": "int8"}}, ("hardware", "quantization")),
        ({"hardware": {"dtype": "bfloat16"}}, ("hardware", "dtype")),
    ],
)
def test_what_is_refused(form, place):
    with pytest.raises(ValidationError) as caught:
        Train.model_validate(form)
    assert [error["loc"] for error in caught.value.errors()] == [place]
