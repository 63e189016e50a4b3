# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Convert the result of a slice to a PartialResult document and back."""

from __future__ import annotations

from typing import Any

from ....module_utils._interval import from_json as interval
from ..base.errors import PolicyError
from ..documents import schemas
from ..documents.plain_data import normalize
from ..findings.finding import CheckFinding
from ..findings.verdict import Verdict
from ..policy.model import LEDGER
from ..pools.purchase import Way
from ..pools.rows import PoolRow, PoolSheet
from ..pools.supply import Licenses, Piece, Slice
from .assessor import Sheet
from .slices import Partial


def to_document(partial: Partial) -> dict[str, Any]:
    """Return the slice as plain data (kind PartialResult); equal slices give equal documents."""
    return {
        "kind": "PartialResult",
        "schema_version": 1,
        "header": dict(partial.header),
        "expected": sorted(partial.expected),
        "claims": [list(claim) for claim in sorted(partial.claims)],
        "sheets": {key: _sheet(sheet) for key, sheet in sorted(partial.sheets.items())},
    }


def from_document(document: object) -> Partial:
    """Return the slice of a PartialResult. Raises PolicyError ``slice_invalid`` for any other value."""
    value: Any = normalize(document)
    for error in schemas.validate("partial_result", value):
        place = "/".join(str(step) for step in error.path)
        raise PolicyError("slice_invalid", reason=f"/{place}: {error.keyword}")
    sheets = {key: _sheet_of(key, content) for key, content in value["sheets"].items()}
    claims = {tuple(claim) for claim in value["claims"]}
    missing = sorted(claim[3] for claim in claims if claim[3] not in sheets)
    if missing:
        raise PolicyError("slice_invalid", reason=f"/sheets/{missing[0]}")
    return Partial(value["header"], frozenset(value["expected"]), claims, sheets)


def _sheet(sheet: Sheet) -> dict[str, Any]:
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
        "pools": {pool: _pool(part) for pool, part in sorted(sheet.pools.items())},
        "evidence": sheet.evidence,
        "plan": {} if sheet.error or sheet.kind in LEDGER else sheet.plan,
    }


def _sheet_of(key: str, content: dict[str, Any]) -> Sheet:
    verdicts = tuple(
        Verdict(
            each["check"],
            each["verdict"],
            tuple(CheckFinding.from_dict(finding) for finding in each["findings"]),
            tuple(each["reasons"]),
        )
        for each in content["verdicts"]
    )
    return Sheet(
        key,
        content["kind"],
        content["digest"],
        content["aged"],
        verdicts,
        {pool: _pool_of(part) for pool, part in content["pools"].items()},
        content["error"],
        content["evidence"],
        stored_plan=content["plan"],
    )


def _pool(part: PoolSheet) -> dict[str, Any]:
    way = part.way
    return {
        "rows": [
            {
                "identity": None if row.identity is None else list(row.identity),
                "key": list(row.key),
                "demand": row.demand.to_json(),
                "gaps": _pairs(row.gaps),
                "place": row.place,
                "added_at": row.added_at,
                "whole": row.whole,
                "maybe": row.maybe,
            }
            for row in part.rows
        ],
        "keys": list(part.keys),
        "key_gaps": _pairs(part.key_gaps),
        "slices": [_slice(each) for each in part.slices],
        "licenses": {
            "items": {ident: dict(item) for ident, item in sorted(part.licenses.items.items())},
            "gaps": {ident: dict(gaps) for ident, gaps in sorted(part.licenses.gaps.items())},
            "open": part.licenses.open,
            "because": _pairs(part.licenses.because),
        },
        "texts": dict(part.texts),
        "way": {
            "paths": {arch: list(path) for arch, path in sorted(way.paths.items())},
            "extra": [dict(line) for line in way.extra],
        },
        "settled_by": {pointer: list(names) for pointer, names in sorted(part.settled_by.items())},
        **({"unread": dict(sorted(part.unread.items()))} if part.unread else {}),
    }


def _pool_of(content: dict[str, Any]) -> PoolSheet:
    licenses, way = content["licenses"], content["way"]
    paths = {arch: tuple(path) for arch, path in way["paths"].items()}
    settled_by = {pointer: tuple(names) for pointer, names in content["settled_by"].items()}
    return PoolSheet(
        rows=tuple(
            PoolRow(
                None if row["identity"] is None else tuple(row["identity"]),
                tuple(row["key"]),
                interval(row["demand"]),
                _tuples(row["gaps"]),
                row["place"],
                row["added_at"],
                row["whole"],
                row["maybe"],
            )
            for row in content["rows"]
        ),
        keys=tuple(content["keys"]),
        key_gaps=_tuples(content["key_gaps"]),
        slices=tuple(_slice_of(each) for each in content["slices"]),
        licenses=Licenses(
            licenses["items"], licenses["gaps"], licenses["open"], _tuples(licenses["because"])
        ),
        texts=content["texts"],
        stored=(Way(paths, tuple(way["extra"])), settled_by, content.get("unread", {})),
    )


def _slice(each: Slice) -> dict[str, Any]:
    return {
        "at": each.at,
        "open": each.open,
        "gaps": _pairs(each.gaps),
        "pieces": [
            {
                "arch": piece.arch,
                "quantity": piece.quantity.to_json(),
                "gaps": _pairs(piece.gaps),
                "pointer": piece.pointer,
            }
            for piece in each.pieces
        ],
    }


def _slice_of(content: dict[str, Any]) -> Slice:
    pieces = tuple(
        Piece(each["arch"], interval(each["quantity"]), _tuples(each["gaps"]), each["pointer"])
        for each in content["pieces"]
    )
    return Slice(content["at"], pieces, content["open"], _tuples(content["gaps"]))


def _pairs(gaps: tuple[tuple[str, str], ...]) -> list[list[str]]:
    return [[pointer, reason] for pointer, reason in gaps]


def _tuples(pairs: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((pointer, reason) for pointer, reason in pairs)
