# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write a directory of files completely or not at all, even if the run is killed.

The files are staged in a hidden directory beside their place, ``.NAME.part``. A new directory is that
directory, renamed. An incomplete directory is first renamed to ``.NAME.repair``, so that it is
not in place while it is incomplete; the staged files are moved into it, and it is renamed back. Every step is
one rename, and the next run continues after any of them. The caller holds a lock, so that a hidden directory
that it finds belongs to a run that has ended.
"""

from __future__ import annotations

import os
import re
import shutil
from typing import List, Mapping, NamedTuple, Pattern, Tuple

from ..core import license_files
from ..core.write_errors import ArtifactError

_HIDDEN = re.compile(r"\.(?P<name>.+)\.(?P<kind>part|repair)\Z", re.DOTALL)
PART = "part"
REPAIR = "repair"


class Hidden(NamedTuple):
    """A hidden directory of an unfinished run: its path, the name of its directory, PART or REPAIR."""

    path: str
    name: str
    kind: str


def hidden_directories(parent: str, names: Pattern[str]) -> Tuple[Hidden, ...]:
    """Return the hidden directories in ``parent`` for directories that are named like ``names``.

    Raises OSError; a ``parent`` that does not exist has none.
    """
    found = []
    for entry in _entries(parent):
        match = _HIDDEN.match(entry.name)
        if match and names.fullmatch(match["name"]) and entry.is_dir(follow_symlinks=False):
            found.append(Hidden(entry.path, match["name"], match["kind"]))
    # A repair comes before the part that has its files.
    return tuple(sorted(found, key=lambda hidden: (hidden.name, hidden.kind != REPAIR)))


def write_directory(path: str, files: Mapping[str, bytes]) -> Tuple[str, ...]:
    """Create the directory ``path`` with ``files`` (content by relative path), or add the missing ones.

    Returns the files that were written. Raises ArtifactError: ``artifact_conflict`` if other content has one
    of these names, ``artifact_not_saved``.
    """
    path = os.path.abspath(path)
    try:
        finish(path)
        present = os.path.lexists(path)
        missing = tuple(file for file in files if not _is_kept(path, file, files[file]))
        if missing:
            license_files.make_directory(os.path.dirname(path))
        for file in missing:
            place = os.path.join(_hidden(path, PART), file)
            license_files.keep(os.path.dirname(place), os.path.basename(place), files[file])
        if missing and present:
            _rename(path, _hidden(path, REPAIR))
            finish(path)
        elif missing:
            if os.path.lexists(path):
                raise ArtifactError("artifact_conflict", path=path)
            _rename(_hidden(path, PART), path)
    except OSError as error:
        raise _not_saved(path, error) from error
    return missing


def finish(path: str) -> bool:
    """Finish what a killed run began at ``path``: complete a repair, else remove the staged files.

    Returns whether the directory was put in place. Raises ArtifactError ``artifact_not_saved`` if another
    directory took its place meanwhile.
    """
    path = os.path.abspath(path)
    part, repair = _hidden(path, PART), _hidden(path, REPAIR)
    repaired = os.path.isdir(repair) and not os.path.islink(repair)
    try:
        if repaired:
            if os.path.lexists(path):
                raise ArtifactError("artifact_not_saved", path=repair, reason=path + " exists, too")
            _move_files(part, repair)
            _rename(repair, path)
        if os.path.lexists(part):
            shutil.rmtree(part)
    except OSError as error:
        raise _not_saved(path, error) from error
    return repaired


def _move_files(source: str, target: str) -> None:
    """Move the files below ``source`` to the same place below ``target``, unless something is there."""
    for folder, _folders, names in os.walk(source):
        place = os.path.normpath(os.path.join(target, os.path.relpath(folder, source)))
        moving = [name for name in sorted(names) if not os.path.lexists(os.path.join(place, name))]
        if moving:
            license_files.make_directory(place)
        for name in moving:
            os.rename(os.path.join(folder, name), os.path.join(place, name))
        if moving:
            license_files.sync_directory(place)


def _rename(source: str, target: str) -> None:
    os.rename(source, target)
    license_files.sync_directory(os.path.dirname(target))


def _hidden(path: str, kind: str) -> str:
    parent, name = os.path.split(path)
    return os.path.join(parent, ".{0}.{1}".format(name, kind))


def _is_kept(path: str, file: str, content: bytes) -> bool:
    place = os.path.join(path, file)
    return license_files.is_kept(os.path.dirname(place), os.path.basename(place), content)


def _entries(folder: str) -> List["os.DirEntry[str]"]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except (FileNotFoundError, NotADirectoryError):
        return []


def _not_saved(path: str, error: OSError) -> ArtifactError:
    reason = error.strerror or type(error).__name__
    return ArtifactError("artifact_not_saved", path=path, reason=reason)
