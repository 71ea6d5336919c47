"""Which dialect an engine version speaks."""

from __future__ import annotations

from nodeseal.engine.catalogue import Version
from nodeseal.engine.dialect import Dialect
from nodeseal.engine.elasticsearch import Elasticsearch
from nodeseal.engine.opensearch import OpenSearch
from nodeseal.errors import UsageError


def dialect_for(engine: str, version: Version) -> Dialect:
    """The dialect of an engine version. Raises UsageError for an engine or a line that nodeseal does not speak."""
    if engine == "elasticsearch" and version.major in range(5, 10):
        return Elasticsearch(version)
    if engine == "opensearch" and version.major in range(1, 4):
        return OpenSearch(version)
    raise UsageError(
        f"nodeseal does not speak {engine} {version}", "It speaks Elasticsearch 5 to 9 and OpenSearch 1 to 3."
    )
