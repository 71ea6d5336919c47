"""Reviewed snapshots, and lines that real servers wrote."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

from nodeseal.spec.model import ClusterSpec, Instance

RENEW = "NODESEAL_RENEW_SNAPSHOTS"
HERE = Path(__file__).parent
LINES = HERE / "lines"


@pytest.fixture
def snapshot() -> Callable[[str, bytes], None]:
    """Compares with snapshots/NAME; with NODESEAL_RENEW_SNAPSHOTS=1 it writes that file, for the next review."""

    def compare(name: str, found: bytes) -> None:
        path = HERE / "snapshots" / name
        if os.environ.get(RENEW):
            path.write_bytes(found)
        reviewed = path.read_text("utf-8") if path.exists() else ""
        assert found.decode() == reviewed, (
            f"{name} is not what was reviewed; renew it with {RENEW}=1, then read the diff"
        )

    return compare


@pytest.fixture
def three() -> ClusterSpec:
    nodes = tuple(Instance(f"node-{n:04}", (), (f"127.18.10.{n + 1}",)) for n in (1, 2, 3))
    return ClusterSpec(nodes, "logs", founders=("node-0001",), seeds=("node-0001", "node-0002"))


def lines_of(label: str) -> Iterator[tuple[str, str]]:
    """The table lines/LABEL.txt: what a line means, a tab, and the line as the server wrote it (its end is cut)."""
    for row in (LINES / f"{label}.txt").read_text("utf-8").splitlines():
        kind, _, line = row.partition("\t")
        yield kind, line


def tables(module: ModuleType) -> dict[str, list[tuple[str, str]]]:
    """Version → table, for the engine that a test module is named after."""
    engine = module.__name__.removeprefix("test_")
    return {path.stem.partition("-")[2]: list(lines_of(path.stem)) for path in sorted(LINES.glob(f"{engine}-*.txt"))}


@pytest.fixture
def meanings(request: pytest.FixtureRequest) -> dict[str, set[str]]:
    return {version: {kind for kind, _ in table} for version, table in tables(request.module).items()}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that takes `version`, `kind` and `line` runs for every line of its module's engine."""
    if "line" in metafunc.fixturenames:
        rows = [
            pytest.param(version, kind, line, id=f"{version}-{number}-{kind}")
            for version, table in tables(metafunc.module).items()
            for number, (kind, line) in enumerate(table)
        ]
        metafunc.parametrize(("version", "kind", "line"), rows)
