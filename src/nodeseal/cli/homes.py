"""Finding the clusters of a work folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from nodeseal.cluster.local import LocalCluster
from nodeseal.cluster.node import Node
from nodeseal.errors import UsageError
from nodeseal.report.terminal import Line
from nodeseal.writing import make_folder


def clusters(workdir: Path, name: str | None = None) -> list[LocalCluster]:
    """The clusters laid out in `workdir`, by name; only that called `name` if given. Raises UsageError if there is
    none."""
    homes = sorted(path.parent for path in workdir.resolve().glob("*/runtime.json"))
    found = [LocalCluster.open(home) for home in homes if name in (None, home.name)]
    if not found:
        what = f"no cluster {name!r}" if name else "no cluster"
        known = f" There are {', '.join(home.name for home in homes)}." if homes else ""
        raise UsageError(f"there is {what} in {workdir}", f"Start one with `nodeseal up` or `nodeseal tour`.{known}")
    return found


def node(workdir: Path, name: str, cluster: str | None) -> Node:
    """The one node called `name`. Raises UsageError if there is none, or one in several clusters."""
    known = clusters(workdir, cluster)
    found = [node for each in known for node in each.nodes if node.name == name]
    if len(found) != 1:
        names = ", ".join(f"{node.name} ({each.spec.name})" for each in known for node in each.nodes)
        problem = f"there is no node {name!r}" if not found else f"there are {len(found)} nodes called {name!r}"
        raise UsageError(problem, f"Name one of these, with --cluster if need be: {names}.")
    return found[0]


@contextmanager
def locked(workdir: Path, cluster: str) -> Iterator[None]:
    """A context in which no other nodeseal starts `cluster` in `workdir`. Raises UsageError if one does."""
    make_folder(workdir)
    try:
        with FileLock(workdir / f".{cluster}.lock", timeout=0):
            yield
    except Timeout as cause:
        raise UsageError(
            f"another nodeseal is at work on {cluster} in {workdir}", "Wait for it to end, or choose another --workdir."
        ) from cause


def ways_in(cluster: LocalCluster) -> list[Line]:
    """How to get at the password, and at the cluster with curl."""
    first, scheme = cluster.spec.instances[0], "https" if cluster.spec.tls.http else "http"
    trust = f"--cacert {cluster.authority_file} " if cluster.spec.tls.http else ""
    user = cluster.runtime.dialect.superuser
    return [
        Line(f"  cat {cluster.password_file}"),
        Line(f"  curl {trust}-u {user} {scheme}://{first.http_endpoint}/_cat/nodes"),
    ]
