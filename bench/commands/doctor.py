"""``versebench doctor``: what this machine can measure, how well, and what to mend before."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.console import Console

    from bench.noise import Noise

SCHEMA_VERSION = 1
_MOST_LAUNCHES = 20
_QUIET_PERCENT = 1.0


@click.command("doctor")
@click.option(
    "--seconds",
    type=click.FloatRange(0.5, 600),
    default=2.5,
    show_default=True,
    help="How long to watch the machine's noise; longer finds slower drifts.",
)
@click.option(
    "--import",
    "with_import",
    is_flag=True,
    help="Also import each backend found, and show the devices it sees (seconds each).",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(seconds: float, with_import: bool, as_json: bool) -> None:
    """Show what this machine can measure, how much its speed wavers, and what to mend before."""
    from rich.console import Console

    progress = Console(stderr=True)
    with progress.status("looking at this machine"):
        report = examine(seconds, with_import)
    if as_json:
        click.echo(json.dumps(report, indent=2, ensure_ascii=False))
    else:
        show(report, Console())


def examine(seconds: float, with_import: bool) -> dict[str, Any]:
    """Return the whole report, as ``--json`` prints it.

    ``schema_version``; ``machine`` (see ``bench.machine.facts``); ``backends`` (version, and by
    device what is lacking, None where nothing is); ``noise``; ``warnings``, each ending in advice.
    """
    from dataclasses import asdict

    from bench import machine
    from bench.backend_check import backends, sees
    from bench.noise import measure

    facts = machine.facts()  # before anything here makes the machine busy
    noise = measure(seconds)
    found = backends(facts["versions"])
    if with_import:
        for backend in found:
            backend["sees"] = {
                device: sees(backend["name"], device)
                for device, reason in backend["lacks"].items()
                if reason is None
            }
    return {
        "schema_version": SCHEMA_VERSION,
        "machine": facts,
        "backends": found,
        "noise": {**asdict(noise), "unseen_percent": noise.unseen_percent},
        "warnings": [*machine.warnings(facts), *noise_warnings(noise), *_unusable(found)],
    }


def noise_warnings(noise: Noise) -> list[str]:
    """Return what the noise forbids, each ending in what to do."""
    from bench.machine.advice import cpu_company
    from bench.noise import GATE_PERCENT, launches_needed

    found = list(cpu_company(noise.stolen_share or 0, noise.others_share or 0))
    unseen = noise.unseen_percent
    if unseen > GATE_PERCENT:
        launches = launches_needed(unseen)
        cure = (
            f"measure with launches: {launches}, or make the machine quieter"
            if launches <= _MOST_LAUNCHES
            else "make the machine quieter, or use another"
        )
        found.append(
            f"differences under {unseen:.0f} % cannot be seen in one launch here, and gates look "
            f"for {GATE_PERCENT:g} %: {cure}"
        )
    return found


def _unusable(backends: list[dict[str, Any]]) -> list[str]:
    if any(reason is None for backend in backends for reason in backend["lacks"].values()):
        return []
    return [f"no backend can be used: {backends[0]['lacks']['cpu']}"]


def show(report: dict[str, Any], console: Console) -> None:
    """Print the report for people."""
    _show_machine(report["machine"], console)
    _show_backends(report["backends"], console)
    _show_noise(report["noise"], console)
    console.print("\n[bold]mend before measuring[/]")
    for warning in report["warnings"]:
        console.print(f"  [yellow]•[/] {_plain(warning)}", highlight=False)
    if not report["warnings"]:
        console.print("  nothing: this machine is ready", style="green")


def _show_machine(facts: dict[str, Any], console: Console) -> None:
    from rich.table import Table

    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column()
    for name, value in _machine_rows(facts):
        table.add_row(name, _plain(value))
    console.print(table)
    shown = {"governor", "boost"}
    for name, reason in facts["missing"].items():
        if name not in shown:
            console.print(f"[dim]{name}: not known ({_plain(reason)})[/]", highlight=False)


def _machine_rows(facts: dict[str, Any]) -> list[tuple[str, str]]:
    versions = facts["versions"]
    cores = f"{facts['cores_allowed']} of {facts['cores_logical']} threads"
    cores += f" ({facts['cores_physical']} cores)" if facts["cores_physical"] else ""
    cores += f", CPU quota {facts['cpu_quota']:g}" if facts["cpu_quota"] is not None else ""
    where = {"virtual machine": facts["virtualisation"], "container": facts["container"]}
    inside = [
        key if value == key else f"{key} {value}"
        for key, value in where.items()
        if value not in (None, "none")
    ]
    boost = {True: "on", False: "off", None: "not known"}[facts["boost"]]
    rows = [
        ("versebench", str(versions["versebench"])),
        ("software", ", ".join(f"{n} {versions[n]}" for n in _SOFTWARE if versions[n])),
        ("system", " · ".join([str(facts["os"]), str(facts["kernel"]), str(facts["python"])])),
        ("processor", f"{facts['cpu_model']}, {cores}"),
        ("clock", f"governor {facts['governor'] or 'not known'}, turbo {boost}"),
        ("inside", ", ".join(inside) or "bare metal"),
        ("memory", _memory(facts)),
        ("load", " ".join(f"{x:.2f}" for x in facts["load_average"] or ()) or "not known"),
    ]
    return rows + [(f"gpu:{gpu['index']}", _gpu(gpu, facts)) for gpu in facts["gpus"] or ()]


_SOFTWARE = ("keras-nlp", "keras-hub", "keras", "numpy")


def _memory(facts: dict[str, Any]) -> str:
    total, available = facts["memory_total_bytes"], facts["memory_available_bytes"]
    if total is None or available is None:
        return "not known"
    text = f"{available / 2**30:.1f} of {total / 2**30:.1f} GiB free"
    limit = facts["memory_limit_bytes"]
    return text + (f", limited to {limit / 2**30:.1f} GiB" if limit else "")


def _gpu(gpu: dict[str, Any], facts: dict[str, Any]) -> str:
    total = gpu["memory_total_bytes"]
    parts = [
        str(gpu["name"]),
        f"{total / 2**30:.0f} GiB" if total else None,
        f"driver {facts['gpu_driver']}",
        None if gpu["temperature_celsius"] is None else f"{gpu['temperature_celsius']} °C",
        None if gpu["power_limit_watts"] is None else f"limit {gpu['power_limit_watts']:g} W",
    ]
    return ", ".join(part for part in parts if part)


def _show_backends(backends: list[dict[str, Any]], console: Console) -> None:
    from rich.table import Table

    devices = list(dict.fromkeys(device for backend in backends for device in backend["lacks"]))
    table = Table(box=None, pad_edge=False)
    for title in ("backend", "version", *devices):
        table.add_column(title, no_wrap=True)
    for backend in backends:
        cells = [_usable(backend, device) for device in devices]
        table.add_row(f"[bold]{backend['name']}[/]", _plain(backend["version"] or "–"), *cells)
    console.print()
    console.print(table)
    for device in devices:
        _show_device_notes(device, backends, console)


def _usable(backend: dict[str, Any], device: str) -> str:
    if device not in backend["lacks"]:
        return "–"
    saw = backend.get("sees", {}).get(device)
    if backend["lacks"][device] or (saw and saw["devices"] is None):
        return "[red]no[/]"
    return "[green]yes[/]"


def _show_device_notes(device: str, backends: list[dict[str, Any]], console: Console) -> None:
    """Say why not, once for all the backends of which it is true, and what was seen."""
    notes: dict[str, list[str]] = {}
    for backend in backends:
        if reason := backend["lacks"].get(device):
            notes.setdefault(reason, []).append(backend["name"])
        elif saw := backend.get("sees", {}).get(device):
            text = saw["reason"] or f"sees {', '.join(saw['devices'])}"
            notes.setdefault(text, []).append(backend["name"])
    for note, names in notes.items():
        who = device if len(names) > 1 else f"{device}, {names[0]}"
        console.print(f"[dim]{who}: {_plain(note)}[/]", highlight=False)


def _show_noise(noise: dict[str, Any], console: Console) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    table.add_column("noise", style="bold", no_wrap=True)
    for heading in ("median", "MAD", "p5 … p95", "unseen"):
        table.add_column(heading, justify="right", no_wrap=True)
    for work in noise["works"]:
        table.add_row(
            work["work"],
            f"{1000 * work['median_seconds']:.1f} ms",
            f"{work['mad_percent']:.1f} %",
            f"−{work['p5_percent']:.1f} … +{work['p95_percent']:.1f} %",
            f"< {work['unseen_percent']:.1f} %",
        )
    console.print()
    console.print(table)
    shares = {"taken by the hypervisor": "stolen_share", "used by others": "others_share"}
    said = [f"{100 * noise[k]:.0f} % {text}" for text, k in shares.items() if noise[k] is not None]
    parts = [f"watched for {noise['seconds']:.1f} s on {noise['threads']} threads"]
    parts += [f"processor time: {', '.join(said)}"] if said else []
    console.print(f"[dim]{'; '.join(parts)}[/]", highlight=False)
    unseen = max(noise["unseen_percent"], _QUIET_PERCENT)
    console.print(
        f"differences under {unseen:.0f} % cannot be seen in one launch here", highlight=False
    )


def _plain(text: str) -> str:
    from rich.markup import escape

    return escape(text)
