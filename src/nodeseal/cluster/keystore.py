"""The engine's own keystore, filled by the engine's own tool. Values go in through its standard input."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

from nodeseal.cluster.node import Runtime
from nodeseal.cluster.process import MARK
from nodeseal.errors import ClusterError

PATIENCE = 120
"""Seconds that the tool is given."""


def create(config: Path, entries: Mapping[str, str], runtime: Runtime, scratch: Path, node: Path) -> None:
    """Make the keystore in `config` with `entries`. Nothing is done where there are none.

    Raises ClusterError with the tool's own words if it fails.
    """
    account = runtime.account
    tool = runtime.distribution / "bin" / f"{runtime.dialect.engine}-keystore"
    for name, value in entries.items():
        try:
            done = subprocess.run(
                [tool, "add", "--force", "--stdin", name],
                input=value.encode(),
                capture_output=True,
                env={**runtime.environment(config, scratch), MARK: str(node)},
                cwd=config,
                timeout=PATIENCE,
                check=False,
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=[] if account else None,
            )
        except (OSError, subprocess.TimeoutExpired) as cause:
            raise ClusterError(
                f"{tool.name} did not store {name}: {cause}", f"Try it by hand with {config}."
            ) from cause
        if done.returncode != 0:
            words = (done.stderr or done.stdout).decode(errors="replace").strip().splitlines()
            raise ClusterError(
                f"{tool.name} could not store {name}: {words[-1] if words else f'exit code {done.returncode}'}",
                f"Try it by hand with the config folder {config}.",
            )
