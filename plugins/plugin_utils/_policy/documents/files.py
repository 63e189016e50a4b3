# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find, read and validate the documents that accompany a policy, such as waivers and entitlements."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from pathlib import Path as FilePath
from typing import Any

from ..base.errors import InvalidDocument, PolicyError, Problem
from . import schemas
from .plain_data import normalize
from .yaml_reader import Document, check_limits, load_bytes

#: Returns the path of a named file; raises PolicyError ``policy_missing`` if the file does not exist.
Finder = Callable[[str], str]


def find_here(name: str) -> str:
    """Find a file without a playbook: ``name`` is relative to the working directory."""
    if FilePath(name).is_file():
        return name
    raise PolicyError("policy_missing", name=name)


def finder(find_in: Callable[[str, str], str | None]) -> Finder:
    """Return a Finder that searches next to the role or playbook as Ansible does, then the working directory.

    ``find_in`` is called with a directory (``files``, then ``policies``) and the name.
    """

    def find(name: str) -> str:
        for directory in ("files", "policies"):
            found = find_in(directory, name)
            if found and FilePath(found).is_file():
                return found
        return find_here(name)

    return find


def label(name: str, path: FilePath) -> str:
    """Return the name of a file in results: as the user gave it, without directories of the controller."""
    return path.name if posixpath.isabs(name) else posixpath.normpath(name)


def read_file(name: str, find: Finder, kind: str) -> tuple[bytes, str]:
    """Return the bytes of a named file and its label. Raises PolicyError; its message names ``kind``."""
    try:
        path = FilePath(find(name))
    except PolicyError as error:
        if error.code != "policy_missing":
            raise
        raise PolicyError("source_missing", kind=kind, name=name) from None
    try:
        return path.read_bytes(), label(name, path)
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
    raise PolicyError("source_type", kind=kind, type=type(source).__name__)


def _schema_problems(document: Document, kind: str, schema: str) -> list[Problem]:
    value: Any = document.value
    if value is None:
        return [Problem("source_empty", {"kind": kind}, document.name)]
    return [
        Problem(problem.code, problem.fields, document.place(problem.path))
        for problem in schemas.validate(schema, value)
    ]
