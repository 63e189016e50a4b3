# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Schema resources: their URIs, anchors and files. References never reach the network.

A file is a resource under a URI of its path and under its ``$id``. Relative references find files below the
directory of the schema, also where an ``$id`` turns them into URIs.
"""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any
from urllib.parse import quote, unquote, urldefrag, urljoin, urlsplit

from ....module_utils._pointer import Path, position
from ..base.errors import InvalidDocument, Problem
from ..documents.files import read_bytes
from ..documents.yaml_reader import Document, load_bytes
from .dialects import Dialect, children, dialect_of
from .library import published_schema
from .model import SchemaSource

# The base of files without an $id. The reserved domain cannot exist in the network.
FILES = "https://schema-files.invalid/"

Location = tuple[int, Path]  # index of a document, path in it


@dataclass(frozen=True)
class Scope:
    """What holds at a location: the URI of its resource, and its draft."""

    base: str
    dialect: Dialect


class Unresolved(Exception):
    """A reference without a target; ``code`` and ``fields`` select its message."""

    def __init__(self, code: str, **fields: object) -> None:
        super().__init__(code)
        self.code = code
        self.fields = fields


class ResourceStore:
    """All documents of one schema. References load further files when they are resolved.

    Messages name the files of ``directory`` below ``beneath``.
    """

    def __init__(
        self,
        directory: FilePath | None,
        dialect: Dialect,
        registered: Mapping[str, object],
        beneath: str = "",
    ) -> None:
        self.documents: list[Document] = []
        self.uris: list[str] = []
        self.dialects: list[Dialect] = []
        self.sources: list[SchemaSource] = []
        self.scopes: dict[Location, Scope] = {}
        self.anchors: dict[tuple[str, str], Location] = {}
        self.dynamic: dict[tuple[str, str], Location] = {}
        self._directory = directory.resolve() if directory is not None else None
        self._beneath = beneath
        self._default = dialect
        self._registered = registered
        self._resources: dict[str, Location] = {}
        # Directories of URIs, each with the directory of the file that has such an $id. What is below the one
        # is looked up below the other.
        self._beside: dict[str, str] = {}

    def add(self, document: Document, uri: str, dialect: Dialect) -> int:
        """Register a document under ``uri`` and its own ``$id``; return its index."""
        index = len(self.documents)
        self.documents.append(document)
        self.uris.append(uri)
        known = dialect_of(document.value) or dialect
        self.dialects.append(known)
        self._resources[uri] = (index, ())
        self._walk((index, ()), document.value, Scope(uri, known))
        base = self.scopes[index, ()].base
        if uri.startswith(FILES) and base != uri and "://" in base:
            self._beside.setdefault(posixpath.dirname(base), posixpath.dirname(uri))
        return index

    def scope_at(self, location: Location) -> Scope:
        """Return the scope of a location; a location outside of all known keywords is registered first."""
        if location not in self.scopes:
            index, path = location
            above = next(
                self.scopes[index, path[:length]]
                for length in range(len(path), -1, -1)
                if (index, path[:length]) in self.scopes
            )
            self._walk(location, self.value_at(location), above)
        return self.scopes[location]

    def value_at(self, location: Location) -> Any:
        """Return the content of a location. Raises Unresolved if it does not exist."""
        value: Any = self.documents[location[0]].value
        for step in location[1]:
            value = value[step]
        return value

    def place(self, location: Location) -> str:
        """Return file:line of a location."""
        return self.documents[location[0]].place(location[1])

    def resolve(self, reference: str, base: str) -> tuple[Location, str, str]:
        """Return the location, the URI and the dynamic anchor (or an empty string) of a reference.

        Raises Unresolved, and InvalidDocument for a file that cannot be read.
        """
        if reference.startswith("#"):
            uri, fragment = base, reference[1:]
        else:
            if not is_uri(reference):
                raise Unresolved("json_schema_uri", reference=reference)
            _refuse_escape(reference, base)
            uri, fragment = urldefrag(urljoin(base, reference))
        location = self._resource(uri, reference)
        uri = self.scopes[location].base
        if fragment.startswith("/"):
            return self._pointer(location, fragment, reference), uri, ""
        if not fragment:
            return location, uri, ""
        fragment = unquote(fragment)
        if (uri, fragment) in self.dynamic:
            return self.dynamic[uri, fragment], uri, fragment
        if (uri, fragment) not in self.anchors:
            raise Unresolved("json_schema_anchor", reference=reference)
        return self.anchors[uri, fragment], uri, ""

    def _walk(self, start: Location, value: object, scope: Scope) -> None:
        stack: list[tuple[Path, object, Scope]] = [(start[1], value, scope)]
        index = start[0]
        while stack:
            path, schema, around = stack.pop()
            if not isinstance(schema, dict):
                self.scopes[index, path] = around
                continue
            dialect = dialect_of(schema) or around.dialect
            scope = Scope(self._name((index, path), schema, around.base, dialect), dialect)
            self.scopes[index, path] = scope
            stack.extend(((*path, *step), child, scope) for step, child in children(schema, dialect))

    def _name(self, location: Location, schema: Mapping[str, Any], base: str, dialect: Dialect) -> str:
        name = schema.get(dialect.id_keyword)
        if isinstance(name, str) and not (dialect.ignores_ref_siblings and "$ref" in schema):
            if name.startswith("#") and dialect.ignores_ref_siblings:
                self.anchors.setdefault((base, name[1:]), location)
            elif name.rstrip("#") and is_uri(name):
                base = urldefrag(urljoin(base, name))[0]
                self._resources.setdefault(base, location)
        if dialect.has("$anchor") and isinstance(schema.get("$anchor"), str):
            self.anchors.setdefault((base, schema["$anchor"]), location)
        if dialect.has("$dynamicAnchor") and isinstance(schema.get("$dynamicAnchor"), str):
            self.dynamic.setdefault((base, schema["$dynamicAnchor"]), location)
        if dialect.has("$recursiveAnchor") and schema.get("$recursiveAnchor") is True:
            self.dynamic.setdefault((base, ""), location)
        return base

    def _pointer(self, location: Location, fragment: str, reference: str) -> Location:
        value = self.value_at(location)
        path = list(location[1])
        for part in unquote(fragment[1:]).split("/"):
            step: str | int = part.replace("~1", "/").replace("~0", "~")
            if isinstance(value, list):
                at = position(part)
                if at is None or at >= len(value):
                    raise Unresolved("json_schema_pointer", reference=reference)
                step = at
            elif not isinstance(value, dict) or step not in value:
                raise Unresolved("json_schema_pointer", reference=reference)
            value = value[step]
            path.append(step)
        target = (location[0], tuple(path))
        self.scope_at(target)
        return target

    def _resource(self, uri: str, reference: str) -> Location:
        if uri in self._resources:
            return self._resources[uri]
        for known in (uri, uri + "#"):
            if known in self._registered:
                return self._add_contents(uri, self._registered[known])
        published = published_schema(uri)
        if published is not None:
            return self._add_contents(uri, published)
        name = self._file_of(uri)
        if name is None:
            raise Unresolved("json_schema_network", reference=reference, uri=uri)
        self.add(self._read(name, reference), uri, self._default)
        return self._resources[uri]

    def _add_contents(self, uri: str, contents: object) -> Location:
        document = contents if isinstance(contents, Document) else Document(uri, contents)
        self.add(document, uri, self._default)
        return self._resources[uri]

    def _file_of(self, uri: str) -> str | None:
        if uri.startswith(FILES):
            return unquote(uri[len(FILES) :])
        for directory in sorted(self._beside, key=len, reverse=True):
            if uri.startswith(directory + "/"):
                beside = self._beside[directory] + uri[len(directory) :]
                return unquote(beside[len(FILES) :]) if beside.startswith(FILES) else None
        return None

    def _read(self, name: str, reference: str) -> Document:
        if self._directory is None:
            raise Unresolved("json_schema_no_directory", reference=reference)
        try:
            # Links that form a loop raise RuntimeError before Python 3.13, a null character ValueError.
            # The path is read as it was named, so that a link that leads elsewhere later is noticed.
            path = self._directory / name
            if not path.resolve().is_relative_to(self._directory):
                raise Unresolved("json_schema_outside", reference=reference)
            content = read_bytes(path)
        except (OSError, RuntimeError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise Unresolved("json_schema_file", reference=reference, reason=reason) from error
        document = load_bytes(content, posixpath.join(self._beneath, name))
        self.sources.append(SchemaSource(name, hashlib.sha256(content).hexdigest()))
        if not isinstance(document.value, (dict, bool)):
            raise InvalidDocument(
                [Problem("json_schema_not_schema", {"reference": reference}, document.name)]
            )
        return document


def file_uri(name: str) -> str:
    """Return the URI of a file by its path relative to the directory of the schema."""
    return FILES + quote(name)


def file_name(uri: str) -> str:
    """Return the path of the file with a URI of ``file_uri``; other URIs are returned unchanged."""
    return unquote(uri[len(FILES) :]) if uri.startswith(FILES) else uri


def is_uri(text: str) -> bool:
    """Return whether a text can be split into the parts of a URI reference."""
    try:
        urlsplit(text)
    except ValueError:
        return False
    return True


def _refuse_escape(reference: str, base: str) -> None:
    parts = urlsplit(reference)
    if parts.scheme == "file" or "\\" in reference:
        raise Unresolved("json_schema_absolute", reference=reference)
    if parts.scheme or parts.netloc:
        return
    if parts.path.startswith("/") and base.startswith(FILES):
        raise Unresolved("json_schema_absolute", reference=reference)
    above = posixpath.dirname(urlsplit(base).path).lstrip("/")
    if posixpath.normpath(posixpath.join(above, unquote(parts.path).lstrip("/"))).startswith(".."):
        raise Unresolved("json_schema_outside", reference=reference)
