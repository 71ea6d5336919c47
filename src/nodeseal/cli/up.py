"""``nodeseal up``."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click

from nodeseal.cli import options, screen
from nodeseal.cli.homes import locked, ways_in
from nodeseal.cli.runtime import choose
from nodeseal.cluster import identity, preflight
from nodeseal.cluster.formation import form
from nodeseal.cluster.local import LocalCluster
from nodeseal.report.terminal import Line, Style
from nodeseal.spec import instances, rules


@click.command("up")
@options.cluster_file
@options.engine_choice
@options.workdir
@click.option("--timeout", type=float, default=180, show_default=True, metavar="SECONDS", help="For each node's start.")
def command(
    source: Path,
    engine: str | None,
    engine_home: Path | None,
    java: Path | None,
    run_as: str | None,
    workdir: Path,
    timeout: float,
) -> None:
    """Start a cluster as local processes. Nodes that run already are left alone; data are kept.

    \b
    Examples:
      nodeseal up
      nodeseal up --in instances.yaml --engine opensearch
      nodeseal up --engine-home /opt/elasticsearch-8.15.0
    """
    spec = instances.load(source)
    rules.check_filename(spec.name, ("cluster",))
    preflight.check_addresses(spec)
    with locked(workdir.resolve(), spec.name):
        chosen = choose(engine or spec.engine, engine_home, java, run_as)
        screen.show([Line(chosen.why)])
        spec = replace(spec, engine=chosen.label)
        cluster = LocalCluster.lay_out(workdir.resolve() / spec.name, spec, chosen.runtime)
        bundle = identity.open_or_issue(cluster.home / "certificates", spec, datetime.now(UTC))
        form(cluster, bundle, timeout, lambda text: screen.show([Line(f"  {text}")]))
    screen.show([Line(f"{spec.name} is up: {len(spec.instances)} nodes on {spec.engine}", Style.GOOD)])
    screen.show(ways_in(cluster))
