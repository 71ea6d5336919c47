"""A cluster as the text of a cluster file, and a commented cluster file to start from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from nodeseal.spec import rules
from nodeseal.spec.document import reading
from nodeseal.spec.model import ClusterSpec, Instance, Tls


def dump(spec: ClusterSpec) -> str:
    """`spec` as a cluster file without what is so anyway, so that parse(dump(spec)) == spec. Raises nothing."""
    lines = [*_cluster_lines(spec), *_tls_lines(spec.tls), "instances:"]
    for instance in spec.instances:
        lines += _instance_lines(instance)
    return "\n".join(lines) + "\n"


def _cluster_lines(spec: ClusterSpec) -> Iterator[str]:
    if spec.name != ClusterSpec.name:
        yield f"cluster: {_written(spec.name)}"
    if spec.engine != ClusterSpec.engine:
        yield f"engine: {_written(spec.engine)}"
    if spec.heap != ClusterSpec.heap:
        yield f"heap: {f'{spec.heap // 1024}g' if spec.heap % 1024 == 0 else f'{spec.heap}m'}"
    if spec.days != ClusterSpec.days:
        yield f"days: {spec.days}"
    everybody = tuple(instance.name for instance in spec.instances)
    for key, names in (("founders", spec.founders), ("seeds", spec.seeds)):
        if names != everybody:
            yield f"{key}: {_listed(names)}"


def _tls_lines(tls: Tls) -> Iterator[str]:
    if tls != Tls():
        yield "tls:"
    if tls.verification_mode is not Tls.verification_mode:
        yield f"  verification_mode: {tls.verification_mode.value}"
    for key, encrypted in (("transport", tls.transport), ("http", tls.http)):
        if not encrypted:
            yield f"  {key}: false"


def _instance_lines(instance: Instance) -> Iterator[str]:
    yield f"  - name: {_written(instance.name)}"
    if instance.filename != instance.name:
        yield f"    filename: {_written(instance.filename)}"
    for key, texts in (("dns", instance.dns), ("ip", instance.ip), ("cn", instance.common_names)):
        if texts:
            yield f"    {key}: {_listed(texts)}"
    if instance.address != replace(instance, address="").address:
        yield f"    address: {_written(instance.address)}"
    if instance.http_port != Instance.http_port:
        yield f"    http_port: {instance.http_port}"
    if instance.transport_port != Instance.transport_port:
        yield f"    transport_port: {instance.transport_port}"


def _listed(texts: Sequence[str]) -> str:
    return f"[{', '.join(map(_written, texts))}]"


def _written(text: str) -> str:
    """`text` bare where no YAML reader can mistake it, else in double quotes."""
    bare = re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._@-]*", text) and not reading(text) and text not in _SHORT_TRUTHS
    return text if bare else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


_SHORT_TRUTHS = frozenset("yYnN")


def template(engine: str) -> str:
    """A commented cluster file to start from: three nodes on loopback addresses, every key with its default.

    Raises SpecError if `engine` has not the form of an engine.
    """
    rules.check_engine(engine, ("engine",))
    return _TEMPLATE.format(engine=f"engine: {_written(engine)}".ljust(32))


_TEMPLATE = """\
# The cluster that nodeseal builds, checks and rotates. Every key but instances and name may be left out.

cluster: nodeseal                # the cluster's name
{engine} # auto, a name, or name@version such as elasticsearch@8 or opensearch@2.19.4
heap: 512m                       # memory of each server: 128m to 31g
days: 397                        # how long a node's certificate is valid
# founders: [node-0001]          # who elects the first master among them; all nodes unless given
# seeds: [node-0001]             # whom a starting node asks for the cluster; all nodes unless given

tls:
  verification_mode: full        # full checks authority and address, certificate the authority only; or none
  transport: true                # encrypt between the nodes
  http: true                     # encrypt between the nodes and their clients

instances:
  - name: node-0001              # one common name, at most 64 characters; in quotes if YAML could misread it
    filename: node-0001          # name of its files; the instance's name unless given
    ip: [127.18.10.2]            # addresses for its certificate
    dns: [node-0001]             # host names for its certificate
    cn: []                       # further common names for its certificate (otherName), as certgen has them
    address: 127.18.10.2         # where it listens; the first ip, else the first dns, unless given
    http_port: 9200              # for clients
    transport_port: 9300         # for the other nodes

  - name: node-0002
    ip: [127.18.10.3]
    dns: [node-0002]

  - name: node-0003
    ip: [127.18.10.4]
    dns: [node-0003]
"""
