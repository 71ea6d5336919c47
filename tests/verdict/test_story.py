"""Every rule of the story, with a good observation and each kind of bad one."""

from __future__ import annotations

import pytest

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
from nodeseal.verdict import story

ELECTED = LogLine("node-0001", "elected", "elected-as-master")


def attempt(trust, credentials, outcome, status=None, said=""):
    return HttpAttempt("curl", "curl https://n", trust, credentials, outcome, status, said=said)


def test_a_nodes_own_log_tells_of_its_election():
    assert story.elected("node-0001", [ELECTED]).good


@pytest.mark.parametrize("lines", [[], [LogLine("node-0002", "elected", "elected-as-master")]])
def test_without_a_line_of_its_own_it_was_not_elected(lines):
    found = story.elected("node-0001", lines)
    assert not found.good
    assert "node-0001's log has no election" in found.because


@pytest.mark.parametrize("master", ["", "a"])
def test_the_list_is_what_was_wanted(master):
    assert story.list_is(["b", "a"], NodeList("a", ("a", "b"), "a"), master).good


@pytest.mark.parametrize(
    ("seen", "because"),
    [
        (NodeList("a", ("a",), "a"), "the list was a"),
        (NodeList("a", ("a", "b", "c"), "a"), "the list was a, b, c"),
        (NodeList("a"), "the list was empty"),
        (NodeList("a", ("a", "b"), "b"), "the master was b"),
        (NodeList("a", ("a", "b")), "the master was nobody"),
        (NodeList("a", trouble="refused"), "there was no node list: refused"),
        (NodeList("a", ("a", "b"), "a", trouble="cut off"), "there was no node list: cut off"),
    ],
)
def test_another_list_is_bad(seen, because):
    found = story.list_is(["a", "b"], seen, "a")
    assert (found.good, found.because) == (False, because)


# rule, the trust and the credentials that it is about, the one good end: outcome and status
RULES = [
    (story.answered, Trust.OUR_AUTHORITY, Credentials.GENERATED, Outcome.ANSWERED, 200),
    (story.generated_accepted, Trust.OUR_AUTHORITY, Credentials.GENERATED, Outcome.ANSWERED, 200),
    (story.wrong_password_refused, Trust.OUR_AUTHORITY, Credentials.WRONG, Outcome.ANSWERED, 401),
    (story.default_refused, Trust.OUR_AUTHORITY, Credentials.DEFAULT, Outcome.ANSWERED, 401),
    (story.unknown_refused, Trust.SYSTEM, Credentials.GENERATED, Outcome.UNKNOWN_AUTHORITY, None),
    (story.plaintext_refused, Trust.PLAINTEXT, Credentials.GENERATED, Outcome.CUT_OFF, None),
]
ENDS = [(outcome, None) for outcome in Outcome] + [(Outcome.ANSWERED, status) for status in (200, 401, 403, 500, 503)]
each_rule = pytest.mark.parametrize(("rule", "trust", "credentials", "outcome", "status"), RULES)


@each_rule
def test_the_one_good_end_is_good(rule, trust, credentials, outcome, status):
    good = attempt(trust, credentials, outcome, status)
    assert rule([good]).good
    assert rule([good]).evidence == (good,)


@each_rule
def test_every_other_end_is_bad(rule, trust, credentials, outcome, status):
    for end in ENDS:
        if end != (outcome, status):
            assert not rule([attempt(trust, credentials, *end)]).good, end


@each_rule
def test_one_bad_end_among_good_ones_is_bad_and_told(rule, trust, credentials, outcome, status):
    good = attempt(trust, credentials, outcome, status)
    found = rule([good, attempt(trust, credentials, Outcome.OTHER, said="strange"), good])
    assert not found.good
    assert found.because == "curl https://n → other: strange"


@each_rule
def test_a_rule_that_was_never_fed_is_not_good(rule, trust, credentials, outcome, status):
    found = rule([])
    assert not found.good
    assert found.because == "no attempt was made"


@each_rule
def test_an_attempt_that_was_not_tried_shows_nothing(rule, trust, credentials, outcome, status):
    skipped = attempt(trust, credentials, Outcome.NOT_TRIED, said="no curl")
    assert not rule([skipped]).good
    assert rule([skipped, attempt(trust, credentials, outcome, status)]).good


@each_rule
def test_attempts_of_another_kind_show_nothing(rule, trust, credentials, outcome, status):
    others = [
        attempt(other, other_credentials, outcome, status)
        for other in Trust
        for other_credentials in Credentials
        if (other, other_credentials) != (trust, credentials)
    ]
    assert not rule(others).good


def test_a_password_for_its_owner_only_is_good():
    assert story.handed_over_privately(FileMode("/p", 0o600)).good


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666, 0o700, 0o4600, 0o400, 0])
def test_a_password_of_any_other_mode_is_bad(mode):
    found = story.handed_over_privately(FileMode("/p", mode))
    assert not found.good
    assert f"{mode:04o}" in found.because


def watch(*seen):
    return Watch("node-0001", 5, 10.0, seen, seen)


MEMBERS = ["node-0001", "node-0002"]


def test_a_node_that_ran_and_was_never_listed_stayed_out():
    assert story.stayed_out("node-0003", MEMBERS, watch("node-0001", "node-0002"), Liveness("node-0003", True)).good


@pytest.mark.parametrize(
    ("seen", "alive", "because"),
    [
        (("node-0001", "node-0003"), True, "was in the node list"),
        (("node-0001", "node-0003"), False, "was in the node list"),
        (("node-0001",), False, "died"),
        ((), True, "no node list could be read"),
        ((), False, "died"),
    ],
)
def test_a_node_that_was_listed_or_died_did_not_stay_out(seen, alive, because):
    found = story.stayed_out("node-0003", MEMBERS, watch(*seen), Liveness("node-0003", alive))
    assert not found.good
    assert because in found.because


def test_a_member_that_left_while_it_was_watched_spoils_the_evidence():
    left = Watch("node-0001", 5, 10.0, ("node-0001", "node-0002"), ("node-0001",))
    found = story.stayed_out("node-0003", MEMBERS, left, Liveness("node-0003", True))
    assert not found.good
    assert "node-0002 was not always" in found.because


def refused(*kinds):
    lines = [LogLine(node, kind, "…") for node, kind in kinds]
    return story.refused_on_both_sides("node-0003", "node-0001", lines, "trust-refused")


def test_a_refusal_that_both_logs_tell_of_is_good():
    found = refused(("node-0001", "refused-by-peer"), ("node-0003", "trust-refused"))
    assert found.good
    assert [line.kind for line in found.evidence] == ["trust-refused", "refused-by-peer"]


def test_other_lines_are_no_evidence():
    found = refused(("node-0001", "refused-by-peer"), ("node-0001", "started"), ("node-0003", "trust-refused"))
    assert len(found.evidence) == 2


@pytest.mark.parametrize(
    ("kinds", "because"),
    [
        ([], "no line from node-0003 nor from node-0001 tells of it"),
        ([("node-0003", "started"), ("node-0001", "no-master")], "node-0003 nor from node-0001"),
        ([("node-0003", "trust-refused")], "no line from node-0001 tells of it"),
        ([("node-0001", "refused-by-peer")], "no line from node-0003 tells of it"),
        ([("node-0003", "name-refused"), ("node-0001", "refused-by-peer")], "no line from node-0003 tells of it"),
        ([("node-0003", "refused-by-peer"), ("node-0001", "refused-by-peer")], "no line from node-0003 tells of it"),
    ],
)
def test_a_refusal_that_one_log_does_not_tell_of_is_bad(kinds, because):
    assert not refused(*kinds).good
    assert because in refused(*kinds).because
