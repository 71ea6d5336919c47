"""Run the benchmarks that are named, or all: ``python -m benchmarks [tour …]``."""

from __future__ import annotations

import importlib
import sys

ALL = ("tour",)

for name in sys.argv[1:] or ALL:
    importlib.import_module(f"benchmarks.{name}").main()
