# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Load and check policies from files, inline data and the built-in ``vendor`` policy."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any

from ....module_utils._licensing.catalog.catalog import Catalog
from ..base.canonical_json import digest
from ..base.errors import InvalidDocument, PolicyError, Problem
from ..documents import schemas
from ..documents.files import Finder, find_here, is_file, label, read_bytes
from ..documents.plain_data import kind_of, normalize
from ..documents.yaml_reader import Document, check_limits, load_bytes
from ..json_schema.model import PreparedSchema
from .bind import bind_policy
from .compose import compose
from .model import PolicySet
from .plain_schema import PlainNames, as_policy, export_schema, import_schema, is_plain_schema

VENDOR = "vendor"
FOLDER = FilePath(__file__).resolve().parents[2] / "policies"
SUFFIXES = (".yml", ".yaml", ".json")
MAX_DOCUMENTS = 100


def load_policy(argument: object, find: Finder = find_here, catalog: Catalog | None = None) -> PolicySet:
    """Load, resolve and check a policy.

    ``argument`` is ``vendor``, a path, a LicensePolicy or a plain JSON Schema as data, or a list of those. A
    list is composed from left to right. Pools may use the products of ``catalog``, by default the built-in
    one. Raises InvalidDocument with every error (file and line), or PolicyError if there is nothing to read.
    """
    loader = _Loader(find)
    sources = list(argument) if isinstance(argument, (list, tuple)) else [argument]
    if not sources:
        raise PolicyError("policy_empty_list")
    for source in sources:
        loader.source(source)
    if loader.problems:
        raise InvalidDocument(loader.problems)
    policy, problems = compose(loader.loaded)
    policy = replace(policy, schemas=loader.schemas)
    if not problems and not policy.rules and not policy.pools:
        names = [document["id"] for document in policy.documents]
        raise PolicyError("policy_without_rules", policies=names)
    problems += bind_policy(policy, catalog=catalog).problems
    if problems:
        raise InvalidDocument(sorted(problems, key=_by_place))
    return policy


def _by_place(problem: Problem) -> tuple[str, int]:
    name, _colon, line = problem.place.rpartition(":")
    return (name, int(line)) if line.isdigit() else (problem.place, 0)


class _Loader:
    def __init__(self, find: Finder) -> None:
        self._find = find
        self._seen: dict[str, dict[str, str]] = {}
        self._files: dict[FilePath, dict[str, str] | None] = {}
        self._count = 0
        self.problems: list[Problem] = []
        self.loaded: list[tuple[Document, dict[str, str]]] = []
        self.schemas: dict[str, PreparedSchema] = {}
        self._names = PlainNames()

    def source(self, source: object) -> None:
        if isinstance(source, str):
            name = str.__str__(source)
            if not name.strip():
                raise PolicyError("input_empty", name="policy")
            self._file(name, self._path(name), ())
        elif isinstance(source, Mapping):
            value = normalize(source)
            check_limits(value, "inline")
            self._document(Document("inline", value), None, ())
        else:
            raise PolicyError("policy_source", type=kind_of(source))

    def _path(self, name: str) -> FilePath:
        if name == VENDOR:
            return FOLDER / "vendor.yml"
        return FilePath(self._find(name))

    def _file(self, name: str, path: FilePath, chain: tuple[str, ...]) -> dict[str, str] | None:
        path = path.absolute()
        if path not in self._files:
            identity = self._read(name, path, chain)
            if chain and identity is None:
                return None
            self._files[path] = identity
        return self._files[path]

    def _read(self, name: str, path: FilePath, chain: tuple[str, ...]) -> dict[str, str] | None:
        try:
            content = read_bytes(path)
        except OSError as error:
            raise PolicyError("policy_unreadable", name=name, reason=error.strerror or str(error)) from error
        # Results contain relative names only, so that they do not disclose directories of the controller.
        shown = path.name if name == VENDOR else label(name, path)
        try:
            document = load_bytes(content, shown)
        except InvalidDocument as error:
            self.problems.extend(error.problems)
            return None
        return self._document(document, path, chain)

    def _document(
        self, document: Document, path: FilePath | None, chain: tuple[str, ...]
    ) -> dict[str, str] | None:
        self._count += 1
        if self._count > MAX_DOCUMENTS:
            raise PolicyError("policy_too_many", limit=MAX_DOCUMENTS)
        if is_plain_schema(document.value):
            try:
                document, schema = as_policy(document, path, self._names)
            except InvalidDocument as error:
                self.problems.extend(error.problems)
                return None
            self.schemas[schema.digest] = schema
        elif not self._is_valid(document) or not self._import_schemas(document):
            return None
        policy: dict[str, Any] = document.value  # type: ignore[assignment]  # validated by the schema
        identity = {"id": policy["id"], "version": policy["version"], "digest": digest(policy)}
        if identity["id"] in chain:
            cycle = [*chain[chain.index(identity["id"]) :], identity["id"]]
            self.problems.append(Problem("extends_cycle", {"cycle": cycle}, document.place(("extends",))))
            return None
        for index, extended in enumerate(policy.get("extends", ())):
            self._extended(extended, index, document, path, (*chain, identity["id"]))
        if self._seen.get(identity["id"]) != identity:
            self.loaded.append((document, identity))
            self._seen.setdefault(identity["id"], identity)
        return identity

    def _import_schemas(self, document: Document) -> bool:
        """Prepare the plain schemas of a resolved policy; False if one of its rules has none."""
        policy: dict[str, Any] = document.value  # type: ignore[assignment]  # validated by the schema
        for exported in policy.get("json_schemas", ()):
            try:
                schema = import_schema(exported)
            except InvalidDocument as error:
                self.problems.extend(error.problems)
                return False
            self.schemas[schema.digest] = schema
        for index, rule in enumerate(policy.get("rules", ())):
            if "json_schema" in rule and rule["json_schema"]["digest"] not in self.schemas:
                place = document.place(("rules", index, "json_schema"))
                self.problems.append(Problem("json_schema_not_exported", {"id": rule["id"]}, place))
                return False
        return True

    def _is_valid(self, document: Document) -> bool:
        if document.value == {}:
            self.problems.append(Problem("json_schema_empty", {}, document.name))
            return False
        if document.value is None:
            self.problems.append(Problem("policy_empty", {}, document.name))
            return False
        found = schemas.validate("policy", document.value)
        for problem in found:
            self.problems.append(Problem(problem.code, problem.fields, document.place(problem.path)))
        return not found

    def _extended(
        self,
        wanted: dict[str, str],
        index: int,
        document: Document,
        path: FilePath | None,
        chain: tuple[str, ...],
    ) -> None:
        place = document.place(("extends", index))
        if wanted["id"] == VENDOR:
            identity = self._file(VENDOR, FOLDER / "vendor.yml", chain)
        else:
            sibling = _find_sibling(path, wanted["id"])
            if sibling is None:
                self.problems.append(Problem("extends_missing", {"id": wanted["id"]}, place))
                return
            directory = posixpath.dirname(document.name)
            identity = self._file(posixpath.join(directory, sibling.name), sibling, chain)
        if identity is None:
            return
        for key in ("id", "version", "digest"):
            if key in wanted and wanted[key] != identity[key]:
                fields = {"key": key, "expected": wanted[key], "actual": identity[key], "id": wanted["id"]}
                self.problems.append(Problem("extends_mismatch", fields, place))


def _find_sibling(path: FilePath | None, ident: str) -> FilePath | None:
    if path is None:
        return None
    for suffix in SUFFIXES:
        candidate = path.parent / (ident + suffix)
        if is_file(candidate):
            return candidate
    return None


def flatten(policy: PolicySet) -> dict[str, Any]:
    """Return the composed policy as one LicensePolicy document with the same verdicts and fingerprints."""
    last = policy.documents[-1]
    flat: dict[str, Any] = {
        "kind": "LicensePolicy",
        "id": last["id"],
        "version": last["version"],
        "parameters": {
            name: {**parameter.to_dict(), "origin": parameter.origin}
            for name, parameter in sorted(policy.parameters.items())
        },
        "resolved_from": [dict(document) for document in policy.documents],
        "loosenings": [dict(record) for record in policy.loosenings],
        "rules": [{**entry.raw, "origin": entry.origin.to_dict()} for entry in policy.rules.values()],
        "pools": [{**entry.raw, "origin": entry.origin.to_dict()} for entry in policy.pools.values()],
    }
    if policy.schemas:
        flat["json_schemas"] = [export_schema(each) for each in policy.schemas.values()]
    if policy.site_facts:
        flat["site_facts"] = {name: each.to_dict() for name, each in policy.site_facts.items()}
    if policy.max_age_hours is not None:
        flat["max_age_hours"] = policy.max_age_hours
    return flat
