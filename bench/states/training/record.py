"""From what training has counted to its record."""

from __future__ import annotations

from bench.engine.interface import Peak
from bench.states.training.batches import Batches
from bench.states.training.cutting import Cut
from bench.states.training.held_out import HeldOut
from bench.states.training.job import TrainingJob
from bench.states.training.model import Trainee
from bench.states.training.tally import Tally
from reports.training import Training, perplexity, thinned
from scenarios.training import Train

_NO_TEXTS = "there are no held-out texts"
_ONE_STEP = "only the first step of a process ran, which compiles"


def record(
    job: TrainingJob,
    recipe: Train,
    trainee: Trainee,
    batches: Batches,
    cut: Cut,
    held_out: HeldOut | None,
    tally: Tally,
    host: Peak,
    device: Peak,
) -> Training:
    """Return the record of a training that has taken at least one step.

    Args:
        job: what was asked for.
        recipe: its recipe.
        trainee: the model.
        batches: its batches.
        cut: what became of the texts in them.
        held_out: the evaluation; None without held-out texts.
        tally: what was counted.
        host: peak resident memory.
        device: peak memory of the accelerator.
    """
    absent = dict.fromkeys(
        ("held_out_loss_before", "held_out_loss", "perplexity_before", "perplexity"),
        _NO_TEXTS if held_out is None else None,
    )
    absent |= dict.fromkeys(
        ("milliseconds_per_step", "median_milliseconds_per_step", "tokens_per_second"),
        None if tally.steady_steps else _ONE_STEP,
    )
    absent |= {"host_peak_bytes": host.reason, "device_peak_bytes": device.reason}
    warnings = list(tally.warnings)
    if said := cut.warning(recipe.sequence_length, trainee.most_positions):
        warnings.append(said)
    before, after = tally.held_out_before, tally.held_out
    if before is not None and after is not None and after > before:
        warnings.append(
            f"the held-out loss rose from {before:.4g} to {after:.4g} nats per token: the model "
            "knows these texts less than before; lower learning_rate, or set clip_norm: 1.0"
        )
    if after is not None and perplexity(after) is None:
        absent["perplexity"] = f"exp of the held-out loss, {after:.4g}, is beyond any number"
    if recipe.early_stop is None:
        absent["best_step"] = "the recipe has no early_stop, so the last weights are kept"
    return Training(
        preset=job.preset,
        state=job.state,
        key=job.key,
        reused=False,
        data={**job.data, **cut.facts()},
        recipe=recipe.model_dump(mode="json"),
        steps=tally.step,
        planned_steps=batches.per_epoch * recipe.epochs,
        batches_per_epoch=batches.per_epoch,
        epochs=(tally.step - 1) // batches.per_epoch + 1,
        batch_size=batches.batch_size,
        seconds=tally.seconds,
        evaluation_seconds=tally.evaluation_seconds,
        first_step_seconds=tally.first_step_seconds,
        milliseconds_per_step=tally.milliseconds_per_step,
        median_milliseconds_per_step=tally.median_milliseconds_per_step,
        tokens=tally.tokens + tally.epoch.tokens,
        tokens_per_second=tally.tokens_per_second,
        loss=tally.loss,
        accuracy=tally.accuracy,
        held_out_loss_before=tally.held_out_before,
        held_out_loss=tally.held_out,
        perplexity_before=perplexity(tally.held_out_before),
        perplexity=perplexity(tally.held_out),
        held_out_tokens=0 if held_out is None else held_out.counted,
        parameters=trainee.parameters,
        trainable_parameters=trainee.trainable_parameters,
        host_peak_bytes=None if host.value is None else int(host.value),
        device_peak_bytes=None if device.value is None else int(device.value),
        what_ran=trainee.what_ran(),
        stopped_early=tally.stopped_early,
        best_step=tally.best_step,
        resumed=tally.resumed,
        curve=thinned(tally.curve),
        missing={name: reason for name, reason in absent.items() if reason},
        warnings=warnings,
    )
