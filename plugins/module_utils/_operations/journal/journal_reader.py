# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read a migration journal: its records, those that are invalid, and the paths of the kept files."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from typing import List, Optional, Tuple

from ..core.errors import OperationError
from .record import BadRecord, KeptFile, MigrationRecord, from_text

RECORD = "record.json"
MAX_BYTES = 1024 * 1024


class JournalError(OperationError):
    """The journal or one of its records cannot be read, written or trusted."""


@dataclass(frozen=True)
class Unreadable:
    """A migration whose record cannot be trusted, with the reason."""

    id: str
    error: JournalError


class JournalReader:
    """The journal in the directory ``folder``; ``Journal`` adds what writes it."""

    def __init__(self, folder: str) -> None:
        self.folder = os.path.abspath(folder)

    def records(self) -> Tuple[MigrationRecord, ...]:
        """Return all migrations, sorted by name. Raises JournalError for the first invalid record."""
        found: List[MigrationRecord] = []
        for name in self._names():
            record = self._read(name)
            if record is not None:
                found.append(record)
        return tuple(found)

    def survey(self) -> Tuple[Tuple[MigrationRecord, ...], Tuple[Unreadable, ...]]:
        """Return all migrations, and separately those whose record cannot be trusted.

        Raises JournalError ``journal_missing``.
        """
        if not os.path.isdir(self.folder):
            # A misspelled path must not look like a journal without pending migrations.
            raise JournalError("journal_missing", path=self.folder)
        found: List[MigrationRecord] = []
        unreadable: List[Unreadable] = []
        for name in self._names():
            try:
                record = self._read(name)
            except JournalError as error:
                unreadable.append(Unreadable(name, error))
            else:
                found += [] if record is None else [record]
        return tuple(found), tuple(unreadable)

    def _names(self) -> List[str]:
        try:
            entries = sorted(os.listdir(self.folder))
        except FileNotFoundError:
            return []
        except OSError as error:
            raise self._unusable(error.strerror or type(error).__name__) from error
        return [name for name in entries if not name.startswith(".")]

    def _read(self, name: str) -> Optional[MigrationRecord]:
        """Return the record in the directory ``name``; None if an interrupted run wrote nothing there."""
        folder = os.path.join(self.folder, name)
        path = os.path.join(folder, RECORD)
        try:
            if not stat.S_ISDIR(os.lstat(folder).st_mode):
                raise JournalError("journal_foreign_file", path=folder)
            if not os.path.lexists(path):
                left = [entry for entry in os.listdir(folder) if not entry.startswith(".")]
                if left:
                    raise JournalError("journal_record_missing", path=path, files=sorted(left)[:10])
                return None
            if not stat.S_ISREG(os.lstat(path).st_mode):
                raise JournalError("journal_record_invalid", path=path, reason="it is not a regular file")
            with open(path, "rb") as stream:
                content = stream.read(MAX_BYTES + 1)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise JournalError("journal_record_invalid", path=path, reason=reason) from error
        if len(content) > MAX_BYTES:
            raise JournalError("journal_record_invalid", path=path, reason="it is larger than any record")
        try:
            record = from_text(content)
        except BadRecord as error:
            code = "journal_record_newer" if error.newer else "journal_record_invalid"
            raise JournalError(code, path=path, reason=error.reason) from error
        if record.id != name:
            raise JournalError("journal_record_invalid", path=path, reason="it is of " + record.id)
        return record

    def _unusable(self, reason: str) -> JournalError:
        return JournalError("journal_unusable", path=self.folder, reason=reason)

    def path_of(self, record: MigrationRecord, file: KeptFile) -> str:
        """Return the path of a kept file."""
        return os.path.join(self.folder, record.id, *file.folder.split("/"), file.name)

    def bundle_path(self, record: MigrationRecord, folder: str) -> str:
        """Return the path of a bundle."""
        return os.path.join(self.folder, record.id, folder)
