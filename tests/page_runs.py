"""A run with everything that a page shows, and with texts that would take it over if they could."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from chinese_poems import REGULATED
from english_poems import SONNETS
from hostile_texts import HOSTILE
from reports_fixture import case, launch, run

from reports.gates import GateOutcome, check_gates
from reports.records import CaseDone, Record, RunEnd, Sample
from reports.run_folder import RunFolder
from reports.summary import Summary, summarise
from reports.training import Training

LOOP = "the moon is up and then " + "round and round it goes, " * 12
POEM = REGULATED["登鹳雀楼"][0]  # begins with the second prompt
SONNET = next(iter(SONNETS.values()))
TEXTS = (
    LOOP,
    POEM[2:],
    SONNET,
    *HOSTILE.values(),
    "</script><script>alert(2)</script>",
    "x" * 30_000,
)
GATES = {"tokens_per_second": {"min": 70}, "loop_share": {"max": 0.01}}
HEAVY = "<img src=x onerror=alert(3)>"
METRICS = (
    "seq_rep_4",
    "loop_share",
    "zh_opens_in_form",
    "zh_tone_score",
    "zh_rhyme",
    "en_rhymed_lines",
)
SCENARIO_TEXT = "name: demo\nprompts: ['</script><b>bold</b>', 春眠]\n"


def training(**changes: Any) -> Training:
    """The record of a state that was tuned in the run."""
    curve = [
        {"step": step, "loss": 9 - step / 20, "accuracy": 0.1, "learning_rate": 1e-3}
        | {"seconds": step / 10, "held_out_loss": 7.0 if step == 100 else None}
        for step in range(1, 101)
    ]
    values: dict[str, Any] = {
        "preset": "tiny",
        "state": "tang",
        "key": "abc",
        "reused": False,
        "data": {"dataset": "tang", "texts": 100, "held_out_texts": 7},
        "recipe": {"sequence_length": 40},
        "steps": 100,
        "planned_steps": 100,
        "batches_per_epoch": 100,
        "epochs": 1,
        "batch_size": 8,
        "seconds": 10.0,
        "evaluation_seconds": 1.0,
        "first_step_seconds": 1.0,
        "milliseconds_per_step": 90.0,
        "median_milliseconds_per_step": 90.0,
        "tokens": 20_000,
        "tokens_per_second": 2_000.0,
        "loss": 4.5,
        "accuracy": 0.2,
        "held_out_loss_before": 9.0,
        "held_out_loss": 7.0,
        "perplexity_before": 8103.0,
        "perplexity": 1096.6,
        "held_out_tokens": 500,
        "parameters": 1000,
        "trainable_parameters": 1000,
        "host_peak_bytes": None,
        "device_peak_bytes": None,
        "what_ran": {"backend": "jax"},
        "curve": curve,
    }
    return Training(**{**values, **changes})


def page_run(root: Path) -> RunFolder:
    """Two states and three samplers in five launches, one failed case, one skipped one."""
    prompts = ("My trip was", "白日")
    cases = [
        case(sampler, state=state, prompts=prompts)
        for state in ("base", "tang")
        for sampler in ("greedy", "top_k-5", "random")
    ]
    failed, skipped = case(HEAVY), case("beam-5", skipped="no <b>GPU</b> here")
    paces = {"greedy": 1.0, "top_k-5": 1.1, "random": 1.6}
    records: list[Record] = [training()]
    for place, each in enumerate(cases):
        for number in range(5):
            pace = paces[each["sampler"]] * (1 + 0.01 * number)
            warnings = ["hot & <i>busy</i>: cool it"] if place == 1 else []
            own = launch(each, number, pace=pace, repeats=12, attempt=f"{place}-{number}")
            kept = [
                _with_text(one, TEXTS[(6 * one.repeat + place) % len(TEXTS)])
                if isinstance(one, Sample)
                else replace(one, warnings=warnings)
                if isinstance(one, CaseDone)
                else one
                for one in own
                if number == 0 or not isinstance(one, Sample)
            ]
            records += kept
    reason = "died: <script>alert(4)</script>\x1b[31m"
    records.append(CaseDone(failed["id"], failed["hash"], 0, "f", "failed", reason, "crash"))
    records.append(RunEnd(1.0, "complete", 75.0))
    return run(
        root,
        [*cases, failed, skipped],
        records,
        scenario={
            "name": "demo",
            "description": "All <of> it & more",
            "generate": {"max_length": 80},
            "measure": {"launches": 5},
            "metrics": [*METRICS],
            "gates": GATES,
        },
        scenario_text=SCENARIO_TEXT,
        warnings=["the machine is <u>busy</u>: wait"],
        machine={"cpu_model": "Example <CPU>", "cores_allowed": 2, "gpus": [], "os": "Linux"},
    )


def _with_text(sample: Sample, text: str) -> Sample:
    """The text without its ids, so that a loop is looked for in its words."""
    broken = text.count("\ufffd")
    return replace(sample, text=text, ids=[], broken_characters=broken, ended=len(text) % 2 == 0)


def judged(folder: RunFolder) -> tuple[Summary, list[GateOutcome]]:
    """Its summary and gates."""
    summary = summarise(folder, METRICS)
    return summary, check_gates(summary)
