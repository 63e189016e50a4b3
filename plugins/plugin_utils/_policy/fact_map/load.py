# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Load FactMap documents: a file, a mapping, or a built-in map; every error has its file and line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path as FilePath
from typing import Any

from ....module_utils._pointer import Path, split
from ..base.errors import InvalidDocument, PolicyError, Problem
from ..documents.files import Finder, find_here, read_documents
from ..documents.plain_data import kind_of
from ..documents.schemas import brief, suggestion
from ..documents.yaml_reader import Document, load_bytes
from ..facts.fact_synonyms import meant_facts
from ..facts.fact_table import Node, fact_table, host_facts_table
from ..facts.schema_mismatches import misfits_at, respelled_at
from .model import (
    NODE_ROW,
    ContainsItem,
    FactMap,
    FactReading,
    FromFact,
    ItemCount,
    RowList,
    StatedValue,
)
from .vocabulary import with_vocabulary

KIND = "FactMap"
SCHEMA = "fact_map"
#: The maps that ship with the collection.
BUILTIN = ("flat", "ansible_facts")
FOLDER = FilePath(__file__).resolve().parents[2] / "fact_maps"

#: What the schema of FactMap says about pointers.
_POINTER = "^/.+$"
_FORMS = ("from", "contains", "count", "rows", "value")
_HOSTS = "/hosts"
_SITE = "site_facts"
#: Parts of a document that the map itself or its host determines.
_ABOUT_DOCUMENT = ("kind", "schema_version", "subject", "unknown")


def load_fact_map(argument: object, find: Finder = find_here) -> FactMap:
    """Return the FactMap of ``argument``: the path of a document, the document, or a built-in name.

    Raises InvalidDocument with every error: targets that HostFacts does not have, readings that do not fit
    their target, keys that do not exist. Raises PolicyError if the file does not exist.
    """
    if isinstance(argument, FactMap):
        return argument
    if isinstance(argument, str) and argument in BUILTIN:
        return builtin(str.__str__(argument))
    if isinstance(argument, (list, tuple)):
        raise PolicyError("source_type", kind=KIND, type=kind_of(argument))
    try:
        (document,) = read_documents(argument, KIND, SCHEMA, find)
    except InvalidDocument as error:
        raise InvalidDocument([_in_words(problem) for problem in error.problems]) from None
    except PolicyError as error:
        hint = suggestion(argument, BUILTIN)
        if error.code != "source_missing" or not hint:
            raise
        raise PolicyError("source_missing", kind=KIND, name=argument, hint=hint) from None
    return _fact_map(document)


def _in_words(problem: Problem) -> Problem:
    """Return an error of the schema of FactMap with what to write instead."""
    fields = problem.fields
    if problem.code == "schema_keyword" and fields.get("expected") == _POINTER:
        return Problem("map_pointer", {"value": fields["value"]}, problem.place)
    if problem.code == "schema_type" and (fields.get("expected"), fields.get("actual")) == (
        "object",
        "string",
    ):
        return Problem("map_reading", {}, problem.place)
    return problem


@cache
def builtin(name: str) -> FactMap:
    """Return a map that ships with the collection."""
    return _fact_map(load_bytes((FOLDER / f"{name}.yml").read_bytes(), f"{name}.yml"))


def _fact_map(document: Document) -> FactMap:
    reader = _Reader(document)
    found = reader.read()
    if reader.problems:
        raise InvalidDocument(reader.problems)
    return found


class _Reader:
    def __init__(self, document: Document) -> None:
        self._document = document
        self.problems: list[Problem] = []

    def _add_problem(self, code: str, path: Path, **fields: object) -> None:
        self.problems.append(Problem(code, fields, self._document.place(path)))

    def read(self) -> FactMap:
        content: Any = self._document.value
        facts = {
            target: self._target(target, raw, ("facts", target), content)
            for target, raw in content["facts"].items()
        }
        if not facts:
            self._add_problem("map_empty", ("facts",))
        for target in facts:
            inside = next((each for each in facts if target.startswith(each + "/")), None)
            if inside is not None:
                self._add_problem("map_target_inside", ("facts", target), pointer=target, other=inside)
        nodes = self._optional("nodes", content)
        system = self._optional("system", content)
        for name in ("nodes", "complete"):
            if name in content and "system" not in content:
                self._add_problem("map_needs_system", (name,), key=name)
        if "nodes" in content and "complete" in content:
            self._add_problem("map_nodes_twice", ("complete",))
        return FactMap(
            content["id"],
            with_vocabulary(facts),
            system,
            nodes,
            content.get("complete", False),
            content.get("description", ""),
            self._document.name,
        )

    def _optional(self, name: str, content: Mapping[str, Any]) -> FactReading | None:
        if name not in content:
            return None
        found = self._reading(content[name], (name,), f"/{name}")
        if isinstance(found, (ContainsItem, RowList)) or (name == "system" and isinstance(found, ItemCount)):
            self._add_problem("map_single", (name,), key=name)
        return found

    def _target(self, target: str, raw: Any, path: Path, content: Mapping[str, Any]) -> FactReading:
        node = self._node(target, path)
        reading = self._reading(raw, path, target)
        if target == _HOSTS and "system" in content:
            self._add_problem("map_hosts_of_system", path)
        if node is not None:
            self._fit(reading, node, split(target), path, target)
        return reading

    def _node(self, target: str, path: Path) -> Node | None:
        """Return the fact at ``target``; None, with an error, if HostFacts does not have it."""
        steps = split(target)
        if steps[0] == _SITE and len(steps) == 2:
            return Node(frozenset(("string", "integer", "number", "boolean")))
        if any(step.isdigit() for step in steps) and not target.startswith(NODE_ROW):
            self._add_problem("map_target_row", path, pointer=target)
            return None
        table = host_facts_table()
        found = None if steps[0] in _ABOUT_DOCUMENT else table.find(steps)
        if found is not None:
            return found
        if steps[0] in _ABOUT_DOCUMENT:
            self._add_problem("map_target_reserved", path, pointer=target)
        elif fact_table().find(steps) is not None:
            self._add_problem("map_target_derived", path, pointer=target)
        else:
            self._add_problem("map_target", path, pointer=target, hint=_nearest(target))
        return None

    def _fit(self, reading: FactReading, node: Node, steps: list[str], path: Path, target: str) -> None:
        """Check that the reading can give a value of the fact."""
        needed = {ContainsItem: "boolean", ItemCount: "integer", RowList: "array"}.get(type(reading))
        if needed is not None and needed not in node.types:
            form = {"boolean": "contains", "integer": "count", "array": "rows"}[needed]
            self._add_problem("map_type", path, pointer=target, form=form)
            return
        if isinstance(reading, RowList):
            self._rows(reading, node, steps, path, target)
        if steps[0] == _SITE:
            return
        if isinstance(reading, StatedValue):
            self._value(reading.value, steps, (*path, "value"), target)
        if isinstance(reading, FromFact):
            inner = [*steps, "0"] if node.items is not None else steps
            for name, value in reading.values.items():
                self._value(value, inner, (*path, "values", name), target)

    def _rows(self, reading: RowList, node: Node, steps: list[str], path: Path, target: str) -> None:
        for pointer, part in reading.facts.items():
            place = (*path, "rows", "facts", pointer)
            inside = split(pointer)
            found = None if node.items is None else node.items.find(inside)
            if found is None:
                known = sorted(node.items.properties) if node.items is not None else []
                hint = suggestion(inside[0], known)
                fields = {"pointer": f"{target}/*{pointer}", "hint": f"/{hint}" if hint else ""}
                self._add_problem("map_target", place, **fields)
            else:
                self._fit(part, found, [*steps, "0", *inside], place, f"{target}/*{pointer}")

    def _value(self, value: object, steps: list[str], path: Path, target: str) -> None:
        for misfit in misfits_at("host_facts", steps, respelled_at("host_facts", steps, value)):
            hint = suggestion(value, misfit.choices)
            fields = {"pointer": target, "value": brief(value), "expected": misfit.choices, "hint": hint}
            self._add_problem("map_value", path, **fields)
            return

    def _reading(self, raw: Any, path: Path, target: str) -> FactReading:
        forms = [name for name in _FORMS if name in raw]
        if len(forms) != 1:
            self._add_problem("map_forms", path, pointer=target, found=forms or ["{}"])
        for name in ("values", "optional"):
            if name in raw and "from" not in raw:
                self._add_problem("map_only_from", (*path, name), key=name, pointer=target)
        if "from" in raw:
            given = raw["from"]
            pointers = (given,) if isinstance(given, str) else tuple(given)
            return FromFact(pointers, raw.get("values", {}), raw.get("optional", False))
        if "contains" in raw:
            wanted = raw["contains"]["value"]
            items = (wanted,) if isinstance(wanted, str) else tuple(wanted)
            others_ignored = raw["contains"].get("others") == "ignored"
            return ContainsItem(raw["contains"]["in"], items, others_ignored=others_ignored)
        if "count" in raw:
            return ItemCount(raw["count"])
        if "rows" in raw:
            inner = raw["rows"]["facts"]
            facts = {
                pointer: self._reading(part, (*path, "rows", "facts", pointer), f"{target}/*{pointer}")
                for pointer, part in inner.items()
            }
            return RowList(raw["rows"]["in"], facts, raw["rows"].get("others") == "kept")
        return StatedValue(raw.get("value"))


def _nearest(target: str) -> object:
    """Return the facts of the same meaning, else the fact of the most similar name."""
    meant = meant_facts(target, host_facts_table())
    if meant:
        # A map describes one node, which is the first host.
        return [pointer.replace(_HOSTS + "/*", _HOSTS + "/0") for pointer in meant]
    known = list(_pointers(host_facts_table(), ""))
    last = target.rpartition("/")[2]
    return suggestion(target, known) or next((each for each in known if each.endswith("/" + last)), "")


def _pointers(node: Node, pointer: str) -> Iterator[str]:
    for name, child in node.properties.items():
        if not pointer and name in (*_ABOUT_DOCUMENT, "source", _SITE):
            continue
        place = f"{pointer}/{name}"
        yield place
        yield from _pointers(child, place)
        if place == _HOSTS and child.items is not None:
            yield from _pointers(child.items, NODE_ROW[:-1])
