"""The scenes, played. Each yields findings over what it saw on the real servers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from nodeseal.cluster.node import LOOK_AGAIN, Node
from nodeseal.engine.dialect import EventKind
from nodeseal.errors import ClusterError
from nodeseal.probes.observation import Credentials, FileMode, HttpAttempt, Trust, Watch
from nodeseal.tour.stage import Stage, liveness, log_lines
from nodeseal.verdict import story
from nodeseal.verdict.finding import Finding

PATIENCE = 90.0
"""Seconds that a refused node is given to be refused."""

WATCHED = 5.0
"""Seconds for which the node list is watched after the refusal was seen."""

Play = Callable[["Cast"], Iterator[Finding]]


class Cast:
    """The stage, and the nodes that have come on in earlier scenes or wait behind the curtain."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.staging = stage.staging
        self.members: list[Node] = []
        self.misnamed: Node | None = None
        self.relaxed: list[Node] = []

    def call_for_scene_five(self) -> None:
        """Start its three nodes, unless they were started before: they boot while scene 4 is watched."""
        if not self.relaxed:
            self.misnamed = self.stage.bring_on(self.staging.fourth, self.staging.as_guest())
            self.relaxed = self.stage.bring_on_relaxed()


def one(cast: Cast) -> Iterator[Finding]:
    """node-0001 starts alone."""
    node = cast.stage.bring_on(cast.staging.first)
    cast.members.append(node)
    node.wait_started()
    seen = cast.stage.wait_listed(node)
    yield story.elected(node.name, [line for line in log_lines(node) if line.kind == EventKind.ELECTED])
    yield story.list_is([node.name], seen, master=node.name)


def two(cast: Cast) -> Iterator[Finding]:
    """Clients knock on its HTTP port."""
    secrets, dialect = cast.stage.cluster.secrets, cast.stage.cluster.runtime.dialect
    door = cast.stage.door()
    attempts: list[HttpAttempt] = []
    for trust, credentials, password in (
        (Trust.OUR_AUTHORITY, Credentials.GENERATED, secrets.password),
        (Trust.SYSTEM, Credentials.GENERATED, secrets.password),
        (Trust.PLAINTEXT, Credentials.GENERATED, secrets.password),
        (Trust.OUR_AUTHORITY, Credentials.WRONG, f"not-{secrets.password}"),
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
    seen = cast.stage.wait_listed(node, timeout=PATIENCE)
    yield story.list_is([cast.staging.first.name, node.name], seen, master=cast.staging.first.name)


def four(cast: Cast) -> Iterator[Finding]:
    """node-0003 stays out."""
    guest = cast.stage.bring_on(cast.staging.third, cast.staging.as_guest(), of_alien=cast.staging.third_from_alien)
    reasons = [EventKind.TRUST_REFUSED]
    wait_refused(cast, guest, reasons)
    cast.call_for_scene_five()
    watch = watched(cast, WATCHED)
    yield story.stayed_out(guest.name, watch, liveness(guest))
    lines = [line for node in (guest, *cast.members) for line in log_lines(node)]
    yield story.refused_on_both_sides(guest.name, lines, reasons)
    guest.stop()


def five(cast: Cast) -> Iterator[Finding]:
    """node-0004 is refused under ``full``, accepted under ``certificate``."""
    cast.call_for_scene_five()
    guest = cast.misnamed
    assert guest is not None  # noqa: S101 - called for above
    reasons = [EventKind.NAME_REFUSED]
    wait_refused(cast, guest, reasons)
    watch = watched(cast, WATCHED / 5)
    yield story.stayed_out(guest.name, watch, liveness(guest))
    lines = [line for node in (guest, *cast.members) for line in log_lines(node)]
    yield story.refused_on_both_sides(guest.name, lines, reasons)
    host, twin = cast.relaxed
    host.wait_started()
    seen = cast.stage.wait_listed(twin, cast.stage.relaxed, timeout=PATIENCE)
    yield story.list_is([host.name, twin.name], seen, master=host.name)


def six(cast: Cast) -> Iterator[Finding]:
    """The default password does not work, the generated one does."""
    dialect, door = cast.stage.cluster.runtime.dialect, cast.stage.door()
    file = cast.stage.password_file
    attempts: list[HttpAttempt] = []
    for credentials, password in (
        (Credentials.DEFAULT, dialect.default_password),
        (Credentials.GENERATED, file.read_text().rstrip("\n")),
    ):
        attempts += door.attempts(Trust.OUR_AUTHORITY, credentials, dialect.superuser, password)
    yield story.default_refused(attempts)
    yield story.generated_accepted(attempts)
    yield story.handed_over_privately(FileMode(str(file), file.stat().st_mode & 0o7777))


PLAYS: dict[int, Play] = {1: one, 2: two, 3: three, 4: four, 5: five, 6: six}


def wait_refused(cast: Cast, guest: Node, reasons: list[EventKind]) -> None:
    """Wait until the logs of `guest` and of a member tell of the refusal, or `guest` is in, or its time is over.

    It decides nothing: what was seen by then is judged. Raises NodeError if `guest` dies.
    """

    def look() -> bool | None:
        if guest.name in cast.stage.node_list().names:
            return True
        inside = any(guest.saw(kind) for kind in (*reasons, EventKind.REFUSED_BY_PEER))
        outside = any(node.saw(kind) for node in cast.members for kind in (*reasons, EventKind.REFUSED_BY_PEER))
        return True if inside and outside else None

    try:
        guest.wait(look, "be refused", PATIENCE)
    except ClusterError:
        if not guest.is_running():
            raise


def watched(cast: Cast, seconds: float) -> Watch:
    """The node list, read again and again for `seconds`."""
    begin = time.monotonic()
    names: set[str] = set()
    looks = 0
    while time.monotonic() < begin + seconds or not looks:
        seen = cast.stage.node_list()
        names |= set(seen.names)
        looks += not seen.trouble
        time.sleep(LOOK_AGAIN)
    return Watch(cast.staging.first.name, looks, time.monotonic() - begin, tuple(sorted(names)))
