"""The story comes out as it must, on every engine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engines.real import Nodeseal
from nodeseal.cluster import process

pytestmark = pytest.mark.engine


def test_every_scene_is_good_with_evidence(engine: str, nodeseal: Nodeseal) -> None:
    done = nodeseal("tour", "--engine", engine, "--json", "out.json")
    assert done.returncode == 0, done.stdout + done.stderr
    tour = json.loads((nodeseal.folder / "out.json").read_text())
    assert tour["engine"] == engine
    assert [scene["scene"] for scene in tour["scenes"]] == [1, 2, 3, 4, 5, 6]
    for scene in tour["scenes"]:
        assert scene["good"], scene
        assert scene["findings"]
        assert all(finding["evidence"] for finding in scene["findings"])
    assert process.belonging_to(nodeseal.folder) == []

    assert_no_secret_in_the_open(nodeseal.folder, done.stdout + done.stderr)


def assert_no_secret_in_the_open(folder: Path, told: str) -> None:
    password = (folder / ".nodeseal" / "story" / "password").read_text().strip()
    assert len(password) > 20
    logs = [path.read_text() for path in folder.glob(".nodeseal/*/nodes/*/console.log")]
    assert len(logs) == 6
    for text in (told, (folder / "out.json").read_text(), *logs):
        assert password not in text
        assert "PRIVATE KEY" not in text
