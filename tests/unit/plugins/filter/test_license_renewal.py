# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter license_renewal with Ansible's own templating, error messages included."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import filter_loader
from ansible.template import Templar

ROOT = Path(__file__).resolve().parents[4]
KEYS = [
    {
        "key": "SECRET-ONE-7Q2A",
        "product": "vms_standard",
        "arch": "x86_64",
        "code": "3132A0XY",
        "purchased": 3,
    }
]


def facts(name: str, *licenses: tuple[int, str]) -> dict[str, Any]:
    return {
        "kind": "HostFacts",
        "subject": {"kind": "system", "id": name},
        "version": {"vms": "E0760P03", "series": "7.0"},
        "architecture": "x86_64",
        "hot_standby": {"state": "none"},
        "hosts": [{"id": "1", "arch": "x86_64", "cpu_sockets": 8, "container_cluster": False}],
        "features_wanted": [],
        "features": {
            **{
                feature: {"in_use": False}
                for feature in ("isc", "srm", "disk_backup_dr", "heterogeneous_migration")
            },
            "container_engine": {"in_use": False, "used": 0},
        },
        "licenses": {
            "complete": True,
            "items": [
                {
                    "id": f"LS-{number}",
                    "product": "vms_standard",
                    "arch": "x86_64",
                    "kind": "formal" if end == "never" else "temporary",
                    "quantity": quantity,
                    "expires_at": end,
                }
                for number, (quantity, end) in enumerate(licenses)
            ],
        },
        "unknown": {},
    }


EXPIRING = facts("chengdu", (4, "never"), (4, "2026-12-06T00:00:00Z"))
PERMANENT = facts("hangzhou", (8, "never"))


@pytest.fixture(scope="module", autouse=True)
def _loader() -> None:
    # As plugins beside a playbook: the collection loader cannot load a package that pytest has imported.
    filter_loader.add_directory(str(ROOT / "plugins" / "filter"))


def template(text: str, **variables: Any) -> Any:
    templar = Templar(
        DataLoader(), variables={"lapses": EXPIRING, "stays": PERMANENT, "keys": KEYS, **variables}
    )
    from_template: Any = "{{ " + text + " }}"
    try:
        from ansible.template import trust_as_template

        from_template = trust_as_template(from_template)
    except ImportError:
        pass  # before 2.19 every text is a template
    return templar.template(from_template)


def test_one_system_with_its_keys() -> None:
    found = template("lapses | license_renewal('30d', keys, as_of='2026-11-24', language='en')")
    assert (found["kind"], found["within"], found["state"]) == ("LicenseRenewal", 30, "due")
    (row,) = found["systems"]
    assert [lapse["days"] for lapse in row["lapses"]] == [12]
    assert row["needs"][0]["draws"] == [{"number": 0, "ask": {"quantity": 3}}]
    assert row["needs"][0]["open"] == 1
    assert found["report"] == row["report"]
    assert "chengdu: 4 × vms_standard (x86_64), of which 1 must be purchased" in found["report"]
    assert "SECRET" not in json.dumps(found)


def test_keys_are_extracted_from_the_list_by_number() -> None:
    # The same expression as in the playbook.
    keys = template(
        "draws | map(attribute='number') | map('extract', keys) | zip(draws | map(attribute='ask'))"
        " | map('combine') | list",
        draws=[{"number": 0, "ask": {"quantity": 3}}],
    )
    assert keys == [{**KEYS[0], "quantity": 3}]


def test_the_worst_state_counts_and_missing_systems_are_unknown() -> None:
    text = "[stays, lapses] | license_renewal(%s, {'chengdu': keys}, as_of='2026-11-24', language='en')"
    assert template(text % "11")["state"] == "nothing_due"
    assert template(text % "12")["state"] == "due"
    found = template("[stays] | license_renewal(30, expected=['hangzhou', 'gone'], as_of='2026-11-24')")
    assert found["state"] == "unknown"
    assert [(row["system"], row["state"]) for row in found["systems"]] == [
        ("gone", "unknown"),
        ("hangzhou", "nothing_due"),
    ]


def test_no_system_is_unknown_and_not_nothing_due() -> None:
    assert template("[] | license_renewal(30)")["state"] == "unknown"


def test_licenses_of_product_nodes_are_included() -> None:
    facts = {**PERMANENT, "features": {**PERMANENT["features"]}}
    facts["features"]["heterogeneous_migration"] = {"in_use": True, "used": 10}
    row = {"id": "LS-0", "product": "heterogeneous_migration", "arch": None, "kind": "formal", "quantity": 10}
    text = "facts | license_renewal(30, node_licenses=held, as_of='2026-11-24', language='en')"

    def found(**licenses: Any) -> Any:
        held = {
            "hangzhou": {node: [{**row, "expires_at": end}] for node, end in licenses.items()},
            "gone": {},
        }
        return template(text, facts=facts, held=held)["systems"][0]

    assert [need["product_node"] for need in found()["needs"]] == ["heterogeneous_migration"]
    assert found(node="never")["state"] == "nothing_due"
    ends = found(node="2026-12-06T00:00:00Z")
    assert [lapse["ends"] for lapse in ends["lapses"]] == [["node/LS-0"]]
    assert (ends["needs"][0]["quantity"], ends["needs"][0]["packs"]) == (10, [10])
    assert found(node="2026-12-06T00:00:00Z", other="never")["state"] == "covered"


def test_the_report_is_in_chinese() -> None:
    found = template("lapses | license_renewal(30, as_of='2026-11-24', language='zh')")
    assert found["report"][0] == "chengdu：需要续期"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("lapses | license_renewal(0)", "within must be a number of days such as 30d, from 1 to 36500"),
        ("lapses | license_renewal('soon')", "within must be a number of days"),
        ("lapses | license_renewal(30, 'SECRET-ONE')", "keys must be a list"),
        ("lapses | license_renewal(30, ['SECRET-ONE'])", "keys must be a list"),
        ("lapses | license_renewal(30, [{'key': 'SECRET-ONE'}])", "product of license key number 1"),
        ("lapses | license_renewal(30, node_licenses=['SECRET-ONE'])", "node_licenses must be a mapping"),
        ("lapses | license_renewal(30, node_licenses={'chengdu': []})", "node_licenses must be a mapping"),
        ("[lapses, lapses] | license_renewal(30)", "the facts of chengdu are given twice"),
        ("{'hosts': []} | license_renewal(30)", "license_renewal: the input must be the facts of one system"),
        ("lapses | license_renewal(30, as_of='someday')", "someday"),
        ("lapses | license_renewal(30, language='fr')", "fr"),
        ("{'kind': 'HostFacts', 'hosts': [nowhere]} | license_renewal(30)", "undefined"),
    ],
)
def test_wrong_input_is_an_error_without_secrets(text: str, message: str) -> None:
    with pytest.raises(AnsibleError) as raised:
        template(text)
    assert message in str(raised.value)
    assert "SECRET" not in str(raised.value)


def test_a_system_with_an_unknown_key_is_unknown_and_others_are_unaffected() -> None:
    wrong = {**EXPIRING, "licence": {}}
    text = "[stays, wrong] | license_renewal(30, as_of='2026-11-24', language='en')"
    found = template(text, wrong=wrong)
    assert {row["system"]: row["state"] for row in found["systems"]} == {
        "chengdu": "unknown",
        "hangzhou": "nothing_due",
    }
    expected = (
        "/licence: unknown key (facts of the site belong below site_facts; see Facts reference); did you "
        "mean licenses?"
    )
    assert expected in found["report"]
