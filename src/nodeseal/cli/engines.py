"""``nodeseal engines``."""

from __future__ import annotations

import os
from pathlib import Path

import click

from nodeseal.cli import screen
from nodeseal.engine.catalogue import CATALOGUE, Entry
from nodeseal.provision import distribution, java
from nodeseal.report.terminal import Line, Style


@click.command("engines")
@click.option("--java", "wished", type=click.Path(path_type=Path), metavar="DIR", help="Look at this Java only.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(wished: Path | None, as_json: bool) -> None:
    """The catalogue: versions, sizes, what is on disk, which Java each needs, and the one that it would use here.

    \b
    Examples:
      nodeseal engines
      nodeseal engines --java bundled --json
    """
    rows = [_row(entry, java.find(wished, entry.engine, os.environ)) for entry in CATALOGUE]
    if as_json:
        screen.write_json(Path("-"), rows)
        return
    screen.show([Line(f"{'engine':<24}{'size':>8}  {'on disk':<9}{'needs Java':<12}would use", Style.TITLE)])
    for row in rows:
        text = f"{row['engine']:<24}{row['megabytes']:>5} MB  {'yes' if row['on_disk'] else 'no':<9}{row['needs']:<12}"
        screen.show([Line(f"{text}{row['java'] or row['lacks']}", Style.GOOD if row["java"] else Style.BAD)])
    screen.show([Line(f"kept in {distribution.cache_folder()}", Style.FAINT)])


def _row(entry: Entry, javas: tuple[java.Java, ...]) -> dict[str, object]:
    fitting = next((each for each in javas if not java.misfit(each, entry.java)), None)
    reasons = "; ".join(f"{each}: {java.misfit(each, entry.java)}" for each in javas) or "no Java was found"
    return {
        "engine": entry.label,
        "megabytes": round(entry.size / 1e6),
        "on_disk": distribution.is_present(entry),
        "needs": f"{entry.java.oldest} to {entry.java.newest}",
        "modules": list(entry.java.modules),
        "java": str(fitting) if fitting else "",
        "lacks": "" if fitting else reasons,
    }
