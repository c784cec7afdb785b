"""A score is out of date when code that it depends on changes, and then only."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from metrics import Metric, Score, all_metrics, select
from reports import metric_code
from reports.metric_code import code_digest, code_files

PACKAGE = Path(metric_code.__file__).parent.parent / "metrics"
# Runs one metric on texts that every metric has something to do with, and tells which files Python
# opened, and whose functions it called, on the way: the digest must know of those.
USED = """
import json, sys
from metrics import Text, all_metrics

POEM = "春眠不觉晓，处处闻啼鸟。夜来风雨声，花落知多少。"
SONG = "寻寻觅觅，冷冷清清，凄凄惨惨戚戚。"
VERSE = "Shall I compare thee to a zorbled day?\\nThou art more lovely and more gay,\\n"
texts = [Text.of(text, [1, 2, 3, 1, 2, 3]) for text in (POEM, SONG, VERSE * 2, "a b a b a b", "")]
metric, used = all_metrics()[sys.argv[1]], set()
sys.addaudithook(lambda event, args: event == "open" and used.add(str(args[0])))
sys.setprofile(lambda frame, *_: used.add(frame.f_code.co_filename))
for given in texts if metric.level == "sample" else [texts]:
    metric.compute(given)
sys.setprofile(None)
print(json.dumps(sorted(used)))
"""


def names_of(files):
    return {str(path.relative_to(PACKAGE)) for path in files}


def module_of(name):
    return Path(sys.modules[all_metrics()[name].compute.__module__].__file__)


def used_by(name):
    done = subprocess.run(
        [sys.executable, "-c", USED, name], capture_output=True, check=True, cwd=PACKAGE.parent
    )
    used = map(Path, json.loads(done.stdout))
    return {path for path in used if path.is_relative_to(PACKAGE) and path.suffix != ".pyc"}


def one_of_each_module():
    found = {}
    for name, metric in all_metrics().items():
        if metric.compute.__module__.startswith("metrics."):
            found[metric.compute.__module__] = name
    return sorted(found.values())


@pytest.mark.parametrize("name", one_of_each_module())
def test_whatever_a_metric_runs_and_reads_counts(name):
    used = used_by(name)
    assert module_of(name) in used
    assert names_of(used) <= names_of(code_files(module_of(name)))


def test_what_runs_and_is_read_is_seen():
    assert {"chinese/tones.py", "chinese/data/sounds.tsv"} <= names_of(used_by("zh_regulated"))


def test_repetition_depends_on_no_verse():
    assert names_of(code_files(module_of("seq_rep_4"))) == {"repetition.py", "score.py", "text.py"}


def test_verse_depends_on_its_own_language():
    chinese, english = (
        names_of(code_files(module_of(n))) for n in ("zh_regulated", "en_rhymed_lines")
    )
    assert {"chinese/tones.py", "chinese/data/sounds.tsv", "text.py"} <= chinese
    assert {"english/lexicon.py", "english/data/cmudict.gz", "score.py"} <= english
    assert not [name for name in chinese if name.startswith("english/")]
    assert not [name for name in english if name.startswith("chinese/")]


@pytest.mark.parametrize(
    ("edited", "stale"),
    [
        ("text.py", {"seq_rep_4", "zh_regulated", "en_rhymed_lines", "longest_copy"}),
        ("repetition.py", {"seq_rep_4"}),
        ("chinese/data/sounds.tsv", {"zh_regulated", "longest_copy"}),
        ("chinese/tones.py", {"zh_regulated"}),
        ("english/data/cmudict.gz", {"en_rhymed_lines"}),
        ("english/words.py", {"en_rhymed_lines"}),
        ("corpus/suffix_array.py", {"longest_copy"}),
        ("registry.py", {"longest_copy"}),
        ("reference.py", set()),
    ],
)
def test_an_edit_makes_stale_what_depends_on_it(edited, stale, monkeypatch):
    metrics = select(["seq_rep_4", "zh_regulated", "en_rhymed_lines", "longest_copy"])
    before = {name: code_digest(metric) for name, metric in metrics.items()}
    content = metric_code._file_digest
    monkeypatch.setattr(
        metric_code,
        "_file_digest",
        lambda path: "edited" if path == PACKAGE / edited else content(path),
    )
    assert {n for n, metric in metrics.items() if code_digest(metric) != before[n]} == stale


def test_the_digest_follows_definition_and_file():
    (built_in,) = select(["seq_rep_4"]).values()
    (sibling,) = select(["seq_rep_3"]).values()
    mine = Metric("mine", "mine", "share", "lower", "sample", "d", "s", "c", lambda _: Score(0.0))
    assert code_digest(built_in) == code_digest(built_in)
    assert len({code_digest(metric) for metric in (built_in, sibling, mine)}) == 3


@pytest.mark.parametrize(
    ("text", "modules"),
    [
        ("from metrics.score import Metric, Score", ["score.py"]),
        ("from metrics.score import (\n    Metric,  # one\n    Score,\n)", ["score.py"]),
        ("    from metrics.chinese import form as shape, judge", ["chinese/__init__.py",
                                                                  "chinese/form.py"]),
        ("import metrics.chinese.tones", ["chinese/tones.py"]),
        ("from metrics import Text", ["__init__.py"]),
        ("from metrics import style", ["style.py"]),
        ("from metricsfriend import style\n# from metrics.text import Text", []),
        ("from metrics.nowhere import Text", []),
    ],
)  # fmt: skip
def test_imports_of_every_form_are_found(tmp_path, text, modules):
    file = tmp_path / "module.py"
    file.write_text(text)
    assert sorted(names_of(set(metric_code._imported(file)))) == modules
