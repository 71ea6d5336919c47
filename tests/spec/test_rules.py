"""What names, addresses and ports may be."""

from __future__ import annotations

import subprocess
import sys

import pytest

from nodeseal.errors import SpecError
from nodeseal.spec import rules
from nodeseal.spec.model import ClusterSpec, Instance

KEY = ("instances", 3, "x")


def refused(check, value) -> SpecError:
    with pytest.raises(SpecError) as caught:
        check(value, KEY)
    assert caught.value.key == KEY
    assert caught.value.message
    assert caught.value.advice
    assert caught.value.message.isprintable()
    assert caught.value.advice.isprintable()
    return caught.value


@pytest.mark.parametrize("name", ["n", "node-0001", "Bücher 7", "x" * 64, "a b", "<script>", "o'neil & sons", "日本"])
def test_good_names(name):
    rules.check_name(name, KEY)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "empty"),
        ("x" * 65, "65 characters"),
        ("CN=admin,OU=x", "distinguished name"),
        ("cn = admin", "distinguished name"),
        ("2.5.4.3=admin", "distinguished name"),
        ("/C=DE/CN=admin", "distinguished name"),
        ("node,OU=admins", "distinguished name"),
        ("a\x00b", r"\x00"),
        ("a\nb", r"\x0a"),
        ("\x1b[31mred", r"\x1b"),
        ("abc\u202etxt", r"\u202e"),
        ("zero\u200bwidth", r"\u200b"),
        ("lone\ud800", r"\ud800"),
        (" n1", "blank"),
        ("n1 ", "blank"),
        (83, "text, not int"),
        (None, "text, not NoneType"),
    ],
)
def test_bad_names(name, words):
    assert words in refused(rules.check_name, name).message


@pytest.mark.parametrize(
    "name", ["node-0001", "a.b", "x" * 251, "#1 {a}[b]", "com", "console", "ca2", ".hidden", "it's`~"]
)
def test_good_filenames(name):
    rules.check_filename(name, KEY)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("../../evil", "slash"),
        ("/etc/passwd", "slash"),
        ("a/b", "slash"),
        ("a\\b", "slash"),
        (".", "folder"),
        ("..", "folder"),
        ("ca", "reserved"),
        ("CA", "reserved"),
        ("x" * 252, "252 characters"),
        ("a\x00b", r"\x00"),
        ("a\nb", r"\x0a"),
        ("<script>", '"<"'),
        ("bücher", '"ü"'),
        ("a:b", '":"'),
        ("nul", "Windows"),
        ("NUL.txt", "Windows"),
        ("com1", "Windows"),
        ("LPT9.tar.gz", "Windows"),
        ("node.", "ends with a dot"),
    ],
)
def test_bad_filenames(name, words):
    assert words in refused(rules.check_filename, name).message


@pytest.mark.parametrize(
    "name",
    [
        "es-1",
        "ES-1.example.com",
        "a",
        "x" * 63,
        ".".join(["a" * 49] * 5),
        ".".join(["a" * 63] * 3) + "." + "a" * 61,
        "xn--bcher-kva.example",
        "*.example.com",
        "3com.example",
        "1.2.3.4.example",
    ],
)
def test_good_dns_names(name):
    rules.check_dns_name(name, KEY)


@pytest.mark.parametrize(
    ("name", "words", "advice"),
    [
        ("", "empty", ""),
        ("foo bar", '" "', "letters, digits"),
        ("-x", "hyphen", ""),
        ("x-", "hyphen", ""),
        ("-x-.example", "hyphen", ""),
        ("a..b", "empty", "one dot"),
        (".a", "empty", ""),
        ("x" * 64, "64 characters", ""),
        (".".join(["a" * 63] * 3) + "." + "a" * 62, "254 characters", "Shorten"),
        ("example.com.", "ends with a dot", "Remove the dot"),
        ("my_host", "underscore", "hyphen"),
        ("*", "too wide", "*.example.com"),
        ("*.com", "too wide", "*.example.com"),
        ("*.*.com", "left-most", ""),
        ("a.*.com", "left-most", ""),
        ("n*.example.com", "left-most", ""),
        ("**.example.com", "left-most", ""),
        ("*..com", "empty", ""),
        ("10.0.0.1", "IP address", "`ip:`"),
        ("010.0.0.1", "IP address", "`ip:`"),
        ("10.0.0.0/8", "IP address", "`ip:`"),
        ("::1", "IP address", "`ip:`"),
        ("[::1]", "IP address", "`ip:`"),
        ("fe80::1%eth0", "IP address", "`ip:`"),
        ("1.2.3", "ends in a number", "`ip:`"),
        ("bücher.example", "not ASCII", "xn--bcher-kva.example"),
        ("a\u3002\u3002b", "not ASCII", "xn--"),
        ("good.example\x00.evil.example", r"\x00", "escape"),
        ("a\tb", r"\x09", "escape"),
        ("host:9200", '":"', ""),
    ],
)
def test_bad_dns_names(name, words, advice):
    error = refused(rules.check_dns_name, name)
    assert words in error.message
    assert advice in error.advice


def test_idn_advice_without_idna(monkeypatch):
    monkeypatch.setitem(sys.modules, "idna", None)
    assert "xn--" in refused(rules.check_dns_name, "bücher.example").advice


@pytest.mark.parametrize("address", ["127.18.10.2", "::1", "2001:db8::7", "fe80::1", "::ffff:10.0.0.1", "0.0.0.1"])
def test_good_addresses(address):
    rules.check_ip_address(address, KEY)
    rules.check_address(address, KEY)


@pytest.mark.parametrize(
    ("address", "words", "advice"),
    [
        ("", "empty", ""),
        ("256.1.1.1", "not an IP address", "192.0.2.7"),
        ("es-1", "not an IP address", "`dns:`"),
        ("10.0.0.0/8", "network", "without the prefix"),
        ("fe80::1%eth0", "zone", "without"),
        ("010.0.0.1", "leading zeros", "without leading zeros"),
        ("0.0.0.0", "unspecified", "reach"),  # noqa: S104 - refused
        ("::", "unspecified", "reach"),
        ("::ffff:0.0.0.0", "unspecified", "reach"),
        ("224.0.0.1", "multicast", "reach"),
        ("ff02::1", "multicast", "reach"),
        ("255.255.255.255", "broadcast", "reach"),
        ("[::1]", "not an IP address", "brackets"),
        ("10.0.0.1\n", "blank", ""),
        ("10.0.0.\x1b1", r"\x1b", ""),
        ("1\u0660.0.0.1", "not an IP address", ""),
        (167772161, "text, not int", "quotes"),
    ],
)
def test_bad_ip_addresses(address, words, advice):
    error = refused(rules.check_ip_address, address)
    assert words in error.message
    assert advice in error.advice


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("*.example.com", "wildcard"),
        ("0.0.0.0", "unspecified"),  # noqa: S104 - refused
        ("10.0.0.0/8", "network"),
        ("es-1:9200", "port"),
        ("10.0.0.1:9300", "port"),
        ("my_host", "underscore"),
        ("", "empty"),
    ],
)
def test_bad_listening_addresses(address, words):
    assert words in refused(rules.check_address, address).message


def test_a_host_name_is_an_address():
    rules.check_address("es-1.example.com", KEY)


@pytest.mark.parametrize("port", [1, 9200, 65535])
def test_good_ports(port):
    rules.check_port(port, KEY)


@pytest.mark.parametrize("port", [0, -1, 65536, True, "9200", 9200.0, None])
def test_bad_ports(port):
    assert "not a port" in refused(rules.check_port, port).message


@pytest.mark.parametrize(
    "engine", ["auto", "elasticsearch", "elasticsearch@8", "opensearch@2.19.4", "es@9.0.0-SNAPSHOT"]
)
def test_good_engines(engine):
    rules.check_engine(engine, KEY)


@pytest.mark.parametrize("engine", ["", "Elastic Search", "es@", "@8", "es@x", "es\x1b"])
def test_bad_engines(engine):
    refused(rules.check_engine, engine)


def test_distinct():
    rules.check_distinct(["n1", "n2", "N3"], "name")


@pytest.mark.parametrize(
    ("names", "words", "position"),
    [
        (["n1", "n2", "n1"], ('"n1"', "1st", "3rd"), 2),
        (["n1", "N1"], ('"n1"', '"N1"', "case"), 1),
        (["a", "straße", "b", "STRASSE"], ('"straße"', '"STRASSE"', "case"), 3),
        ([*map(str, range(11)), "10"], ("11th", "12th"), 11),
    ],
)
def test_not_distinct(names, words, position):
    with pytest.raises(SpecError) as caught:
        rules.check_distinct(names, "filename")
    assert caught.value.key == ("instances", position, "filename")
    assert all(word in caught.value.message for word in words)


@pytest.mark.parametrize(
    ("address", "expected"),
    [("::1", "[::1]"), ("[::1]", "[::1]"), ("10.0.0.1", "10.0.0.1"), ("es-1.lan", "es-1.lan"), ("", "")],
)
def test_bracketed(address, expected):
    assert rules.bracketed(address) == expected


def test_quoted_shows_what_would_hide():
    assert rules.quoted('a"\x1b\u202e\U000e0001') == r'"a\"\x1b\u202e\U000e0001"'
    assert len(rules.quoted("x" * 10_000)) < 100


def test_a_name_that_is_no_filename_needs_one():
    with pytest.raises(SpecError) as caught:
        Instance("../../evil")
    assert caught.value.key == ("name",)
    assert "`filename:`" in caught.value.advice
    assert Instance("Bücher", filename="books").filename == "books"


def test_a_given_filename_is_the_one_to_blame():
    with pytest.raises(SpecError) as caught:
        Instance("n1", filename="../n1")
    assert caught.value.key == ("filename",)


@pytest.mark.parametrize(
    ("fields", "address", "endpoint"),
    [
        ({"ip": ("::1",), "dns": ("n1",)}, "::1", "[::1]:9300"),
        ({"dns": ("*.example.com", "n1.example.com")}, "n1.example.com", "n1.example.com:9300"),
        ({"ip": ("10.0.0.1",), "address": "n1"}, "n1", "n1:9300"),
    ],
)
def test_where_a_node_listens(fields, address, endpoint):
    instance = Instance("n1", **fields)
    assert instance.address == address
    assert instance.transport_endpoint == endpoint


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"dns": ("ok", "a..b")}, ("dns", 1)),
        ({"ip": ("10.0.0.1", "x")}, ("ip", 1)),
        ({"common_names": ("CN=x",)}, ("cn", 0)),
        ({"address": "*.example.com"}, ("address",)),
        ({"http_port": 0}, ("http_port",)),
        ({"transport_port": 65536}, ("transport_port",)),
        ({"http_port": 9300}, ("http_port",)),
    ],
)
def test_an_instance_names_the_key(fields, key):
    with pytest.raises(SpecError) as caught:
        Instance("n1", **fields)
    assert caught.value.key == key


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"instances": ()}, ("instances",)),
        ({"name": ""}, ("cluster",)),
        ({"engine": "?"}, ("engine",)),
        ({"heap": 127}, ("heap",)),
        ({"days": 0}, ("days",)),
        ({"founders": ("n2",)}, ("founders", 0)),
        ({"founders": ("n1", "n1")}, ("founders", 1)),
        ({"seeds": ("n1", "n2")}, ("seeds", 1)),
    ],
)
def test_a_cluster_names_the_key(fields, key):
    with pytest.raises(SpecError) as caught:
        ClusterSpec(**{"instances": (Instance("n1"),), **fields})
    assert caught.value.key == key


def test_the_model_alone_stays_cheap():
    code = "import sys, nodeseal.spec.model; sys.exit(bool({'pydantic', 'ruamel.yaml', 'idna'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
