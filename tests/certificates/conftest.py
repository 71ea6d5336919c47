"""An authority that stays the same for all tests, and a second reader of what we write."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from nodeseal.certificates.authority import Authority


@pytest.fixture(scope="session")
def now() -> datetime:
    return datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)


@pytest.fixture(scope="session")
def authority(now: datetime) -> Authority:
    return Authority.new("logs", now)


@pytest.fixture(scope="session")
def openssl() -> Callable[..., str]:
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("no openssl on PATH")

    def run(*arguments: str, given: bytes = b"") -> str:
        done = subprocess.run([program, *arguments], input=given, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    return run
