"""From cases to launches: what shares a process, in which order, and what is left out."""

import shutil
from pathlib import Path

import pytest

from bench import preset_sources
from bench.job import Job
from bench.planning import PresetError, case_job, plan
from bench.preset_sources import fingerprint, resolve
from bench.presets import EMBEDDED, embedded_path
from scenarios.cases import expand
from scenarios.schema import Scenario


def cases_of(**axes):
    given = {
        "name": "demo",
        "prompts": ["one", {"text": "two words", "name": "second"}],
        "presets": ["tiny"],
        "samplers": ["greedy", "top_k"],
    }
    return expand(Scenario.model_validate(given | axes)).cases


def plan_of(skip=None, **axes):
    return plan(cases_of(**axes), lambda hardware: (skip or {}).get(hardware.name))


HARDWARE = [{"backend": "jax"}, {"backend": "tensorflow", "dtype": "bfloat16"}, {"device": "gpu"}]


def test_cases_share_a_process_by_model_and_hardware():
    found = plan_of(
        presets=["tiny", "small"], hardware=HARDWARE[:2], generate={"batch_sizes": [1, 2]}
    )
    assert [group.name for group in found.groups] == [
        "tiny/base/cpu-jax-float32",
        "tiny/base/cpu-tensorflow-bfloat16",
        "small/base/cpu-jax-float32",
        "small/base/cpu-tensorflow-bfloat16",
    ]
    for group in found.groups:
        samplers = [case.labels["sampler"] for case in group.cases]
        assert samplers == ["greedy", "greedy", "top_k-5", "top_k-5"]
        assert {case.group for case in group.cases} == {group.name}
        assert {case.hardware for case in group.cases} == {group.hardware}
    assert [c.id for c in found.cases] == [c.id for g in found.groups for c in g.cases]


def test_a_tuned_state_is_another_model():
    found = plan_of(states=["base", {"tang": {"preset": "tiny_tang"}}])
    assert [(g.name.split("/")[1], g.source) for g in found.groups] == [
        ("base", "tiny"),
        ("tang", "tiny_tang"),
    ]


def test_launches_of_different_groups_alternate():
    found = plan_of(hardware=HARDWARE[:2], measure={"launches": 3})
    assert found.launches == 3
    first, second = found.groups
    assert list(found.turns()) == [
        (0, first),
        (0, second),
        (1, first),
        (1, second),
        (2, first),
        (2, second),
    ]


def test_what_the_machine_lacks_is_skipped_with_its_reason():
    found = plan_of(skip={"gpu-tensorflow-float32": "no GPU here"}, hardware=HARDWARE)
    assert {case.rpartition("/")[2] for case in found.skipped} == {"gpu-tensorflow-float32"}
    assert set(found.skipped.values()) == {"no GPU here"}
    assert len(found.skipped) == 2
    assert all(case.hardware.device == "cpu" for case in found.cases)
    assert len(found.groups) == 2


def test_the_machine_is_asked_once_for_each_hardware():
    asked = []
    plan(cases_of(hardware=HARDWARE), asked.append)
    assert [hardware.name for hardware in asked] == [
        "cpu-jax-float32",
        "cpu-tensorflow-bfloat16",
        "gpu-tensorflow-float32",
    ]


def test_everything_may_be_skipped():
    found = plan_of(skip={"cpu-tensorflow-float32": "no TensorFlow"})
    assert (found.groups, found.cases, list(found.turns())) == ((), [], [])
    assert len(found.skipped) == 2


def test_no_cases_make_an_empty_plan():
    assert plan([], lambda hardware: None).cases == []


def test_a_job_says_what_to_load_and_measure():
    found = plan_of(
        hardware=[{"backend": "jax", "threads": 2}],
        generate={"max_length": 64, "samples": 3, "batch_sizes": [4]},
        measure={"trials": 7, "warmup_cap": 9, "steady_tolerance": 0.1, "fit_points": 3},
        seed=11,
    )
    [group] = found.groups
    job = group.job(group.cases, 0, "attempt")
    assert (job.group, job.launch, job.attempt) == (group.name, 0, "attempt")
    assert (job.preset, job.seed, job.max_length, job.samples) == ("tiny", 11, 64, 3)
    assert (job.trials, job.warmup_cap, job.steady_tolerance, job.fit_points) == (7, 9, 0.1, 3)
    assert (job.hardware["backend"], job.hardware["threads"]) == ("jax", 2)
    assert [(c.id, c.hash, c.batch_size) for c in job.cases] == [
        (c.id, c.hash, 4) for c in group.cases
    ]
    assert Job.from_line(job.to_line()) == job


def test_texts_are_generated_in_the_first_launch_only():
    [group] = plan_of(generate={"samples": 3}).groups
    assert [group.job(group.cases, launch, "a").samples for launch in range(3)] == [3, 0, 0]


def test_a_job_can_hold_some_of_the_cases():
    [group] = plan_of().groups
    assert [c.id for c in group.job(group.cases[1:], 0, "a").cases] == [group.cases[1].id]


@pytest.mark.parametrize(
    ("sampler", "expected"),
    [
        ("greedy", {"kind": "greedy", "arguments": {}}),
        ({"top_k": {"k": 3}}, {"kind": "top_k", "arguments": {"k": 3, "temperature": 1.0}}),
        (
            {"top_p": {}},
            {"kind": "top_p", "arguments": {"p": 0.9, "k": None, "temperature": 1.0}},
        ),
        (
            {"custom": {"class": "mine.samplers:Mine", "arguments": {"x": 1}}},
            {
                "kind": "custom",
                "arguments": {"class": "mine.samplers:Mine", "arguments": {"x": 1}},
            },
        ),
    ],
)
def test_every_argument_of_a_sampler_is_spelled_out(sampler, expected):
    assert case_job(cases_of(samplers=[sampler])[0]).sampler == expected


def test_prompts_keep_their_place_in_the_scenario():
    cases = cases_of(exclude=[{"prompt": "one", "sampler": "greedy"}])
    assert [case_job(case).prompts for case in cases] == [
        [(1, "two words")],
        [(0, "one"), (1, "two words")],
    ]


def test_embedded_presets_become_folders():
    name = EMBEDDED[0]
    assert resolve(name) == str(embedded_path(name))
    assert resolve("gpt2_base_en") == "gpt2_base_en"
    [group] = plan_of(presets=[name]).groups
    assert Path(group.source).is_dir()
    assert group.name.startswith(name), "ids keep the short name"


def test_broken_preset_folders_are_refused_with_all_faults(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    with pytest.raises(PresetError) as caught:
        plan_of(presets=[str(tmp_path / "a"), str(tmp_path / "b")])
    assert str(tmp_path / "a") in str(caught.value)
    assert str(tmp_path / "b") in str(caught.value)
    assert len(str(caught.value).splitlines()) == len(set(str(caught.value).splitlines()))


def test_a_broken_preset_that_no_case_needs_does_not_matter(tmp_path):
    skip = {"cpu-tensorflow-float32": "no TensorFlow"}
    assert plan_of(skip=skip, presets=[str(tmp_path)]).groups == ()


def test_what_lies_on_a_hub_is_not_judged():
    for source in ("gpt2_base_en", "kaggle://keras/gpt2/keras/gpt2_base_en", "hf://openai/gpt2"):
        assert preset_sources.faults_of(source) == []
        assert fingerprint(source) == source


def test_the_fingerprint_is_of_the_content_not_the_place(tmp_path):
    original = embedded_path(EMBEDDED[0])
    copy = tmp_path / "elsewhere"
    shutil.copytree(original, copy)
    assert fingerprint(str(copy)) == fingerprint(EMBEDDED[0]) == fingerprint(str(original))
    config = copy / "config.json"
    config.write_text(config.read_text().replace("2", "3", 1))
    assert fingerprint(str(copy)) != fingerprint(EMBEDDED[0])
