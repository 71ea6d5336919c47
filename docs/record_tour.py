"""Play the tour in a terminal of its own and draw docs/tour.svg from what it printed."""

from __future__ import annotations

import io
import os
import pty
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

WIDTH = 132
_PICTURE = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: monospace; font-size: {char_height}px;
  line-height: {line_height}px; white-space: pre; }}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: sans-serif; }}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>{lines}</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def main() -> None:
    """Record a tour with the arguments given; leaves with the tour's own exit code if it was not good."""
    recorded = bytearray()

    def read(descriptor: int) -> bytes:
        data = os.read(descriptor, 4096)
        recorded.extend(data)
        return data

    status = pty.spawn([sys.executable, "-m", "nodeseal", "tour", *sys.argv[1:]], read)
    if status:
        sys.exit(os.waitstatus_to_exitcode(status))
    text = recorded.decode().replace("\r\n", "\n").replace(str(Path.cwd()), "~/nodeseal")
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    console.print(Text.from_ansi(f"$ make tour\n{text}"))
    console.save_svg(str(Path(__file__).with_name("tour.svg")), title="nodeseal tour", code_format=_PICTURE)


if __name__ == "__main__":
    main()
