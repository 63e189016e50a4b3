# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documents beside the policy (waivers, entitlements): read and held to their schema."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from pathlib import Path as FilePath
from typing import Any

from ..base.errors import Fault, InvalidDocument, PolicyError
from . import schemas
from .plain_data import normalise
from .yaml_reader import Document, check_limits, load_bytes

#: Finds the file that a name means; raises PolicyError ``policy_missing`` if there is none.
Finder = Callable[[str], str]


def find_here(name: str) -> str:
    """The finder of those who have no playbook: names are relative to the working directory."""
    if FilePath(name).is_file():
        return name
    raise PolicyError("policy_missing", name=name)


def finder(look: Callable[[str, str], str | None]) -> Finder:
    """The finder of a lookup: like Ansible's own files, beside role or playbook; then where the run stands.

    ``look`` takes the folder and the name.
    """

    def find(name: str) -> str:
        for folder in ("files", "policies"):
            found = look(folder, name)
            if found and FilePath(found).is_file():
                return found
        return find_here(name)

    return find


def label(name: str, path: FilePath) -> str:
    """How results name a file: as it was named, never with a controller's folders."""
    return path.name if posixpath.isabs(name) else posixpath.normpath(name)


def read_file(name: str, find: Finder, kind: str) -> tuple[bytes, str]:
    """The bytes of a named file and its label. Raises PolicyError with the sentence of ``kind``."""
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
    """Every document of ``argument``: a path, the document as data, or a list of those.

    ``kind`` is what the documents are (``Waivers``), ``schema`` the packaged schema that they have to fit.
    Raises InvalidDocument with all faults of all of them, PolicyError where there is nothing to read.
    """
    given = list(argument) if isinstance(argument, (list, tuple)) else [argument]
    documents: list[Document] = []
    faults: list[Fault] = []
    for source in given:
        try:
            document = _read(source, kind, find)
        except InvalidDocument as error:
            faults.extend(error.faults)
            continue
        found = _shape(document, kind, schema)
        faults.extend(found)
        if not found:
            documents.append(document)
    if faults:
        raise InvalidDocument(faults)
    return documents


def _read(source: object, kind: str, find: Finder) -> Document:
    if isinstance(source, str) and source.strip():
        return load_bytes(*read_file(str.__str__(source), find, kind))
    if isinstance(source, Mapping):
        value = normalise(source)
        check_limits(value, "inline")
        return Document("inline", value)
    raise PolicyError("source_type", kind=kind, type=type(source).__name__)


def _shape(document: Document, kind: str, schema: str) -> list[Fault]:
    value: Any = document.value
    if value is None:
        return [Fault("source_empty", {"kind": kind}, document.name)]
    return [
        Fault(fault.code, fault.fields, document.place(fault.path))
        for fault in schemas.validate(schema, value)
    ]
