# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drop directory: activation files from the license platform, assigned to licenses by their path.

An activation file is opaque: its content does not show which migration it is for. Its path does:
``LICENSE_ID/NAME``, for a part ``LICENSE_ID/destination/NAME`` (or ``source``), and for several parts with
the same server ``LICENSE_ID/destination/QUANTITY/NAME``. Hidden files (``.NAME``) are ignored: they may be
incomplete copies.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple

from ..core.errors import Cause, InvalidRequest
from ..journal.record import End
from .transfer_steps import is_directory_name

ENDS = tuple(end.value for end in End)


@dataclass(frozen=True)
class DroppedFile:
    """An activation file in the directory and what its path specifies; None if not specified."""

    path: str
    license_id: str
    end: Optional[str] = None
    quantity: Optional[int] = None

    def row(self) -> Dict[str, Any]:
        """Return the entry for the option ``activation_files``."""
        given = {"path": self.path, "license_id": self.license_id, "to": self.end, "quantity": self.quantity}
        return {name: value for name, value in given.items() if value is not None}


@dataclass(frozen=True)
class Dropped:
    """The files of the requested licenses, sorted by path, with warnings about files that are ignored."""

    files: Tuple[DroppedFile, ...]
    warnings: Tuple[Cause, ...] = ()


def dropped(folder: str, license_ids: Sequence[str]) -> Dropped:
    """Return the files in ``folder`` for these licenses; none if the directory does not exist yet.

    Directories of other licenses belong to other tasks and are ignored. Raises InvalidRequest:
    ``drop_folder_license_id`` (an id that cannot be a directory name), ``drop_folder_entry`` (an entry below
    the directory of a license whose path has no meaning), ``drop_folder_unreadable``.
    """
    for ident in license_ids:
        if not is_directory_name(ident):
            raise InvalidRequest("drop_folder_license_id", license_id=ident or "-", folder=folder)
    found = [file for ident in dict.fromkeys(license_ids) for file in _of_license(folder, ident)]
    stray = [path for path, is_folder in _entries(folder) if not is_folder]
    warnings = [Cause("drop_folder_stray", {"files": stray, "folder": folder}, "")] if stray else []
    return Dropped(tuple(sorted(found, key=lambda file: file.path)), tuple(warnings))


def _of_license(folder: str, ident: str) -> Iterator[DroppedFile]:
    directory = os.path.join(folder, ident)
    for path, is_folder in _entries(directory):
        if not is_folder:
            yield DroppedFile(path, ident)
            continue
        end = os.path.basename(path)
        if end not in ENDS:
            raise InvalidRequest("drop_folder_entry", path=path, place=directory)
        yield from _of_end(path, directory, ident, end)


def _of_end(folder: str, directory: str, ident: str, end: str) -> Iterator[DroppedFile]:
    for path, is_folder in _entries(folder):
        if not is_folder:
            yield DroppedFile(path, ident, end)
            continue
        name = os.path.basename(path)
        if not _is_quantity(name):
            raise InvalidRequest("drop_folder_entry", path=path, place=directory)
        for inner, is_deeper in _entries(path):
            if is_deeper:
                raise InvalidRequest("drop_folder_entry", path=inner, place=directory)
            yield DroppedFile(inner, ident, end, int(name))


def _is_quantity(name: str) -> bool:
    return name.isascii() and name.isdigit() and len(name) < 10 and int(name) > 0


def _entries(folder: str) -> List[Tuple[str, bool]]:
    """Return the paths in ``folder`` that are not hidden, each with whether it is a directory."""
    found = []
    try:
        for name in sorted(os.listdir(folder)):
            if not name.startswith("."):
                path = os.path.join(folder, name)
                found.append((path, stat.S_ISDIR(os.stat(path).st_mode)))
    except FileNotFoundError:
        return found
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InvalidRequest("drop_folder_unreadable", path=folder, reason=reason) from error
    return found
