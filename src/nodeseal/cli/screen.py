"""Writing to the terminal: styled lines, and a bar for downloads."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import click

from nodeseal.report.terminal import Line, Style
from nodeseal.writing import write_aside

_LOOKS: dict[Style, dict[str, object]] = {
    Style.TITLE: {"bold": True},
    Style.PLAIN: {},
    Style.GOOD: {"fg": "green"},
    Style.BAD: {"fg": "red"},
    Style.FAINT: {"dim": True},
}


def show(lines: Iterable[Line]) -> None:
    """Print lines as they come; colours only where a terminal is."""
    for line in lines:
        click.echo(click.style(line.text, **_LOOKS[line.style]) if line.text else "")  # type: ignore[arg-type]
    sys.stdout.flush()


def write_json(path: Path, value: object) -> None:
    """Write `value` as indented JSON, whole or not at all; ``-`` is the standard output. Raises MachineError."""
    text = json.dumps(value, indent=2, ensure_ascii=False) + "\n"
    if str(path) == "-":
        click.echo(text, nl=False)
    else:
        write_aside(path, text.encode(), 0o644)


class Bar:
    """Progress of downloads on the standard error stream: a bar on a terminal, one line elsewhere."""

    def start(self, what: str, total_bytes: int) -> AbstractContextManager[Callable[[int], None]]:
        """A context whose value is called with each count of bytes that has come in."""
        return self._drawn(what, total_bytes) if sys.stderr.isatty() else self._said(what, total_bytes)

    @contextmanager
    def _said(self, what: str, total_bytes: int) -> Iterator[Callable[[int], None]]:
        click.echo(f"{what}: {total_bytes / 1e6:.0f} MB", err=True)
        yield lambda _: None

    @contextmanager
    def _drawn(self, what: str, total_bytes: int) -> Iterator[Callable[[int], None]]:
        from rich import progress  # noqa: PLC0415 - slow to import, and only downloads need it
        from rich.console import Console  # noqa: PLC0415

        columns = (
            progress.TextColumn("{task.description}"),
            progress.BarColumn(),
            progress.DownloadColumn(),
            progress.TransferSpeedColumn(),
            progress.TimeRemainingColumn(),
        )
        with progress.Progress(*columns, console=Console(stderr=True)) as bar:
            task = bar.add_task(what, total=total_bytes)
            yield lambda count: bar.advance(task, count)
