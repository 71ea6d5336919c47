"""Bringing a whole cluster up: all nodes side by side, until they list each other."""

from __future__ import annotations

from collections.abc import Callable

from nodeseal.certificates.bundle import Bundle
from nodeseal.cluster import preflight, process
from nodeseal.cluster.identity import Identity
from nodeseal.cluster.local import LocalCluster
from nodeseal.cluster.node import Node
from nodeseal.cluster.rest import Member
from nodeseal.errors import ClusterError


def form(cluster: LocalCluster, bundle: Bundle, timeout: float, say: Callable[[str], None]) -> tuple[Member, ...]:
    """Start the nodes that do not run yet, and wait until the first node lists all. Returns that list.

    `timeout` is in seconds for each wait; `say` is told of each node. Whatever goes wrong, the nodes that were started
    here are stopped again. Raises NodeError, with the node's last lines, or MachineError.
    """
    running = {node.name for node in cluster.nodes if node.is_running()}
    waiting = [node for node in cluster.nodes if node.name not in running]
    preflight.check_memory(len(waiting), cluster.spec.heap)
    preflight.check_disk(cluster.home, len(waiting))
    for name in sorted(running):
        say(f"{name} runs already")
    try:
        for node in waiting:
            leaf = bundle.leaves[node.instance.filename]
            cluster.place(node.instance, Identity(leaf, (bundle.authority.certificate,)))
        cluster.start(waiting)
        for node in waiting:
            node.wait_started(timeout)
            say(f"{node.name} has started on {node.instance.address}")
        cluster.replace_default_password(cluster.spec.instances[0])
        return _wait_listed(cluster, timeout)
    except BaseException:
        process.clear(*(node.folder for node in waiting))
        raise


def _wait_listed(cluster: LocalCluster, timeout: float) -> tuple[Member, ...]:
    wanted = {instance.name for instance in cluster.spec.instances}
    first: Node = cluster.nodes[0]

    def look() -> tuple[Member, ...] | None:
        with cluster.rest(first.instance) as rest:
            members = rest.members()
        missing = wanted - {member.name for member in members}
        if missing:
            raise ClusterError(f"{', '.join(sorted(missing))} not in the node list")
        return members

    return first.wait(look, "list all nodes", timeout)
