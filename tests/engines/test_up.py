"""A cluster from a cluster file, as its user has it: up, status, logs, down."""

from __future__ import annotations

import json
import os
import pwd
import socket
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engines.real import BUNDLED_CAN_RUN, Nodeseal
from nodeseal.cli.runtime import choose
from nodeseal.cluster import identity, process, secrets
from nodeseal.cluster.formation import form
from nodeseal.cluster.local import LocalCluster
from nodeseal.engine.catalogue import Version
from nodeseal.engine.elasticsearch import Elasticsearch
from nodeseal.errors import ClusterError
from nodeseal.spec.model import ClusterSpec, Instance

pytestmark = pytest.mark.engine

TWO_NODES = """\
cluster: pair
heap: 384m
instances:
  - {name: node-0001, ip: [127.18.20.2]}
  - {name: node-0002, ip: [127.18.20.3]}
"""


@pytest.fixture
def pair(nodeseal: Nodeseal) -> Nodeseal:
    (nodeseal.folder / "cluster.yaml").write_text(TWO_NODES)
    return nodeseal


def test_a_cluster_lives_from_up_to_down(pair: Nodeseal) -> None:
    done = pair("up", "--engine", BUNDLED_CAN_RUN)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "runs already" not in done.stdout

    state = json.loads(pair("status", "--json").stdout)[0]
    assert state["whole"]
    assert [row["listed"] for row in state["nodes"]] == [True, True]
    assert sum(row["master"] for row in state["nodes"]) == 1

    logs = pair("logs", "node-0001", "--lines", "5").stdout
    assert len(logs.splitlines()) == 5
    assert_follows(pair)

    home = pair.folder / ".nodeseal" / "pair"
    certificate = (home / "certificates" / "ca" / "ca.crt").read_bytes()
    password = (home / "password").read_text()
    assert (home / "certificates").stat().st_mode & 0o777 == 0o700
    assert (home / "certificates" / "ca" / "ca.key").stat().st_mode & 0o777 == 0o600

    process.clear(home / "nodes" / "node-0002")
    assert pair("status").returncode == 1, "a cluster that lacks a node is not whole"

    again = pair("up", "--engine", BUNDLED_CAN_RUN)
    assert again.returncode == 0, again.stdout + again.stderr
    assert "node-0001 runs already" in again.stdout
    assert "node-0002 runs already" not in again.stdout
    assert (home / "certificates" / "ca" / "ca.crt").read_bytes() == certificate
    assert (home / "password").read_text() == password

    down = pair("down")
    assert down.returncode == 0
    assert process.belonging_to(pair.folder) == []
    assert "nothing" in pair("down").stdout


def assert_follows(pair: Nodeseal) -> None:
    following = pair.start("logs", "node-0002", "--follow", "--lines", "1")
    assert following.stdout
    assert following.stdout.readline().startswith("[")
    following.terminate()
    assert following.wait(10) == 130


def test_a_taken_port_is_named_with_its_holder(pair: Nodeseal) -> None:
    with socket.socket() as holder:
        holder.bind(("127.18.20.2", 9200))
        holder.listen()
        done = pair("up", "--engine", BUNDLED_CAN_RUN)
    assert done.returncode == 3
    assert "127.18.20.2:9200" in done.stderr
    assert f"process {os.getpid()}" in done.stderr
    assert process.belonging_to(pair.folder) == []


def test_a_node_that_can_not_start_shows_its_last_lines_and_the_others_are_stopped(
    pair: Nodeseal, open_folder: Path
) -> None:
    distribution = broken_distribution(open_folder)
    done = pair("up", "--engine-home", str(distribution), "--timeout", "60")
    assert done.returncode == 3
    assert "died before it could start" in done.stderr
    assert "there is something wrong here" in done.stderr
    assert process.belonging_to(pair.folder) == []


def broken_distribution(folder: Path) -> Path:
    """A folder that looks like Elasticsearch, whose server says something and gives up."""
    home = folder / "broken"
    for name in ("bin", "lib", "config"):
        (home / name).mkdir(parents=True)
    (home / "lib" / "elasticsearch-6.8.23.jar").touch()
    (home / "config" / "jvm.options").write_text("-Xms1g\n")
    (home / "config" / "log4j2.properties").touch()
    for name, text in (
        ("elasticsearch", "echo there is something wrong here; exit 1"),
        ("elasticsearch-keystore", "touch elasticsearch.keystore"),
    ):
        program = home / "bin" / name
        program.write_text(f"#!/bin/sh\n{text}\n")
        program.chmod(0o755)
    return home


def test_a_distribution_of_the_users_own_runs(nodeseal: Nodeseal) -> None:
    (nodeseal.folder / "one.yaml").write_text("cluster: one\nheap: 384m\ninstances: [{name: n1, ip: [127.18.20.4]}]\n")
    listed = json.loads(nodeseal("engines", "--json").stdout)
    assert any(row["engine"] == BUNDLED_CAN_RUN for row in listed)
    distribution = choose(BUNDLED_CAN_RUN, None, None, None).runtime.distribution
    done = nodeseal("up", "--in", "one.yaml", "--engine-home", str(distribution))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "elasticsearch@6.8.23" in done.stdout


def test_the_5x_settings_boot_on_6_8(nodeseal: Nodeseal) -> None:
    """6.8 is the last line that reads the names of 5.x: a config rendered for 5.3.0 must come up on it."""
    (nodeseal.folder / "one.yaml").write_text("cluster: one\nheap: 384m\ninstances: [{name: n1, ip: [127.18.20.5]}]\n")
    rendered = nodeseal("render", "--in", "one.yaml", "--engine", "elasticsearch@5.3.0", "--out", "config")
    assert rendered.returncode == 0, rendered.stderr
    old = (nodeseal.folder / "config" / "n1" / "elasticsearch.yml").read_text()
    assert "xpack.ssl.key" in old
    done = nodeseal("up", "--in", "one.yaml", "--engine", BUNDLED_CAN_RUN)
    assert done.returncode == 0, done.stdout + done.stderr
    used = nodeseal.folder / ".nodeseal" / "one" / "nodes" / "n1" / "config" / "elasticsearch.yml"
    assert used.read_text().startswith(old), "6.8 was booted with the very settings that were rendered for 5.3.0"


def test_two_clusters_side_by_side_are_told_apart(nodeseal: Nodeseal) -> None:
    for name, address in (("left", "127.18.20.6"), ("right", "127.18.20.7")):
        file = nodeseal.folder / f"{name}.yaml"
        file.write_text(f"cluster: {name}\nheap: 384m\ninstances: [{{name: n1, ip: [{address}]}}]\n")
    ups = [nodeseal.start("up", "--in", f"{name}.yaml", "--engine", BUNDLED_CAN_RUN) for name in ("left", "right")]
    assert [up.wait(200) for up in ups] == [0, 0]
    assert nodeseal("down", "left").returncode == 0
    states = {state["cluster"]: state["whole"] for state in json.loads(nodeseal("status", "--json").stdout)}
    assert states == {"left": False, "right": True}
    assert nodeseal("logs", "n1").returncode == 2, "n1 is in both: it must be told which"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be another user")
def test_root_runs_nodes_as_an_ordinary_user(nodeseal: Nodeseal) -> None:
    (nodeseal.folder / "one.yaml").write_text("cluster: one\nheap: 384m\ninstances: [{name: n1, ip: [127.18.20.8]}]\n")
    assert nodeseal("up", "--in", "one.yaml", "--run-as", "root").returncode == 2
    assert nodeseal("up", "--in", "one.yaml", "--engine", BUNDLED_CAN_RUN).returncode == 0
    assert {each.username() for each in process.belonging_to(nodeseal.folder)} == {"nobody"}
    assert nodeseal.folder.stat().st_mode & 0o077 == 0, "the nodes live elsewhere: nobody can't get in here"


@pytest.mark.skipif(os.geteuid() == 0, reason="root runs nodes as somebody else")
def test_an_ordinary_user_runs_nodes_as_himself(nodeseal: Nodeseal) -> None:
    (nodeseal.folder / "one.yaml").write_text("cluster: one\nheap: 384m\ninstances: [{name: n1, ip: [127.18.20.8]}]\n")
    assert nodeseal("up", "--in", "one.yaml", "--run-as", "nobody").returncode == 2
    assert nodeseal("up", "--in", "one.yaml", "--engine", BUNDLED_CAN_RUN).returncode == 0
    me = pwd.getpwuid(os.geteuid()).pw_name
    assert {each.username() for each in process.belonging_to(nodeseal.folder)} == {me}


def test_a_cluster_is_started_by_one_nodeseal_at_a_time(pair: Nodeseal) -> None:
    first = pair.start("up", "--engine", BUNDLED_CAN_RUN)
    assert first.stdout
    assert first.stdout.readline()
    second = pair("up", "--engine", BUNDLED_CAN_RUN)
    assert second.returncode == 2
    assert "another nodeseal" in second.stderr
    first.terminate()
    assert first.wait(60) == 130
    assert process.belonging_to(pair.folder) == []


def test_where_there_is_a_default_password_it_is_replaced_over_rest(workdir: Path) -> None:
    """5.x starts with a default password. 6.8 has the same REST path, and starts with one if it is told to."""
    runtime = choose(BUNDLED_CAN_RUN, None, None, None).runtime
    node = Instance("n1", ip=("127.18.20.9",))
    spec = ClusterSpec((node,), name="one", heap=384)
    default = Elasticsearch(Version.parse("5.3.0")).default_password
    cluster = LocalCluster.lay_out(workdir / "one", spec, runtime, known=secrets.with_hash(default))
    bundle = identity.open_or_issue(cluster.home / "certificates", spec, datetime.now(UTC))
    with cluster:
        form(cluster, bundle, 120, lambda _: None)
        old = replace(runtime, dialect=Elasticsearch(Version.parse("5.3.0")))
        sealed = LocalCluster(cluster.home, spec, old, secrets.with_hash("a-new-password"))
        for _ in range(2):
            sealed.replace_default_password(node)
            with sealed.rest(node) as rest:
                assert [member.name for member in rest.members()] == ["n1"]
            with cluster.rest(node, default) as rest, pytest.raises(ClusterError, match="401"):
                rest.members()
