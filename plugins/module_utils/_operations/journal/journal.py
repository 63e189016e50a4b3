# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Migration journal: one directory per migration, with ``record.json`` and the kept files.

A record is written atomically (temporary file, fsync, rename, fsync of the directory) before the step that it
announces, and again after that step is confirmed. Files are kept beside the record, unchanged and under their
own names. Nothing is ever deleted. Content that is not a valid record raises an error that names the file,
because acting on a guess could lose a license.
"""

from __future__ import annotations

import datetime as dt
import enum
import os
import socket
import stat
from dataclasses import dataclass, replace
from typing import Callable, List, Mapping, Optional, Tuple

from ..core import license_files
from ..core.errors import ArtifactError, OperationError
from .record import (
    BadRecord,
    Event,
    KeptFile,
    MigrationRecord,
    Step,
    from_text,
    to_text,
)

RECORD = "record.json"
LOCK = ".lock"
MAX_BYTES = 1024 * 1024
# Maximum number of directories of one kind in one migration. More of them indicate a repeating failure.
MAX_FOLDERS = 50


class JournalError(OperationError):
    """The journal or one of its records cannot be read, written or trusted."""


class FileState(enum.Enum):
    """State of a kept file compared with the journal."""

    INTACT = "intact"
    MISSING = "missing"
    DAMAGED = "damaged"


@dataclass(frozen=True)
class Unreadable:
    """A migration whose record cannot be trusted, with the reason."""

    id: str
    error: JournalError


def utc_now() -> dt.datetime:
    """Return the current time of the controller in UTC, in whole seconds."""
    return dt.datetime.now(dt.timezone.utc).replace(microsecond=0)


class Journal:
    """The journal in the directory ``folder``. ``now`` returns the time of the controller."""

    def __init__(self, folder: str, now: Callable[[], dt.datetime] = utc_now) -> None:
        self.folder = os.path.abspath(folder)
        self._now = now

    @property
    def lock_path(self) -> str:
        return os.path.join(self.folder, LOCK)

    def prepare(self) -> None:
        """Create the journal directory and test a write. Raises JournalError ``journal_unusable``."""
        try:
            license_files.prepare_directory(self.folder)
        except ArtifactError as error:
            raise self._unusable(str(error.fields["reason"])) from error

    def check(self) -> None:
        """Check what ``prepare`` checks, without writing. Raises JournalError ``journal_unusable``."""
        try:
            license_files.check_directory(self.folder)
        except ArtifactError as error:
            raise self._unusable(str(error.fields["reason"])) from error

    def _unusable(self, reason: str) -> JournalError:
        return JournalError("journal_unusable", path=self.folder, reason=reason)

    # Reading

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

    # Writing

    def write(self, record: MigrationRecord, step: str, server_at: Optional[str] = None) -> MigrationRecord:
        """Write ``record`` with a new entry ``step`` in its history; return it as written.

        Raises JournalError ``journal_not_written``; the caller must then not take the step.
        """
        event = Event(step, self.timestamp(), server_at, os.getpid(), socket.gethostname() or "-")
        written = replace(record, history=(*record.history, event))
        path = os.path.join(self.folder, record.id, RECORD)
        try:
            content = to_text(written)
            # A record that cannot be read back must not be relied on.
            if len(content) > MAX_BYTES or from_text(content) != written:
                raise BadRecord("it could not be read again")
            license_files.make_directory(os.path.dirname(path))
            license_files.replace_file(path, content)
        except BadRecord as error:
            raise JournalError("journal_not_written", path=path, reason=error.reason, step=step) from error
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise JournalError("journal_not_written", path=path, reason=reason, step=step) from error
        return written

    def advance(self, record: MigrationRecord, step: Step) -> MigrationRecord:
        """Write that ``record`` has reached ``step``; return it as written."""
        return self.write(replace(record, step=step), step.value)

    def timestamp(self) -> str:
        """Return the current time of the controller as ISO text."""
        return self._now().isoformat().replace("+00:00", "Z")

    def seconds_since(self, timestamp: str) -> float:
        """Return the seconds since a recorded time; the clock of another controller may differ."""
        then = dt.datetime.fromisoformat(timestamp.replace("Z", "+00:00"))
        return (self._now() - then).total_seconds()

    # Kept files

    def keep(self, record: MigrationRecord, kind: str, name: str, content: bytes) -> KeptFile:
        """Keep a file of the migration under its own name; never overwrite another file.

        ``kind`` is the name of the directory (``uninstall-file``). If another file there has the name, the
        next directory (``uninstall-file-2``) is used. Raises ArtifactError, JournalError.
        """
        folder = self._keep_together(record, kind, {name: content}, exclusive=False)
        return KeptFile(folder, name, license_files.digest(content))

    def keep_bundle(self, record: MigrationRecord, kind: str, files: Mapping[str, bytes]) -> str:
        """Keep several files together, by their path in the bundle and in this order; return the directory.

        A bundle that differs from the kept bundles gets a new directory.
        """
        return self._keep_together(record, kind, files, exclusive=True)

    def _keep_together(
        self, record: MigrationRecord, kind: str, files: Mapping[str, bytes], exclusive: bool
    ) -> str:
        for number in range(1, MAX_FOLDERS + 1):
            folder = kind if number == 1 else "{0}-{1}".format(kind, number)
            directory = os.path.join(self.folder, record.id, folder)
            if _has_room(directory, files, exclusive):
                for name, content in files.items():
                    _keep(os.path.join(directory, name), content)
                return folder
        raise JournalError("journal_unusable", path=self.folder, reason="too many directories " + kind)

    def path_of(self, record: MigrationRecord, file: KeptFile) -> str:
        """Return the path of a kept file."""
        return os.path.join(self.folder, record.id, *file.folder.split("/"), file.name)

    def bundle_path(self, record: MigrationRecord, folder: str) -> str:
        """Return the path of a bundle."""
        return os.path.join(self.folder, record.id, folder)

    def content_of(self, record: MigrationRecord, file: KeptFile) -> bytes:
        """Return the content of an unchanged kept file. Raises JournalError ``journal_file_changed``."""
        path = self.path_of(record, file)
        try:
            with open(path, "rb") as stream:
                content = stream.read(license_files.MAX_BYTES + 1)
        except OSError as error:
            raise JournalError("journal_file_changed", path=path, sha256=file.sha256) from error
        if license_files.digest(content) != file.sha256:
            raise JournalError("journal_file_changed", path=path, sha256=file.sha256)
        return content

    def state_of(self, record: MigrationRecord, file: KeptFile) -> FileState:
        """Return whether a kept file is intact, missing or damaged, compared with the recorded digest."""
        try:
            self.content_of(record, file)
        except JournalError:
            there = os.path.lexists(self.path_of(record, file))
            return FileState.DAMAGED if there else FileState.MISSING
        return FileState.INTACT

    def copy_of(self, record: MigrationRecord, file: KeptFile) -> Optional[bytes]:
        """Return the content of the intact copy of an uninstall file in the bundle; None without one."""
        if record.transfer is None:
            return None
        copy = KeptFile(record.transfer.folder + "/uninstall-file", file.name, file.sha256)
        return self.content_of(record, copy) if self.state_of(record, copy) is FileState.INTACT else None


def _has_room(directory: str, files: Mapping[str, bytes], exclusive: bool) -> bool:
    """Return whether ``directory`` can hold the files: none of them exists there with other content.

    ``exclusive``: the directory must not contain any other file either.
    """
    try:
        for name, content in files.items():
            path = os.path.join(directory, name)
            license_files.is_kept(os.path.dirname(path), os.path.basename(path), content)
    except ArtifactError as error:
        if error.code != "artifact_conflict":
            raise _not_kept(error) from error
        return False
    return not exclusive or not _others(directory, files)


def _keep(path: str, content: bytes) -> None:
    try:
        license_files.keep(os.path.dirname(path), os.path.basename(path), content)
    except ArtifactError as error:
        raise _not_kept(error) from error


def _not_kept(error: ArtifactError) -> JournalError:
    reason = str(error.fields.get("reason", error.code))
    return JournalError("journal_file_not_kept", path=error.fields["path"], reason=reason)


def _others(directory: str, files: Mapping[str, bytes]) -> bool:
    for folder, _folders, names in os.walk(directory):
        for name in names:
            path = os.path.relpath(os.path.join(folder, name), directory)
            # The temporary files of an interrupted run begin with a dot.
            if not name.startswith(".") and path not in files:
                return True
    return False
