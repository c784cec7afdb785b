"""The command line. Each command's module is imported only when it is called or asked for help."""

from __future__ import annotations

import importlib
import io
import os
import sys
import traceback

import click

from bench import exit_codes

COMMANDS = {
    "run": "Measure a scenario: table, CSV files and texts in a run folder.",
    "list": "Show the scenarios, text metrics and verse forms there are.",
    "show": "Show the cases that a scenario expands to, and why any is skipped.",
    "check": "Check scenario files: every fault with file:line:column.",
    "score": "Score a run's stored texts again, or judge any text.",
    "report": "Show a run: table, CSV files, Markdown, JSON.",
    "diff": "Compare two runs, or the cases of one: better, worse, the same.",
    "history": "Show how the cases did over runs, and after which one they changed.",
    "states": "Show, find and delete the trained states that are kept.",
    "doctor": "Show what this machine can measure, and what to mend before.",
}


class LazyCommands(click.Group):
    """A group whose commands live in ``bench.commands`` and whose help needs none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order in which people meet them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Import a command."""
        if name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"bench.commands.{name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyCommands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="versebench", prog_name="versebench")
def versebench() -> None:
    """Measure text generation with keras-nlp / KerasHub: speed, repetition, and the form of verse.

    Begin with: versebench run quickstart
    """


def main() -> None:
    """Run the command line; errors of the user's end in one message, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.encoding.lower() != "utf-8":
            stream.reconfigure(errors="backslashreplace")  # a hanzi must not end the run
    sys.exit(_run(sys.argv[1:]))


def _run(arguments: list[str]) -> int:
    try:
        with versebench.make_context("versebench", arguments) as context:
            return versebench.invoke(context) or exit_codes.FINE
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.exceptions.Abort):
        _say("interrupted")
        return exit_codes.INTERRUPTED
    except (BrokenPipeError, SystemExit):  # rich exits with 1 where the reader of a pipe has left
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return exit_codes.FINE
    except Exception as error:
        if _is_the_users(error):
            _say(str(error))
            return exit_codes.USAGE
        traceback.print_exc()
        return exit_codes.BROKEN


def _is_the_users(error: Exception) -> bool:
    """Tell whether an error's text is meant for the user: imported only when one has happened."""
    from bench.planning import PresetError
    from reports.run_folder import RunFolderError
    from scenarios.faults import ScenarioError

    return isinstance(error, PresetError | RunFolderError | ScenarioError | OSError)


def _say(text: str) -> None:
    click.echo(f"versebench: {text}" if "\n" not in text else text, err=True)
