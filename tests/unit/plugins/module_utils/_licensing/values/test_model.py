# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values of the license domain (R3, R9, R15)."""

from __future__ import annotations

import datetime as dt

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._errors import LicensingError
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.values.license_row import (
    License,
    Status,
    license_from_dict,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.values.model import (
    EDITIONS,
    Arch,
    Edition,
    Kind,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._time import NEVER

FULL = {
    "id": "LS-1", "product": "vms_standard", "arch": "x86_64", "kind": "formal", "code": "3132A0XY",
    "quantity": 4, "assigned": 4, "issued_at": "2026-01-10T02:00:00Z", "expires_at": "never",
    "status": "in_use", "held_by": "ls-east", "key": "****7Q2A",
}  # fmt: skip


def test_r3_editions_are_ordered():
    assert [edition.value for edition in EDITIONS] == ["standard", "enterprise", "enhanced_enterprise"]
    assert Edition.ENHANCED_ENTERPRISE.reaches(Edition.ENTERPRISE)
    assert Edition.ENTERPRISE.reaches(Edition.ENTERPRISE)
    assert not Edition.STANDARD.reaches(Edition.ENTERPRISE)


def test_a_license_as_reported_by_the_server():
    assert license_from_dict(FULL) == License(
        "LS-1", "vms_standard", Arch.X86_64, Kind.FORMAL, "3132A0XY", 4, 4,
        dt.datetime(2026, 1, 10, 2, tzinfo=dt.timezone.utc), None, NEVER, Status.IN_USE, "ls-east",
        "****7Q2A",
    )  # fmt: skip


def test_r15_a_formal_license_without_an_expiry_is_permanent_and_null_is_unknown():
    assert license_from_dict({"id": "a", "kind": "formal"}).expires_at is NEVER
    assert license_from_dict({"id": "a", "kind": "formal", "expires_at": None}).expires_at is None
    assert license_from_dict({"id": "a", "kind": "temporary"}).expires_at is None


@pytest.mark.parametrize("quantity", [0, None])
def test_a_quantity_below_one_is_unknown(quantity):
    assert license_from_dict({"id": "a", "quantity": quantity}).quantity is None


@pytest.mark.parametrize(
    ("name", "value"),
    [("id", ""), ("id", None), ("arch", "arm"), ("kind", "trial"), ("quantity", "4"), ("quantity", True),
     ("quantity", -1), ("assigned", 1.0), ("status", "ok"), ("product", 7), ("code", "")],
)  # fmt: skip
def test_an_invalid_value_error_names_its_field(name, value):
    with pytest.raises(LicensingError) as caught:
        license_from_dict(dict(FULL, **{name: value}))
    assert caught.value.code == "license_invalid"
    assert caught.value.fields["field"] == name


def test_the_key_is_not_in_the_repr():
    assert "7Q2A" not in repr(license_from_dict(FULL))
