"""``nodeseal tour``."""

from __future__ import annotations

import time
from pathlib import Path

import click

from nodeseal.cli import options, screen
from nodeseal.cli.homes import locked, ways_in
from nodeseal.cli.runtime import choose
from nodeseal.report import terminal
from nodeseal.report.terminal import Line, Style
from nodeseal.tour import run
from nodeseal.tour.scene import Performance, Tour
from nodeseal.tour.stage import Stage
from nodeseal.tour.staging import STORY


@click.command("tour")
@options.engine_choice
@options.workdir
@click.option("--keep", is_flag=True, help="Leave the cluster up, and print the commands to try.")
@click.option(
    "--json", "json_file", type=click.Path(path_type=Path), metavar="FILE", help="Write all evidence as JSON."
)
def command(
    engine: str | None,
    engine_home: Path | None,
    java: Path | None,
    run_as: str | None,
    workdir: Path,
    keep: bool,
    json_file: Path | None,
) -> int:
    """The whole story on a new cluster, scene by scene, with what the real servers did.

    Exit code 0 only if every scene came out as it must.

    \b
    Examples:
      nodeseal tour
      nodeseal tour --engine elasticsearch@6.8.23 --json out.json
      nodeseal tour --engine opensearch --keep
    """
    begin = time.monotonic()
    folder = workdir.resolve()
    performances: list[Performance] = []
    with locked(folder, STORY):
        chosen = choose(engine or "auto", engine_home, java, run_as)
        screen.show([Line(chosen.why)])
        staging = run.lay_out_files(folder, chosen.runtime)
        with Stage(staging, chosen.runtime, folder, keep=keep) as stage:
            for event in run.play(stage):
                if isinstance(event, Performance):
                    performances.append(event)
                    screen.show(terminal.played(event))
                else:
                    screen.show(terminal.announced(event))
            starts = stage.starts()
    tour = Tour(staging.engine, chosen.java, chosen.why, performances, starts, time.monotonic() - begin)
    screen.show(terminal.summed_up(tour))
    if json_file:
        screen.write_json(json_file, tour.as_dict())
    if keep:
        screen.show(_to_try(stage, workdir))
    return 0 if tour.good else 1


def _to_try(stage: Stage, workdir: Path) -> list[Line]:
    place = "" if workdir == options.DEFAULT_WORKDIR else f" --workdir {workdir}"
    return [
        Line("The cluster is still up. Try:", Style.TITLE),
        *ways_in(stage.cluster),
        Line(f"  nodeseal status{place}"),
        Line(f"  nodeseal logs {stage.staging.first.name} --cluster {stage.cluster.spec.name} --follow{place}"),
        Line(f"  nodeseal down{place}"),
    ]
