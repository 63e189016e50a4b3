# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bring a migration to a status, and damage or restore what it left."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.errors import OperationError
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.journal.record import (
    Step,
)


def refusal(site: Any, *files: Any, **changes: Any) -> OperationError:
    """Return the error of a run that must not write to either server."""
    before = (list(site.source.writes), list(site.destination.writes))
    with pytest.raises(OperationError) as caught:
        site.run(*files, **changes)
    assert (site.source.writes, site.destination.writes) == before
    return caught.value


def waiting(site: Any) -> Path:
    """Run the migration until it waits and return the activation file that the platform issues."""
    path: Path = site.platform(site.run().records[0])
    return path


def verified(site: Any) -> Path:
    path = waiting(site)
    assert site.run(path).records[0].step is Step.VERIFIED
    return path


def kept(site: Any, name: str) -> Path:
    """Return the path of the file in the journal, outside of the bundle."""
    found = [path for path in (site.folder / "journal").rglob(name) if path.parent.parent.name != "transfer"]
    (path,) = found
    return path


def bring_back(server: Any, ident: str) -> None:
    """Restore the server to a state in which the license is installed."""
    server.records = [replace(r, status="usable") if r.id == ident else r for r in server.records]


# Damaged files of the journal


def remove(path: Path) -> None:
    path.unlink()


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5])


def replace_by_another(path: Path) -> None:
    path.write_bytes(b"another file")


def replace_by_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGES = [remove, cut, replace_by_another, replace_by_a_folder]


damages = pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)


def copies(site: Any, name: str) -> list[Path]:
    """Return the paths of the file in the journal and of its copy in the bundle."""
    found = sorted((site.folder / "journal").rglob(name))
    assert len(found) == 2
    return found
