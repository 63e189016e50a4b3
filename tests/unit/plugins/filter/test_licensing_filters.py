# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters of the licensing core with Ansible's own templating, error messages included."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import filter_loader
from ansible.template import Templar

from ansible_collections.unicloud.usphere.plugins.filter.effective_license import effective_license
from ansible_collections.unicloud.usphere.plugins.filter.license_forecast import license_forecast
from ansible_collections.unicloud.usphere.plugins.filter.license_purchase_plan import license_purchase_plan

ROOT = Path(__file__).resolve().parents[4]

FACTS: dict[str, Any] = {
    "kind": "HostFacts",
    "schema_version": 1,
    "subject": {"kind": "system", "id": "chengdu"},
    "version": {"vms": "E0760P03", "series": "7.0"},
    "architecture": "aarch64",
    "hot_standby": {"state": "none"},
    "hosts": [{"id": "1", "arch": "aarch64", "cpu_sockets": 9, "container_cluster": False}],
    "vms": {"total": 40},
    "features_wanted": [],
    "features": {
        "isc": {"in_use": False}, "srm": {"in_use": True, "used": 12},
        "container_engine": {"in_use": False, "used": 0}, "disk_backup_dr": {"in_use": False},
        "heterogeneous_migration": {"in_use": False},
    },
    "license_server": {"id": "ls-west", "fetched_at": "2026-11-20T00:00:00Z"},
    "licenses": {"complete": True, "items": [
        {"id": "LS-1", "product": "vms_standard", "arch": "aarch64", "kind": "formal", "quantity": 4,
         "expires_at": "never"},
        {"id": "LS-2", "product": "vms_standard", "arch": "aarch64", "kind": "temporary", "quantity": 4,
         "expires_at": "2026-12-06T00:00:00Z"},
    ]},
    "unknown": {},
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def _loader() -> None:
    # As plugins beside a playbook: the collection loader cannot load a package that pytest has imported.
    filter_loader.add_directory(str(ROOT / "plugins" / "filter"))


@pytest.fixture
def template() -> Callable[..., Any]:
    def run(text: str, **variables: Any) -> Any:
        templar = Templar(DataLoader(), variables={"usphere": FACTS, **variables})
        from_template: Any = text
        try:
            from ansible.template import trust_as_template

            from_template = trust_as_template(text)
        except ImportError:
            pass  # before 2.19 every text is a template
        return templar.template(from_template)

    return run


def test_effective_license_in_a_template(template):
    text = "{{ (usphere | effective_license(as_of='2026-11-24')).%s }}"
    assert template(text % "edition") == "standard"
    assert template(text % "products[0].missing") in (1, "1")
    assert template(text % "days_to_lapse") in (12, "12")
    later = "{{ (usphere | effective_license('2026-12-06T00:00:00Z')).products[0].quantity }}"
    assert template(later) in (4, "4")


def test_license_forecast_in_a_template(template):
    text = "{{ usphere | license_forecast(as_of='2026-11-24') }}"
    ahead = template(text)
    assert [entry["at"] for entry in ahead["forecast"]] == ["2026-12-06T00:00:00Z"]
    assert (ahead["days"], ahead["covered"], ahead["missing_after"]) == (12, False, 5)
    assert ahead["unknown"] == {}


def test_license_purchase_plan_in_a_template(template):
    text = "{{ usphere | license_purchase_plan(features=['srm'], as_of='2026-11-24') }}"
    plan = template(text)
    assert plan["complete"] is True
    assert [
        [(line["product"], line["arch"], line["quantity"]) for line in step["lines"]]
        for step in plan["steps"]
    ] == [
        [("vms_standard", "aarch64", 5)],
        [("vms_standard_to_enterprise", "aarch64", 9), ("srm", "aarch64", 12)],
    ]


def test_an_unknown_expiry_leaves_the_forecast_undefined(template):
    items = [dict(FACTS["licenses"]["items"][1], expires_at=None)]
    facts = {**FACTS, "licenses": {"complete": True, "items": items}}
    ahead = license_forecast(facts, "2026-11-24")
    assert "forecast" not in ahead
    assert ahead["unknown"]["/forecast"]["because"] == ["/licenses/items/0/expires_at"]
    with pytest.raises(AnsibleError):
        template("{{ (facts | license_forecast).forecast | length }}", facts=facts)


@pytest.mark.parametrize("name", ["effective_license", "license_forecast", "license_purchase_plan"])
@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("'chengdu'", "kind HostFacts"),
        ("[usphere]", "got a list"),
        ("{}", "got a mapping without kind"),
        ("{'kind': 'LicensePolicy'}", "got kind LicensePolicy"),
    ],
)
def test_input_other_than_facts_of_one_system_is_an_error(template, name, text, sentence):
    with pytest.raises(AnsibleError, match=sentence):
        template("{{ " + text + " | " + name + " }}")


@pytest.mark.parametrize("name", ["effective_license", "license_forecast", "license_purchase_plan"])
def test_a_wrong_time_is_an_error(template, name):
    with pytest.raises(AnsibleError, match="must be a time in ISO 8601"):
        template("{{ usphere | " + name + "(as_of='tomorrow') }}")


@pytest.mark.parametrize("name", ["effective_license", "license_forecast", "license_purchase_plan"])
def test_a_nested_undefined_value_is_an_error(template, name):
    facts = "{'kind': 'HostFacts', 'vms': {'total': nowhere.to_be_found}}"
    with pytest.raises(AnsibleError):
        template("{{ " + facts + " | " + name + " }}")


def test_wrong_features_are_errors(template):
    with pytest.raises(AnsibleError, match=r"teleport.*is not a feature"):
        template("{{ usphere | license_purchase_plan(['teleport']) }}")
    with pytest.raises(AnsibleError, match="a list of feature names"):
        template("{{ usphere | license_purchase_plan('srm') }}")


def test_as_of_defaults_to_now():
    assert effective_license(FACTS)["edition"] == "standard"
    assert license_purchase_plan(FACTS)["steps"]


def test_the_filters_import_no_third_party_validator():
    code = (
        "import sys\n"
        "from ansible_collections.unicloud.usphere.plugins.filter import effective_license as f\n"
        "assert f.effective_license({'kind': 'HostFacts'})['unknown']\n"
        "sys.exit(any(name.split('.')[0] in ('jsonschema', 'referencing') for name in sys.modules))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env={"PYTHONPATH": str(ROOT / ".collections")}, check=False
    )
    assert done.returncode == 0


@pytest.mark.parametrize("name", ["effective_license", "license_forecast", "license_purchase_plan"])
def test_an_unknown_key_is_an_error(template, name):
    facts = {**FACTS, "hosts": [{**FACTS["hosts"][0], "cpu_socket": 9}]}
    with pytest.raises(
        AnsibleError,
        match=r"/hosts/0/cpu_socket: unknown key \(see Facts reference\); did you mean cpu_sockets\?",
    ):
        template("{{ facts | " + name + " }}", facts=facts)


def test_an_unreadable_value_is_unknown_and_another_spelling_is_accepted():
    spelled = {**FACTS, "architecture": "ARM64", "hosts": [{**FACTS["hosts"][0], "arch": "arm64"}]}
    assert effective_license(spelled, "2026-11-24") == effective_license(FACTS, "2026-11-24")
    wrong = {**FACTS, "hosts": [{**FACTS["hosts"][0], "arch": "arm"}]}
    entry = effective_license(wrong, "2026-11-24")["unknown"]["/effective/products/0/missing"]
    assert (entry["reason"], entry["because"]) == ("value", ["/hosts/0/arch"])
