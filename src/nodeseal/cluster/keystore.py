"""The engine's own keystore, filled by the engine's own tool. Values go in through its standard input."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

from nodeseal.cluster.node import Runtime
from nodeseal.errors import ClusterError


def create(config: Path, entries: Mapping[str, str], runtime: Runtime, scratch: Path) -> None:
    """Make the keystore in `config` with `entries`. Nothing is done where there are none.

    Raises ClusterError with the tool's own words if it fails.
    """
    account = runtime.account
    tool = runtime.distribution / "bin" / f"{runtime.dialect.engine}-keystore"
    for name, value in entries.items():
        done = subprocess.run(
            [tool, "add", "--force", "--stdin", name],
            input=value.encode(),
            capture_output=True,
            env=runtime.environment(config, scratch),
            cwd=config,
            timeout=120,
            check=False,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
        if done.returncode != 0:
            words = (done.stderr or done.stdout).decode(errors="replace").strip().splitlines()
            raise ClusterError(
                f"{tool.name} could not store {name}: {words[-1] if words else f'exit code {done.returncode}'}",
                f"Try it by hand with the config folder {config}.",
            )
