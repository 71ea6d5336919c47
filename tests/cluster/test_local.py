"""The folder that a cluster lives in."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from nodeseal.cluster.local import LocalCluster, check_own
from nodeseal.errors import MachineError, UsageError


def test_a_folder_of_ours_that_nobody_else_can_change_is_taken(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    check_own(tmp_path)


@pytest.mark.parametrize("mode", [0o775, 0o757, 0o1777])
def test_a_folder_that_others_can_change_is_not_taken(tmp_path: Path, mode: int) -> None:
    tmp_path.chmod(mode)
    with pytest.raises(MachineError):
        check_own(tmp_path)


def test_a_link_is_not_taken_for_a_folder(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path)
    with pytest.raises(MachineError):
        check_own(link)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_somebody_else_is_not_taken(tmp_path: Path) -> None:
    os.chown(tmp_path, 65534, 65534)
    with pytest.raises(MachineError):
        check_own(tmp_path)


def test_a_folder_with_something_else_in_it_is_neither_used_nor_removed(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("the only copy")
    with pytest.raises(UsageError):
        LocalCluster.discard(tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "the only copy"
    with pytest.raises(UsageError):
        LocalCluster.open(tmp_path)
