# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._errors import LicensingError
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.values.model import Arch, Kind
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.checks.expectation import (
    differences,
    license_of,
    parse_expect,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.errors import InvalidRequest
from ansible_collections.unicloud.usphere.plugins.module_utils._time import NEVER

BASE = {"product": "vms_standard", "arch": "x86_64", "kind": "formal", "quantity": 4}


def error_code(value: object) -> str:
    with pytest.raises(InvalidRequest) as caught:
        parse_expect(value, "A.ak")
    assert caught.value.fields["file"] == "A.ak"
    return caught.value.code


def test_an_expectation_is_a_mapping_or_a_list_of_mappings() -> None:
    (one,) = parse_expect({**BASE, "quantity": "4", "code": "3132A0XY", "expires_at": None}, "A.ak")
    assert (one.product, one.arch, one.kind, one.quantity) == ("vms_standard", Arch.X86_64, Kind.FORMAL, 4)
    assert (one.code, one.expires_at) == ("3132A0XY", None)
    srm = {
        "product": "srm",
        "arch": "aarch64",
        "kind": "temporary",
        "quantity": 20,
        "expires_at": "2026-12-06",
    }
    assert len(parse_expect([BASE, srm], "A.ak")) == 2
    assert parse_expect(None, "A.ak") == ()


def test_a_product_without_an_architecture_has_none() -> None:
    for arch in ({}, {"arch": "x86_64"}, {"arch": "any"}):
        expect = {"product": "container_service", "kind": "formal", "quantity": 4, **arch}
        assert parse_expect(expect, "A.ak")[0].arch is None


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ([], "expect_empty"),
        ("vms_standard", "expect_not_mapping"),
        ([BASE, 4], "expect_not_mapping"),
        ({**BASE, "qty": 4}, "expect_unknown_key"),
        ({"product": "vms_standard", "arch": "x86_64"}, "expect_missing_key"),
        ({**BASE, "quantity": None}, "expect_missing_key"),
        ({**BASE, "product": "vms_premium"}, "expect_product"),
        ({**BASE, "arch": "sparc"}, "expect_unknown_word"),
        ({**BASE, "arch": "any"}, "expect_arch"),
        ({**BASE, "arch": None}, "expect_arch"),
        ({**BASE, "kind": "preinstalled"}, "expect_unknown_word"),
        ({**BASE, "kind": "trial"}, "expect_unknown_word"),
        *[
            ({**BASE, "quantity": quantity}, "expect_quantity")
            for quantity in (0, -1, True, 4.0, "4.0", "", "٤", "9" * 99)
        ],
    ],
    ids=str,
)
def test_an_invalid_expectation_is_an_error(value: object, code: str) -> None:
    assert error_code(value) == code


def test_an_invalid_time_is_an_error() -> None:
    with pytest.raises(LicensingError):
        parse_expect({**BASE, "expires_at": "next year"}, "A.ak")


@pytest.mark.parametrize(
    ("given", "reported"),
    [
        ({}, {}),
        ({"code": "3132A0XY"}, {"code": "3132A0XY"}),
        ({}, {"code": "3132A0XY"}),
        ({"expires_at": "never"}, {}),
        ({"expires_at": "2026-12-06"}, {"expires_at": "2026-12-06T15:59:59Z"}),
        ({"issued_at": "2026-11-20"}, {}),
    ],
    ids=str,
)
def test_a_matching_license_meets_the_expectation(
    fake: Any, given: dict[str, Any], reported: dict[str, Any]
) -> None:
    expected = parse_expect({**BASE, **given}, "A.ak")
    assert differences(expected, [fake.license(**reported)]) is None


@pytest.mark.parametrize(
    ("given", "reported"),
    [
        ({}, {"quantity": 5}),
        ({}, {"quantity": None}),
        ({}, {"product": "vms_enterprise"}),
        ({}, {"arch": "aarch64"}),
        ({}, {"arch": None}),
        ({}, {"kind": "temporary"}),
        ({"code": "3132A0XY"}, {"code": "3130A0XY"}),
        ({"code": "3132A0XY"}, {"code": None}),
        ({"expires_at": "never"}, {"expires_at": "2026-12-06T00:00:00Z"}),
        ({"expires_at": "2026-12-06"}, {}),
        ({"expires_at": "2026-12-06"}, {"expires_at": None}),
        ({"expires_at": "2026-12-06"}, {"expires_at": "2026-12-07T00:00:01Z"}),
        ({"issued_at": "2026-11-01"}, {}),
    ],
    ids=str,
)
def test_a_different_license_does_not_meet_the_expectation(
    fake: Any, given: dict[str, Any], reported: dict[str, Any]
) -> None:
    expected = parse_expect({**BASE, **given}, "A.ak")
    difference = differences(expected, [fake.license(**reported)])
    assert difference is not None
    assert difference["license_ids"] == ["LS-1"]


def test_each_license_matches_one_expectation_only(fake: Any) -> None:
    expected = parse_expect([BASE, BASE], "A.ak")
    both = [fake.license("LS-1"), fake.license("LS-2")]
    assert differences(expected, both) is None
    assert differences(expected, both[:1]) is not None
    assert differences(expected[:1], both) is not None
    assert differences(expected, []) is not None


def test_the_rules_get_these_values_of_a_record(fake: Any) -> None:
    seen = license_of(fake.license())
    assert (seen.arch, seen.expires_at, seen.quantity) == (Arch.X86_64, NEVER, 4)
    assert license_of(fake.license(product="container_service", arch=None)).arch is Arch.ANY
    assert license_of(fake.license(quantity=None, kind=None)).quantity is None


@pytest.mark.parametrize(
    ("reported", "agrees"),
    [
        ("2026-12-06T14:00:00", True),
        ("2026-12-07T14:00:00", True),
        ("2026-12-07T14:00:01", False),
        ("2026-12-04T12:00:00", True),
        ("2026-12-04T11:59:59", False),
        ("2026-12-07T00:00:01Z", False),
    ],
)
def test_a_reported_end_without_a_zone_differs_only_if_it_does_in_every_zone(
    fake: Any, reported: str, agrees: bool
) -> None:
    expected = parse_expect({**BASE, "expires_at": "2026-12-06"}, "A.ak")
    row = fake.license(product="vms_standard", arch="x86_64", kind="formal", quantity=4, expires_at=reported)
    assert (differences(expected, [row]) is None) is agrees
