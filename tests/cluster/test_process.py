"""Processes that are found by what they carry."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from nodeseal.cluster import process
from nodeseal.errors import ClusterError


def sleeper(node: Path) -> None:
    node.mkdir(parents=True, exist_ok=True)
    process.start(["/bin/sleep", "60"], node=node, environment={}, console=node / "console.log", account=None)


def test_only_what_is_below_the_folder_belongs_to_it(tmp_path: Path) -> None:
    sleeper(tmp_path / "a" / "nodes" / "n1")
    sleeper(tmp_path / "ab" / "nodes" / "n1")
    try:
        assert len(process.belonging_to(tmp_path / "a")) == 1
        assert len(process.belonging_to(tmp_path)) == 2
        assert process.clear(tmp_path / "a") == 1
        assert len(process.belonging_to(tmp_path)) == 1
    finally:
        process.clear(tmp_path)
    assert process.belonging_to(tmp_path) == []


def test_what_can_not_be_started_is_told(tmp_path: Path) -> None:
    with pytest.raises(ClusterError, match="No such file"):
        process.start(["/no/such"], node=tmp_path, environment={}, console=tmp_path / "console.log", account=None)


def test_an_interruption_while_stopping_waits_until_all_are_stopped(tmp_path: Path) -> None:
    sleeper(tmp_path)
    stubborn = ["/bin/sh", "-c", "trap '' TERM; while :; do /bin/sleep 1; done"]
    process.start(stubborn, node=tmp_path, environment={}, console=tmp_path / "console.log", account=None)
    while not any("sh" in each.name() for each in process.belonging_to(tmp_path)):
        time.sleep(0.05)
    interruption = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    interruption.start()
    with pytest.raises(KeyboardInterrupt):
        process.clear(tmp_path, patience=1)
    assert process.belonging_to(tmp_path) == []
