"""``nodeseal cert``."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from nodeseal.certificates.bundle import zipped
from nodeseal.cluster import identity
from nodeseal.spec import instances
from nodeseal.writing import SECRET, write_new


@click.group("cert")
def command() -> None:
    """Make certificates."""


@command.command("issue")
@click.option(
    "--in", "source", type=click.Path(path_type=Path), required=True, help="An instances.yaml or cluster.yaml."
)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The zip to write; it must not exist.")
def issue(source: Path, out: Path) -> None:
    """A new authority and a certificate for every instance, in certgen's zip layout.

    \b
    Example:
      nodeseal cert issue --in instances.yaml --out bundle.zip
    """
    spec = instances.load(source)
    bundle = identity.issue(spec, datetime.now(UTC))
    write_new(out, zipped(bundle.files()), SECRET)
    click.echo(f"wrote {out}: an authority and {len(bundle.leaves)} certificates")
