"""The command line's root: finds verbs, and is the only place that turns an Error into text and an exit code."""

from __future__ import annotations

import importlib
import signal
import sys
from types import FrameType
from typing import NoReturn

import click

from nodeseal.errors import Error, MachineError, NodeError

_VERBS = {
    "tour": ("nodeseal.cli.tour", "See the whole story on a new cluster of three."),
    "init": ("nodeseal.cli.init", "Write a commented cluster.yaml to start from."),
    "cert": ("nodeseal.cli.cert", "Make certificates."),
    "render": ("nodeseal.cli.render", "Write each node's config folder."),
    "up": ("nodeseal.cli.up", "Start a cluster as local processes."),
    "down": ("nodeseal.cli.down", "Stop clusters of this folder, and whatever a crash left."),
    "status": ("nodeseal.cli.status", "Say which nodes run, and what they say of each other."),
    "logs": ("nodeseal.cli.logs", "Show a node's own log."),
    "engines": ("nodeseal.cli.engines", "List the engines, and the Java that each could use here."),
    "completion": ("nodeseal.cli.completion", "Print the shell's completion script."),
}

INTERRUPTED = 130
"""Exit code after Ctrl-C, as shells have it (128 + SIGINT)."""


class Verbs(click.Group):
    """A group that knows its commands' names and help, and imports a command when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _VERBS:
            return None
        command = importlib.import_module(_VERBS[cmd_name][0]).command
        assert isinstance(command, click.Command)  # noqa: S101 - a slip in the table above
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in _VERBS.items()])


def _show_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415 - 20 ms that only this option needs

        click.echo(f"nodeseal {version('nodeseal')}")
        ctx.exit()


@click.command(
    cls=Verbs,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 good, 1 findings, 2 wrong use, 3 could not be decided.",
)
@click.option(
    "--version", is_flag=True, callback=_show_version, expose_value=False, is_eager=True, help="Show the version."
)
def nodeseal() -> None:
    """Encrypted, mutually authenticated Elasticsearch and OpenSearch clusters, proved on the real engine.

    \b
    Examples:
      nodeseal tour                      the whole story on a real cluster
      nodeseal init && nodeseal up       a cluster of your own
      nodeseal status; nodeseal down
    """


def run(arguments: list[str] | None = None) -> int:
    """Run a command line; the exit code."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _interrupt)
    try:
        return _invoked(arguments)
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except OSError as cause:
        what = cause.filename or "the machine"
        error: Error = MachineError(f"{what}: {cause.strerror or cause}", "Mend that, and try again.")
    except Error as known:
        error = known
    _show(error)
    return error.exit_code


def _invoked(arguments: list[str] | None) -> int:
    try:
        result = nodeseal.main(arguments, prog_name="nodeseal", standalone_mode=False)
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    return result if isinstance(result, int) else 0


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _show(error: Error) -> None:
    from nodeseal.report.terminal import harmless  # noqa: PLC0415 - the good case does not need it

    click.echo(f"{click.style('error:', fg='red', bold=True)} {harmless(str(error))}", err=True)
    if isinstance(error, NodeError):
        for line in error.tail:
            click.echo(f"  {error.node} | {harmless(line)[:300]}", err=True)
    if error.advice:
        click.echo(f"{click.style('try:', bold=True)} {harmless(error.advice)}", err=True)
