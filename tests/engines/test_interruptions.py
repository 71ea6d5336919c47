"""However nodeseal ends, nothing of its keeps running unknown, and nothing of anybody else's is touched."""

from __future__ import annotations

import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from engines.real import BUNDLED_CAN_RUN, Nodeseal
from nodeseal.cluster import process

pytestmark = pytest.mark.engine


@pytest.fixture
def bystander(tmp_path_factory: pytest.TempPathFactory) -> Iterator[subprocess.Popen[bytes]]:
    """A process that belongs to a cluster in another folder."""
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "cluster" / "nodes" / "node-0001"
    elsewhere.mkdir(parents=True)
    sleeper = process.start(
        [shutil.which("sleep") or "sleep", "300"],
        node=elsewhere,
        environment={},
        console=elsewhere / "console.log",
        account=None,
    )
    yield sleeper
    sleeper.kill()
    sleeper.wait()


def until(running: subprocess.Popen[str], text: str) -> str:
    """Read the program's output up to a line with `text` in it."""
    read = ""
    assert running.stdout
    for line in running.stdout:
        read += line
        if text in line:
            return read
    pytest.fail(f"{text!r} was never said:\n{read}")


def test_down_clears_what_a_killed_tour_left(nodeseal: Nodeseal, bystander: subprocess.Popen[bytes]) -> None:
    running = nodeseal.start("tour", "--engine", BUNDLED_CAN_RUN)
    until(running, "Scene 3.")
    running.kill()
    running.wait()
    assert process.belonging_to(nodeseal.folder), "the nodes outlive a kill -9, or this test shows nothing"
    done = nodeseal("down")
    assert done.returncode == 0, done.stderr
    assert "stopped" in done.stdout
    assert process.belonging_to(nodeseal.folder) == []
    assert bystander.poll() is None


def test_a_new_tour_clears_what_a_killed_one_left(nodeseal: Nodeseal) -> None:
    running = nodeseal.start("tour", "--engine", BUNDLED_CAN_RUN)
    until(running, "Scene 2.")
    running.kill()
    running.wait()
    left = {each.pid for each in process.belonging_to(nodeseal.folder)}
    assert left
    again = nodeseal.start("tour", "--engine", BUNDLED_CAN_RUN)
    until(again, "Scene 2.")
    assert not left & {each.pid for each in process.belonging_to(nodeseal.folder)}
    again.send_signal(signal.SIGTERM)
    assert again.wait(60) == 130
    assert process.belonging_to(nodeseal.folder) == []


@pytest.mark.parametrize("scene", [1, 2, 3, 4, 5, 6])
def test_ctrl_c_in_any_scene_leaves_nothing(nodeseal: Nodeseal, bystander: subprocess.Popen[bytes], scene: int) -> None:
    running = nodeseal.start("tour", "--engine", BUNDLED_CAN_RUN)
    until(running, f"Scene {scene}.")
    running.send_signal(signal.SIGINT)
    rest, _ = running.communicate(timeout=60)
    assert running.returncode == 130, rest
    assert process.belonging_to(nodeseal.folder) == []
    assert bystander.poll() is None


def test_a_child_that_ignores_being_asked_is_made_to(tmp_path: Path) -> None:
    stubborn = process.start(
        ["/bin/sh", "-c", "trap '' TERM; (trap '' TERM; sleep 60) & sleep 60; wait"],
        node=tmp_path,
        environment={"PATH": "/usr/bin:/bin"},
        console=tmp_path / "console.log",
        account=None,
    )
    while len(process.belonging_to(tmp_path)) < 3 and stubborn.poll() is None:
        pass
    process.clear(tmp_path, patience=0.5)
    stubborn.wait(5)
    assert process.belonging_to(tmp_path) == []
