"""From the text that a node wrote to what it means. The excerpts are real; frames are left out, ends are cut."""

from __future__ import annotations

import pytest

from nodeseal.cluster.logs import Event, events, records, tail
from nodeseal.engine.catalogue import Version
from nodeseal.engine.dialect import EventKind
from nodeseal.engine.lines import dialect_for

ALIEN = """\
[2026-11-24T02:52:54,652][WARN ][o.e.t.TcpTransport       ] [node-0003] exception caught on transport layer
io.netty.handler.codec.DecoderException: javax.net.ssl.SSLHandshakeException: PKIX path building failed
\tat io.netty.handler.codec.ByteToMessageDecoder.callDecode(ByteToMessageDecoder.java:472) ~[netty-codec-4.1.32]
Caused by: sun.security.provider.certpath.SunCertPathBuilderException: unable to find valid certification path to
\tat sun.security.provider.certpath.SunCertPathBuilder.build(Unknown Source) ~[?:?]
\t... 15 more
"""
MISNAMED = """\
[2026-11-24T02:57:36,570][WARN ][o.e.c.s.DiagnosticTrustManager] [node-0001] failed to establish trust with server at
java.security.cert.CertificateException: No subject alternative names matching IP address 127.18.10.5 found
\tat sun.security.util.HostnameChecker.matchIP(Unknown Source) ~[?:?]
"""
FROM_AFAR = """\
[2026-11-24T02:55:08,628][INFO ][o.e.c.c.JoinHelper       ] [node-0004] failed to join {node-0001}
Caused by: org.elasticsearch.transport.ConnectTransportException: [node-0004][127.18.10.5:9300] connect_exception
\tat org.elasticsearch.transport.TcpTransport$ChannelsConnectedListener.onFailure(TcpTransport.java:1163)
Caused by: org.elasticsearch.common.io.stream.NotSerializableExceptionWrapper: certificate_exception: No subject \
alternative names matching IP address 127.18.10.5 found
\t... 30 more
"""
BANNER = "warning: ignoring JAVA_OPTS\n"
STARTED = "[2026-11-24T02:52:11,361][INFO ][o.e.n.Node               ] [node-0001] started\n"
STARTING = "[2026-11-24T02:52:08,068][INFO ][o.e.n.Node               ] [node-0001] starting ...\n"


@pytest.fixture
def old():
    return dialect_for("elasticsearch", Version.parse("6.8.23"))


def test_a_record_holds_its_stack_trace():
    assert list(records(STARTING + ALIEN + STARTED)) == [STARTING[:-1], ALIEN[:-1], STARTED[:-1]]


def test_what_stands_before_the_first_time_stamp_is_a_record():
    assert list(records(BANNER + STARTING)) == [BANNER[:-1], STARTING[:-1]]


def test_an_empty_log_means_nothing(old):
    assert list(events("node-0001", "", old)) == []


@pytest.mark.parametrize("text", ["\n", "\n" + STARTING])
def test_a_log_that_begins_with_an_empty_line_is_read(text, old):
    assert list(events("node-0001", text, old)) == []


def test_a_log_cut_in_the_middle_of_a_line_is_read_to_there():
    assert list(records(STARTED + STARTED[:30])) == [STARTED[:-1], STARTED[:30]]


def test_an_event_carries_the_nodes_own_clock_and_line(old):
    assert list(events("node-0001", STARTING + STARTED, old)) == [
        Event(EventKind.STARTED, "node-0001", "2026-11-24T02:52:11,361", STARTED[:-1])
    ]


def test_of_a_stack_trace_the_innermost_cause_is_told(old):
    (event,) = events("node-0003", ALIEN, old)
    first, *_, cause = [line for line in ALIEN.splitlines() if not line.startswith("\t")]
    assert (event.kind, event.line) == (EventKind.TRUST_REFUSED, f"{first} … {cause}")


def test_a_wrong_name_is_not_taken_for_an_unknown_authority(old):
    (event,) = events("node-0001", MISNAMED, old)
    assert event.kind is EventKind.NAME_REFUSED


def test_one_record_is_one_event(old):
    assert [event.kind for event in events("node-0003", ALIEN + ALIEN + STARTED, old)] == [
        EventKind.TRUST_REFUSED,
        EventKind.TRUST_REFUSED,
        EventKind.STARTED,
    ]


def test_a_peers_exception_is_not_this_nodes_own_check():
    assert not list(events("node-0004", FROM_AFAR, dialect_for("elasticsearch", Version.parse("8.19.21"))))


def test_an_event_without_a_time_stamp_has_no_clock(old):
    (event,) = events("n", "Caused by: PKIX path building failed\n", old)
    assert event.at == ""


def test_the_tail_is_the_last_lines_in_order():
    assert tail("a\nb\n\n  \nc\n", 2) == ("b", "c")
    assert tail("a\nb\n") == ("a", "b")
    assert tail("") == ()


def test_the_tail_has_no_frames():
    assert not [line for line in tail(ALIEN) if line.startswith("\tat ")]
    assert len(tail(ALIEN + STARTED, 2)) == 2


def test_the_tail_does_not_count_frames_either():
    assert not [line for line in tail(ALIEN) if line.startswith("\t")]
