"""What can be known to go wrong before a server is started."""

from __future__ import annotations

import errno
import shutil
import socket
from collections.abc import Iterable
from pathlib import Path

import psutil

from nodeseal.errors import MachineError, SpecError
from nodeseal.spec.model import ClusterSpec, Instance, Listener

BESIDE_THE_HEAP = 350
"""MiB that a node takes besides its heap, as measured on three engine lines."""

DISK_PER_NODE = 200
"""MiB that a small node writes: data, logs, temporary files."""


def check_addresses(spec: ClusterSpec) -> None:
    """Raise SpecError if an instance has no address to listen on: a certificate needs none, a server does."""
    for position, instance in enumerate(spec.instances):
        if not instance.address:
            raise SpecError(
                f"{instance.name} has no address to listen on",
                "Give it an `ip:`, a `dns:` or an `address:`.",
                key=("instances", position),
            )


def check_ports(instances: Iterable[Instance]) -> None:
    """Raise MachineError, naming who has it, if a node's address or port is not to be had."""
    for instance in instances:
        for listener in Listener:
            _check_port(instance, instance.port(listener))


def _check_port(instance: Instance, port: int) -> None:
    family = socket.AF_INET6 if ":" in instance.address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((instance.address, port))
        except OSError as cause:
            where = f"{instance.address}:{port} of {instance.name}"
            if cause.errno == errno.EADDRINUSE:
                raise MachineError(
                    f"{where} is taken{_holder(instance.address, port)}",
                    "Stop that program (`nodeseal down` if it is a cluster of yours), or give the node another port.",
                ) from cause
            raise MachineError(
                f"{where} can't be bound: {cause.strerror or cause}",
                "A local cluster needs addresses of this machine; every 127.x.y.z is one on Linux.",
            ) from cause


def _holder(address: str, port: int) -> str:
    try:
        for connection in psutil.net_connections("tcp"):
            at = connection.laddr
            if at and at.port == port and at.ip in (address, "0.0.0.0", "::") and connection.pid:  # noqa: S104
                return f" by process {connection.pid} ({psutil.Process(connection.pid).name()})"
    except psutil.Error:
        return ""
    return ""


def check_memory(nodes: int, heap: int) -> None:
    """Raise MachineError if `nodes` with a heap of `heap` MiB each do not fit into what is free."""
    needed = nodes * (heap + BESIDE_THE_HEAP)
    free = psutil.virtual_memory().available // 2**20
    if free < needed:
        raise MachineError(
            f"{nodes} nodes need about {needed} MiB of memory, {free} MiB are free",
            "Close other programs, or make the heap smaller (`heap: 256m` in the cluster file).",
        )


def check_disk(folder: Path, nodes: int) -> None:
    """Raise MachineError if `folder` (or the nearest one above that exists) has no room for `nodes`."""
    existing = next(part for part in (folder, *folder.parents) if part.exists())
    free = shutil.disk_usage(existing).free // 2**20
    if free < nodes * DISK_PER_NODE:
        raise MachineError(
            f"{existing} has {free} MiB free, {nodes} nodes need about {nodes * DISK_PER_NODE} MiB",
            "Make room, or choose another place with --workdir.",
        )
