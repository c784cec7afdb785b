"""The embedded presets: what the folders hold, how their texts were cleaned, that they generate."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from bench.presets import EMBEDDED, embedded_path
from bench.presets.training import blocks, english, sources, tang
from bench.presets.training.samples import is_regular
from bench.presets.training.train import PEAK_RATE, Progress

NAMES = ("tiny_gpt2_en", "tiny_gpt2_tang")
MEGABYTE = 1_000_000
END = "<|endoftext|>"


def vocabulary(name):
    path = embedded_path(name) / "assets" / "tokenizer" / "vocabulary.json"
    return json.loads(path.read_text(encoding="utf-8"))


# --- the folders


def test_both_presets_are_listed():
    assert EMBEDDED == NAMES


def test_unknown_name_is_a_key_error_that_lists_the_presets():
    with pytest.raises(KeyError, match="tiny_gpt2_en"):
        embedded_path("gpt2_base_en")


def test_listing_presets_imports_no_keras():
    code = "import sys, bench.presets; print('keras' in sys.modules, 'tensorflow' in sys.modules)"
    root = Path(__file__).parents[1]
    out = subprocess.check_output([sys.executable, "-c", code], cwd=root, text=True)
    assert out.split() == ["False", "False"]


@pytest.mark.parametrize("name", NAMES)
def test_folder_is_whole_and_small(name):
    folder = embedded_path(name)
    files = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert files >= {
        "config.json",
        "task.json",
        "preprocessor.json",
        "tokenizer.json",
        "metadata.json",
        "model.weights.h5",
        "assets/tokenizer/vocabulary.json",
        "assets/tokenizer/merges.txt",
        "README.md",
    }
    assert sum((folder / f).stat().st_size for f in files) <= 12 * MEGABYTE


@pytest.mark.parametrize("name", NAMES)
def test_end_token_is_last_and_not_the_padding(name):
    ids = vocabulary(name)
    assert sorted(ids.values()) == list(range(len(ids)))
    assert ids[END] == len(ids) - 1
    assert ids[END] != 0, "KerasHub pads GPT-2 with id 0; generation would end before it began"
    config = json.loads((embedded_path(name) / "config.json").read_text(encoding="utf-8"))
    assert config["config"]["vocabulary_size"] == len(ids)


def test_second_preset_can_be_a_state_of_the_first():
    first, second = (embedded_path(name) for name in NAMES)
    for file in ("vocabulary.json", "merges.txt"):
        one = (first / "assets" / "tokenizer" / file).read_bytes()
        assert one == (second / "assets" / "tokenizer" / file).read_bytes()
    architecture = []
    for folder in (first, second):
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))["config"]
        architecture.append({k: v for k, v in config.items() if k != "name"})
    assert architecture[0] == architecture[1]


@pytest.mark.parametrize("name", NAMES)
def test_model_card_states_licence_and_sources(name):
    card = (embedded_path(name) / "README.md").read_text(encoding="utf-8")
    assert "\n## Licence\n" in card
    assert "MIT" in card.split("\n## Licence\n")[1]
    for source in (sources.AUSTEN, sources.KJV, sources.PLAYS, sources.SONNETS, sources.TANG):
        if name == "tiny_gpt2_tang" or source is not sources.TANG:
            assert f"{source.name} {source.version}" in card.replace("`", "")


def test_notice_names_every_source():
    notice = (embedded_path(NAMES[0]).parent / "NOTICE").read_text(encoding="utf-8")
    for source in (sources.AUSTEN, sources.KJV, sources.PLAYS, sources.SONNETS, sources.TANG):
        assert source.name in notice


# --- cleaning texts


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("白日依山盡，黃河入海流。", ["白日依山盡", "黃河入海流"]),
        ("白日依（一作傍）山盡，黃河入海流。", ["白日依山盡", "黃河入海流"]),
        ("白日依山盡〖一作（傍）山〗？黃河入海流！", ["白日依山盡", "黃河入海流"]),
        ("白日依(see (note) 2)山盡\n黃河入海流[注]", ["白日依山盡", "黃河入海流"]),
        ("白日依□盡，黃河入海流。", None),
        ("白日依山盡，黃河（入海流。", None),
        ("白日依山盡A，黃河入海流。", None),
        ("。，", None),
        ("", None),
    ],
)
def test_verse_lines_drop_notes_and_refuse_foreign_marks(text, lines):
    assert tang.verse_lines(text) == lines


@pytest.mark.parametrize(
    ("widths", "expected"),
    [
        ([5] * 4, (4, 5)),
        ([7] * 8, (8, 7)),
        ([5] * 6, None),
        ([6] * 4, None),
        ([5, 5, 7, 5], None),
        ([], None),
    ],
)
def test_only_four_or_eight_even_lines_are_regular(widths, expected):
    assert tang.shape(["山" * width for width in widths]) == expected


def test_poem_text_alternates_punctuation_and_reads_back():
    lines = ["白日依山盡", "黃河入海流", "欲窮千里目", "更上一層樓"]
    text = tang.poem_text(lines)
    assert text == "白日依山盡，黃河入海流。欲窮千里目，更上一層樓。"
    assert tang.verse_lines(text) == lines
    assert is_regular(text)
    assert not is_regular(text[:-1])


def test_speeches_lose_speakers_and_stage_directions():
    scene = (
        "_Enter HAMLET_\n\n**HAMLET**  \nTo be, or not to be: _Reading_  \nthat is “it”\n\n"
        "**ALL**  \n"
    )
    assert list(english.speeches(scene)) == ['To be, or not to be:\nthat is "it"']


def test_plain_keeps_ascii_only():
    assert english.plain("“Emma”—_very_ naïve…\n") == '"Emma"--very nave\n'


def test_gather_joins_up_to_the_limit_and_leaves_long_pieces_alone():
    pieces = ["aaaa", "bbbb", "c" * 20, "d"]
    assert list(english.gather(pieces, " ", limit=9)) == ["aaaa bbbb", "c" * 20, "d"]


def test_every_share_keeps_an_even_part():
    texts = [str(i) for i in range(10)]
    assert english.every_share(texts, 1.0) == texts
    assert english.every_share(texts, 0.5) == ["1", "3", "5", "7", "9"]


def test_fetch_says_what_to_do_without_the_client(tmp_path, monkeypatch):
    monkeypatch.setattr(sources.shutil, "which", lambda name: None)
    with pytest.raises(RuntimeError, match=r"npm.*put the package file into"):
        sources.fetch(sources.TANG, tmp_path)


# --- rows and rates


def test_packed_rows_begin_with_the_end_token_and_fill_every_position():
    rows = blocks.pack([[1, 2, 3], [4, 5], [6] * 20, [7]], end=9, width=5)
    assert rows.tolist() == [[9, 1, 2, 3, 9, 4], [9, 6, 6, 6, 6, 6]]


def test_single_rows_are_padded_and_the_padding_weighs_nothing():
    rows = blocks.single([[1, 2], [3]], end=9, width=4)
    assert rows.tolist() == [[9, 1, 2, 9, -1], [9, 3, 9, -1, -1]]
    x, y, weight = blocks.inputs_and_targets(rows)
    assert x["padding_mask"].tolist() == [[True, True, True, True], [True, True, True, False]]
    assert y.tolist() == [[1, 2, 9, 0], [3, 9, 0, 0]]
    assert weight.tolist() == [[1, 1, 1, 0], [1, 1, 0, 0]]


def test_batches_have_few_shapes_and_repeat_exactly_for_a_seed():
    random = np.random.default_rng(0)
    texts = [random.integers(1, 50, length).tolist() for length in random.integers(20, 80, 2000)]
    first, again = (blocks.batches(texts, 99, 0.7, seed=3) for _ in range(2))
    shapes = set()
    for _ in range(100):
        batch = next(first)
        assert np.array_equal(batch, next(again))
        assert (batch[:, 0] == 99).all()
        shapes.add(batch.shape)
    widths = (*blocks.SINGLE_WIDTHS, blocks.PACKED_WIDTH)
    assert shapes <= {(blocks.BATCH_POSITIONS // width, width + 1) for width in widths}


def test_split_is_stable_and_holds_out_about_one_in_fifty():
    texts = [f"text {i}" for i in range(5000)]
    kept, held = blocks.split(texts)
    assert sorted(kept + held) == sorted(texts)
    assert 60 < len(held) < 140
    assert blocks.split(texts[:100])[1] == [t for t in held if t in texts[:100]]


def test_learning_rate_warms_up_and_ends_at_zero():
    assert Progress(step=0).learning_rate(600) < PEAK_RATE / 10
    assert Progress(step=1000, seconds=300).learning_rate(600) == pytest.approx(PEAK_RATE / 2)
    assert Progress(step=1000, seconds=601).learning_rate(600) == pytest.approx(0)


# --- with a model


@pytest.fixture(scope="module")
def keras_hub():
    if "keras" not in sys.modules and "KERAS_BACKEND" not in os.environ:
        found = [b for b in ("jax", "tensorflow", "torch") if importlib.util.find_spec(b)]
        if not found:
            pytest.skip("no Keras backend (jax, tensorflow or torch) is installed")
        os.environ["KERAS_BACKEND"] = found[0]
    return pytest.importorskip("keras_hub", reason="keras-hub is not installed")


@pytest.mark.model
@pytest.mark.parametrize("name", NAMES)
def test_preset_loads_and_generates_with_exact_ids(keras_hub, name):
    model = keras_hub.models.CausalLM.from_preset(str(embedded_path(name)))
    tokenizer = model.preprocessor.tokenizer
    assert tokenizer.end_token_id == tokenizer.vocabulary_size() - 1
    assert tokenizer.pad_token_id != tokenizer.end_token_id
    for text in ("My trip was long,\nand it rained.", "白日依山盡，黃河入海流。", "春眠不觉晓"):
        assert tokenizer.detokenize(tokenizer(text)) == text
    model.compile(sampler="greedy")
    text = model.generate("My trip was", max_length=64)
    assert text.startswith("My trip was")
    assert len(text) > len("My trip was")


@pytest.mark.model
def test_most_top_k_samples_of_the_tang_preset_are_regular_poems(keras_hub):
    model = keras_hub.models.CausalLM.from_preset(str(embedded_path("tiny_gpt2_tang")))
    model.compile(sampler=keras_hub.samplers.TopKSampler(k=5, seed=7))
    texts = model.generate([""] * 32, max_length=96)
    assert sum(map(is_regular, texts)) > 16


@pytest.mark.model
def test_base_preset_writes_english_words_and_no_chinese(keras_hub):
    model = keras_hub.models.CausalLM.from_preset(str(embedded_path("tiny_gpt2_en")))
    model.compile(sampler=keras_hub.samplers.TopKSampler(k=5, seed=7))
    texts = model.generate(["My trip was"] * 8, max_length=96)
    assert all(text.isascii() for text in texts)
    assert sum(text.split().count("the") for text in texts) >= 4
