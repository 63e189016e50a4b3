# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The journal of migrations: a folder, in it one folder per migration, in it ``record.json`` and its files.

A record is written whole (temporary file, fsync, rename, fsync of the folder) before the step that it
announces and again after the step that it confirms. Files lie beside it under their own names, byte by byte.
Nothing is ever deleted. What cannot be read as a record is an error that names the file: acting on a guess
could lose a licence.
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
from .codec import BadRecord, from_text, to_text
from .record import Event, KeptFile, MigrationRecord, Step

RECORD = "record.json"
LOCK = ".lock"
MAX_BYTES = 1024 * 1024
# Folders of one kind in one migration; more of them means that something keeps going wrong.
MAX_FOLDERS = 50


class JournalError(OperationError):
    """The journal, or a record in it, cannot be read, written or trusted."""


class FileState(enum.Enum):
    """What has become of a kept file."""

    INTACT = "intact"
    MISSING = "missing"
    DAMAGED = "damaged"


@dataclass(frozen=True)
class Unreadable:
    """A migration whose record is not to be trusted, and why."""

    id: str
    error: JournalError


def utc_now() -> dt.datetime:
    """Return the controller's time, in whole seconds."""
    return dt.datetime.now(dt.timezone.utc).replace(microsecond=0)


class Journal:
    """The journal in ``folder``. ``now`` is the controller's clock."""

    def __init__(self, folder: str, now: Callable[[], dt.datetime] = utc_now) -> None:
        self.folder = os.path.abspath(folder)
        self._now = now

    @property
    def lock_path(self) -> str:
        return os.path.join(self.folder, LOCK)

    def prepare(self) -> None:
        """Prove that the journal can be written. Raises JournalError ``journal_unusable``."""
        try:
            license_files.prepare_folder(self.folder)
        except ArtifactError as error:
            raise self._unusable(str(error.fields["reason"])) from error

    def check(self) -> None:
        """Foresee what ``prepare`` would say, without writing."""
        try:
            license_files.check_folder(self.folder)
        except ArtifactError as error:
            raise self._unusable(str(error.fields["reason"])) from error

    def _unusable(self, reason: str) -> JournalError:
        return JournalError("journal_unusable", path=self.folder, reason=reason)

    # Reading

    def records(self) -> Tuple[MigrationRecord, ...]:
        """Return all migrations, in the order of their names. Raises JournalError for the first bad one."""
        found: List[MigrationRecord] = []
        for name in self._names():
            record = self._read(name)
            if record is not None:
                found.append(record)
        return tuple(found)

    def survey(self) -> Tuple[Tuple[MigrationRecord, ...], Tuple[Unreadable, ...]]:
        """Return all migrations, and those whose record cannot be trusted."""
        if not os.path.isdir(self.folder):
            # A journal that is misspelt must not read as one in which nothing waits.
            raise JournalError("journal_missing", path=self.folder)
        found: List[MigrationRecord] = []
        bad: List[Unreadable] = []
        for name in self._names():
            try:
                record = self._read(name)
            except JournalError as error:
                bad.append(Unreadable(name, error))
            else:
                found += [] if record is None else [record]
        return tuple(found), tuple(bad)

    def _names(self) -> List[str]:
        try:
            entries = sorted(os.listdir(self.folder))
        except FileNotFoundError:
            return []
        except OSError as error:
            raise self._unusable(error.strerror or type(error).__name__) from error
        return [name for name in entries if not name.startswith(".")]

    def _read(self, name: str) -> Optional[MigrationRecord]:
        """Return the record of the folder ``name``; None if a run died before it wrote anything there."""
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
                raise JournalError("journal_record_invalid", path=path, reason="no regular file")
            with open(path, "rb") as stream:
                content = stream.read(MAX_BYTES + 1)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise JournalError("journal_record_invalid", path=path, reason=reason) from error
        if len(content) > MAX_BYTES:
            raise JournalError("journal_record_invalid", path=path, reason="larger than any record")
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

        Raises JournalError ``journal_not_written``: then the step must not be taken.
        """
        event = Event(step, self.instant(), server_at, os.getpid(), socket.gethostname() or "-")
        written = replace(record, history=(*record.history, event))
        path = os.path.join(self.folder, record.id, RECORD)
        try:
            content = to_text(written)
            # What could not be read again must not be relied on.
            if len(content) > MAX_BYTES or from_text(content) != written:
                raise BadRecord("it could not be read again")
            license_files.make_folder(os.path.dirname(path))
            license_files.replace_file(path, content)
        except BadRecord as error:
            raise JournalError("journal_not_written", path=path, reason=error.reason, step=step) from error
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise JournalError("journal_not_written", path=path, reason=reason, step=step) from error
        return written

    def advance(
        self, record: MigrationRecord, step: Step, server_at: Optional[str] = None
    ) -> MigrationRecord:
        """Write that ``record`` has reached ``step``."""
        return self.write(replace(record, step=step), step.value, server_at)

    def instant(self) -> str:
        """Return the controller's time as ISO text."""
        return self._now().isoformat().replace("+00:00", "Z")

    def seconds_since(self, instant: str) -> float:
        """Return the seconds since an instant of the journal; another controller's clock may differ."""
        then = dt.datetime.fromisoformat(instant.replace("Z", "+00:00"))
        return (self._now() - then).total_seconds()

    # Files beside the record

    def keep(self, record: MigrationRecord, kind: str, name: str, content: bytes) -> KeptFile:
        """Keep a file of the migration under its own name; never over another file.

        ``kind`` is the folder (``uninstall-file``); where something else has the name, the next one
        (``uninstall-file-2``) takes it. Raises ArtifactError, JournalError.
        """
        folder = self._place(record, kind, {name: content}, alone=False)
        return KeptFile(folder, name, license_files.digest(content))

    def keep_bundle(self, record: MigrationRecord, kind: str, files: Mapping[str, bytes]) -> str:
        """Keep several files together, by their path in the bundle and in this order; return the folder.

        A bundle that differs in anything from one that is kept gets a folder of its own.
        """
        return self._place(record, kind, files, alone=True)

    def _place(self, record: MigrationRecord, kind: str, files: Mapping[str, bytes], alone: bool) -> str:
        for turn in range(1, MAX_FOLDERS + 1):
            folder = kind if turn == 1 else "{0}-{1}".format(kind, turn)
            place = os.path.join(self.folder, record.id, folder)
            if _takes(place, files, alone):
                for name, content in files.items():
                    _keep(os.path.join(place, name), content)
                return folder
        raise JournalError("journal_unusable", path=self.folder, reason="too many folders " + kind)

    def path_of(self, record: MigrationRecord, file: KeptFile) -> str:
        """Return where a kept file lies."""
        return os.path.join(self.folder, record.id, *file.folder.split("/"), file.name)

    def bundle_path(self, record: MigrationRecord, folder: str) -> str:
        """Return where a bundle lies."""
        return os.path.join(self.folder, record.id, folder)

    def content_of(self, record: MigrationRecord, file: KeptFile) -> bytes:
        """Return a kept file, unchanged since it was kept. Raises JournalError ``journal_file_changed``."""
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
        """Say whether a kept file is there with the bytes that the journal recorded."""
        try:
            self.content_of(record, file)
        except JournalError:
            there = os.path.lexists(self.path_of(record, file))
            return FileState.DAMAGED if there else FileState.MISSING
        return FileState.INTACT

    def copy_of(self, record: MigrationRecord, file: KeptFile) -> Optional[bytes]:
        """Return the bytes of an uninstall file from its copy in the bundle; None if that is not intact."""
        if record.transfer is None:
            return None
        copy = KeptFile(record.transfer.folder + "/uninstall-file", file.name, file.sha256)
        return self.content_of(record, copy) if self.state_of(record, copy) is FileState.INTACT else None


def _takes(place: str, files: Mapping[str, bytes], alone: bool) -> bool:
    """Say whether the folder ``place`` has these files, or room for them; ``alone``: and no others."""
    try:
        for name, content in files.items():
            path = os.path.join(place, name)
            license_files.is_kept(os.path.dirname(path), os.path.basename(path), content)
    except ArtifactError as error:
        if error.code != "artifact_conflict":
            raise _not_kept(error) from error
        return False
    return not alone or not _others(place, files)


def _keep(path: str, content: bytes) -> None:
    try:
        license_files.keep(os.path.dirname(path), os.path.basename(path), content)
    except ArtifactError as error:
        raise _not_kept(error) from error


def _not_kept(error: ArtifactError) -> JournalError:
    reason = str(error.fields.get("reason", error.code))
    return JournalError("journal_file_not_kept", path=error.fields["path"], reason=reason)


def _others(place: str, files: Mapping[str, bytes]) -> bool:
    for folder, _folders, names in os.walk(place):
        for name in names:
            path = os.path.relpath(os.path.join(folder, name), place)
            # What a run left that died while it wrote begins with a dot.
            if not name.startswith(".") and path not in files:
                return True
    return False
