"""``nodeseal completion``."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the completion script of SHELL.

    \b
    Example:
      eval "$(nodeseal completion bash)"
    """
    from nodeseal.cli.app import nodeseal  # noqa: PLC0415 - the root imports this module on demand

    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101 - the choice above names only shells that click knows
    click.echo(kind(nodeseal, {}, "nodeseal", "_NODESEAL_COMPLETE").source())
