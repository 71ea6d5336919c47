"""The rules of the story's scenes. All of a scene's rules run; none stops the others."""

from __future__ import annotations

from collections.abc import Sequence

from nodeseal.probes.observation import (
    Credentials,
    FileMode,
    HttpAttempt,
    Liveness,
    LogLine,
    NodeList,
    Outcome,
    Trust,
    Watch,
)
from nodeseal.verdict.finding import Finding, judge


def elected(node: str, lines: Sequence[LogLine]) -> Finding:
    """The node's own log says that it was elected."""
    own = [line for line in lines if line.node == node]
    return judge(f"{node} elected itself master", own, "" if own else f"{node}'s log has no election")


def list_is(wanted: Sequence[str], seen: NodeList, master: str = "") -> Finding:
    """The node list has these names and no others, and the right master."""
    objection = ""
    if seen.trouble:
        objection = f"there was no node list: {seen.trouble}"
    elif set(seen.names) != set(wanted):
        objection = f"the list was {', '.join(seen.names) or 'empty'}"
    elif master and seen.master != master:
        objection = f"the master was {seen.master or 'nobody'}"
    return judge(f"the node list is {' and '.join(wanted)}", [seen], objection)


def answered(attempts: Sequence[HttpAttempt]) -> Finding:
    """Who trusts our authority and has the password is answered with 200."""
    ours = _those(attempts, Trust.OUR_AUTHORITY, Credentials.GENERATED)
    return judge("with the authority, clients get an answer", ours, _unlike(ours, Outcome.ANSWERED, 200))


def unknown_refused(attempts: Sequence[HttpAttempt]) -> Finding:
    """A client that does not know the authority refuses the server."""
    strangers = _those(attempts, Trust.SYSTEM, Credentials.GENERATED)
    return judge(
        "without the authority, clients refuse the server", strangers, _unlike(strangers, Outcome.UNKNOWN_AUTHORITY)
    )


def plaintext_refused(attempts: Sequence[HttpAttempt]) -> Finding:
    """Plain http gets no answer, though the port is there."""
    plain = _those(attempts, Trust.PLAINTEXT, Credentials.GENERATED)
    return judge("plain http gets no answer", plain, _unlike(plain, Outcome.CUT_OFF))


def wrong_password_refused(attempts: Sequence[HttpAttempt]) -> Finding:
    """A wrong password gets 401."""
    wrong = _those(attempts, Trust.OUR_AUTHORITY, Credentials.WRONG)
    return judge("a wrong password gets 401", wrong, _unlike(wrong, Outcome.ANSWERED, 401))


def default_refused(attempts: Sequence[HttpAttempt]) -> Finding:
    """The password that the engine is known for gets 401."""
    default = _those(attempts, Trust.OUR_AUTHORITY, Credentials.DEFAULT)
    return judge("the default password gets 401", default, _unlike(default, Outcome.ANSWERED, 401))


def generated_accepted(attempts: Sequence[HttpAttempt]) -> Finding:
    """The generated password gets 200."""
    generated = _those(attempts, Trust.OUR_AUTHORITY, Credentials.GENERATED)
    return judge("the generated password gets 200", generated, _unlike(generated, Outcome.ANSWERED, 200))


def handed_over_privately(seen: FileMode) -> Finding:
    """Only its owner can read the file with the password."""
    return judge("only its owner can read the password's file", [seen], "" if seen.mode == 0o600 else str(seen))


def stayed_out(name: str, members: Sequence[str], watch: Watch, process: Liveness) -> Finding:
    """The node was alive and trying all the while, and never appeared in the list, from which nobody was missing."""
    objection = ""
    missing = set(members) - set(watch.always)
    if name in watch.seen:
        objection = f"{name} was in the node list"
    elif not process.alive:
        objection = f"{name} died, so its absence proves nothing"
    elif not watch.seen:
        objection = "no node list could be read"
    elif missing:
        objection = f"{' and '.join(sorted(missing))} was not always in the node list"
    return judge(f"{name} runs, tries, and never appears", [watch, process], objection)


def refused_on_both_sides(refuser: str, refused: str, lines: Sequence[LogLine], why: str) -> Finding:
    """The log of the side that checks gives the reason `why`; the log of the other tells that it was refused."""
    reasons = [line for line in lines if line.kind == why]
    echoes = [line for line in lines if line.kind == "refused-by-peer"]
    missing = [side for side, found in ((refuser, reasons), (refused, echoes)) if not found]
    objection = f"no line from {' nor from '.join(missing)} tells of it" if missing else ""
    if {line.node for line in reasons} & {line.node for line in echoes}:
        objection = "the two lines are from one and the same node"
    return judge(f"{refuser} refuses the certificate of {refused}; both logs say so", [*reasons, *echoes], objection)


def _those(attempts: Sequence[HttpAttempt], trust: Trust, credentials: Credentials) -> list[HttpAttempt]:
    return [a for a in attempts if a.trust is trust and a.credentials is credentials]


def _unlike(attempts: Sequence[HttpAttempt], outcome: Outcome, status: int | None = None) -> str:
    """What some attempt that was made did other than it should; the empty string if all did, and one was made at
    all."""
    made = [attempt for attempt in attempts if attempt.outcome is not Outcome.NOT_TRIED]
    if not made:
        return "no attempt was made"
    unlike = [str(a) for a in made if a.outcome is not outcome or a.status != status]
    return "; ".join(unlike)
