# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the options of ``device_info`` and ``license_request``; build their results."""

from __future__ import annotations

import os
from typing import Any, Dict, List, Mapping, Optional

from ..._licensing.catalog.catalog import Catalog
from ..._licensing.values.license_row import (
    normalize_contract_number,
)
from ..._licensing.values.model import (
    Arch,
    Kind,
    word,
)
from ..checks.expectation import parse_quantity
from ..core.errors import InvalidRequest
from ..core.license_files import digest
from ..core.proof import DISK, Proof, place_of, rows
from .bundle import KeyRequest, LicenseRequest, RequestPlan
from .device_info import DeviceFile

Data = Dict[str, Any]


def license_request(options: Mapping[str, Any], device: DeviceFile, catalog: Catalog) -> LicenseRequest:
    """Return the request that the options describe. None means not specified. Raises InvalidRequest."""
    return LicenseRequest(
        keys=tuple(_key(row) for row in options["keys"]),
        device=device,
        folder=options["dest"],
        node=options.get("product_node"),
        hot_standby=bool(options.get("hot_standby")),
        contract_number=normalize_contract_number(options.get("contract_number")),
        write_keys=bool(options.get("write_keys")),
        catalog=catalog,
    )


def require_device(options: Mapping[str, Any]) -> None:
    """Raise InvalidRequest if no option specifies the source of the device information."""
    if not all(options.get(name) for name in ("host", "username", "password")):
        raise InvalidRequest("request_device_needed")


def _key(row: Mapping[str, Any]) -> KeyRequest:
    return KeyRequest(
        key=row["key"],
        quantity=_count(row, "quantity"),
        product=row.get("product"),
        arch=word(Arch, row.get("arch")),
        kind=word(Kind, row.get("kind")) or Kind.FORMAL,
        code=row.get("code"),
        purchased=_count(row, "purchased"),
        allocated=_allocated(row),
        term_days=_count(row, "term_days"),
    )


def _count(row: Mapping[str, Any], name: str) -> Optional[int]:
    value = row.get(name)
    try:
        return None if value is None else parse_quantity(value, name)
    except InvalidRequest as error:
        expected = "a whole number from 1 to 999999999"
        raise InvalidRequest("option_invalid", option=name, expected=expected, got=value) from error


def _allocated(row: Mapping[str, Any]) -> int:
    value = row.get("allocated") or 0
    if value < 0:
        raise InvalidRequest(
            "option_invalid", option="allocated", expected="a whole number, 0 or more", got=value
        )
    return int(value)


def request_row(plan: RequestPlan) -> Data:
    """Return the bundle as a result row; its files by their paths in the bundle."""
    return {"bundle": plan.path, "files": sorted(plan.files), "plan": list(plan.missing)}


def request_proof(plan: RequestPlan, shown_by: str) -> List[Data]:
    """Return the proof of success: the device information as read again, and each bundle file on disk."""
    device = Proof(
        "device_information",
        plan.device.name,
        shown_by,
        facts={"sha256": plan.device.sha256, "size": len(plan.device.content)},
    )
    files = (
        Proof("file", os.path.join(plan.path, file), DISK, facts={"sha256": digest(content)})
        for file, content in sorted(plan.files.items())
    )
    return rows((device, *files))


def device_place(options: Mapping[str, Any]) -> str:
    """Return where the device information is read."""
    return DISK if options.get("device_information") is not None else place_of(options.get("product_node"))


def request_diff(plan: RequestPlan) -> Data:
    """Return the files of the bundle before and after as a diff."""
    before = sorted(set(plan.files) - set(plan.missing))
    return {"before": {"files": before}, "after": {"files": sorted(plan.files)}}
