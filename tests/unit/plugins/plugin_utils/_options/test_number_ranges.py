# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbers outside the range of their option are refused, with the option, the value and the range."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.values.periods import parse_days
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.write_and_verify import (
    LONGEST_WAIT_S,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._options.known_options import refuse_unknown
from ansible_collections.unicloud.usphere.plugins.plugin_utils._options.number_ranges import (
    DAY_S,
    MOST_DAYS,
    RANGES,
    InvalidOption,
    check_number,
    check_numbers,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.findings.baseline import LONGEST_DAYS


def error(options: dict[str, Any], language: str = "en") -> str:
    with pytest.raises(InvalidOption) as raised:
        check_numbers(options)
    return raised.value.text(language)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"port": 0}, "port must be a whole number from 1 to 65535; got 0"),
        ({"port": 65536}, "port must be a whole number from 1 to 65535; got 65536"),
        ({"port": "70000"}, "port must be a whole number from 1 to 65535; got 70000"),
        ({"port": True}, "port must be a whole number from 1 to 65535; got True"),
        ({"port": 8443.5}, "port must be a whole number from 1 to 65535; got 8443.5"),
        ({"port": 10**400}, "port must be a whole number from 1 to 65535; got 1000"),
        ({"timeout": -1}, "timeout must be a number of seconds from 0.1 to 86400; got -1"),
        ({"timeout": "nan"}, "timeout must be a number of seconds from 0.1 to 86400; got nan"),
        ({"timeout": float("inf")}, "timeout must be a number of seconds from 0.1 to 86400; got inf"),
        ({"wait_timeout": "-inf"}, "wait_timeout must be a number of seconds from 0 to 86400; got -inf"),
        ({"wait_interval": 0}, "wait_interval must be a number of seconds from 0.05 to 86400; got 0"),
        ({"parallel": 0}, "parallel must be a whole number from 1 to 64; got 0"),
        ({"lapse_days": -3}, "lapse_days must be a whole number of days from 1 to 36500; got -3"),
        ({"license_server": {"port": 0}}, "license_server.port must be a whole number"),
        ({"product_nodes": [{}, {"timeout": 0}]}, "product_nodes[1].timeout must be a number of seconds"),
        ({"keys": [{"quantity": 0}]}, "keys[0].quantity must be a whole number from 1 to 999999999; got 0"),
        ({"keys": ({"allocated": -1},)}, "keys[0].allocated must be a whole number from 0 to 999999999"),
    ],
)
def test_a_number_outside_its_range_is_one_sentence(options: dict[str, Any], sentence: str) -> None:
    assert error(options).startswith(sentence)
    assert error(options).endswith("; set a number in this range")
    assert "请设为该范围内的数" in error(options, "zh")
    assert len(error(options)) < 160


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"port": None, "timeout": "", "parallel": "many"},
        {"port": "8443", "timeout": 0.1, "lock_timeout": 0, "wait_interval": "0.05"},
        # Keys of a site and of documents are not options.
        {"site": {"port": 0}, "profile": {"timeout": -1}, "facts": {"quantity": -1}, "expect": {"days": 0}},
        {"license_server": "ls-east", "keys": "none", "product_nodes": ["isc"], "quota": None},
        # Other types are rejected where the option is read.
        {"port": [0], "timeout": {"seconds": -1}},
    ],
)
def test_values_in_the_range_and_values_that_are_no_numbers_pass(options: dict[str, Any]) -> None:
    check_numbers(options)


@pytest.mark.parametrize("name", sorted(RANGES))
def test_the_bounds_are_part_of_the_range(name: str) -> None:
    limits = RANGES[name]
    for inside in (limits.least, limits.most):
        check_number(name, inside)
        check_number(name, str(inside))
    for outside in (limits.least - 0.01, limits.least - 1, limits.most + 0.01, limits.most + 1, float("nan")):
        with pytest.raises(InvalidOption):
            check_number(name, outside)


def test_ranges_are_those_of_the_readers() -> None:
    assert parse_days(MOST_DAYS) == MOST_DAYS
    assert parse_days(MOST_DAYS + 1) is None
    assert RANGES["days"].most == LONGEST_DAYS
    assert DAY_S == LONGEST_WAIT_S


def test_an_unknown_option_is_refused_with_the_nearest_name() -> None:
    refuse_unknown({"catalog": None}, ("_terms", "catalog"), "the lookup")
    with pytest.raises(InvalidOption) as raised:
        refuse_unknown({"catalgo": None}, ("_terms", "catalog"), "the lookup")
    assert raised.value.text() == (
        "the lookup has no option catalgo; did you mean catalog? Correct the name, or remove the option"
    )
    with pytest.raises(InvalidOption) as raised:
        refuse_unknown(["x"], ("catalog", "arch"), "the lookup")
    assert raised.value.text() == "the lookup has no option x; remove it, or use one of arch, catalog"
    assert "没有选项 x" in raised.value.text("zh")
