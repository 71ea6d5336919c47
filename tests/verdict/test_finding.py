"""A finding is good because of what was seen, never for want of it."""

from __future__ import annotations

import json

from nodeseal.probes.observation import Credentials, FileMode, HttpAttempt, Outcome, Trust
from nodeseal.verdict.finding import Finding, judge

SEEN = FileMode("/p", 0o600)


def test_with_evidence_and_no_objection_it_is_good():
    assert judge("claim", [SEEN], "") == Finding("claim", True, "", (SEEN,))


def test_an_objection_makes_it_bad():
    assert judge("claim", [SEEN], "why") == Finding("claim", False, "why", (SEEN,))


def test_what_was_never_seen_is_not_good():
    found = judge("claim", [], "")
    assert not found.good
    assert found.because


def test_an_objection_is_kept_where_nothing_was_seen():
    assert judge("claim", [], "why").because == "why"


def test_it_goes_into_json_and_comes_back():
    attempt = HttpAttempt("curl", "curl x", Trust.SYSTEM, Credentials.WRONG, Outcome.CUT_OFF, exit_code=52)
    back = json.loads(json.dumps(judge("claim", [SEEN, attempt], "why").as_dict()))
    assert (back["claim"], back["good"], back["because"]) == ("claim", False, "why")
    assert back["evidence"][0] == {"seen": "FileMode", "path": "/p", "mode": 0o600}
    assert back["evidence"][1]["outcome"] == "cut off"
