"""The cluster file: what it may say, and how each mistake is told."""

from __future__ import annotations

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nodeseal.errors import SpecError, UsageError
from nodeseal.spec import instances
from nodeseal.spec.instances import dump, load, parse, template
from nodeseal.spec.model import ClusterSpec, Instance, Tls, VerificationMode
from nodeseal.spec.shape import KNOWN

NAME = "instances:\n  - name: "


def refused(text: bytes | str) -> SpecError:
    with pytest.raises(SpecError) as caught:
        parse(text, "cluster.yaml")
    error = caught.value
    assert error.file == "cluster.yaml"
    assert error.line is not None
    assert str(error).isprintable(), str(error)
    assert error.advice
    assert error.advice.isprintable()
    return error


def check(text: bytes | str, line: int, key: tuple[str | int, ...], *words: str) -> None:
    error = refused(text)
    told = f"{error.message} {error.advice}"
    assert (error.line, error.key) == (line, key), str(error)
    for word in words:
        assert word in told


def test_certgens_own_example():
    spec = parse(
        """
instances:
  - name: "node1"
    ip:
      - "192.0.2.1"
    dns:
      - "node1.mydomain.com"
  - name: "node2"
    ip: "192.0.2.2"
    dns: node2.mydomain.com
    cn: node2.node.cluster
  - name: node3
    filename: file3
""",
        "instances.yaml",
    )
    assert spec == ClusterSpec(
        (
            Instance("node1", ("node1.mydomain.com",), ("192.0.2.1",)),
            Instance("node2", ("node2.mydomain.com",), ("192.0.2.2",), ("node2.node.cluster",)),
            Instance("node3", filename="file3"),
        )
    )


def test_every_key():
    spec = parse(
        """\
cluster: logs
engine: opensearch@2.19.4
heap: 2g
days: 30
founders: n1
seeds: [n1]
tls: {verification_mode: certificate, transport: true, http: false}
instances:
  - {name: n1, filename: f1, dns: [a.lan], ip: ["::1"], cn: [c], address: h1, http_port: 19200, transport_port: 19300}
""",
        "x",
    )
    node = Instance("n1", ("a.lan",), ("::1",), ("c",), "f1", "h1", 19200, 19300)
    tls = Tls(VerificationMode.CERTIFICATE, True, False)
    assert spec == ClusterSpec((node,), "logs", "opensearch@2.19.4", tls, 2048, 30, ("n1",), ("n1",))


@pytest.mark.parametrize(
    "text",
    [
        NAME + "n1",
        "\ufeff" + NAME + "n1",
        (NAME + "n1").encode("utf-8-sig"),
        (NAME + "n1\n").replace("\n", "\r\n"),
        "%YAML 1.2\n---\n" + NAME + "n1\n...\n",
        '{"instances": [{"name": "n1"}]}',
        NAME + '"n1" # a comment',
        NAME + "n1\n    dns: []\n    ip: []",
        NAME + ">-\n      n1",
    ],
)
def test_other_ways_to_say_the_same(text):
    assert parse(text, "x") == ClusterSpec((Instance("n1"),))


# The rows are those of a survey of bad cluster files, in its order.
@pytest.mark.parametrize(
    ("text", "line", "key", "words"),
    [
        pytest.param(NAME + "n1\n  - name: n1", 3, ("instances", 1, "name"), ["lines 2 and 3"], id="1-name"),
        pytest.param(
            NAME + "n1\n  - name: n2\n    filename: n1",
            4,
            ("instances", 1, "filename"),
            ["lines 2 and 4"],
            id="1-filename",
        ),
        pytest.param(NAME + "n1\n  - name: N1", 3, ("instances", 1, "name"), ['"n1"', '"N1"', "case"], id="2"),
        pytest.param(NAME + "../../evil", 2, ("instances", 0, "name"), ["slash", "filename"], id="3-name"),
        pytest.param(NAME + "a\n    filename: /a", 3, ("instances", 0, "filename"), ["slash"], id="3-filename"),
        pytest.param(NAME + "..", 2, ("instances", 0, "name"), ["folder"], id="3-dots"),
        pytest.param(NAME + '"a\\0b"', 2, ("instances", 0, "name"), [r"\x00"], id="3-nul"),
        pytest.param(NAME + "|\n      a\n      b", 2, ("instances", 0, "name"), [r"\x0a"], id="3-newline"),
        pytest.param(NAME + "aux", 2, ("instances", 0, "name"), ["Windows"], id="3-device"),
        pytest.param(NAME + "ca", 2, ("instances", 0, "name"), ["reserved"], id="4"),
        pytest.param(NAME + "n\n    ip: 10.0.0.256", 3, ("instances", 0, "ip", 0), ["10.0.0.256"], id="5-bad"),
        pytest.param(NAME + "n\n    ip: [10.0.0.0/8]", 3, ("instances", 0, "ip", 0), ["network"], id="5-cidr"),
        pytest.param(NAME + "n\n    ip: ['fe80::1%e']", 3, ("instances", 0, "ip", 0), ["zone"], id="5-zone"),
        pytest.param(NAME + "n\n    ip:\n    - 010.0.0.1", 4, ("instances", 0, "ip", 0), ["leading"], id="5-octal"),
        pytest.param(NAME + "n\n    ip: 167772161", 3, ("instances", 0, "ip", 0), ["quotes", "number"], id="5-int"),
        pytest.param(NAME + "n\n    ip: [0.0.0.0]", 3, ("instances", 0, "ip", 0), ["unspecified"], id="5-any"),
        pytest.param(NAME + "0123", 2, ("instances", 0, "name"), ["number", '"0123"'], id="6-octal"),
        pytest.param(NAME + "on", 2, ("instances", 0, "name"), ["truth value", '"on"'], id="6-on"),
        pytest.param(NAME + "12:30:45", 2, ("instances", 0, "name"), ["number", '"12:30:45"'], id="6-base60"),
        pytest.param(NAME + "1.10", 2, ("instances", 0, "name"), ["number", '"1.10"'], id="6-float"),
        pytest.param(NAME + "2024-01-01", 2, ("instances", 0, "name"), ["date", '"2024-01-01"'], id="6-date"),
        pytest.param(NAME + "~", 2, ("instances", 0, "name"), ["nothing"], id="6-null"),
        pytest.param(NAME, 2, ("instances", 0, "name"), ["nothing"], id="6-nothing"),
        pytest.param(
            NAME + "n\n    ip: 1:2:3:4:5:6:7:8", 3, ("instances", 0, "ip", 0), ["number", '"1:2:3'], id="6-ipv6"
        ),
        pytest.param(
            NAME + "n1\n    name: n2", 3, ("instances", 0, "name"), ["twice", "line 2", "line 3"], id="7-instance"
        ),
        pytest.param("days: 1\ndays: 2", 2, ("days",), ["twice", "line 1", "line 2"], id="7-top"),
        pytest.param(NAME + "n\n    dsn: x", 3, ("instances", 0, "dsn"), ["dsn", "Did you mean `dns`"], id="8"),
        pytest.param("nodes: 1\n" + NAME + "n", 1, ("nodes",), ["Known keys here", "instances"], id="8-top"),
        pytest.param("tls: {htp: true}\n" + NAME + "n", 1, ("tls", "htp"), ["`http`"], id="8-tls"),
        pytest.param("instances:\n  - nmae: n", 2, ("instances", 0, "nmae"), ["`name`"], id="8-name"),
        pytest.param(NAME + "n\n    dns: my_host", 3, ("instances", 0, "dns", 0), ["underscore"], id="9"),
        pytest.param(NAME + "n\n    dns: ['*']", 3, ("instances", 0, "dns", 0), ["wildcard"], id="10-star"),
        pytest.param(NAME + "n\n    dns: ['*.*.com']", 3, ("instances", 0, "dns", 0), ["wildcard"], id="10-two"),
        pytest.param(
            NAME + "n\n    dns: bücher.example", 3, ("instances", 0, "dns", 0), ["xn--bcher-kva.example"], id="11"
        ),
        pytest.param(NAME + "n\n    dns:\n    - a\n    - foo bar", 5, ("instances", 0, "dns", 1), ['" "'], id="12-gap"),
        pytest.param(NAME + "n\n    dns: ['']", 3, ("instances", 0, "dns", 0), ["empty"], id="12-empty"),
        pytest.param(NAME + "n\n    dns: [a..b]", 3, ("instances", 0, "dns", 0), ["empty"], id="12-dots"),
        pytest.param(
            NAME + 'n\n    dns: "good.example\\0.evil.example"', 3, ("instances", 0, "dns", 0), [r"\x00"], id="13"
        ),
        pytest.param(NAME + "n\n    dns: [10.0.0.1]", 3, ("instances", 0, "dns", 0), ["`ip:`"], id="14"),
        pytest.param(NAME + "x" * 65, 2, ("instances", 0, "name"), ["65", "64"], id="15"),
        pytest.param(NAME + "CN=admin,OU=x", 2, ("instances", 0, "name"), ["distinguished", "alone"], id="16"),
        pytest.param(NAME + "<script>", 2, ("instances", 0, "name"), ['"<"', "filename"], id="17-html"),
        pytest.param(NAME + "a\u202eb", 2, ("instances", 0, "name"), [r"\u202e"], id="17-bidi"),
        pytest.param(NAME + '"\\e[31m"', 2, ("instances", 0, "name"), [r"\x1b"], id="17-escape"),
        pytest.param(NAME + "a\x1b[31m", 2, (), [r"\x1b", "column 12"], id="17-raw-escape"),
        pytest.param(NAME + 'n\n    "a\\e[1m": x', 3, ("instances", 0, r"a\x1b[1m"), [r"\x1b"], id="17-key"),
        pytest.param("a: &a [x]\nb: &b [*a,*a]", 1, ("a",), ["anchor"], id="18"),
        pytest.param("instances: *x", 1, ("instances",), ["alias"], id="18-alias"),
        pytest.param("[" * 20_000, 1, (), ["20 levels"], id="19"),
        pytest.param("instances: " + "{a: " * 20_000, 1, (), ["20 levels"], id="19-maps"),
        pytest.param("&a [*a]", 1, (), ["anchor"], id="20"),
        pytest.param(
            NAME + "!!python/object/apply:os.system [x]", 2, ("instances", 0, "name"), ["tag"], id="21-python"
        ),
        pytest.param(NAME + "!!str 0123", 2, ("instances", 0, "name"), ["tag"], id="21-str"),
        pytest.param(NAME.encode() + b"n\xe4", 2, (), ["offset 22", "0xe4", "UTF-8"], id="22-latin1"),
        pytest.param((NAME + "n").encode("utf-16"), 1, (), ["offset 0", "UTF-16"], id="22-utf16"),
        pytest.param((NAME + "n").encode("utf-16-le"), 1, (), [r"\x00"], id="22-utf16-no-bom"),
        pytest.param(NAME + "n\ud800", 2, (), ["UTF-8"], id="22-surrogate"),
        pytest.param(NAME + '"\\ud800"', 2, ("instances", 0, "name"), ["half of a character"], id="22-half"),
        pytest.param('"\\ud800": 1', 1, (), ["half of a character"], id="22-half-key"),
        pytest.param(NAME + '"\\U00110000"', 2, (), ["broken at or below line 2"], id="22-beyond"),
        pytest.param("", 1, (), ["empty"], id="23-empty"),
        pytest.param("# only this\n\n", 1, (), ["empty"], id="23-comment"),
        pytest.param("---\n", 1, (), ["empty"], id="23-null"),
        pytest.param("cluster: x\ninstances: []", 2, ("instances",), ["no instances"], id="23-none"),
        pytest.param("instances:\n  n1:\n    ip: 10.0.0.1", 1, ("instances",), ["list", "mapping"], id="23-map"),
        pytest.param("instances:", 1, ("instances",), ["list", "nothing"], id="23-nothing"),
        pytest.param("cluster: x", 1, ("instances",), ["missing"], id="23-missing"),
        pytest.param("- name: n1", 1, (), ["mapping", "instances:"], id="23-list"),
        pytest.param("n1", 1, (), ["mapping"], id="23-scalar"),
        pytest.param(NAME + "n1\n---\n" + NAME + "n2", 3, (), ["second document"], id="23-two"),
        pytest.param("instances:\n\t- name: n1", 2, (), ["column 1", "line 2"], id="24-tab"),
        pytest.param(NAME + "n1: n2", 2, (), ["column 13"], id="24-colon"),
        pytest.param("instances: [", 1, (), ["broken", "column 13"], id="24-open"),
        pytest.param(NAME + "'n1", 2, (), ["broken"], id="24-quote"),
    ],
)
def test_bad_files(text, line, key, words):
    check(text, line, key, *words)


@pytest.mark.parametrize(
    ("text", "line", "key", "words"),
    [
        ("<<: {a: b}\n" + NAME + "n", 1, (), ["merge key"]),
        ("? [a]\n: b", 1, (), ["as a key"]),
        ("instances:\n  - n1", 2, ("instances", 0), ["an instance must be a mapping", '"n1"']),
        ("instances:\n  -", 2, ("instances", 0), ["an instance must be a mapping", "nothing"]),
        ("instances:\n  - ip: 10.0.0.1", 2, ("instances", 0, "name"), ["`name` is missing"]),
        (NAME + "[n]", 2, ("instances", 0, "name"), ["a list"]),
        (NAME + "n\n    dns:", 3, ("instances", 0, "dns"), ["nothing", "leave the key out"]),
        (NAME + "n\n    dns: {a: b}", 3, ("instances", 0, "dns"), ["a mapping"]),
        (NAME + "n\n    dns: [[a]]", 3, ("instances", 0, "dns", 0), ["a list"]),
        (NAME + "n\n    filename: ''", 3, ("instances", 0, "filename"), ["empty"]),
        (NAME + "n\n    address: ''", 3, ("instances", 0, "address"), ["empty"]),
        (NAME + "n\n    address: '*.a.b'", 3, ("instances", 0, "address"), ["wildcard"]),
        (NAME + "n\n    http_port: '9200'", 3, ("instances", 0, "http_port"), ["without quotes"]),
        (NAME + "n\n    http_port: 0x10", 3, ("instances", 0, "http_port"), ["whole number"]),
        (NAME + "n\n    http_port: 09200", 3, ("instances", 0, "http_port"), ["leading zeros"]),
        (NAME + "n\n    http_port: 9200.0", 3, ("instances", 0, "http_port"), ["whole number"]),
        (NAME + "n\n    http_port: true", 3, ("instances", 0, "http_port"), ["whole number"]),
        (NAME + "n\n    http_port: 70000", 3, ("instances", 0, "http_port"), ["70000", "65535"]),
        (NAME + "n\n    transport_port: -1", 3, ("instances", 0, "transport_port"), ["-1"]),
        (NAME + "n\n    transport_port: " + "9" * 5000, 3, ("instances", 0, "transport_port"), ["whole number"]),
        (NAME + "n\n    http_port: 1\n    transport_port: 1", 3, ("instances", 0, "http_port"), ["both listeners"]),
        ("heap: 512\n" + NAME + "n", 1, ("heap",), ["512m", "unit"]),
        ("heap: 512k\n" + NAME + "n", 1, ("heap",), ["512m"]),
        ("heap: 64m\n" + NAME + "n", 1, ("heap",), ["128m to 31g"]),
        ("days: 0\n" + NAME + "n", 1, ("days",), ["36500"]),
        ("engine: two words\n" + NAME + "n", 1, ("engine",), ["name@version"]),
        ("founders: n2\n" + NAME + "n", 1, ("founders", 0), ['no instance "n2"', "one of the instances"]),
        ("founders: [n,\n  N]\n" + NAME + "n", 2, ("founders", 1), ['no instance "N"']),
        ("seeds:\n  - n\n  - n2\n" + NAME + "n", 3, ("seeds", 1), ['no instance "n2"']),
        ("seeds:\n  - n\n  - n\n" + NAME + "n", 3, ("seeds", 1), ['"n"', "twice"]),
        ('seeds: ["a\\e"]\n' + NAME + "n", 1, ("seeds", 0), ["no instance"]),
        ("founders: 1\n" + NAME + "n", 1, ("founders", 0), ["quotes", "number"]),
        ("founders:\n" + NAME + "n", 1, ("founders",), ["nothing", "leave the key out"]),
        ("founder: n\n" + NAME + "n", 1, ("founder",), ["`founders`"]),
        ("cluster: CN=x\n" + NAME + "n", 1, ("cluster",), ["distinguished"]),
        ("tls: yes\n" + NAME + "n", 1, ("tls",), ["mapping", "truth value"]),
        ("tls:\n  http: yes\n" + NAME + "n", 2, ("tls", "http"), ["true or false"]),
        ("tls:\n  http: 'true'\n" + NAME + "n", 2, ("tls", "http"), ["without quotes"]),
        ("tls:\n  verification_mode: strict\n" + NAME + "n", 2, ("tls", "verification_mode"), ["full, certificate"]),
        ("tls:\n  verification_mode: no\n" + NAME + "n", 2, ("tls", "verification_mode"), ["full, certificate"]),
        (NAME + "n1\n  - name: n2\n    filename: n3\n  - name: N3", 5, ("instances", 2, "filename"), ["lines 4 and 5"]),
    ],
)
def test_other_mistakes(text, line, key, words):
    check(text, line, key, *words)


@pytest.mark.parametrize(
    "name",
    [
        "yes",
        "No",
        "OFF",
        "null",
        "0b1",
        "0o17",
        "0x1F",
        "1e3",
        "+1",
        "-1",
        "1_000",
        ".5",
        ".inf",
        "-.INF",
        ".nan",
        "=",
        "190:20:30.15",
        "2001-12-14t21:59:43.10-05:00",
        "089",
        "1.",
    ],
)
def test_bare_scalars_that_yaml_misreads(name):
    check(NAME + name, 2, ("instances", 0, "name"), "quotes")
    filename = "\n    filename: x"
    assert parse(NAME + f"'{name}'{filename}", "x").instances[0].name == name


@pytest.mark.parametrize("name", ["n", "y", "node", "on1", "0123a", "1.2.3", "10.0.0.1", "none", "e3", "1-2", "False1"])
def test_bare_scalars_that_are_text(name):
    assert parse(NAME + name, "x").instances[0].name == name


def test_the_whole_error_reads_well():
    error = refused(NAME + "n1\n    dns:\n      - es-1\n      - es_2\n")
    assert str(error).startswith("cluster.yaml:5: instances[0].dns[1]: ")


def test_a_file_too_large(tmp_path, monkeypatch):
    monkeypatch.setattr(instances, "LARGEST_FILE", 1 << 20)
    path = tmp_path / "cluster.yaml"
    path.write_bytes(b"#" * ((1 << 20) + 1))
    with pytest.raises(SpecError) as caught:
        load(path)
    assert "larger than 1 MiB" in caught.value.message


def test_load_names_the_file(tmp_path):
    path = tmp_path / "cluster.yaml"
    path.write_text(NAME + "n1\n")
    assert load(path) == ClusterSpec((Instance("n1"),))
    path.write_text(NAME + "ca\n")
    with pytest.raises(SpecError) as caught:
        load(path)
    assert caught.value.where == f"{path}:2: instances[0].name"


@pytest.mark.parametrize(("name", "words"), [("missing", "No such file"), (".", "directory")])
def test_load_of_no_file(tmp_path, name, words):
    with pytest.raises(UsageError) as caught:
        load(tmp_path / name)
    assert not isinstance(caught.value, SpecError)
    assert str(tmp_path) in caught.value.message
    assert words in caught.value.message
    assert "nodeseal init" in caught.value.advice


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_load_of_an_unreadable_file(tmp_path):
    path = tmp_path / "cluster.yaml"
    path.touch(mode=0)
    with pytest.raises(UsageError, match="Permission denied"):
        load(path)


def test_load_of_a_strange_path(tmp_path):
    for name in ("a\x1b[31m", "a\x00b"):
        with pytest.raises(UsageError) as caught:
            load(tmp_path / name)
        assert caught.value.message.isprintable()


def test_a_strange_file_name_is_escaped():
    with pytest.raises(SpecError) as caught:
        parse("", "a\x1b[31m")
    assert caught.value.file == r"a\x1b[31m"


@pytest.mark.parametrize("engine", ["auto", "elasticsearch@6.8.23", "opensearch@2.19.4-SNAPSHOT"])
def test_the_template_shows_the_defaults(engine):
    text = template(engine)
    nodes = tuple(Instance(f"node-{n:04}", (f"node-{n:04}",), (f"127.18.10.{n + 1}",)) for n in (1, 2, 3))
    assert parse(text, "x") == ClusterSpec(nodes, engine=engine)
    assert all(f"{key}:" in text for keys in KNOWN.values() for key in keys)
    assert max(map(len, text.splitlines())) <= 120


@pytest.mark.parametrize(
    ("text", "founders", "seeds"),
    [
        ("", ("a", "b"), ("a", "b")),
        ("founders: []\nseeds: []\n", ("a", "b"), ("a", "b")),
        ("founders: a\n", ("a",), ("a", "b")),
        ("founders: [b, a]\nseeds: b\n", ("b", "a"), ("b",)),
    ],
)
def test_founders_and_seeds_are_all_unless_given(text, founders, seeds):
    spec = parse(text + NAME + "a\n  - name: b\n", "x")
    assert (spec.founders, spec.seeds) == (founders, seeds)


def test_only_seeds_are_asked():
    nodes = tuple(Instance(name, address=f"{name}.lan") for name in "ab")
    assert ClusterSpec(nodes, seeds=("b",)).seed_endpoints == ("b.lan:9300",)


def test_what_is_so_anyway_is_not_dumped():
    assert dump(ClusterSpec((Instance("n1", ip=("10.0.0.1",)),))) == "instances:\n  - name: n1\n    ip: [10.0.0.1]\n"


def test_what_is_not_the_default_is_dumped():
    node = Instance("n1", address="n.lan", filename="f", http_port=19200, transport_port=19300)
    tls = Tls(VerificationMode.NONE, transport=False, http=False)
    other = Instance("m1", dns=("*.a.lan", "m.lan"))
    text = dump(ClusterSpec((node, other), "logs", "opensearch", tls, 1024, 30, ("n1",), ("m1",)))
    assert (
        text
        == """\
cluster: logs
engine: opensearch
heap: 1g
days: 30
founders: [n1]
seeds: [m1]
tls:
  verification_mode: none
  transport: false
  http: false
instances:
  - name: n1
    filename: f
    address: n.lan
    http_port: 19200
    transport_port: 19300
  - name: m1
    dns: ["*.a.lan", m.lan]
"""
    )


def test_the_template_refuses_what_is_no_engine():
    with pytest.raises(SpecError):
        template("x\ninstances: []")


def test_ten_thousand_instances_are_read():
    text = dump(ClusterSpec(tuple(Instance(f"node-{n}", (f"node-{n}.example.com",)) for n in range(10_000))))
    assert len(parse(text, "x").instances) == 10_000


LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
NAMES = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="="), min_size=1, max_size=64).filter(
    lambda text: text.isprintable() and len(text.encode()) <= 64 and "${" not in text
)
FILENAMES = st.text("abcXYZ0123456789!@#$%^&{}[]()_+-=,~'`", min_size=1, max_size=20).filter(
    lambda text: text.lower() != "ca" and "${" not in text
)
LABELS = st.from_regex(r"[a-z]([a-z0-9-]{0,10}[a-z0-9])?", fullmatch=True)
HOSTS = st.lists(LABELS, min_size=1, max_size=4).map(".".join)
WILDCARDS = st.lists(LABELS, min_size=2, max_size=4).map(lambda labels: "*." + ".".join(labels))
ADDRESSES = st.ip_addresses().filter(
    lambda a: not (a.is_multicast or a.is_unspecified or str(a) == "255.255.255.255" or getattr(a, "ipv4_mapped", None))
)
IPS = ADDRESSES.filter(lambda a: getattr(a, "scope_id", None) is None).map(str)


@st.composite
def nodes(draw, filename: str) -> Instance:
    ports = draw(st.just([9200, 9300]) | st.lists(st.integers(1, 65535), min_size=2, max_size=2, unique=True))
    return Instance(
        name=draw(NAMES),
        dns=tuple(draw(st.lists(HOSTS | WILDCARDS, max_size=3))),
        ip=tuple(draw(st.lists(IPS, max_size=3))),
        common_names=tuple(draw(st.lists(NAMES, max_size=2))),
        filename=filename,
        address=draw(st.just("") | HOSTS | IPS),
        http_port=ports[0],
        transport_port=ports[1],
    )


@st.composite
def specs(draw) -> ClusterSpec:
    filenames = draw(st.lists(FILENAMES, min_size=1, max_size=4, unique_by=str.casefold))
    found = {node.name.casefold(): node for node in (draw(nodes(filename)) for filename in filenames)}
    members = st.lists(st.sampled_from([node.name for node in found.values()]), unique=True).map(tuple)
    return ClusterSpec(
        instances=tuple(found.values()),
        name=draw(st.just("nodeseal") | NAMES),
        engine=draw(st.sampled_from(["auto", "no", "elasticsearch@8", "opensearch@2.19.4"])),
        tls=Tls(draw(st.sampled_from(VerificationMode)), draw(st.booleans()), draw(st.booleans())),
        heap=draw(st.just(512) | st.integers(128, 31 * 1024)),
        days=draw(st.just(397) | st.integers(1, 36500)),
        founders=draw(members),
        seeds=draw(members),
    )


@given(specs())
@settings(max_examples=60, deadline=None)
def test_what_is_dumped_comes_back(spec):
    assert parse(dump(spec), "x") == spec


@given(st.text(alphabet=st.sampled_from("in:nae -[]{}#&*!|>'\"%@`\n\t,?~=<1.\x00\u2028é\\")) | st.binary(max_size=60))
@settings(max_examples=300, deadline=None)
def test_nothing_but_spec_errors_comes_out(text):
    with pytest.raises(SpecError):
        parse(text, "x")


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_damaged_file_is_read_or_refused(data):
    text = template("auto")
    at = data.draw(st.integers(0, len(text) - 1))
    piece = data.draw(st.text(alphabet="[]{}&*!|>'\":-\n\t ,?%#@x1", max_size=4))
    damaged = text[:at] + piece + text[at + data.draw(st.integers(0, 5)) :]
    error = mistake(damaged)
    if error is not None:
        assert error.line is not None
        assert 1 <= error.line <= damaged.count("\n") + 1
        assert error.message.isprintable()


def mistake(text: str) -> SpecError | None:
    try:
        parse(text, "cluster.yaml")
    except SpecError as error:
        return error
    return None
