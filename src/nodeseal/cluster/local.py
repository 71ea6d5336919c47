"""A cluster of local processes, and the folder that it lives in.

::

    HOME/                 one folder for each cluster, below the work folder
    ├── cluster.yaml      what was asked for
    ├── runtime.json      what it runs on
    ├── password          the superuser's, 0600
    ├── certificates/     the authority and the leaves in certgen's layout, 0700
    └── nodes/NAME/       config/, data/, logs/, tmp/, console.log
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import stat
from collections.abc import Sequence
from pathlib import Path

from nodeseal.cluster import keystore, preflight, process, secrets
from nodeseal.cluster.account import Account, choose
from nodeseal.cluster.identity import Identity
from nodeseal.cluster.node import Node, Runtime
from nodeseal.cluster.rest import Rest
from nodeseal.engine.catalogue import Version
from nodeseal.engine.dialect import Secrets, Section
from nodeseal.engine.files import KEYSTORE_SEED, node_files
from nodeseal.engine.lines import dialect_for
from nodeseal.errors import ClusterError, MachineError, UsageError
from nodeseal.spec import instances
from nodeseal.spec.model import ClusterSpec, Instance
from nodeseal.writing import make_folder, write_aside, write_tree

FALLBACK = Path("/var/tmp/nodeseal")  # noqa: S108 - a folder below it is made with mkdir and never reused by another owner
"""Where nodes live whose account can't enter the work folder (root's own, say)."""


class LocalCluster:
    """A cluster in `home`. Leaving its context stops every node, however it is left."""

    def __init__(self, home: Path, spec: ClusterSpec, runtime: Runtime, known: Secrets) -> None:
        self.home = home
        self.spec = spec
        self.runtime = runtime
        self.secrets = known

    @classmethod
    def lay_out(cls, home: Path, spec: ClusterSpec, runtime: Runtime, *, known: Secrets | None = None) -> LocalCluster:
        """A new cluster in `home`, or the one that is laid out there with its password kept.

        Raises UsageError if `home` holds something else, MachineError if it can't be written.
        """
        _check_ours(home)
        make_folder(home)
        handed = home / "password"
        if known is None:
            known = secrets.with_hash(secrets.read(handed)) if handed.exists() else secrets.generate()
        write_aside(home / "runtime.json", _remembered(runtime), 0o644)
        write_aside(home / "cluster.yaml", instances.dump(spec).encode(), 0o644)
        secrets.hand_over(known.password, handed)
        _make_nodes_folder(home / "nodes", runtime.account)
        return cls(home, spec, runtime, known)

    @classmethod
    def discard(cls, home: Path) -> None:
        """Remove a cluster's home with all its data, and nothing that is not one. Raises UsageError for anything
        else."""
        if not home.exists():
            return
        _check_ours(home)
        shutil.rmtree((home / "nodes").resolve(), ignore_errors=True)
        shutil.rmtree(home)

    @classmethod
    def open(cls, home: Path) -> LocalCluster:
        """The cluster that was laid out in `home`. Raises UsageError if there is none."""
        try:
            remembered = json.loads((home / "runtime.json").read_text())
            spec = instances.load(home / "cluster.yaml")
            known = Secrets(secrets.read(home / "password"))
        except (OSError, ValueError) as cause:
            raise UsageError(
                f"there is no cluster in {home}", "Start one with `nodeseal up` or `nodeseal tour`."
            ) from cause
        runtime = Runtime(
            dialect_for(remembered["engine"], Version.parse(remembered["version"])),
            Path(remembered["distribution"]),
            Path(remembered["java"]),
            choose(remembered["account"], {}) if remembered["account"] else None,
        )
        return cls(home, spec, runtime, known)

    def __enter__(self) -> LocalCluster:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def node(self, instance: Instance) -> Node:
        """The node of an instance."""
        return Node(instance, self.home / "nodes" / instance.filename, self.runtime)

    @property
    def authority_file(self) -> Path:
        """The PEM file of the trust anchor that clients are given."""
        return self.home / "certificates" / "ca" / "ca.crt"

    @property
    def password_file(self) -> Path:
        """The file, 0600, in which the superuser's password is handed over."""
        return self.home / "password"

    @property
    def nodes(self) -> tuple[Node, ...]:
        """The nodes of the cluster file, in its order."""
        return tuple(self.node(instance) for instance in self.spec.instances)

    def place(self, instance: Instance, identity: Identity, spec: ClusterSpec | None = None) -> Node:
        """Lay out a node's folder; its data are kept if it had any. Nothing is started.

        `spec` replaces the cluster's own for this node. Raises MachineError or ClusterError if it can't be laid out.
        """
        node = self.node(instance)
        folder = node.folder
        for name in ("data", "logs", "tmp"):
            make_folder(folder / name, 0o700)
        real = folder.resolve()
        files = node_files(
            spec or self.spec,
            instance,
            identity.leaf,
            identity.anchors,
            self.runtime.dialect,
            secrets=self.secrets,
            extra=[Section("Where its files are", {"path.data": str(real / "data"), "path.logs": str(real / "logs")})],
        )
        config = folder / "config.new"
        shutil.rmtree(config, ignore_errors=True)
        try:
            shutil.copytree(self.runtime.distribution / "config", config)
            config.chmod(0o700)
            _point_jvm_into(real, config / "jvm.options")
        except OSError as cause:
            raise MachineError(
                f"could not copy the engine's stock configuration to {config}: {cause}",
                "Make room or give write permission there, then run it again.",
            ) from cause
        write_tree(config, (file.at(path) for path, file in files.items() if not path.startswith(KEYSTORE_SEED)))
        self._keystore_into(config, folder)
        shutil.rmtree(folder / "config", ignore_errors=True)
        config.rename(folder / "config")
        write_aside(node.console, b"", 0o600)
        if self.runtime.account:
            self.runtime.account.own(real)
        return node

    def _keystore_into(self, config: Path, folder: Path) -> None:
        entries = self.runtime.dialect.keystore_entries(self.secrets)
        if not entries:
            return
        name = f"{self.runtime.dialect.engine}.keystore"
        kept = self.home / "keystore" / hashlib.sha256(self.secrets.password.encode()).hexdigest()[:16]
        if not kept.exists():
            if self.runtime.account:
                self.runtime.account.own(folder.resolve())
            keystore.create(config.resolve(), entries, self.runtime, (folder / "tmp").resolve(), folder)
            make_folder(kept.parent, 0o700)
            write_aside(kept, (config / name).read_bytes(), 0o600)
        write_aside(config / name, kept.read_bytes(), 0o600)

    def start(self, nodes: Sequence[Node]) -> None:
        """Start nodes side by side, after their ports were looked at. Raises MachineError or ClusterError."""
        preflight.check_ports(node.instance for node in nodes)
        for node in nodes:
            node.start()

    def rest(self, instance: Instance, password: str | None = None) -> Rest:
        """A client of one node as the superuser, with the generated password unless another is given."""
        authority = self.authority_file if self.spec.tls.http else None
        password = password or self.secrets.password
        return Rest(instance.http_endpoint, authority, self.runtime.dialect.superuser, password)

    def replace_default_password(self, instance: Instance) -> None:
        """Put the generated password in the place of the default one, on lines that start with that. Raises
        ClusterError."""
        path = self.runtime.dialect.password_path()
        if path and not self._is_open_to(instance, self.secrets.password):
            with self.rest(instance, self.runtime.dialect.default_password) as rest:
                rest.put(path, {"password": self.secrets.password})

    def _is_open_to(self, instance: Instance, password: str) -> bool:
        try:
            with self.rest(instance, password) as rest:
                rest.members()
        except ClusterError:
            return False
        return True

    def stop(self) -> int:
        """Stop whatever lives in this home, started by whomever. Returns the number of processes."""
        return process.clear(self.home)


def _check_ours(home: Path) -> None:
    if home.exists() and any(home.iterdir()) and not (home / "runtime.json").exists():
        raise UsageError(f"{home} holds something that is not a cluster of nodeseal", "Choose another --workdir.")


def _remembered(runtime: Runtime) -> bytes:
    values = {
        "engine": runtime.dialect.engine,
        "version": str(runtime.dialect.version),
        "distribution": str(runtime.distribution),
        "java": str(runtime.java),
        "account": runtime.account.name if runtime.account else None,
    }
    return (json.dumps(values, indent=2) + "\n").encode()


def _point_jvm_into(folder: Path, options: Path) -> None:
    """The stock options write to ``logs/`` and ``data`` of the distribution, which nodes share and may not write to."""
    stock = options.read_text()
    options.write_text(re.sub(r"(?<==)(logs|data)(?=/|\s|$)", lambda found: str(folder / found.group(1)), stock))


def check_own(folder: Path) -> None:
    """Raise MachineError unless `folder` is a real folder of ours that nobody else can change.

    What lies below /var/tmp can have been put there by any user of the machine.
    """
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid() or status.st_mode & 0o022:
        raise MachineError(f"{folder} belongs to somebody else", "Look into it, and move it away.")


def _make_nodes_folder(nodes: Path, account: Account | None) -> None:
    """Make `nodes`, elsewhere and linked if the account could not get into it."""
    if nodes.is_dir():
        return
    if account is None or account.can_enter(nodes.parent):
        make_folder(nodes)
        return
    elsewhere = FALLBACK / hashlib.sha256(str(nodes).encode()).hexdigest()[:16]
    make_folder(FALLBACK)
    check_own(FALLBACK)
    shutil.rmtree(elsewhere, ignore_errors=True)
    make_folder(elsewhere)
    nodes.unlink(missing_ok=True)
    nodes.symlink_to(elsewhere, target_is_directory=True)
