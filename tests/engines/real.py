"""The program and the engines, as engine tests use them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from nodeseal.engine.catalogue import CATALOGUE, Entry
from nodeseal.provision import java

BUNDLED_CAN_RUN = "elasticsearch@6.8.23"
"""The engine of tests that need one engine only: the bundled Java runs it, and it is complete."""


def entry(label: str) -> Entry:
    return next(each for each in CATALOGUE if each.label == label)


def require(label: str) -> Entry:
    """The catalogue's entry; the test is skipped, saying why, where no Java can run it."""
    wanted = entry(label)
    javas = java.find(None, wanted.engine, os.environ)
    if not any(not java.misfit(each, wanted.java) for each in javas):
        reasons = "; ".join(f"{each}: {java.misfit(each, wanted.java)}" for each in javas) or "no Java was found"
        pytest.skip(f"{label} needs another Java ({reasons})")
    return wanted


class Nodeseal:
    """The program, run in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *arguments: str, timeout: float = 400) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.argv(*arguments), cwd=self.folder, capture_output=True, text=True, timeout=timeout, check=False
        )

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.argv(*arguments), cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    @staticmethod
    def argv(*arguments: str) -> list[str]:
        return [sys.executable, "-m", "nodeseal", *arguments]
