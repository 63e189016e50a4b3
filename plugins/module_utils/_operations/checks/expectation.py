# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parse the expected contents of an activation file and compare them with what the server reports.

An activation file is opaque. ``expect`` is the only way to know its effect before it is sent.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Dict, Mapping, Optional, Sequence, Tuple, TypeVar

from ..._licensing.catalog.catalog import Catalog
from ..._licensing.rules.change import Expectation
from ..._licensing.values.license_row import (
    License,
    license_from_dict,
)
from ..._licensing.values.model import ARCHES, Arch, Kind, word
from ..._licensing.values.periods import DAY_S, parse_end, time_span
from ..._messages.catalog import register
from ..._messages.operations.checks import MESSAGES
from ..._time import NEVER, End, format_end, parse_time
from ..._vms.api.records import LicenseRecord
from ..core.errors import InvalidRequest

register(MESSAGES)


DAY = dt.timedelta(seconds=DAY_S)
REQUIRED = ("product", "kind", "quantity")
KEYS = ("product", "arch", "kind", "quantity", "code", "expires_at", "issued_at")
INSTALLABLE = (Kind.TEMPORARY, Kind.FORMAL)

Word = TypeVar("Word", Kind, Arch)


def parse_expect(value: object, file_name: str, catalog: Optional[Catalog] = None) -> Tuple[Expectation, ...]:
    """Return the licenses that ``value`` (one mapping, or a list of them) expects in ``file_name``.

    None expects nothing: an empty tuple. ``catalog`` None is the built-in one (R2). Raises InvalidRequest
    (``expect_…``), each naming the file, and LicensingError for an invalid timestamp.
    """
    if value is None:
        return ()
    rows = value if isinstance(value, (list, tuple)) else [value]
    if not rows:
        raise InvalidRequest("expect_empty", file=file_name)
    return tuple(_parse_row(row, file_name, catalog or Catalog.builtin()) for row in rows)


def _parse_row(row: object, file_name: str, catalog: Catalog) -> Expectation:
    if not isinstance(row, Mapping):
        raise InvalidRequest("expect_not_mapping", file=file_name, got=type(row).__name__)
    # An omitted option of a role is passed as null.
    given = {str(name): value for name, value in row.items() if value is not None}
    unknown = sorted(set(given) - set(KEYS))
    if unknown:
        raise InvalidRequest("expect_unknown_key", file=file_name, keys=unknown, known=list(KEYS))
    missing = [name for name in REQUIRED if name not in given]
    if missing:
        raise InvalidRequest("expect_missing_key", file=file_name, keys=missing)
    product = str(given["product"])
    arch = _product_arch(product, given.get("arch"), file_name, catalog)
    expires_at, issued_at = given.get("expires_at"), given.get("issued_at")
    return Expectation(
        product=product,
        arch=arch,
        kind=_member("kind", given["kind"], INSTALLABLE, file_name),
        quantity=parse_quantity(given["quantity"], file_name),
        code=None if "code" not in given else str(given["code"]),
        expires_at=None if expires_at is None else parse_end(str(expires_at)),
        issued_at=None if issued_at is None else parse_time(str(issued_at)),
    )


def _member(name: str, value: object, allowed: Tuple[Word, ...], file_name: str) -> Word:
    for member in allowed:
        if member.value == value:
            return member
    words = [member.value for member in allowed]
    raise InvalidRequest("expect_unknown_word", file=file_name, key=name, value=value, known=words)


def parse_quantity(value: object, where: str) -> int:
    """Return a quantity of at least 1; a templated number may be a string. Raises ``expect_quantity``."""
    text = str(value)
    if isinstance(value, (bool, float)) or not (text.isascii() and text.isdigit() and 0 < len(text) < 10):
        raise InvalidRequest("expect_quantity", file=where, value=value)
    if int(text) < 1:
        raise InvalidRequest("expect_quantity", file=where, value=value)
    return int(text)


def _product_arch(product: str, value: object, file_name: str, catalog: Catalog) -> Optional[Arch]:
    """Return the architecture of the product; None if it has none of its own (R39)."""
    if catalog.product(product) is None:
        raise InvalidRequest("expect_product", file=file_name, product=product)
    if value is not None:
        _member("arch", value, tuple(Arch), file_name)
    if not catalog.has_arches(product):
        return None
    for arch in ARCHES:
        if arch.value == value and catalog.product(product, arch) is not None:
            return arch
    arches = [arch.value for arch in ARCHES if catalog.product(product, arch) is not None]
    raise InvalidRequest("expect_arch", file=file_name, product=product, arches=arches)


def differences(
    expected: Sequence[Expectation], reported: Sequence[LicenseRecord]
) -> Optional[Dict[str, Any]]:
    """Compare what the server reports of one file with what was expected of it.

    Return None if they agree; else ``expected`` and ``reported`` as readable lines. Times agree within a day:
    the certificate states a date, the server a timestamp.
    """
    remaining = list(reported)
    for expectation in expected:
        match = next((record for record in remaining if _agrees(expectation, record)), None)
        if match is None:
            return _as_lines(expected, reported)
        remaining.remove(match)
    return _as_lines(expected, reported) if remaining else None


def _agrees(expectation: Expectation, record: LicenseRecord) -> bool:
    if (record.product, record.kind, record.quantity) != (
        expectation.product,
        expectation.kind.value,
        expectation.quantity,
    ):
        return False
    if expectation.arch is not None and expectation.arch.value != record.arch:
        return False
    if expectation.code is not None and expectation.code != record.code:
        return False
    return _near(expectation.expires_at, record.expires_at) and _near(expectation.issued_at, record.issued_at)


def _near(expected: Optional[End], reported: Optional[str]) -> bool:
    if expected is None:
        return True
    if reported is None:
        return False
    if expected is NEVER or reported == NEVER.value:
        return expected is NEVER and reported == NEVER.value
    span = time_span(reported)
    # A time without a zone agrees unless it differs in every zone.
    return span is not None and span[0] - DAY <= expected <= span[1] + DAY


def _as_lines(expected: Sequence[Expectation], reported: Sequence[LicenseRecord]) -> Dict[str, Any]:
    return {
        "expected": [show_expectation(expectation) for expectation in expected],
        "reported": [show_record(record) for record in reported] or ["-"],
        "license_ids": [record.id for record in reported],
    }


def show_expectation(expectation: Expectation) -> str:
    """Return a line such as ``4 × vms_standard aarch64 formal 3132A0XY``."""
    end = None if expectation.expires_at is None else format_end(expectation.expires_at)
    return _line(
        expectation.quantity,
        expectation.product,
        None if expectation.arch is None else expectation.arch.value,
        expectation.kind.value,
        expectation.code,
        end,
    )


def show_record(record: LicenseRecord) -> str:
    """Return what the server reports in the form of ``show_expectation``."""
    return _line(record.quantity, record.product, record.arch, record.kind, record.code, record.expires_at)


def _line(
    quantity: Optional[int],
    product: Optional[str],
    arch: Optional[str],
    kind: Optional[str],
    code: Optional[str],
    end: Optional[str],
) -> str:
    words = [
        "?" if quantity is None else str(quantity),
        "×",
        product or "?",
        arch or Arch.ANY.value,
        kind or "?",
    ]
    if code is not None:
        words.append(code)
    if end is not None and end != NEVER.value:
        words += ["until", end]
    return " ".join(words)


def license_of(record: LicenseRecord, catalog: Optional[Catalog] = None) -> License:
    """Return ``record`` as a License of the rules; what the server does not state stays unknown."""
    names = (
        *("id", "product", "arch", "kind", "code", "quantity"),
        *("issued_at", "installed_at", "expires_at", "status", "key"),
    )
    item = {name: getattr(record, name) for name in names}
    catalog = catalog or Catalog.builtin()
    if (
        record.product is not None
        and catalog.product(record.product)
        and not catalog.has_arches(record.product)
    ):
        item["arch"] = Arch.ANY.value
    return license_from_dict({name: value for name, value in item.items() if value is not None})


def expectation_of(record: LicenseRecord) -> Expectation:
    """Return ``record`` as an expectation, to sort licenses into the install order."""
    return Expectation(
        product=record.product or "",
        arch=word(Arch, record.arch),
        kind=word(Kind, record.kind) or Kind.FORMAL,
        quantity=record.quantity or 0,
        code=record.code,
    )
