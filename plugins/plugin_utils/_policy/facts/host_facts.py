# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Validate HostFacts from all sources against their closed schema.

A key that the schema does not define is an error of the host. A value that cannot be read becomes unknown;
messages show it with the accepted values. Valid documents are returned unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ....module_utils._errors import LicensingError
from ....module_utils._licensing.catalog.catalog import Catalog
from ....module_utils._licensing.reading.fact_reader import UNKNOWN_REASONS
from ....module_utils._licensing.reading.zones import with_own_zone
from ....module_utils._licensing.values.model import LicenseClass
from ....module_utils._licensing.values.version import parse_version
from ....module_utils._pointer import MISSING, Path, join, lookup, split
from ....module_utils._release import VERSION
from ..base.errors import FactsError, Problem
from ..base.pointer_order import sort_key
from ..documents import schemas
from ..documents.schemas import suggestion
from .fact_synonyms import facts_of_meaning
from .fact_table import fact_table, host_facts_table
from .facts import FURTHER, Unread, is_further, with_value
from .product_names import unrecognized_products, without_foreign
from .quoted_value import is_secret, shown, unquoted
from .root_keys import root_error
from .schema_mismatches import (
    ABSENT,
    TYPE,
    UNKNOWN_KEY,
    USE_LIST,
    VALUE,
    Misfit,
    Use,
    feature_respelled,
    misfits,
    respelled,
)

SCHEMA = "host_facts"
KIND = "HostFacts"
#: Maximum number of errors of one document with their own message. One more message counts the others.
MOST_PROBLEMS = 20

_RELEASE = re.compile(r"([0-9]{1,4})\.([0-9]{1,4})(?:\.([0-9]{1,4}))?")
#: Parts of a document that contain no facts; a pointer into them does not name a fact.
_ABOUT_DOCUMENT = ("kind", "schema_version", "unknown")
_FREE_FORM = ("site_facts", "x-")
#: What to state instead of the values that a document states for an unknown fact, by its reason.
_USE_OF_REASON: dict[str, Use] = {
    "absent": ("use_all_nodes", {}),
    "null": ("use_all_nodes", {}),
    "conflict": ("use_one_value", {}),
    TYPE: USE_LIST,
}


class InvalidFacts(FactsError):
    """Facts with keys that do not exist or misspelled pointers: each error has its own message."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(problems[0].code)
        self.fields = dict(problems[0].fields)
        self._problems = tuple(problems)

    @property
    def problems(self) -> tuple[Problem, ...]:
        return self._problems


@dataclass(frozen=True)
class Legible:
    """The readable part of a document: its ``tree``, and the ``unknown`` pointers with their reason.

    ``unread`` describes the values that are present but cannot be read.
    """

    tree: dict[str, Any]
    unknown: dict[str, str]
    unread: Mapping[str, Unread] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """Return the facts as one document, with their ``unknown`` map."""
        return {
            **self.tree,
            "unknown": {pointer: {"reason": reason} for pointer, reason in sorted(self.unknown.items())},
        }


def read(
    plain: Mapping[str, Any], catalog: Catalog | None = None, written: Mapping[str, Any] | None = None
) -> Legible:
    """Validate a document (plain data) against the schema of HostFacts.

    Licenses of products that are not Usphere's, by ``catalog``, are listed as ``/licenses/not_usphere`` only.

    ``written`` is the document with its rows in their original order, if ``plain`` has another order: errors
    name positions in ``written``. Names below ``/features`` are those of ``catalog``, by default the built-in
    one. Raises InvalidFacts for keys that do not exist, and FactsError for a ``subject``, ``source`` or
    ``unknown`` of the wrong type.
    """
    problem = root_error(plain)
    if problem is not None:
        raise problem
    try:
        return _read(plain, catalog)
    except InvalidFacts:
        if written is not None:
            _read(written, catalog)
        raise


def _read(plain: Mapping[str, Any], catalog: Catalog | None) -> Legible:
    unknown, misspelled = _declared(plain.get("unknown") or {})
    found = _known_part(plain, unknown, misspelled, catalog)
    found = Legible(*without_foreign(found.tree, found.unknown, found.unread, catalog))
    found = replace(found, unread={**unrecognized_products(found.tree, catalog), **found.unread})
    found = replace(found, tree=dict(with_own_zone(found.tree)))
    shown_values = _declared_values(plain.get("unknown") or {}, found.unknown)
    return replace(found, unread={**found.unread, **shown_values}) if shown_values else found


def _known_part(
    plain: Mapping[str, Any], unknown: dict[str, str], misspelled: list[Problem], catalog: Catalog | None
) -> Legible:
    tree: Any = {name: value for name, value in plain.items() if name != "unknown"}
    for pointer, reason in tuple(unknown.items()):
        if not is_further(tree, pointer):
            tree, removed = without(tree, pointer)
            unknown.setdefault(removed, reason)
    features = tree.get("features")
    own = _own_features(catalog) & features.keys() if isinstance(features, dict) else frozenset[str]()
    if not own:
        return _legible(tree, unknown, misspelled, plain)
    shipped = {name: value for name, value in features.items() if name not in own}
    found = _legible({**tree, "features": shipped}, unknown, misspelled, plain)
    return _with_own_features(found, {name: features[name] for name in sorted(own)}, plain)


def _legible(
    tree: Any, unknown: dict[str, str], misspelled: list[Problem], plain: Mapping[str, Any]
) -> Legible:
    unread: dict[str, Unread] = {}
    if not schemas.fits(SCHEMA, tree):
        tree = respelled(SCHEMA, tree)
        if not schemas.fits(SCHEMA, tree):
            # Sort by pointer, so that results do not depend on the order of keys in the document.
            found = sorted(misfits(SCHEMA, tree), key=lambda each: sort_key(join(each.path)))
            if any(each.path == () or each.path[0] in ("kind", "schema_version") for each in found):
                return Legible({}, {"": TYPE})
            problems = [_key_problem(each) for each in found if each.reason == UNKNOWN_KEY]
            _raise_problems([*problems, *misspelled], plain)
            tree = _without_misfits(tree, found, unknown, unread)
    _raise_problems(misspelled, plain)
    tree = _with_release(tree, unread)
    if tree.get("hosts") == [] and not covered("/hosts", unknown):
        # Every system has hosts, so an empty list means that the hosts were not read.
        tree = {name: value for name, value in tree.items() if name != "hosts"}
        unknown["/hosts"] = "empty"
    return Legible(tree, unknown, unread)


def _declared(given: Mapping[str, Any]) -> tuple[dict[str, str], list[Problem]]:
    """Return pointers that the document lists as unknown, and errors for misspelled ones.

    A pointer that is not similar to any fact is accepted: a later version may define that fact.
    """
    unknown: dict[str, str] = {}
    misspelled: list[Problem] = []
    for pointer, entry in given.items():
        reason = entry.get("reason") if isinstance(entry, dict) else None
        normalized = "" if pointer == "/" or (pointer and not pointer.startswith("/")) else pointer
        unknown[normalized] = reason if reason in UNKNOWN_REASONS else TYPE
        steps = split(normalized)
        if steps and not steps[0].startswith(_FREE_FORM) and fact_table().find(steps) is None:
            hint = _nearest(steps)
            if hint:
                misspelled.append(Problem("facts_unknown_pointer", {"pointer": normalized, "hint": hint}))
    return unknown, misspelled


def _declared_values(given: Mapping[str, Any], unknown: Mapping[str, str]) -> dict[str, Unread]:
    """Return the values that the document itself states for unknown facts, such as contradicting ones."""
    found = {}
    for pointer, entry in given.items():
        values = entry.get("values") if isinstance(entry, dict) else None
        if not isinstance(values, list) or not values or pointer not in unknown:
            continue
        place = pointer.removesuffix(FURTHER)
        secret = any(map(is_secret, split(place)))
        use = _USE_OF_REASON.get(unknown[pointer], ("", {}))
        if pointer != place:
            use = ("use_all_nodes", {})
        hint = entry.get("hint")
        if isinstance(hint, str):
            use = ("unread_item_like", {"hint": unquoted(hint)}) if hint else ("unread_item", {})
        found[place] = Unread(place, None if secret else ", ".join(map(unquoted, values)), use)
    return found


def _nearest(steps: list[str]) -> str:
    for at in range(len(steps)):
        node = fact_table().find(steps[:at])
        known = [] if node is None else [name for name in node.properties if name not in _ABOUT_DOCUMENT]
        if node is not None and fact_table().find(steps[: at + 1]) is None:
            if not steps[at]:
                # For a trailing slash, suggest the pointer without it.
                return join(steps[:at])
            near = suggestion(steps[at].lower(), sorted(known))
            return join((*steps[:at], near, *steps[at + 1 :])) if near else ""
    return ""


def _key_problem(misfit: Misfit) -> Problem:
    hint: object = _meant(misfit) or misfit.hint
    fields = {"pointer": join(misfit.path), "hint": hint}
    if len(misfit.path) == 1:
        return Problem("facts_unknown_root_key", fields)
    return Problem("facts_unknown_key" if hint else "facts_unknown_key_bare", fields)


def _meant(misfit: Misfit) -> list[str]:
    """Return the facts of another name that the unknown key of ``misfit`` may mean."""
    steps = [str(step) for step in misfit.path]
    node = host_facts_table().find(steps[:-1])
    return [] if node is None else facts_of_meaning(steps[-1], node, host_facts_table(), tuple(steps[:-1]))


def _raise_problems(problems: list[Problem], plain: Mapping[str, Any]) -> None:
    if not problems:
        return
    problems = sorted(problems, key=lambda problem: sort_key(str(problem.fields["pointer"])))
    written = (plain.get("source") or {}).get("collection")
    if _is_newer(written):
        keys = [str(problem.fields["pointer"]) for problem in problems[:MOST_PROBLEMS]]
        fields = {"pointer": keys[0], "written": written, "this": VERSION, "keys": keys}
        raise InvalidFacts([Problem("facts_newer", {**fields, "n": len(problems)})])
    if len(problems) > MOST_PROBLEMS:
        more = Problem("facts_more_faults", {"n": len(problems) - MOST_PROBLEMS})
        problems = [*problems[:MOST_PROBLEMS], more]
    raise InvalidFacts(problems)


def _is_newer(written: object) -> bool:
    """Return whether ``written``, the collection version in the facts, is later than this collection."""
    written_match, own_match = (
        _RELEASE.match(text) if isinstance(text, str) else None for text in (written, VERSION)
    )
    if written_match is None or own_match is None:
        return False
    left, right = (tuple(int(part or 0) for part in found.groups()) for found in (written_match, own_match))
    return left > right


def _without_misfits(
    tree: Any, found: list[Misfit], unknown: dict[str, str], unread: dict[str, Unread]
) -> Any:
    """Remove misfits from ``tree`` in place, add them to ``unknown`` and ``unread``, and return ``tree``."""
    listed_below = {above for pointer in unknown for above in _ancestors(pointer)}
    for each in found:
        place = join(each.path)
        if each.reason == ABSENT and place in listed_below and each.use != USE_LIST:
            # The object exists; its unknown facts are listed one by one.
            continue
        if not covered(place, unknown):
            pointer = _remove_value(tree, each.path)
            unknown[pointer] = each.reason
            if each.reason in (TYPE, VALUE):
                unread[pointer] = _unread(pointer, each)
    return tree


def _ancestors(pointer: str) -> Iterator[str]:
    while pointer:
        pointer = pointer.rpartition("/")[0]
        yield pointer


def _remove_value(tree: Any, path: Path) -> str:
    """Remove the value at ``path`` from ``tree``, and return the pointer that becomes unknown."""
    parent = lookup(tree, join(path[:-1]))
    if isinstance(parent, list):
        # Positions must not shift: empty a row, whatever is in its place, so that what the other rows prove
        # stays proved; treat a list of scalars as unknown entirely.
        if not isinstance(parent[int(path[-1])], dict) and not _has_rows(path[:-1]):
            return _remove_value(tree, path[:-1])
        parent[int(path[-1])] = {}
    elif isinstance(parent, dict):
        parent.pop(str(path[-1]), None)
    return join(path)


def _has_rows(path: Path) -> bool:
    """Return whether the items of the list at ``path`` are objects."""
    node = host_facts_table().find([*map(str, path), "0"])
    return node is not None and bool(node.properties)


def _unread(pointer: str, misfit: Misfit) -> Unread:
    secret = any(map(is_secret, misfit.path))
    return Unread(join(misfit.path), None if secret else shown(misfit.value), misfit.use)


def _with_release(tree: dict[str, Any], unread: dict[str, Unread]) -> dict[str, Any]:
    """Return the tree with the VMS version reduced to the release number.

    A version that cannot be parsed stays as text and is added to ``unread``. Facts that depend on the release
    are then unknown.
    """
    version = tree.get("version")
    text = version.get("vms") if isinstance(version, dict) else None
    if not isinstance(version, dict) or not isinstance(text, str):
        return tree
    try:
        bare = parse_version(text).text
    except LicensingError:
        unread["/version/vms"] = Unread("/version/vms", shown(text), ("use_release", {}))
        return tree
    return tree if bare == text else {**tree, "version": {**version, "vms": bare}}


def _own_features(catalog: Catalog | None) -> frozenset[str]:
    """Return features that only the site's catalog defines: feature products without a built-in feature."""
    if catalog is None or catalog is Catalog.builtin():
        return frozenset()
    return frozenset(
        product.id
        for product in catalog.products
        if product.license_class is LicenseClass.FEATURE and product.feature is None
    )


def _with_own_features(found: Legible, given: Mapping[str, Any], plain: Mapping[str, Any]) -> Legible:
    """Return ``found`` with the site's own features, validated by the schema of built-in features."""
    if "features" not in found.tree:
        return found
    unknown, unread = dict(found.unknown), dict(found.unread)
    checked = {name: feature_respelled(name, value) for name, value in given.items()}
    misfitting = [each for _value, found_in in checked.values() for each in found_in]
    _raise_problems([_key_problem(each) for each in misfitting if each.reason == UNKNOWN_KEY], plain)
    spelled = {name: value for name, (value, _found_in) in checked.items()}
    kept = _without_misfits({"features": spelled}, misfitting, unknown, unread)
    tree = {**found.tree, "features": {**found.tree["features"], **kept["features"]}}
    return Legible(tree, unknown, unread)


def covered(pointer: str, unknown: Mapping[str, str]) -> bool:
    """Return whether the fact at ``pointer`` or one of its parents is listed as unknown."""
    while pointer not in unknown:
        if not pointer:
            return False
        pointer = pointer.rpartition("/")[0]
    return True


def without(tree: object, pointer: str) -> tuple[Any, str]:
    """Return a copy of the tree without the value at ``pointer``, and the pointer that becomes unknown.

    If the pointer goes through a row that its list does not have, the list is incomplete and becomes unknown.
    """
    steps = split(pointer)
    for length in range(len(steps)):
        place = join(steps[:length])
        if isinstance(lookup(tree, place), list) and lookup(tree, join(steps[: length + 1])) is MISSING:
            return without(tree, place)
    parent = lookup(tree, join(steps[:-1])) if steps else MISSING
    if isinstance(parent, list):
        # Positions must not shift: empty an object; treat a list of scalars as unknown entirely.
        if isinstance(lookup(tree, pointer), dict):
            return with_value(tree, pointer, {}), pointer
        return without(tree, join(steps[:-1]))
    if isinstance(parent, dict):
        return with_value(tree, pointer, MISSING), pointer
    return tree, pointer
