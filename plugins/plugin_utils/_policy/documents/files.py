# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find, read and validate the documents that accompany a policy, such as waivers and entitlements."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

from ..base.errors import InvalidDocument, PolicyError, Problem
from . import schemas
from .plain_data import kind_of, normalize
from .vault import readable
from .yaml_reader import Document, check_limits, load_bytes

#: Returns the path of a named file; raises PolicyError ``policy_missing`` or, without a playbook,
#: ``policy_missing_here`` if the file does not exist.
Finder = Callable[[str], str]


@dataclass(frozen=True)
class FileStamp:
    """Size (bytes), times of the last change (ns) and identity of a file; all are -1 if it does not exist.

    A link is the file to which it leads, so that another target is another file, whatever its size and time.
    """

    path: str
    size: int = -1
    mtime_ns: int = -1
    ctime_ns: int = -1
    inode: int = -1
    device: int = -1

    @classmethod
    def of(cls, path: str) -> FileStamp:
        """Return the present stamp of ``path``."""
        try:
            found = os.stat(path)
        except OSError:
            return cls(path)
        return cls(path, found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino, found.st_dev)


_STAMPS: ContextVar[list[FileStamp] | None] = ContextVar("stamps", default=None)


@contextmanager
def record_files() -> Iterator[list[FileStamp]]:
    """Record the stamp of every file that is read, or found missing, within the ``with`` block."""
    stamps: list[FileStamp] = []
    token = _STAMPS.set(stamps)
    try:
        yield stamps
    finally:
        _STAMPS.reset(token)


def read_bytes(path: FilePath) -> bytes:
    """Return the bytes of a file of the user, decrypted if it is encrypted, and record the file.

    Raises OSError, and PolicyError for an encrypted file that cannot be decrypted here.
    """
    # The stamp is older than the content, so a file that changes meanwhile is read again next time.
    _record(path)
    return readable(path.read_bytes(), _relative(path))


def _relative(path: FilePath) -> str:
    """Return a path below the working directory relative to it; of any other path only the name."""
    try:
        return path.absolute().relative_to(os.getcwd()).as_posix()
    except ValueError:
        return path.name


def is_file(path: FilePath) -> bool:
    """Return whether the file exists, and record the answer."""
    _record(path)
    return path.is_file()


def _record(path: FilePath) -> None:
    stamps = _STAMPS.get()
    if stamps is not None:
        stamps.append(FileStamp.of(str(path.absolute())))


def find_here(name: str) -> str:
    """Find a file without a playbook: ``name`` is relative to the working directory."""
    if FilePath(name).is_file():
        return name
    raise PolicyError("policy_missing_here", name=name, directory=os.getcwd())


def finder(find_in: Callable[[str, str], str | None]) -> Finder:
    """Return a Finder that searches next to the role or playbook as Ansible does, then the working directory.

    ``find_in`` is called with a directory (``files``, then ``policies``) and the name.
    """

    def find(name: str) -> str:
        for directory in ("files", "policies"):
            found = find_in(directory, name)
            if found and FilePath(found).is_file():
                return found
        try:
            return find_here(name)
        except PolicyError:
            raise PolicyError("policy_missing", name=name) from None

    return find


def label(name: str, path: FilePath) -> str:
    """Return the name of a file in results: as the user gave it, without directories of the controller."""
    return path.name if posixpath.isabs(name) else posixpath.normpath(name)


def read_file(name: str, find: Finder, kind: str) -> tuple[bytes, str]:
    """Return the bytes of a named file and its label. Raises PolicyError; its message names ``kind``."""
    try:
        path = FilePath(find(name))
    except PolicyError as error:
        if error.code not in ("policy_missing", "policy_missing_here"):
            raise
        raise PolicyError("source_missing", kind=kind, name=name) from None
    try:
        return read_bytes(path), label(name, path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise PolicyError("source_unreadable", kind=kind, name=name, reason=reason) from error


def read_documents(argument: object, kind: str, schema: str, find: Finder) -> list[Document]:
    """Read and validate every document of ``argument``: a path, the document as data, or a list of those.

    ``kind`` is the kind of the documents (``Waivers``), ``schema`` the packaged schema that validates them.
    Raises InvalidDocument with all errors of all documents, PolicyError if there is nothing to read.
    """
    given = list(argument) if isinstance(argument, (list, tuple)) else [argument]
    documents: list[Document] = []
    problems: list[Problem] = []
    for source in given:
        try:
            document = _read(source, kind, find)
        except InvalidDocument as error:
            problems.extend(error.problems)
            continue
        found = _schema_problems(document, kind, schema)
        problems.extend(found)
        if not found:
            documents.append(document)
    if problems:
        raise InvalidDocument(problems)
    return documents


def _read(source: object, kind: str, find: Finder) -> Document:
    if isinstance(source, str) and source.strip():
        return load_bytes(*read_file(str.__str__(source), find, kind))
    if isinstance(source, Mapping):
        value = normalize(source)
        check_limits(value, "inline")
        return Document("inline", value)
    raise PolicyError("source_type", kind=kind, type=kind_of(source))


def _schema_problems(document: Document, kind: str, schema: str) -> list[Problem]:
    value: Any = document.value
    if value is None:
        return [Problem("source_empty", {"kind": kind}, document.name)]
    return [
        Problem(problem.code, problem.fields, document.place(problem.path))
        for problem in schemas.validate(schema, value)
    ]
