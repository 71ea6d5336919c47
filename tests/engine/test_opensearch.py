"""What OpenSearch is told, and what it says."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from nodeseal.engine.catalogue import Version
from nodeseal.engine.dialect import EventKind, Secrets
from nodeseal.engine.files import certificate_paths, settings_text
from nodeseal.engine.opensearch import OpenSearch
from nodeseal.errors import SpecError
from nodeseal.spec.model import ClusterSpec, Instance, Tls, VerificationMode

VERSIONS = ("1.3.20", "2.13.0", "2.19.4", "3.0.0")


def sections(version, spec):
    node = spec.instances[0]
    return OpenSearch(Version.parse(version)).settings(spec, node, certificate_paths(node))


def told(version, spec):
    return {key: value for section in sections(version, spec) for key, value in section.settings.items()}


def nodes_dn(name):
    return told("2.19.4", ClusterSpec((Instance(name, filename="n"),)))["plugins.security.nodes_dn"]


@pytest.mark.parametrize("version", VERSIONS)
def test_the_settings_are_those_that_were_reviewed(version, three, snapshot):
    snapshot(f"opensearch-{version}.yml", settings_text(sections(version, three)))


@pytest.mark.parametrize("version", VERSIONS)
def test_the_settings_without_http_tls_are_those_that_were_reviewed(version, three, snapshot):
    relaxed = replace(three, tls=Tls(VerificationMode.CERTIFICATE, http=False))
    snapshot(f"opensearch-{version}-relaxed.yml", settings_text(sections(version, relaxed)))


@pytest.mark.parametrize(
    ("version", "key"),
    [
        ("2.13.0", "plugins.security.ssl.transport.enforce_hostname_verification"),
        ("2.14.0", "transport.ssl.enforce_hostname_verification"),
    ],
)
@pytest.mark.parametrize("mode", [VerificationMode.FULL, VerificationMode.CERTIFICATE])
def test_only_full_checks_host_names_and_one_key_says_so(version, key, mode, three):
    settings = told(version, replace(three, tls=Tls(mode)))
    found = {name: value for name, value in settings.items() if name.endswith("enforce_hostname_verification")}
    assert found == {key: mode is VerificationMode.FULL}


# The right column is what Java's LdapName makes of such a certificate's subject: what the plugin compares with.
@pytest.mark.parametrize(
    ("name", "spelled"),
    [
        ("node-0001", "CN=node-0001"),
        ("#a", r"CN=\#a"),
        ("a;b", r"CN=a\;b"),
        ('a"b"', r"CN=a\"b\""),
        ("a\\b", r"CN=a\\b"),
        ("a<b>", r"CN=a\<b\>"),
        ("a+b", r"CN=a\+b"),
        ("a, b", r"CN=a\, b"),
        ("1=2", r"CN=1\=2"),
        ("Bücher 7", "CN=Bücher 7"),
        ("o'neil & sons", "CN=o'neil & sons"),
        pytest.param("a#b", r"CN=a\#b"),
    ],
)
def test_a_peer_is_named_as_java_spells_it(name, spelled):
    assert nodes_dn(name) == [spelled]


@pytest.mark.parametrize("name", ["*", "node-?", "/node/"])
def test_no_name_is_a_pattern_for_peers(name):
    with pytest.raises(SpecError, match="pattern") as caught:
        nodes_dn(name)
    assert caught.value.key == ("instances", 0, "name")


@pytest.mark.parametrize(
    ("tls", "key"),
    [(Tls(transport=False), ("tls", "transport")), (Tls(VerificationMode.NONE), ("tls", "verification_mode"))],
)
def test_what_the_plugin_can_not_do_is_refused(tls, key, three):
    with pytest.raises(SpecError) as caught:
        told("2.19.4", replace(three, tls=tls))
    assert caught.value.key == key


def test_every_peer_is_named(three):
    assert told("2.19.4", three)["plugins.security.nodes_dn"] == ["CN=node-0001", "CN=node-0002", "CN=node-0003"]


def test_the_superuser_is_the_only_user_and_is_known_by_hash():
    files = OpenSearch(Version.parse("2.19.4")).secret_files(Secrets("hunter2", "$2b$12$abc"))
    (content,) = files.values()
    users = json.loads(content)
    assert set(users) == {"_meta", "admin"}
    assert users["admin"]["hash"] == "$2b$12$abc"
    assert b"hunter2" not in content


def test_nothing_goes_into_the_keystore():
    assert OpenSearch(Version.parse("2.19.4")).keystore_entries(Secrets("hunter2", "$2b$12$abc")) == {}


def test_the_launcher_is_told_config_java_and_scratch():
    environment = OpenSearch(Version.parse("2.19.4")).environment("/c", "/j", "/s")
    assert environment["OPENSEARCH_PATH_CONF"] == "/c"
    assert environment["OPENSEARCH_JAVA_HOME"] == "/j"
    assert environment["OPENSEARCH_TMPDIR"] == "/s"


def test_a_line_that_a_server_wrote_means_what_it_means(version, kind, line):
    assert (OpenSearch(Version.parse(version)).event(line) or "nothing") == kind


def test_the_tables_have_a_line_of_every_meaning(meanings):
    assert meanings
    for version, kinds in meanings.items():
        assert kinds == {"nothing", *(kind.value for kind in EventKind)}, version
