"""Negative controls: with one thing wrong on the real cluster, the scene that is about it must turn bad."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engines.real import BUNDLED_CAN_RUN, require
from nodeseal.cli.runtime import choose
from nodeseal.cluster import process
from nodeseal.engine.catalogue import CATALOGUE
from nodeseal.spec.model import VerificationMode
from nodeseal.tour import run
from nodeseal.tour.scene import Performance
from nodeseal.tour.stage import Stage

pytestmark = pytest.mark.engine

ENGINES = [
    each.label if each.label == BUNDLED_CAN_RUN else pytest.param(each.label, marks=pytest.mark.matrix)
    for each in CATALOGUE
]


def played(workdir: Path, engine: str, only: set[int], **wrong: Any) -> dict[int, Performance]:
    """What came of some scenes of a tour with something wrong."""
    require(engine)
    runtime = choose(engine, None, None, None).runtime
    staging = replace(run.lay_out_files(workdir, runtime), patience=40, **wrong)
    with Stage(staging, runtime, workdir) as stage:
        return {p.scene.number: p for p in run.play(stage, only) if isinstance(p, Performance)}


def objections(performance: Performance) -> str:
    return "; ".join(finding.because for finding in performance.findings) + performance.trouble


@pytest.mark.parametrize("engine", ENGINES)
def test_without_a_founder_scene_1_is_bad(workdir: Path, engine: str) -> None:
    came = played(workdir, engine, {1, 2}, first_can_found=False)
    assert not came[1].good
    assert came[1].tail, "a scene that can't be decided shows the node's own last lines"
    assert not came[2].good, "what could not be played is not good"


@pytest.mark.parametrize("engine", ENGINES)
def test_without_tls_on_http_scene_2_is_bad(workdir: Path, engine: str) -> None:
    came = played(workdir, engine, {1, 2}, http_tls=False)
    assert came[1].good, objections(came[1])
    assert not came[2].good
    assert "HTTP 200" in next(f.because for f in came[2].findings if f.claim == "plain http gets no answer")


@pytest.mark.parametrize("engine", ENGINES)
def test_with_an_alien_second_node_scene_3_is_bad(workdir: Path, engine: str) -> None:
    came = played(workdir, engine, {1, 3}, second_from_alien=True)
    assert came[1].good, objections(came[1])
    assert not came[3].good
    assert "node-0002" in came[3].trouble


@pytest.mark.parametrize("engine", ENGINES)
def test_with_a_good_certificate_for_node_0003_scene_4_is_bad(workdir: Path, engine: str) -> None:
    came = played(workdir, engine, {1, 4}, third_from_alien=False)
    assert came[1].good, objections(came[1])
    assert not came[4].good
    assert "node-0003 was in the node list" in objections(came[4])


@pytest.mark.parametrize("engine", ENGINES)
def test_with_a_node_0003_that_dies_scene_4_is_bad(workdir: Path, engine: str) -> None:
    def kill() -> None:
        while not over.is_set():
            process.clear(workdir / "story" / "nodes" / "node-0003", patience=0)
            over.wait(0.2)

    over = threading.Event()
    killer = threading.Thread(target=kill)
    killer.start()
    try:
        came = played(workdir, engine, {1, 4})
    finally:
        over.set()
        killer.join()
    assert came[1].good, objections(came[1])
    assert not came[4].good
    assert "died" in objections(came[4])


@pytest.mark.parametrize("engine", ENGINES)
def test_without_host_name_checks_scene_5_is_bad(workdir: Path, engine: str) -> None:
    came = played(workdir, engine, {1, 5}, mode=VerificationMode.CERTIFICATE)
    assert came[1].good, objections(came[1])
    assert not came[5].good
    assert "node-0004 was in the node list" in objections(came[5])


@pytest.mark.parametrize("engine", ENGINES)
def test_with_host_name_checks_in_the_relaxed_cluster_scene_5_is_bad(workdir: Path, engine: str) -> None:
    came = played(workdir, engine, {1, 5}, relaxed_mode=VerificationMode.FULL)
    assert came[1].good, objections(came[1])
    assert not came[5].good
    assert "node-0004" in came[5].trouble


@pytest.mark.parametrize("engine", ENGINES)
def test_with_the_default_password_scene_6_is_bad(workdir: Path, engine: str) -> None:
    default = {"elasticsearch": "changeme", "opensearch": "admin"}[engine.partition("@")[0]]
    came = played(workdir, engine, {1, 6}, password=default)
    assert came[1].good, objections(came[1])
    assert not came[6].good
    assert "HTTP 200" in next(f.because for f in came[6].findings if f.claim == "the default password gets 401")
