"""``nodeseal render``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

from nodeseal.certificates.bundle import Bundle
from nodeseal.cli import options
from nodeseal.cli.runtime import dialect_of
from nodeseal.cluster import identity, secrets
from nodeseal.engine.dialect import Dialect, Secrets
from nodeseal.engine.files import node_files
from nodeseal.spec import instances
from nodeseal.spec.model import ClusterSpec
from nodeseal.writing import SECRET, write_new_tree


@click.command("render")
@options.cluster_file
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The folder to write; it must not exist.")
@click.option("--engine", metavar="NAME[@VERSION]", help="Overrides the cluster file's engine; any version from 5.")
def command(source: Path, out: Path, engine: str | None) -> None:
    """Write each node's config folder: settings, certificates, keystore seed, JVM options.

    \b
    Examples:
      nodeseal render --in cluster.yaml --out config
      nodeseal render --in instances.yaml --engine elasticsearch@5.3.0 --out config
    """
    spec = instances.load(source)
    dialect = dialect_of(engine or spec.engine)
    bundle = identity.issue(spec, datetime.now(UTC))
    write_new_tree(out, _files(spec, bundle, dialect, secrets.generate()))
    click.echo(f"wrote {out} for {dialect.engine} {dialect.version}: {', '.join(i.name for i in spec.instances)}")
    click.echo(f"keep {out}/ca/ca.key and {out}/password to yourself; no node needs the authority's key")


def _files(spec: ClusterSpec, bundle: Bundle, dialect: Dialect, known: Secrets) -> Iterator[tuple[str, bytes, int]]:
    yield from (entry for entry in bundle.files() if entry[0].startswith("ca/"))
    yield "password", (known.password + "\n").encode(), SECRET
    for instance in spec.instances:
        leaf = bundle.leaves[instance.filename]
        files = node_files(spec, instance, leaf, [bundle.authority.certificate], dialect, secrets=known)
        yield from (file.at(f"{instance.filename}/{path}") for path, file in files.items())
