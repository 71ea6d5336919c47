"""``python -m nodeseal`` and the ``nodeseal`` program."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    from nodeseal.cli.app import run  # noqa: PLC0415 - importing the package must stay free of charge

    sys.exit(run())


if __name__ == "__main__":
    main()
