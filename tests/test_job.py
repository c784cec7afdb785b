"""What the parent sends arrives as it was."""

import json

from fake_engine import case_job, make_job

from bench.job import OK, Job


def test_a_job_survives_the_pipe():
    job = make_job(
        case_job("top_k", prompts=["My trip was", "春眠不觉晓", "line\nbreak\u2028\x00"]),
        case_job("beam", batch_size=4),
    )
    assert Job.from_line(job.to_line()) == job


def test_a_job_is_one_line_of_ascii():
    line = make_job(case_job(prompts=["a\nb\r\u2028春\ud800"])).to_line()
    assert line.endswith("\n")
    assert len(line.splitlines()) == 1
    assert line.isascii()
    assert json.loads(line)["cases"][0]["prompts"] == [[0, "a\nb\r\u2028春\ud800"]]


def test_prompt_indices_are_those_of_the_scenario():
    [case] = Job.from_line(make_job(case_job(prompts=["a", "b"])).to_line()).cases
    assert case.prompts == [(0, "a"), (1, "b")]


def test_the_answer_is_one_line():
    assert OK.splitlines(keepends=True) == [OK]
