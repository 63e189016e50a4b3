# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the facts of a host: validate, check the age, derive facts, give a reason for each unknown fact."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Any, cast

from ....module_utils._licensing.catalog.catalog import Catalog
from ....module_utils._licensing.facts.derive import derive, merged
from ....module_utils._licensing.reading.zone_choices import in_possible_zones
from ....module_utils._licensing.reading.zones import times_without_zone
from ....module_utils._messages.catalog import LANGUAGES
from ....module_utils._pointer import MISSING, join, lookup, split
from ....module_utils._time import format_time, read_time
from ..base.canonical_json import digest
from ..base.errors import FactsError
from ..documents.plain_data import as_key, normalize
from ..fact_map.document import mapped_origins, near_pointers, nodes_without
from ..fact_map.own_words import with_own_words
from ..facts import host_facts
from ..facts.fact_table import SiteFact, fact_table, missing_required
from ..facts.facts import Facts, Unread, incomplete_lists, with_value
from ..facts.quoted_value import shown
from ..facts.row_order import in_order
from ..facts.schema_mismatches import VALUE
from ..policy.compose import fits
from ..policy.model import Subject
from .fact_age import AgeLimit, Channel
from .sought import Sought

_GATHERED = "/source/gathered_at"


@dataclass(frozen=True)
class HostInput:
    """The facts that one host supplied. Without facts ``reason`` says why (``absent``, ``unreachable`` …).

    With an ``error`` the host cannot be evaluated. ``plain`` facts have the site's own names: data in any
    form, for plain JSON Schemas. ``mapped`` facts were read from the variables of the hosts themselves with a
    FactMap, so their subject is the one that the map names. ``sought`` are code and fields of the message
    about a host without facts: what was looked for. ``channel`` is how the facts got here.
    """

    host: str
    facts: object = None
    reason: str = "absent"
    error: FactsError | None = None
    plain: bool = False
    mapped: bool = False
    sought: Sought | None = field(default=None, compare=False)
    channel: Channel = Channel.STATED


@dataclass(frozen=True)
class Reading:
    """One fact set of a subject, and the hosts that supplied it.

    ``origins`` are the licenses or facts that a fact was derived from, by pointer. ``own`` are the values in
    the site's own words that facts were read from with a FactMap, by pointer; ``stated`` are the facts that
    the map itself states, as evidence shows them. ``mapped`` facts were read with a FactMap; ``plain`` ones
    have the site's own names. ``zones`` returns the facts in each zone in which their times without a zone
    may be; empty without such times.
    """

    kind: str
    id: str
    hosts: tuple[str, ...]
    facts: Facts
    digest: str
    origins: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    error: FactsError | None = None
    own: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    stated: tuple[Mapping[str, Any], ...] = ()
    mapped: bool = False
    plain: bool = False
    zones: Callable[[], tuple[Facts, ...]] = field(default=tuple, compare=False, repr=False)

    @property
    def subject(self) -> dict[str, str]:
        return {"kind": self.kind, "id": self.id}


def read_host(
    given: HostInput,
    as_of: datetime,
    limit: AgeLimit | None = None,
    site_facts: Mapping[str, SiteFact] | None = None,
    catalog: Catalog | None = None,
) -> Reading:
    """Return the Reading of a host: normalize, validate against the HostFacts schema, check the age, derive.

    The facts may be as old as ``limit`` says; without it, of any age. The declared ``site_facts`` that the
    host states are added at the root of its facts. Products are those of ``catalog``, by default the built-in
    one. A fact that does not match its schema is unknown (``type``, ``value``), never a pass. Facts that
    cannot be read at all, or with a key that does not exist, give a Reading with ``error``.
    """
    if given.error is not None:
        return _unreadable(given, given.error)
    if given.facts is None:
        return _without_facts(given, given.reason, "system", given.host)
    try:
        plain = normalize(given.facts)
    except FactsError as error:
        return _unreadable(given, error)
    if not isinstance(plain, dict):
        return _without_facts(given, "type", "system", given.host)
    ordered = in_order(plain)
    try:
        legible = host_facts.read(ordered, catalog, written=plain)
    except FactsError as error:
        kind, ident = _subject_of(plain, given.host)
        return replace(
            _without_facts(given, "type", kind, ident),
            digest=digest(ordered),
            error=error,
            mapped=any(mapped_origins(plain)),
        )
    plain, tree, unknown = ordered, dict(legible.tree), legible.unknown
    subject = tree.get("subject", {})
    kind, ident = str(subject.get("kind", "system")), str(subject.get("id", given.host))
    tree["subject"] = {"kind": kind, "id": ident}
    limit = limit or AgeLimit(as_of, None)
    source = tree.get("source", {})
    age_reason = limit.reason(source, given.channel)
    unread_time = _unread_time(legible, limit, given.channel)
    if unread_time:
        age_reason = VALUE
    if age_reason:
        unknown = {"": age_reason}
    content = digest(
        as_key({name: value for name, value in plain.items() if name not in ("source", "subject")})
    )
    own, statements = mapped_origins(plain)
    if own or statements:
        content = digest([content, own, statements])
    if "" in unknown:
        sentence = unread_time or _age_sentence(age_reason, source, limit)
        return Reading(kind, ident, (given.host,), Facts({}, unknown, unread=sentence), content)
    stated = tree.pop("site_facts", {})
    facts, origins = _derived(tree, unknown, as_of, catalog)
    unread: Mapping[str, Unread] = {
        **_without_zone(tree, unknown),
        **_contradicted(facts),
        **legible.unread,
    }
    mapped = bool(own or statements)
    if own:
        # What is missing of the raw facts is known after derivation; facts that are derived have no source.
        raw = {name: reason for name, reason in facts.unknown.items() if name not in facts.because}
        unread = with_own_words(
            unread, {**raw, **unknown}, tree, own, nodes_without(plain), near_pointers(plain)
        )
    facts = replace(_with_site(facts, stated, site_facts or {}), unread=unread, mapped=mapped)
    origins = {**origins, **own}

    @cache
    def zones() -> tuple[Facts, ...]:
        return tuple(
            _with_site(_derived(each, unknown, as_of, catalog)[0], stated, site_facts or {})
            for each in _zoned(tree, unknown, as_of)
        )

    return Reading(
        kind,
        ident,
        (given.host,),
        facts,
        content,
        origins,
        own=own,
        stated=statements,
        mapped=mapped,
        zones=zones,
    )


def read_plain_facts(given: HostInput) -> Reading:
    """Return the Reading of facts with the site's own names: they are taken as they are.

    Facts that are not plain data give a Reading with ``error``.
    """
    try:
        plain = normalize(given.facts)
    except FactsError as error:
        return _unreadable(given, error)
    return Reading("system", given.host, (given.host,), Facts(plain), digest(as_key(plain)), plain=True)


def is_host_facts(facts: object) -> bool:
    """Return whether facts are a document of kind HostFacts, and not facts with the site's own names."""
    return isinstance(facts, Mapping) and facts.get("kind") == host_facts.KIND


def _subject_of(plain: Mapping[str, Any], host: str) -> Subject:
    """Return kind and id of the subject of invalid facts, with defaults where they cannot be read."""
    subject = plain.get("subject")
    stated = subject if isinstance(subject, dict) else {}
    kind, ident = stated.get("kind"), stated.get("id")
    named = ident if isinstance(ident, str) and 1 <= len(ident) <= 256 else host
    return str(kind) if kind in ("system", "node") else "system", named


def _with_site(facts: Facts, stated: Mapping[str, object], declared: Mapping[str, SiteFact]) -> Facts:
    values: dict[str, object] = {}
    unknown = dict(facts.unknown)
    for name, fact in declared.items():
        reason = facts.reason(f"/site_facts/{name}")
        if not reason and name not in stated:
            reason = "absent"
        elif not reason and not _is_value(fact, stated[name]):
            reason = "type"
        if reason:
            unknown[f"/{name}"] = reason
        else:
            values[name] = stated[name]
    if not declared:
        return facts
    return replace(facts, tree={**cast("dict[str, Any]", facts.tree), **values}, unknown=unknown)


def _is_value(fact: SiteFact, value: object) -> bool:
    return fits(fact.type, value) and (fact.enum is None or value in fact.enum)


def _unreadable(given: HostInput, error: FactsError) -> Reading:
    return Reading("system", given.host, (given.host,), Facts({}, {"": "type"}), digest(None), error=error)


def _without_facts(given: HostInput, reason: str, kind: str, ident: str) -> Reading:
    if given.sought is None:
        return Reading(kind, ident, (given.host,), Facts({}, {"": reason}), digest(given.reason))
    unread = {"": Unread("", None, given.sought)}
    content = digest([given.reason, *given.sought])
    return Reading(kind, ident, (given.host,), Facts({}, {"": reason}, unread=unread), content)


def _unread_time(legible: host_facts.Legible, limit: AgeLimit, channel: Channel) -> dict[str, Unread]:
    """Return the sentence about a time of reading that is there and cannot be read, where the age matters."""
    if limit.hours is None or channel is Channel.READ or _GATHERED not in legible.unread:
        return {}
    return {"": legible.unread[_GATHERED]}


def _age_sentence(reason: str, source: Mapping[str, object], limit: AgeLimit) -> dict[str, Unread]:
    """Return the sentence about facts that are too old or too new, or do not state when they were read."""
    text = source.get("gathered_at")
    if reason == VALUE:
        return {"": Unread(_GATHERED, shown(text), ("use_instant", {}))}
    if reason == "future":
        fields = {"at": format_time(limit.at), "gathered_at": text}
        return {"": Unread("", None, ("sought_past", fields))}
    if reason != "stale":
        return {}
    fields = {"hours": limit.hours, "gathered_at": text}
    return {"": Unread("", None, ("sought_recent" if text is not None else "sought_time", fields))}


def _zoned(tree: dict[str, Any], unknown: Mapping[str, str], as_of: datetime) -> list[dict[str, Any]]:
    """Return the facts in each combination of zones that can make a difference, if all can be tried."""
    zoned = in_possible_zones({**tree, "unknown": dict.fromkeys(unknown)}, as_of)
    own = {"unknown": tree["unknown"]} if "unknown" in tree else {}
    found = [{name: value for name, value in each.items() if name != "unknown"} for each in zoned.trees]
    return [{**each, **own} for each in found] if not zoned.unproved else []


def _without_zone(tree: Mapping[str, Any], unknown: Mapping[str, str]) -> dict[str, Unread]:
    """Return a description of each time without a zone, which a finding shows if it decides nothing."""
    listed = dict.fromkeys(unknown)
    times = times_without_zone({**tree, "unknown": listed})
    name = tree.get("source", {}).get("timezone")
    if isinstance(name, str):
        # It did not apply, so no zone of that name is known here.
        wrong = Unread("/source/timezone", shown(name), ("use_zone_name", {}))
        return {time.pointer: wrong for time in times}
    return {time.pointer: Unread(time.pointer, shown(time.text), ("use_zone", {})) for time in times}


def _contradicted(facts: Facts) -> dict[str, Unread]:
    """Return the sentences about values that contradict others, which findings about them show."""
    rows = lookup(facts.tree, "/contradictions")
    found: dict[str, Unread] = {}
    for row in rows if isinstance(rows, list) else ():
        if row.get("decides"):
            pointer = row["facts"][0]
            value = lookup(facts.tree, pointer)
            quoted = None if value is MISSING or isinstance(value, list | dict) else shown(value)
            texts = {language: row[language] for language in LANGUAGES}
            found[pointer] = Unread(pointer, quoted, ("use_one_value", {}), texts=texts)
    return found


def _derived(
    tree: dict[str, Any], unknown: dict[str, str], as_of: datetime, catalog: Catalog | None
) -> tuple[Facts, dict[str, tuple[str, ...]]]:
    declared = {pointer: {"reason": reason} for pointer, reason in sorted(unknown.items())}
    result = derive({**tree, "unknown": declared}, as_of, catalog)
    tree_with_derived = merged(tree, result.facts)
    # Facts that could be derived anyway (for example the use of a feature from its hosts) are known.
    reasons = {
        pointer: reason for pointer, reason in unknown.items() if lookup(result.facts, pointer) is MISSING
    }
    for pointer, entry in result.unknown.items():
        reasons.setdefault(pointer, str(entry["reason"]))
    for pointer in reasons:
        tree_with_derived = _with_parents(tree_with_derived, split(pointer)[:-1])
    for pointer in missing_required(tree_with_derived, fact_table()):
        if not host_facts.covered(pointer, reasons):
            reasons[pointer] = "absent"
    origins = {pointer: tuple(str(item) for item in items) for pointer, items in result.origins.items()}
    bounds = {pointer: _bounds(entry) for pointer, entry in result.unknown.items() if pointer in reasons}
    known = {pointer: pair for pointer, pair in bounds.items() if pair != (None, None)}
    because = {
        pointer: tuple(cast("list[str]", entry.get("because", [])))
        for pointer, entry in result.unknown.items()
    }
    incomplete = incomplete_lists(tree_with_derived, reasons)
    spans = {
        pointer: (earliest, read_time(entry.get("latest")))
        for pointer, entry in result.unknown.items()
        if pointer in reasons and (earliest := read_time(entry.get("earliest"))) is not None
    }
    return Facts(tree_with_derived, reasons, incomplete, known, because, spans=spans), origins


def _with_parents(tree: dict[str, Any], steps: list[str]) -> dict[str, Any]:
    # If single facts of an object are unknown, the object exists, so its other facts are missing as well.
    for length in range(1, len(steps) + 1):
        place = join(steps[:length])
        if lookup(tree, place) is MISSING:
            tree = cast("dict[str, Any]", with_value(tree, place, {}))
    return tree


def _bounds(entry: Mapping[str, Any]) -> tuple[int | None, int | None]:
    low, high = entry.get("low"), entry.get("high")
    return (low if isinstance(low, int) else None, high if isinstance(high, int) else None)
