"""The stage: both authorities, the clusters, and the nodes as they come on."""

from __future__ import annotations

import shutil
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from nodeseal.certificates.authority import Authority
from nodeseal.certificates.bundle import Bundle
from nodeseal.certificates.leaf import Leaf
from nodeseal.cluster import identity, preflight, process, secrets
from nodeseal.cluster.identity import Identity
from nodeseal.cluster.local import LocalCluster
from nodeseal.cluster.logs import tail
from nodeseal.cluster.node import Node, Runtime
from nodeseal.engine.dialect import EventKind
from nodeseal.errors import ClusterError
from nodeseal.probes.api import Door
from nodeseal.probes.observation import Liveness, LogLine, NodeList
from nodeseal.spec.model import ClusterSpec, Instance
from nodeseal.tour.scene import Start
from nodeseal.tour.staging import NODES_AT_ONCE, QUICK_START, Staging


class Stage:
    """Everything that the scenes share. Use as a context manager: leaving it stops every node."""

    def __init__(self, staging: Staging, runtime: Runtime, folder: Path, *, keep: bool = False) -> None:
        self.staging = staging
        runtime = replace(runtime, jvm_options=QUICK_START)
        self._keep = keep
        self._spawned: dict[Node, float] = {}
        now = datetime.now(UTC)
        story, relaxed = staging.story(), staging.relaxed_story()
        for spec in (story, relaxed):
            process.clear(folder / spec.name)
            LocalCluster.discard(folder / spec.name)
        preflight.check_memory(NODES_AT_ONCE, story.heap)
        preflight.check_disk(folder, NODES_AT_ONCE)
        preflight.check_ports((*story.instances, *relaxed.instances))
        known = secrets.with_hash(staging.password) if staging.password else secrets.generate()
        self.cluster = LocalCluster.lay_out(folder / story.name, story, runtime, known=known)
        self.relaxed = LocalCluster.lay_out(folder / relaxed.name, relaxed, runtime, known=known)
        self.good = identity.issue(staging.good, now, Authority.new(story.name, now))
        self.alien = identity.issue(staging.alien, now, Authority.new("alien", now))
        self._now = now
        identity.keep(self.cluster.home / "certificates", self.good)
        identity.keep(self.cluster.home / "alien-certificates", self.alien)
        identity.keep(self.relaxed.home / "certificates", Bundle(self.good.authority, {}))

    def __enter__(self) -> Stage:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        kept = self._keep and kind is None
        leaving = [self.relaxed] if kept else [self.relaxed, self.cluster]
        process.clear(*(cluster.home for cluster in leaving))

    def bring_on(self, instance: Instance, spec: ClusterSpec | None = None, *, of_alien: bool = False) -> Node:
        """Place and start a node of the story with a certificate of the good or of the alien authority."""
        return self._start(self.cluster, instance, (self.alien if of_alien else self.good).authority, spec)

    def bring_on_relaxed(self) -> list[Node]:
        """Place and start both nodes of the relaxed cluster, side by side."""
        kept = self.cluster.home / "keystore"
        if kept.exists():
            shutil.copytree(kept, self.relaxed.home / "keystore", dirs_exist_ok=True)
        host, twin = self.relaxed.spec.instances
        authority = self.good.authority
        return [
            self._start(self.relaxed, host, authority, None),
            self._start(self.relaxed, twin, authority, self.staging.as_relaxed_guest()),
        ]

    def _start(self, cluster: LocalCluster, instance: Instance, authority: Authority, spec: ClusterSpec | None) -> Node:
        leaf = Leaf.issue(instance, authority, self._now)
        node = cluster.place(instance, Identity(leaf, (authority.certificate,)), spec)
        self._spawned[node] = time.time()
        cluster.start([node])
        return node

    def door(self) -> Door:
        """The HTTP port of node-0001, as its users know it."""
        return Door(self.staging.first.http_endpoint, self.cluster.authority_file)

    def node_list(self, cluster: LocalCluster | None = None) -> NodeList:
        """The node list of a cluster's first node; a failed attempt is a value too."""
        cluster = cluster or self.cluster
        asked = cluster.spec.instances[0]
        try:
            with cluster.rest(asked) as rest:
                members = rest.members()
        except ClusterError as error:
            return NodeList(asked.name, trouble=str(error))
        master = next((member.name for member in members if member.is_master), "")
        return NodeList(asked.name, tuple(member.name for member in members), master)

    def wait_listed(self, node: Node, cluster: LocalCluster | None = None, *, timeout: float) -> NodeList:
        """The first node list with `node` in it. Raises NodeError if there is none in `timeout` seconds."""

        def look() -> NodeList | None:
            seen = self.node_list(cluster)
            if seen.trouble:
                raise ClusterError(seen.trouble)
            return seen if node.name in seen.names else None

        return node.wait(look, "appear in the node list", timeout)

    def starts(self) -> list[Start]:
        """When each node was started, and when it said so."""
        found = []
        for node, spawned in self._spawned.items():
            started = node.saw(EventKind.STARTED) or node.saw(EventKind.LISTENING)
            found.append(Start(f"{node.folder.parent.parent.name}/{node.name}", spawned, started.at if started else ""))
        return found


def liveness(node: Node) -> Liveness:
    """Whether the node's process is alive."""
    alive = node.is_running()
    return Liveness(node.name, alive, () if alive else tail(node.log()))


def log_line(node: Node, kind: EventKind, since: int = 0) -> list[LogLine]:
    """The first line of that kind in a node's log, from byte `since` on; empty if there is none."""
    event = node.saw(kind, since)
    return [LogLine(node.name, kind.value, event.line)] if event else []
