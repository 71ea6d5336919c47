"""Playing the scenes one after the other."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from importlib import resources
from pathlib import Path

from nodeseal.cluster.node import Runtime
from nodeseal.errors import Error, NodeError
from nodeseal.spec import instances
from nodeseal.tour.scene import SCENES, Performance, Scene
from nodeseal.tour.scenes import PLAYS, Cast
from nodeseal.tour.stage import Stage
from nodeseal.tour.staging import Staging
from nodeseal.verdict.finding import Finding
from nodeseal.writing import make_folder, write_aside

FILES = ("instances", "alien", "misnamed", "relaxed")


def lay_out_files(folder: Path, runtime: Runtime) -> Staging:
    """Put the tour's own four files into a folder of their own in `folder`, and read them from there. Raises
    MachineError."""
    own = folder / "tour-files"
    make_folder(own)
    specs = []
    for name in FILES:
        path = own / f"{name}.yaml"
        write_aside(path, (resources.files("nodeseal.tour") / "files" / path.name).read_bytes(), 0o644)
        specs.append(instances.load(path))
    good, alien, misnamed, relaxed = specs
    engine = f"{runtime.dialect.engine}@{runtime.dialect.version}"
    return Staging(good, alien, misnamed, relaxed, engine)


def play(stage: Stage, only: Collection[int] = ()) -> Iterator[Scene | Performance]:
    """Each scene before it begins, then what came of it. `only` plays some of them, which need the first.

    After a scene without which no other can be (node-0001 did not start) the rest is bad without being played.
    """
    scenes = [scene for scene in SCENES if not only or scene.number in only]
    cast = Cast(stage, [scene.number for scene in scenes])
    lost = ""
    for scene in scenes:
        yield scene
        performance = Performance(scene, (), 0.0, lost) if lost else _played(scene, cast)
        yield performance
        if scene.number == 1 and performance.trouble:
            lost = "not played: there is no node-0001"


def _played(scene: Scene, cast: Cast) -> Performance:
    begin = time.monotonic()
    findings: list[Finding] = []
    trouble = ""
    tail: tuple[str, ...] = ()
    try:
        findings.extend(PLAYS[scene.number](cast))
    except NodeError as error:
        trouble, tail = str(error), error.tail
    except Error as error:
        trouble = str(error)
    return Performance(scene, tuple(findings), time.monotonic() - begin, trouble, tail)
