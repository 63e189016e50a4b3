# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Assess slices of a fleet and merge them; the result equals that of one run over all hosts.

Merging is a union: the order, number and grouping of merges do not change the result. Rounding, packs,
verdicts of pools, blame, waivers and counts follow once, after all slices are merged. A slice can be stored
as a PartialResult document, whose objects have the fields of the dataclasses.
"""

from __future__ import annotations

import dataclasses
import functools
import types
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ....module_utils._interval import Interval, from_json
from ....module_utils._pointer import Path
from ....module_utils._time import format_time
from ..base.canonical_json import canonical
from ..base.errors import PolicyError
from ..documents import schemas
from ..documents.plain_data import normalize
from ..findings.finding import CheckFinding
from ..findings.sheet import Sheet
from ..findings.verdict import Verdict
from ..fleet.traces import Trace, trace_of
from ..json_schema.model import AbsentMode
from ..policy.model import LEDGER
from ..pools.purchase import EditionProducts
from ..pools.rows import PoolSheet
from ..subjects.host_identity import NO_HOSTS, Inventory
from ..subjects.host_reading import HostInput
from .assessor import Assessor

INSIDE, OUTSIDE = "inside", "outside"
#: Id and kind of a subject, the host that submitted its facts, the key of the sheet, INSIDE or OUTSIDE.
Claim = tuple[str, str, str, str, str]


@dataclass
class Partial:
    """Assessed hosts of a slice. ``header`` must be equal in all slices of a run.

    ``expected`` are the hosts of the complete run; those that are in no slice are unknown in the result.
    ``traces`` show for each claim where its facts were read.
    """

    header: dict[str, Any]
    expected: frozenset[str] = frozenset()
    claims: set[Claim] = field(default_factory=set)
    sheets: dict[str, Sheet] = field(default_factory=dict)
    traces: set[Trace] = field(default_factory=set)


def header_of(assessor: Assessor) -> dict[str, Any]:
    """Return the header that all slices of a run must have in common."""
    policy = assessor.policy
    header = {
        "as_of": format_time(assessor.as_of),
        "policy": policy.digest,
        "parameters": {name: each.value for name, each in sorted(policy.parameters.items())},
        "evidence": assessor.evidence,
    }
    if assessor.absent is not AbsentMode.UNDETERMINED:
        header["absent"] = assessor.absent.value
    if assessor.coerce:
        header["coerce"] = True
    return {**header, "catalog": policy.catalog_digest} if policy.catalog_digest else header


def assess(
    given: Iterable[HostInput],
    assessor: Assessor,
    header: Mapping[str, Any],
    outside: Iterable[HostInput] = (),
    expected: Iterable[str] = (),
    inventory: Inventory = NO_HOSTS,
) -> Partial:
    """Assess the hosts of one slice. ``outside`` are hosts that only count in pools."""
    partial = Partial(dict(header), frozenset(expected))
    for place, hosts in ((INSIDE, given), (OUTSIDE, outside)):
        hosts = list(hosts)
        for each, (ident, kind, host, sheet) in zip(hosts, assessor.claims(hosts), strict=True):
            partial.sheets[sheet.key] = sheet
            claim = (ident, kind, host, sheet.key, place)
            partial.claims.add(claim)
            partial.traces.add(trace_of(each, inventory, claim, is_valid=not sheet.error))
    return partial


def merge(left: Partial, right: Partial) -> Partial:
    """Merge two slices. Raises PolicyError ``slices_differ`` if they are not of one run."""
    for name in sorted({*left.header, *right.header}):
        if left.header.get(name) != right.header.get(name):
            raise PolicyError(
                "slices_differ",
                what=name,
                left=str(left.header.get(name)),
                right=str(right.header.get(name)),
            )
    return Partial(
        dict(left.header),
        left.expected | right.expected,
        left.claims | right.claims,
        {**right.sheets, **left.sheets},
        left.traces | right.traces,
    )


# -- PartialResult documents --

#: Fields of a PoolSheet that have the same name in a document.
_POOL_FIELDS = ("rows", "keys", "key_gaps", "slices", "licenses", "texts")


def to_document(partial: Partial) -> dict[str, Any]:
    """Return the slice as plain data (kind PartialResult); equal slices give equal documents."""
    return {
        "kind": "PartialResult",
        "schema_version": 1,
        "header": dict(partial.header),
        "expected": sorted(partial.expected),
        "claims": [list(claim) for claim in sorted(partial.claims)],
        "sheets": {key: _sheet_row(sheet) for key, sheet in sorted(partial.sheets.items())},
        "traces": sorted((_encode(trace) for trace in partial.traces), key=canonical),
    }


def from_document(document: object) -> Partial:
    """Return the slice of a PartialResult. Raises PolicyError ``slice_invalid`` for any other value."""
    value: Any = normalize(document)
    for error in schemas.validate("partial_result", value):
        place = "/".join(str(step) for step in error.path)
        raise PolicyError("slice_invalid", reason=f"/{place}: {error.keyword}")
    sheets = {key: _read_sheet(key, content) for key, content in value["sheets"].items()}
    claims = {tuple(claim) for claim in value["claims"]}
    missing = sorted(claim[3] for claim in claims if claim[3] not in sheets)
    if missing:
        raise PolicyError("slice_invalid", reason=f"/sheets/{missing[0]}")
    traces = {_decode(Trace, each) for each in value["traces"]}
    if claims != {trace.claim for trace in traces}:
        raise PolicyError("slice_invalid", reason="/traces")
    return Partial(value["header"], frozenset(value["expected"]), claims, sheets, traces)


def _sheet_row(sheet: Sheet) -> dict[str, Any]:
    return {
        "kind": sheet.kind,
        "digest": sheet.digest,
        "aged": sheet.aged,
        "error": sheet.error,
        "verdicts": [
            {
                "check": each.check,
                "verdict": each.verdict,
                "findings": [finding.to_dict() for finding in each.findings],
                "reasons": list(each.reasons),
            }
            for each in sheet.verdicts
        ],
        "pools": {pool: _pool_row(part) for pool, part in sorted(sheet.pools.items())},
        "evidence": sheet.evidence,
        "plan": {} if sheet.error or sheet.kind in LEDGER else sheet.plan,
        **({"not_usphere": list(sheet.not_usphere)} if sheet.not_usphere else {}),
    }


def _read_sheet(key: str, content: dict[str, Any]) -> Sheet:
    verdicts = []
    for at, each in enumerate(content["verdicts"]):
        path = ("sheets", key, "verdicts", at, "findings")
        findings = [_read_finding(finding, (*path, index)) for index, finding in enumerate(each["findings"])]
        verdicts.append(Verdict(each["check"], each["verdict"], tuple(findings), tuple(each["reasons"])))
    return Sheet(
        key,
        content["kind"],
        content["digest"],
        content["aged"],
        tuple(verdicts),
        {pool: _read_pool(part) for pool, part in content["pools"].items()},
        content["error"],
        content["evidence"],
        stored_plan=content["plan"],
        not_usphere=tuple(content.get("not_usphere", ())),
    )


def _read_finding(content: object, path: Path) -> CheckFinding:
    try:
        return CheckFinding.from_dict(content, path)
    except PolicyError as error:
        reason = f"{error.fields['pointer']}: {error.fields['problem']}"
        raise PolicyError("slice_invalid", reason=reason) from None


def _pool_row(part: PoolSheet) -> dict[str, Any]:
    row = {name: _encode(getattr(part, name)) for name in _POOL_FIELDS}
    row["way"] = _encode(part.edition_products)
    row["settled_by"] = _encode(part.settled_by)
    return {**row, "unread": _encode(part.unread)} if part.unread else row


def _read_pool(content: dict[str, Any]) -> PoolSheet:
    fields = {name: _decode(_hints_of(PoolSheet)[name], content[name]) for name in _POOL_FIELDS}
    products = _decode(EditionProducts, content["way"])
    settled_by = _decode(dict[str, tuple[str, ...]], content["settled_by"])
    return PoolSheet(**fields, stored=(products, settled_by, content.get("unread", {})))


def _encode(value: Any) -> Any:
    if isinstance(value, Interval):
        return value.to_json()
    if dataclasses.is_dataclass(value):
        return {each.name: _encode(getattr(value, each.name)) for each in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        # The keys keep their order, because the rows of purchases are shown in results.
        return {name: _encode(item) for name, item in value.items()}
    return [_encode(item) for item in value] if isinstance(value, (list, tuple)) else value


def _decode(hint: Any, value: Any) -> Any:
    """Return a value of a document as the type ``hint``; the schema has checked the value already."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if value is None:
        return None
    if origin is types.UnionType:
        # All unions of these fields are of a type and None.
        return _decode(arguments[0], value)
    if hint is Interval:
        return from_json(value)
    if dataclasses.is_dataclass(hint):
        kind: Any = hint
        hints = _hints_of(kind)
        return kind(**{name: _decode(hints[name], item) for name, item in value.items()})
    if origin is tuple:
        return tuple(_decode(arguments[0], item) for item in value)
    if origin in (dict, Mapping):
        return {name: _decode(arguments[1], item) for name, item in value.items()}
    return value


@functools.cache
def _hints_of(kind: Any) -> dict[str, Any]:
    return typing.get_type_hints(kind)
