"""The scenes, played. Each yields findings over what it saw on the real servers."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence

from nodeseal.cluster import secrets
from nodeseal.cluster.node import LOOK_AGAIN, Node
from nodeseal.engine.dialect import EventKind
from nodeseal.errors import ClusterError
from nodeseal.probes.observation import Credentials, FileMode, HttpAttempt, LogLine, Trust, Watch
from nodeseal.spec.model import Instance
from nodeseal.tour.stage import Stage, liveness, log_line
from nodeseal.verdict import story
from nodeseal.verdict.finding import Finding

WATCHED = 5.0
"""Seconds for which the node list is watched after the refusal was seen."""

Play = Callable[["Cast"], Iterator[Finding]]


class Guest:
    """A node that is to be refused, and how long the members' logs were when it came on."""

    def __init__(self, node: Node, members: Sequence[Node]) -> None:
        self.node = node
        self._since = {member: member.log_size() for member in members}

    def own(self, kind: EventKind) -> list[LogLine]:
        """The first line of that kind in its own log."""
        return log_line(self.node, kind)

    def of_members(self, kind: EventKind) -> list[LogLine]:
        """The first line of that kind in each member's log since it came on."""
        return [line for member, since in self._since.items() for line in log_line(member, kind, since)]


class Cast:
    """The stage, and the nodes that have come on in earlier scenes or wait behind the curtain."""

    def __init__(self, stage: Stage, scenes: Collection[int]) -> None:
        self.stage = stage
        self.staging = stage.staging
        self.scenes = scenes
        self.members: list[Node] = []
        self._misnamed: Guest | None = None
        self._relaxed: list[Node] = []

    @property
    def names(self) -> list[str]:
        """The names of the members."""
        return [node.name for node in self.members]

    def invite(self, instance: Instance, *, of_alien: bool = False) -> Guest:
        """Start a node that is to be refused."""
        node = self.stage.bring_on(instance, self.staging.as_guest(), of_alien=of_alien)
        return Guest(node, self.members)

    def misnamed(self) -> tuple[Guest, list[Node]]:
        """The misnamed node and the two of the relaxed cluster; started now unless they were before.

        Scene 4 calls for them so that they boot while it is being watched.
        """
        if self._misnamed is None:
            guest = self.invite(self.staging.fourth)
            self._relaxed = self.stage.bring_on_relaxed()
            self._misnamed = guest
        return self._misnamed, self._relaxed


def one(cast: Cast) -> Iterator[Finding]:
    """node-0001 starts alone."""
    node = cast.stage.bring_on(cast.staging.first)
    cast.members.append(node)
    node.wait_started(2 * cast.staging.patience)
    cast.stage.cluster.replace_default_password(node.instance)
    seen = cast.stage.wait_listed(node, timeout=cast.staging.patience)
    yield story.elected(node.name, log_line(node, EventKind.ELECTED))
    yield story.list_is([node.name], seen, master=node.name)


def two(cast: Cast) -> Iterator[Finding]:
    """Clients knock on its HTTP port."""
    known, dialect = cast.stage.cluster.secrets, cast.stage.cluster.runtime.dialect
    door = cast.stage.door()
    attempts: list[HttpAttempt] = []
    for trust, credentials, password in (
        (Trust.OUR_AUTHORITY, Credentials.GENERATED, known.password),
        (Trust.SYSTEM, Credentials.GENERATED, known.password),
        (Trust.PLAINTEXT, Credentials.GENERATED, known.password),
        (Trust.OUR_AUTHORITY, Credentials.WRONG, f"not-{known.password}"),
    ):
        attempts += door.attempts(trust, credentials, dialect.superuser, password)
    yield story.answered(attempts)
    yield story.unknown_refused(attempts)
    yield story.plaintext_refused(attempts)
    yield story.wrong_password_refused(attempts)


def three(cast: Cast) -> Iterator[Finding]:
    """node-0002 joins."""
    node = cast.stage.bring_on(cast.staging.second, cast.staging.as_guest(), of_alien=cast.staging.second_from_alien)
    cast.members.append(node)
    seen = cast.stage.wait_listed(node, timeout=cast.staging.patience)
    yield story.list_is([cast.staging.first.name, node.name], seen, master=cast.staging.first.name)


def four(cast: Cast) -> Iterator[Finding]:
    """node-0003 stays out: it does not trust the others, and they are told so."""
    guest = cast.invite(cast.staging.third, of_alien=cast.staging.third_from_alien)

    def refusal() -> tuple[list[LogLine], list[LogLine]]:
        return guest.own(EventKind.TRUST_REFUSED), guest.of_members(EventKind.REFUSED_BY_PEER)

    wait_refused(cast, guest, refusal)
    if 5 in cast.scenes:
        cast.misnamed()
    watch = watched(cast, WATCHED)
    yield story.stayed_out(guest.node.name, cast.names, watch, liveness(guest.node))
    inside, outside = refusal()
    yield story.refused_on_both_sides(
        guest.node.name, "the members", [*inside, *outside], EventKind.TRUST_REFUSED.value
    )
    guest.node.stop()


def five(cast: Cast) -> Iterator[Finding]:
    """node-0004 is refused under ``full``, accepted under ``certificate``."""
    guest, (host, twin) = cast.misnamed()

    def refusal() -> tuple[list[LogLine], list[LogLine]]:
        return guest.own(EventKind.REFUSED_BY_PEER), guest.of_members(EventKind.NAME_REFUSED)

    wait_refused(cast, guest, refusal)
    watch = watched(cast, WATCHED / 5)
    yield story.stayed_out(guest.node.name, cast.names, watch, liveness(guest.node))
    inside, outside = refusal()
    yield story.refused_on_both_sides("the master", guest.node.name, [*outside, *inside], EventKind.NAME_REFUSED.value)
    host.wait_started(2 * cast.staging.patience)
    cast.stage.relaxed.replace_default_password(host.instance)
    seen = cast.stage.wait_listed(twin, cast.stage.relaxed, timeout=cast.staging.patience)
    yield story.list_is([host.name, twin.name], seen)


def six(cast: Cast) -> Iterator[Finding]:
    """The default password does not work, the generated one does."""
    dialect, door = cast.stage.cluster.runtime.dialect, cast.stage.door()
    file = cast.stage.cluster.password_file
    attempts: list[HttpAttempt] = []
    for credentials, password in (
        (Credentials.DEFAULT, dialect.default_password),
        (Credentials.GENERATED, secrets.read(file)),
    ):
        attempts += door.attempts(Trust.OUR_AUTHORITY, credentials, dialect.superuser, password)
    yield story.default_refused(attempts)
    yield story.generated_accepted(attempts)
    yield story.handed_over_privately(FileMode(str(file), file.stat().st_mode & 0o7777))


PLAYS: dict[int, Play] = {1: one, 2: two, 3: three, 4: four, 5: five, 6: six}


def wait_refused(cast: Cast, guest: Guest, refusal: Callable[[], tuple[list[LogLine], list[LogLine]]]) -> None:
    """Wait until the logs on both sides tell of the refusal, or `guest` is in, or its time is over.

    It decides nothing: what was seen by then is judged. Raises NodeError if `guest` dies.
    """

    def look() -> bool | None:
        return all(refusal()) or guest.node.name in cast.stage.node_list().names or None

    try:
        guest.node.wait(look, "be refused", cast.staging.patience, pause=0.5)
    except ClusterError:
        if not guest.node.is_running():
            raise


def watched(cast: Cast, seconds: float) -> Watch:
    """The node list, read again and again for `seconds`."""
    begin = time.monotonic()
    lists: list[frozenset[str]] = []
    while time.monotonic() < begin + seconds:
        seen = cast.stage.node_list()
        if not seen.trouble:
            lists.append(frozenset(seen.names))
        time.sleep(LOOK_AGAIN)
    ever = sorted(frozenset().union(*lists))
    always = sorted(frozenset.intersection(*lists)) if lists else []
    return Watch(cast.staging.first.name, len(lists), time.monotonic() - begin, tuple(ever), tuple(always))
