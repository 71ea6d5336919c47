"""How the story is staged: which authority signs whom, what is switched on. Tests change one thing and expect a bad
scene."""

from __future__ import annotations

from dataclasses import dataclass, replace

from nodeseal.spec.model import ClusterSpec, Instance, Tls, VerificationMode

STORY = "story"
"""The name of the tour's cluster."""

HEAP = 384
"""MiB of heap for each node of the tour."""

QUICK_START = "-XX:TieredStopAtLevel=1"
"""Nodes that live for a minute start sooner without the optimizing compiler."""

NODES_AT_ONCE = 6
"""How many nodes run at the same time at the most."""


@dataclass(frozen=True)
class Staging:
    """The story as it should be; every field is something that a user could get wrong.

    `good`, `alien`, `misnamed` and `relaxed` are what the four files of the tour say. `second_from_alien` and
    `third_from_alien` tell whether node-0002 and node-0003 have certificates of the alien authority.
    `password` replaces the generated one. `first_can_found` is false for a cluster that waits for a founder
    who never comes. `patience` is how many seconds a node is given to join, or to be refused.
    """

    good: ClusterSpec
    alien: ClusterSpec
    misnamed: ClusterSpec
    relaxed: ClusterSpec
    engine: str
    http_tls: bool = True
    mode: VerificationMode = VerificationMode.FULL
    relaxed_mode: VerificationMode = VerificationMode.CERTIFICATE
    second_from_alien: bool = False
    third_from_alien: bool = True
    password: str | None = None
    first_can_found: bool = True
    patience: float = 90.0

    @property
    def first(self) -> Instance:
        """node-0001."""
        return self.good.instances[0]

    @property
    def second(self) -> Instance:
        """node-0002."""
        return self.good.instances[1]

    @property
    def third(self) -> Instance:
        """node-0003, the alien."""
        return self.alien.instances[0]

    @property
    def fourth(self) -> Instance:
        """node-0004, which is certified for another host."""
        return self.misnamed.instances[0]

    def story(self) -> ClusterSpec:
        """The cluster of the story. All four nodes are known by name, so that a refusal is about certificates alone."""
        return ClusterSpec(
            name=STORY,
            engine=self.engine,
            instances=(*self.good.instances, self.third, self.fourth),
            founders=(self.first.name,) if self.first_can_found else (self.first.name, self.third.name),
            seeds=tuple(i.name for i in self.good.instances),
            tls=Tls(verification_mode=self.mode, http=self.http_tls),
            heap=HEAP,
        )

    def as_guest(self) -> ClusterSpec:
        """The same for a node that is to join and must not found a cluster of its own: it needs both of the others."""
        return replace(self.story(), founders=tuple(i.name for i in self.good.instances))

    def as_relaxed_guest(self) -> ClusterSpec:
        """The same for the node that is to join."""
        return replace(self.relaxed_story(), founders=tuple(i.name for i in self.relaxed.instances))

    def relaxed_story(self) -> ClusterSpec:
        """The second cluster, where host names are not checked. Its first node founds it, the misnamed one joins."""
        return replace(
            self.relaxed,
            name=f"{STORY}-relaxed",
            engine=self.engine,
            founders=(self.relaxed.instances[0].name,),
            tls=Tls(verification_mode=self.relaxed_mode),
            heap=HEAP,
        )
