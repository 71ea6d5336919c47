"""What Elasticsearch is told, and what it says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nodeseal.engine.catalogue import Version
from nodeseal.engine.dialect import EventKind, Secrets
from nodeseal.engine.elasticsearch import Elasticsearch
from nodeseal.engine.files import certificate_paths, settings_text
from nodeseal.spec.model import Tls, VerificationMode

VERSIONS = ("5.3.0", "6.8.23", "7.17.29", "8.19.21", "9.5.3")


def rendered(version, spec):
    node = spec.instances[0]
    return settings_text(Elasticsearch(Version.parse(version)).settings(spec, node, certificate_paths(node)))


def told(version, spec):
    node = spec.instances[0]
    sections = Elasticsearch(Version.parse(version)).settings(spec, node, certificate_paths(node))
    return {key: value for section in sections for key, value in section.settings.items()}


@pytest.mark.parametrize("version", VERSIONS)
def test_the_settings_are_those_that_were_reviewed(version, three, snapshot):
    snapshot(f"elasticsearch-{version}.yml", rendered(version, three))


@pytest.mark.parametrize("version", VERSIONS)
def test_the_settings_without_http_tls_are_those_that_were_reviewed(version, three, snapshot):
    relaxed = replace(three, tls=Tls(VerificationMode.CERTIFICATE, http=False))
    snapshot(f"elasticsearch-{version}-relaxed.yml", rendered(version, relaxed))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("mode", VerificationMode)
def test_the_verification_mode_is_the_clusters(version, mode, three):
    settings = told(version, replace(three, tls=Tls(mode)))
    assert [value for key, value in settings.items() if key.endswith("verification_mode")] == [mode.value]


@pytest.mark.parametrize("version", VERSIONS)
def test_security_is_always_on(version, three):
    assert told(version, replace(three, tls=Tls(http=False)))["xpack.security.enabled"] is True


@pytest.mark.parametrize("version", VERSIONS)
def test_without_transport_tls_only_http_gets_a_key(version, three):
    settings = told(version, replace(three, tls=Tls(transport=False)))
    assert settings["xpack.security.transport.ssl.enabled"] is False
    assert settings["xpack.security.http.ssl.enabled"] is True
    assert "xpack.security.transport.ssl.key" not in settings


@pytest.mark.parametrize(("founders", "quorum"), [(1, 1), (2, 2), (3, 2)])
def test_old_lines_count_a_quorum_of_the_founders(founders, quorum, three):
    names = tuple(node.name for node in three.instances[:founders])
    assert told("6.8.23", replace(three, founders=names))["discovery.zen.minimum_master_nodes"] == quorum


LINES_WITH_A_KEYSTORE = [version for version in VERSIONS if not version.startswith("5.")]


@pytest.mark.parametrize("version", LINES_WITH_A_KEYSTORE)
def test_the_bootstrap_password_goes_into_the_keystore_only(version):
    dialect = Elasticsearch(Version.parse(version))
    secrets = Secrets("hunter2 \" '")
    assert dialect.keystore_entries(secrets) == {"bootstrap.password": secrets.password}
    assert dialect.secret_files(secrets) == {}
    assert dialect.password_path() == ""


@pytest.mark.parametrize("version", LINES_WITH_A_KEYSTORE)
def test_the_launcher_is_told_config_java_and_scratch(version):
    dialect = Elasticsearch(Version.parse(version))
    environment = dialect.environment("/c", "/j", "/s")
    assert environment["ES_PATH_CONF"] == "/c"
    assert environment["JAVA_HOME"] == "/j"
    assert environment["ES_TMPDIR"] == "/s"
    assert environment.get("ES_JAVA_HOME") == (None if version[0] == "6" else "/j")
    assert dialect.arguments("/c") == ()


def test_5x_is_told_its_config_by_argument_and_its_password_over_rest():
    dialect = Elasticsearch(Version.parse("5.3.0"))
    assert dialect.arguments("/c") == ("-Epath.conf=/c",)
    assert dialect.environment("/c", "/j", "/s")["ES_JVM_OPTIONS"] == "/c/jvm.options"
    assert dialect.keystore_entries(Secrets("hunter2")) == {}
    assert dialect.password_path() == "/_xpack/security/user/elastic/_password"


def test_a_line_that_a_server_wrote_means_what_it_means(version, kind, line):
    assert (Elasticsearch(Version.parse(version)).event(line) or "nothing") == kind


def test_a_node_whose_name_holds_the_word_has_not_started_yet():
    line = "[2026-11-24T02:52:08,068][INFO ][o.e.n.Node               ] [just started] starting ..."
    assert Elasticsearch(Version.parse("6.8.23")).event(line) is None


def test_the_tables_have_a_line_of_every_meaning(meanings):
    assert meanings
    for version, kinds in meanings.items():
        assert kinds == {"nothing", *(kind.value for kind in EventKind)}, version
