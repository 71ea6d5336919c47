"""What lies in a node's config folder, and that no name breaks out of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from nodeseal.certificates.authority import Authority
from nodeseal.certificates.encode import pair_from_pem
from nodeseal.certificates.leaf import Leaf
from nodeseal.engine.catalogue import Version
from nodeseal.engine.dialect import Secrets, Section
from nodeseal.engine.files import File, certificate_paths, jvm_options, node_files, settings_text
from nodeseal.engine.lines import dialect_for
from nodeseal.errors import SpecError
from nodeseal.spec.model import ClusterSpec, Instance

NOW = datetime(2026, 2, 3, tzinfo=UTC)
NODE = Instance("node-0001", ip=("127.18.10.2",))
SPEC = ClusterSpec((NODE,), heap=384)
SECRETS = Secrets("hunter2", "$2b$12$abc")
ENGINES = [("elasticsearch", "6.8.23"), ("elasticsearch", "8.19.21"), ("opensearch", "2.19.4")]


def read(text):
    return YAML(typ="safe", pure=True).load(text)


@pytest.fixture(scope="module")
def authority():
    return Authority.new("logs", NOW)


@pytest.fixture(scope="module", params=ENGINES, ids="@".join)
def files(request, authority):
    engine, version = request.param
    leaf = Leaf.issue(NODE, authority, NOW)
    dialect = dialect_for(engine, Version.parse(version))
    extra = (Section("Where its data lies", {"path.data": "/d"}),)
    return node_files(SPEC, NODE, leaf, [authority.certificate], dialect, secrets=SECRETS, extra=extra)


def test_what_is_secret_is_for_its_owner_only(files):
    for path, file in files.items():
        secret = b"PRIVATE KEY" in file.content or b"hunter2" in file.content or b"$2b$" in file.content
        assert file.mode == (0o600 if secret else 0o644), path


def test_there_is_a_key_and_a_password(files):
    assert sum(file.mode == 0o600 for file in files.values()) == 2


def test_the_settings_point_to_files_that_are_there(files):
    paths = certificate_paths(NODE)
    certificate, _ = pair_from_pem(files[paths.certificate].content, files[paths.key].content)
    (anchor,) = x509.load_pem_x509_certificates(files[paths.authorities].content)
    certificate.verify_directly_issued_by(anchor)


def test_what_depends_on_the_place_comes_last(files):
    (name,) = [path for path in files if path in ("elasticsearch.yml", "opensearch.yml")]
    assert list(read(files[name].content))[-1] == "path.data"


@pytest.mark.parametrize(("engine", "version"), ENGINES)
def test_without_secrets_there_is_no_password(engine, version, authority):
    leaf = Leaf.issue(NODE, authority, NOW)
    found = node_files(SPEC, NODE, leaf, [authority.certificate], dialect_for(engine, Version.parse(version)))
    assert [path for path, file in found.items() if file.mode == 0o600] == [certificate_paths(NODE).key]


def test_secrets_are_not_shown():
    assert "hunter2" not in repr(SECRETS)
    assert "$2b$" not in repr(SECRETS)
    assert "hunter2" not in repr(File(b"hunter2", 0o600))


@pytest.mark.parametrize(
    "name", ['a"b', "a'b", "a # b", "a: b", "{a}", "a\\", "- a", "&a", "!a", "Bücher", "日本", "😀"]
)
@pytest.mark.parametrize(("engine", "version"), ENGINES)
def test_no_name_breaks_out_of_the_settings(engine, version, name):
    spec = ClusterSpec((Instance(name, filename="n", ip=("10.0.0.1",)),), name)
    node = spec.instances[0]
    dialect = dialect_for(engine, Version.parse(version))
    settings = read(settings_text(dialect.settings(spec, node, certificate_paths(node))))
    assert (settings["cluster.name"], settings["node.name"]) == (name, name)
    plain = dialect.settings(SPEC, NODE, certificate_paths(NODE))
    assert list(settings) == [key for section in plain for key in section.settings]


@pytest.mark.parametrize("name", ["${HOME}", "a ${PATH"])
def test_no_name_is_a_placeholder(name):
    with pytest.raises(SpecError, match="variable"):
        Instance(name, filename="n")
    with pytest.raises(SpecError, match="variable"):
        Instance("n", filename=name)


@given(st.text(st.characters(exclude_categories=["Cs"]).filter(str.isprintable)) | st.sampled_from(["\n# a: b", '"\n']))
def test_any_text_comes_back_as_the_same(text):
    assert read(settings_text([Section("t", {"one": text, "many": [text, text]})])) == {
        "one": text,
        "many": [text, text],
    }


def test_values_keep_their_types():
    settings = {"text": "true", "number": 9200, "truth": True, "number as text": "0123", "none": []}
    assert read(settings_text([Section("a", {"text": "true"}), Section("b", settings)][1:])) == settings


def test_sections_have_their_sentence_above_them():
    assert (
        settings_text([Section("One", {"a": 1}), Section("Two", {"b": False})]) == b"# One\na: 1\n\n# Two\nb: false\n"
    )


@pytest.mark.parametrize(
    ("engine", "version", "path"),
    [
        ("elasticsearch", "6.8.23", "jvm.options"),
        ("elasticsearch", "7.17.29", "jvm.options.d/nodeseal.options"),
        ("opensearch", "2.19.4", "jvm.options.d/nodeseal.options"),
    ],
)
def test_the_heap_is_the_clusters(engine, version, path):
    dialect = dialect_for(engine, Version.parse(version))
    assert dialect.jvm_options_path() == path
    lines = jvm_options(SPEC, dialect).decode().splitlines()
    assert lines[:2] == ["-Xms384m", "-Xmx384m"]
    assert ("-Dlog4j2.formatMsgNoLookups=true" in lines) == (path == "jvm.options")
