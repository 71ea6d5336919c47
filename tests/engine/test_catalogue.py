"""Which versions there are, and which of them a wish means."""

from __future__ import annotations

import re

import pytest

from nodeseal.engine.catalogue import CATALOGUE, Version, matching
from nodeseal.engine.lines import dialect_for
from nodeseal.errors import UsageError


@pytest.mark.parametrize(
    ("text", "parts"),
    [("8.19.21", (8, 19, 21)), ("7", (7,)), (" 9.0.0-SNAPSHOT\n", (9, 0, 0)), ("2.19.4.0", (2, 19, 4, 0))],
)
def test_a_version_is_numbers(text, parts):
    assert Version.parse(text).parts == parts


@pytest.mark.parametrize("text", ["", "x", "8.", "8..1", "v8", "8,1"])
def test_what_is_no_version_is_refused(text):
    with pytest.raises(UsageError, match="is not a version"):
        Version.parse(text)


def test_ten_comes_after_nine():
    assert sorted(map(Version.parse, ["10.0.0", "9.5.3", "9.10.0"])) == [
        Version((9, 5, 3)),
        Version((9, 10, 0)),
        Version((10, 0, 0)),
    ]


def test_a_version_reads_as_it_is_written():
    assert str(Version.parse("6.8.23")) == "6.8.23"


@pytest.mark.parametrize(
    ("wish", "labels"),
    [
        ("elasticsearch@8", ["elasticsearch@8.19.21"]),
        ("elasticsearch@6.8", ["elasticsearch@6.8.23"]),
        ("elasticsearch@9.5.3", ["elasticsearch@9.5.3"]),
        ("opensearch", ["opensearch@2.19.4"]),
    ],
)
def test_a_wish_may_be_cut_short(wish, labels):
    assert [entry.label for entry in matching(wish)] == labels


def test_auto_is_every_elasticsearch_newest_first():
    assert matching("auto") == matching("elasticsearch")
    assert [entry.version.major for entry in matching("auto")] == [9, 8, 7, 6]


@pytest.mark.parametrize(
    "wish", ["solr", "elasticsearch@5", "elasticsearch@8.1", "opensearch@2.19.4.0", "elasticsearch@1"]
)
def test_a_wish_that_nothing_fits_names_what_there_is(wish):
    with pytest.raises(UsageError, match="no engine") as caught:
        matching(wish)
    assert all(entry.label in caught.value.advice for entry in CATALOGUE)


def test_a_version_does_not_fit_by_its_first_digits():
    with pytest.raises(UsageError):
        matching("elasticsearch@8.1")


def test_every_file_is_pinned():
    for entry in CATALOGUE:
        for artefact in (entry.distribution, *entry.plugins):
            assert re.fullmatch(r"[0-9a-f]{64}", artefact.sha256), artefact
            assert artefact.size > 0
        assert entry.size == entry.distribution.size + sum(plugin.size for plugin in entry.plugins)


def test_no_entry_is_there_twice():
    assert len({entry.label for entry in CATALOGUE}) == len(CATALOGUE)


def test_every_entry_has_a_dialect_and_a_java():
    for entry in CATALOGUE:
        assert dialect_for(entry.engine, entry.version).engine == entry.engine
        assert entry.java.oldest <= entry.java.newest


@pytest.mark.parametrize(
    ("engine", "version"), [("elasticsearch", "4.9"), ("elasticsearch", "10.0"), ("opensearch", "4.0"), ("solr", "9.0")]
)
def test_an_engine_that_is_not_spoken_is_refused(engine, version):
    with pytest.raises(UsageError, match="does not speak"):
        dialect_for(engine, Version.parse(version))
