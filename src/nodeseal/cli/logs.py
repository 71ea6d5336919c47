"""``nodeseal logs``."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click

from nodeseal.cli import options
from nodeseal.cli.homes import node as find_node
from nodeseal.cluster.node import LOOK_AGAIN


@click.command("logs")
@click.argument("node")
@options.workdir
@click.option("--cluster", metavar="NAME", help="The cluster, where several have a node of that name.")
@click.option("--lines", type=click.IntRange(0), default=100, show_default=True, help="How many of the last lines.")
@click.option("--follow", "-f", is_flag=True, help="Go on with new lines until the node stops, or Ctrl-C.")
def command(node: str, workdir: Path, cluster: str | None, lines: int, follow: bool) -> None:
    """Show what NODE itself wrote.

    \b
    Examples:
      nodeseal logs node-0001
      nodeseal logs node-0001 --follow
    """
    found = find_node(workdir, node, cluster)
    text = found.log()
    shown = text.splitlines(keepends=True)
    click.echo("".join(shown[len(shown) - lines :] if lines else []), nl=False)
    position = len(text.encode())
    while follow:
        alive = found.is_running()
        with found.console.open("rb") as file:
            file.seek(position)
            fresh = file.read()
        position += len(fresh)
        click.echo(fresh.decode(errors="replace"), nl=False)
        sys.stdout.flush()
        if not alive:
            return
        time.sleep(LOOK_AGAIN)
