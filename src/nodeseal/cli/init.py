"""``nodeseal init``."""

from __future__ import annotations

from pathlib import Path

import click

from nodeseal.spec import instances
from nodeseal.writing import write_new


@click.command("init")
@click.option(
    "--engine", metavar="NAME[@VERSION]", default="auto", show_default=True, help="The engine to write into it."
)
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("cluster.yaml"), show_default=True, help="The file to write."
)
def command(engine: str, out: Path) -> None:
    """Write a commented cluster file to start from. An existing file is left as it is.

    \b
    Examples:
      nodeseal init
      nodeseal init --engine opensearch --out search.yaml
    """
    write_new(out, instances.template(engine).encode(), 0o644)
    click.echo(f"wrote {out}; next: nodeseal up --in {out}")
