"""``nodeseal down``."""

from __future__ import annotations

from pathlib import Path

import click

from nodeseal.cli import options
from nodeseal.cluster import process
from nodeseal.spec import rules


@click.command("down")
@click.argument("cluster", required=False)
@options.workdir
def command(cluster: str | None, workdir: Path) -> None:
    """Stop the clusters of this folder (or only CLUSTER), and whatever an interrupted run left. Data are kept.

    Only processes that were started for a node below the work folder are ended.

    \b
    Examples:
      nodeseal down
      nodeseal down story
    """
    folder = workdir.resolve()
    if cluster:
        rules.check_filename(cluster, ("CLUSTER",))
        folder /= cluster
    count = process.clear(folder)
    click.echo(f"stopped {count} processes" if count else f"nothing of {folder} was running")
