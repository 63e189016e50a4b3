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
from dataclasses import replace
from typing import Callable, Mapping, Optional

from ..bundles import whole_directory
from ..core import license_files
from ..core.write_errors import ArtifactError
from .journal_reader import MAX_BYTES, RECORD, JournalError, JournalReader
from .record import (
    BadRecord,
    Event,
    KeptFile,
    MigrationRecord,
    Step,
    from_text,
    to_text,
)

LOCK = ".lock"
# Maximum number of directories of one kind in one migration. More of them indicate a repeating failure.
MAX_FOLDERS = 50


class FileState(enum.Enum):
    """State of a kept file compared with the journal."""

    INTACT = "intact"
    MISSING = "missing"
    DAMAGED = "damaged"


def utc_now() -> dt.datetime:
    """Return the current time of the controller in UTC, in whole seconds."""
    return dt.datetime.now(dt.timezone.utc).replace(microsecond=0)


class Journal(JournalReader):
    """The journal in the directory ``folder``. ``now`` returns the time of the controller."""

    def __init__(self, folder: str, now: Callable[[], dt.datetime] = utc_now) -> None:
        super().__init__(folder)
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
            try:
                if exclusive:
                    whole_directory.finish(directory)
                if _has_room(directory, files, exclusive):
                    _keep_all(directory, files, exclusive)
                    return folder
            except ArtifactError as error:
                raise _not_kept(error) from error
        raise JournalError("journal_unusable", path=self.folder, reason="too many directories " + kind)

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

    ``exclusive``: the directory must not contain any other file either. Raises ArtifactError.
    """
    try:
        for name, content in files.items():
            path = os.path.join(directory, name)
            license_files.is_kept(os.path.dirname(path), os.path.basename(path), content)
    except ArtifactError as error:
        if error.code != "artifact_conflict":
            raise
        return False
    return not exclusive or not _others(directory, files)


def _keep_all(directory: str, files: Mapping[str, bytes], exclusive: bool) -> None:
    """Keep the files; an ``exclusive`` directory is a bundle, which is never visible while incomplete."""
    if exclusive:
        whole_directory.write_directory(directory, files)
        return
    for name, content in files.items():
        path = os.path.join(directory, name)
        license_files.keep(os.path.dirname(path), os.path.basename(path), content)


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
