# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read and save license files on disk, unchanged and atomically.

An activation file is opaque and bound to its name, so it is read in one piece and never edited. An uninstall
file is the only proof of a license that is active on no server, so it is synced to disk before success is
reported.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import stat
import tempfile
from dataclasses import dataclass, field
from typing import BinaryIO, Iterator, Tuple

from ..._messages.catalog import register
from ..._messages.operations.files import MESSAGES
from .write_errors import ArtifactError

register(MESSAGES)

# Known activation files have a few kilobytes at most; the limit stops a disk image given by mistake.
MAX_BYTES = 4 * 1024 * 1024
MAX_NAME_BYTES = 200
FILE_MODE = 0o600
DIRECTORY_MODE = 0o700
# Names of temporary files.
_PREFIX, _SUFFIX = ".usphere-", ".tmp"


@dataclass(frozen=True)
class ActivationFile:
    """An activation file on disk; ``name`` and ``content`` are sent to the server unchanged."""

    path: str
    name: str
    sha256: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class SavedFile:
    """A license file that is synced to disk; ``written`` is whether this call wrote it."""

    path: str
    name: str
    sha256: str
    written: bool


def digest(content: bytes) -> str:
    """Return the SHA-256 of ``content`` in lower-case hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def digest_of(path: str) -> str:
    """Return the SHA-256 of the file at ``path``. Raises ArtifactError ``artifact_unreadable``."""
    try:
        with open(path, "rb") as stream:
            return digest(stream.read())
    except OSError as error:
        raise ArtifactError("artifact_unreadable", path=path, reason=_reason(error)) from error


def read_activation_file(path: str) -> ActivationFile:
    """Read the activation file at ``path``.

    Raises ArtifactError: it is missing, not a regular file, unreadable, empty, or larger than MAX_BYTES.
    """
    try:
        # Checked before opening, because opening a pipe blocks until its other end is opened.
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise ArtifactError("activation_file_not_regular", path=path)
        with open(path, "rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise ArtifactError("activation_file_missing", path=path) from None
    except OSError as error:
        raise ArtifactError("activation_file_unreadable", path=path, reason=_reason(error)) from error
    if not content:
        raise ArtifactError("activation_file_empty", path=path)
    if len(content) > MAX_BYTES:
        raise ArtifactError("activation_file_too_large", path=path, limit=MAX_BYTES)
    return ActivationFile(path=path, name=os.path.basename(path), sha256=digest(content), content=content)


def safe_name(name: str, license_id: str) -> str:
    """Return the file name under which a server's file is saved.

    This is the server's own name without directories, unprintable characters and leading ``.-~``. If nothing
    is left, it is a name made of ``license_id``.
    """
    last = name.replace("\\", "/").split("/")[-1]
    kept = _harmless(last)
    if not kept:
        kept = (_harmless(license_id.replace("\\", "_").replace("/", "_")) or "license") + ".uak"
    return kept


def prepare_directory(directory: str) -> None:
    """Create ``directory`` and write a test file there, before any change that needs it.

    Raises ArtifactError ``artifacts_dir_unusable``.
    """
    try:
        make_directory(directory)
        with _temporary(directory, b"probe"):
            sync_directory(directory)
    except OSError as error:
        raise ArtifactError("artifacts_dir_unusable", path=directory, reason=_reason(error)) from error


def check_directory(directory: str) -> None:
    """Check without writing whether prepare_directory would fail.

    Raises ArtifactError ``artifacts_dir_unusable``.
    """
    existing = os.path.abspath(directory)
    while not os.path.lexists(existing):
        existing = os.path.dirname(existing)
    if not os.path.isdir(existing):
        raise ArtifactError("artifacts_dir_unusable", path=directory, reason=os.strerror(errno.ENOTDIR))
    if not os.access(existing, os.W_OK | os.X_OK):
        raise ArtifactError("artifacts_dir_unusable", path=directory, reason=os.strerror(errno.EACCES))


def path_of(directory: str, name: str) -> str:
    """Return the path of the file ``name`` in ``directory``."""
    return os.path.join(directory, name)


def is_kept(directory: str, name: str, content: bytes) -> bool:
    """Return whether ``directory`` already contains a file ``name`` with exactly ``content``.

    Raises ArtifactError ``artifact_conflict`` if something else has that name: it may be the proof of another
    license and is never overwritten.
    """
    path = path_of(directory, name)
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            raise ArtifactError("artifact_conflict", path=path)
        with open(path, "rb") as stream:
            same = stream.read(len(content) + 1) == content
    except FileNotFoundError:
        return False
    except OSError as error:
        raise ArtifactError("artifact_unreadable", path=path, reason=_reason(error)) from error
    if not same:
        raise ArtifactError("artifact_conflict", path=path)
    return True


def keep(directory: str, name: str, content: bytes) -> SavedFile:
    """Write ``content`` to ``directory`` under ``name`` atomically, and read it back.

    Raises ArtifactError: ``artifact_conflict``, ``artifact_not_saved``.
    """
    path = path_of(directory, name)
    if is_kept(directory, name, content):
        return SavedFile(path=path, name=name, sha256=digest(content), written=False)
    try:
        make_directory(directory)
        replace_file(path, content)
    except OSError as error:
        raise ArtifactError("artifact_not_saved", path=path, reason=_reason(error)) from error
    if not is_kept(directory, name, content):
        raise ArtifactError("artifact_not_saved", path=path, reason=os.strerror(errno.ENOENT))
    return SavedFile(path=path, name=name, sha256=digest(content), written=True)


def replace_file(path: str, content: bytes) -> None:
    """Replace the file ``path`` with ``content`` atomically and sync it to disk. Raises OSError.

    Temporary files that killed runs left in the directory are deleted.
    """
    directory = os.path.dirname(path)
    remove_abandoned(directory)
    with _temporary(directory, content) as temporary:
        os.replace(temporary, path)
        sync_directory(directory)


@contextlib.contextmanager
def _temporary(directory: str, content: bytes) -> Iterator[str]:
    """Yield the path of a synced temporary file in ``directory``; it is deleted unless it was renamed.

    Its lock ends with this process, even if that is killed, and shows others whether the file is in use.
    """
    stream, path = _open_temporary(directory)
    try:
        with stream:
            os.fchmod(stream.fileno(), FILE_MODE)
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
            yield path
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)


def _open_temporary(directory: str) -> Tuple[BinaryIO, str]:
    while True:
        handle, path = tempfile.mkstemp(dir=directory, prefix=_PREFIX, suffix=_SUFFIX)
        # A file system without locks: no run can lock the file, so none deletes it either.
        with contextlib.suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        stream = os.fdopen(handle, "wb")
        # Another run may have deleted the file before it was locked.
        if os.fstat(handle).st_nlink:
            return stream, path
        stream.close()


def is_temporary(name: str) -> bool:
    """Return whether a temporary file has this name."""
    return name.startswith(_PREFIX) and name.endswith(_SUFFIX)


def remove_abandoned(directory: str) -> None:
    """Delete the temporary files that killed runs left in ``directory``. Files in use are locked."""
    with contextlib.suppress(OSError):
        for name in os.listdir(directory):
            if is_temporary(name):
                with contextlib.suppress(OSError):
                    _remove_unlocked(os.path.join(directory, name))


def _remove_unlocked(path: str) -> None:
    handle = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        if stat.S_ISREG(os.fstat(handle).st_mode):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.unlink(path)
    finally:
        os.close(handle)


def make_directory(directory: str) -> None:
    """Create ``directory`` and its missing parents, synced, for their owner only. Raises OSError."""
    directory = os.path.abspath(directory)
    missing = []
    while not os.path.isdir(directory):
        missing.append(directory)
        directory = os.path.dirname(directory)
    for path in reversed(missing):
        with contextlib.suppress(FileExistsError):
            os.mkdir(path, DIRECTORY_MODE)
        sync_directory(os.path.dirname(path))


def sync_directory(directory: str) -> None:
    """Sync the names in ``directory`` to disk. Raises OSError."""
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _harmless(name: str) -> str:
    printable = "".join(character for character in name if character.isprintable()).strip().lstrip(".-~")
    while len(printable.encode("utf-8", "replace")) > MAX_NAME_BYTES:
        printable = printable[1:]
    return printable


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__
