"""``nodeseal status``."""

from __future__ import annotations

from pathlib import Path

import click

from nodeseal.cli import options, screen
from nodeseal.cli.homes import clusters
from nodeseal.cluster.local import LocalCluster
from nodeseal.cluster.node import Node
from nodeseal.cluster.rest import Member
from nodeseal.errors import ClusterError
from nodeseal.report.terminal import Line, Style


@click.command("status")
@click.argument("cluster", required=False)
@options.workdir
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(cluster: str | None, workdir: Path, as_json: bool) -> int:
    """Which nodes run, and what they say of each other. Exit code 0 if all run and list each other, else 1.

    \b
    Examples:
      nodeseal status
      nodeseal status story --json
    """
    states = [_state(each) for each in clusters(workdir, cluster)]
    if as_json:
        screen.write_json(Path("-"), states)
    else:
        for state in states:
            screen.show(_lines(state))
    return 0 if all(state["whole"] for state in states) else 1


def _state(cluster: LocalCluster) -> dict[str, object]:
    nodes: list[tuple[Node, bool]] = []
    listed: tuple[Member, ...] = ()
    health = ""
    for node in cluster.nodes:
        running = node.is_running()
        if running and not listed:
            listed, health = _asked(cluster, node.name)
        nodes.append((node, running))
    names = {member.name: member.is_master for member in listed}
    rows = [
        {
            "name": node.name,
            "address": node.instance.http_endpoint,
            "running": running,
            "listed": node.name in names,
            "master": names.get(node.name, False),
        }
        for node, running in nodes
    ]
    whole = all(row["running"] and row["listed"] for row in rows)
    return {
        "cluster": cluster.spec.name,
        "engine": cluster.spec.engine,
        "health": health,
        "whole": whole,
        "nodes": rows,
    }


def _asked(cluster: LocalCluster, name: str) -> tuple[tuple[Member, ...], str]:
    try:
        with cluster.rest(cluster.spec.instance(name)) as rest:
            return rest.members(), rest.health()
    except ClusterError:
        return (), ""


def _lines(state: dict[str, object]) -> list[Line]:
    health = state["health"] or "no answer"
    lines = [Line(f"{state['cluster']} ({state['engine']}): {health}", Style.TITLE)]
    rows = state["nodes"]
    assert isinstance(rows, list)  # noqa: S101 - made above
    for row in rows:
        words = ["running" if row["running"] else "stopped"]
        words += ["listed"] if row["listed"] else []
        words += ["master"] if row["master"] else []
        style = Style.GOOD if row["running"] and row["listed"] else Style.BAD
        lines.append(Line(f"  {row['name']:<20} {row['address']:<22} {', '.join(words)}", style))
    return lines
