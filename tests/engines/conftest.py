"""Real engines for tests: which of them this machine can run, and on what."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from engines.real import Nodeseal, require
from nodeseal.cluster import process
from nodeseal.engine.catalogue import CATALOGUE


@pytest.fixture(params=[each.label for each in CATALOGUE])
def engine(request: pytest.FixtureRequest) -> str:
    """Each engine of the catalogue that some Java here can run."""
    label: str = request.param
    require(label)
    return label


@pytest.fixture
def workdir(tmp_path: Path) -> Iterator[Path]:
    """A folder whose processes are gone when the test ends, however it ends."""
    yield tmp_path
    process.clear(tmp_path, patience=5)
    for nodes in tmp_path.glob("**/nodes"):
        shutil.rmtree(nodes.resolve(), ignore_errors=True)


@pytest.fixture
def nodeseal(workdir: Path) -> Nodeseal:
    return Nodeseal(workdir)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user can enter, which pytest's own is not."""
    folder = Path(tempfile.mkdtemp(dir="/var/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)
