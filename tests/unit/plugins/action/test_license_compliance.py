# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The license_compliance action: raw facts of every host, one evaluation, a report."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from ansible_collections.unicloud.usphere.plugins.action import license_compliance as action
from ansible_collections.unicloud.usphere.plugins.filter.license_compliance import license_compliance
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents import schemas
from ansible_collections.unicloud.usphere.plugins.test.license_compliant import license_compliant

HostFacts = Callable[..., dict[str, Any]]


Run = Callable[..., dict[str, Any]]


AS_OF = "2026-11-24T08:00:00Z"


ROOT = Path(__file__).resolve().parents[4]


class HostVars(dict[str, Any]):
    """Raw values only, like those of Ansible; access to templated values fails."""

    def raw_get(self, host: str) -> object:
        return self.get(host, "undefined")

    def __getitem__(self, host: str) -> object:
        raise AssertionError("the gate must not template host variables")


# An existing tmpdir: ActionBase then does not create one on the host.
CONNECTION = SimpleNamespace(_shell=SimpleNamespace(tmpdir="none"))


class Task:
    """The attributes of a task that ActionBase reads."""

    async_val = 0
    check_mode = False
    diff = False
    delegate_to = None
    action = "unicloud.usphere.license_compliance"

    def __init__(self, arguments: Mapping[str, Any]) -> None:
        self.args = dict(arguments)
        self.serial: list[object] = []
        self.when: list[object] = []

    def get_play(self) -> SimpleNamespace:
        return SimpleNamespace(serial=self.serial)

    def get_search_path(self) -> list[str]:
        return []


@pytest.fixture
def run(tmp_path: Path) -> Run:
    loader = DataLoader()
    loader.set_basedir(str(tmp_path))

    def build(
        facts: Mapping[str, object], *, reached: list[str] | None = None, **arguments: Any
    ) -> dict[str, Any]:
        task = Task({"policy": "vendor", "as_of": AS_OF, "language": "en", **arguments})
        task.get_search_path = lambda: [str(tmp_path)]  # type: ignore[method-assign]
        plugin = action.ActionModule(task, CONNECTION, None, loader, Templar(loader=loader), None)
        hosts = list(facts)
        variables = {
            "hostvars": HostVars({name: given for name, given in facts.items() if given is not None}),
            "ansible_play_hosts_all": hosts,
            "ansible_play_hosts": hosts if reached is None else reached,
        }
        result: dict[str, Any] = plugin.run(task_vars=variables)
        json.dumps(result)
        return result

    return build


def gathered(facts: object) -> dict[str, Any]:
    return {"ansible_facts": {"usphere": facts}}


def test_it_runs_once_and_supports_check_mode() -> None:
    assert action.ActionModule.BYPASS_HOST_LOOP is True
    assert action.ActionModule._supports_check_mode is True


def test_a_fleet_with_a_blocked_system_fails(run: Run, host_facts: HostFacts) -> None:
    nameless = {"/subject": None}
    result = run(
        {
            "hangzhou": gathered(host_facts(changes=nameless)),
            "chengdu": gathered(host_facts("lapsing", nameless)),
        }
    )
    assert (result["failed"], result["changed"], result["decision"]) == (True, False, "non_compliant")
    assert (result["compliant_hosts"], result["blocked_hosts"]) == (["hangzhou"], ["chengdu"])
    lines = result["msg"].splitlines()
    assert lines[0] == "1 of 2 hosts must not go on: chengdu; decision: not compliant"
    assert lines[1] == "chengdu: NOT COMPLIANT (4 findings)"
    assert lines[-1] == "hangzhou: compliant (16 rules, 1 pool)"
    assert "report" not in result
    assert "evidence" not in json.dumps(result["result"])
    assert schemas.validate("compliance_result", result["result"]) == []


def test_a_compliant_system_passes(run: Run, host_facts: HostFacts) -> None:
    result = run({"hangzhou": gathered(host_facts())})
    assert (result["failed"], result["msg"]) == (False, "hosts checked: 1, decision: compliant")


def test_fail_false_reports_only(run: Run, host_facts: HostFacts) -> None:
    result = run({"chengdu": gathered(host_facts("lapsing"))}, fail=False)
    assert (result["failed"], result["blocked_hosts"]) == (False, ["chengdu"])


def test_hosts_without_facts_are_unknown_with_their_reason(run: Run, host_facts: HostFacts) -> None:
    facts = {"a": gathered(host_facts()), "b": {"other": 1}, "c": {}, "d": None}
    result = run(facts, reached=["a", "b", "d"])
    reasons = {
        finding["subject"]["id"]: finding["because"][0]["reason"] for finding in result["result"]["findings"]
    }
    assert reasons == {"b": "absent", "c": "unreachable", "d": "absent"}
    assert result["decision"] == "undetermined"
    assert result["blocked_hosts"] == ["b", "c", "d"]


def test_undetermined_hosts_can_pass_and_are_not_listed_as_compliant(run: Run, host_facts: HostFacts) -> None:
    facts = {"a": gathered(host_facts()), "b": None}
    result = run(facts, fail_on=["error", "non_compliant"])
    assert (result["failed"], result["blocked_hosts"], result["compliant_hosts"]) == (False, [], ["a"])


def test_facts_in_the_usphere_variable_are_used_after_gathered_ones(run: Run, host_facts: HostFacts) -> None:
    assert run({"a": {"usphere": host_facts()}})["decision"] == "compliant"
    both = {**gathered(host_facts()), "usphere": host_facts("lapsing")}
    assert run({"a": both})["decision"] == "compliant"


def test_only_the_chosen_hosts_are_checked(run: Run, host_facts: HostFacts) -> None:
    facts = {"a": gathered(host_facts()), "b": gathered(host_facts("lapsing"))}
    assert run(facts, hosts=["a"])["decision"] == "compliant"
    assert run(facts, hosts=["a", "elsewhere"])["blocked_hosts"] == ["elsewhere"]
    result = run(facts, hosts=[])
    assert (result["failed"], result["decision"]) == (True, "error")
    assert "there is no host to check" in result["msg"]


def test_host_text_is_not_templated(run: Run, host_facts: HostFacts, tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    template = "{{ lookup('pipe', 'touch " + str(trap) + "') }}"
    result = run({"a": gathered(host_facts(changes={"/hosts/0/name": template, "/version/vms": template}))})
    assert not trap.exists()
    assert result["decision"] == "compliant"


def test_policies_are_found_beside_the_playbook(run: Run, host_facts: HostFacts, tmp_path: Path) -> None:
    (tmp_path / "policies").mkdir()
    text = (
        "kind: LicensePolicy\nid: site\nversion: 1.0.0\nextends: [{id: vendor}]\nrules:\n"
        "  - {id: a, require: {properties: {effective: {properties: {edition: {const: standard}}}}}}\n"
    )
    (tmp_path / "policies" / "site.yml").write_text(text)
    facts = {"a": gathered(host_facts())}
    for name in ("site.yml", "policies/site.yml", str(tmp_path / "policies" / "site.yml")):
        result = run(facts, policy=["vendor", name])
        assert [finding["rule"] for finding in result["result"]["findings"]] == ["a"]
        assert result["result"]["findings"][0]["place"].endswith("site.yml:6")
        assert str(tmp_path) not in json.dumps(result["result"])


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"policy": "nowhere.yml"}, "the policy nowhere.yml was not found"),
        ({"policy": []}, "the list of policies is empty"),
        (
            {"policy": {"kind": "LicensePolicy", "id": "a", "version": "1.0.0", "rulez": []}},
            "did you mean rules",
        ),
        ({"as_of": "yesterday"}, "as_of must be a time"),
        ({"horizon": "long"}, "horizon must be a number of days"),
        ({"fail_on": ["error"]}, "fail_on must contain error and non_compliant"),
        ({"language": "fr"}, "language must be en or zh"),
    ],
)
def test_wrong_input_fails_with_one_sentence(
    arguments: dict[str, Any], sentence: str, run: Run, host_facts: HostFacts
) -> None:
    # Whatever the value of `fail`: there is no decision.
    result = run({"a": gathered(host_facts())}, fail=False, **arguments)
    assert (result["failed"], result["decision"]) == (True, "error")
    assert sentence in result["msg"]
    assert result["faults"][0]["code"]


def test_messages_are_in_chinese(run: Run, host_facts: HostFacts) -> None:
    assert run({"a": gathered(host_facts())}, language="zh")["msg"] == "已检查主机 1 台：合规"
    assert "未找到策略" in run({"a": gathered(host_facts())}, language="zh", policy="x.yml")["msg"]


def test_the_locale_selects_the_language(
    run: Run, host_facts: HostFacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert run({"a": gathered(host_facts())}, language=None)["report"] == [
        "hangzhou：合规（16 条规则，1 个资源池）"
    ]
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert run({"a": gathered(host_facts())}, language=None)["report"] == [
        "hangzhou: compliant (16 rules, 1 pool)"
    ]


def test_waivers_and_entitlements_are_found_beside_the_playbook(
    run: Run, host_facts: HostFacts, tmp_path: Path
) -> None:
    (tmp_path / "policies").mkdir()
    rules = ("r17-srm-licensed", "r20-login-interruption", "r29-srm-edition")
    common = "reason: r, approver: b, ticket: t, from: 2026-11-20, until: 2026-12-20"
    lines = [f"  - {{id: W-{rule}, rule: {rule}, scope: {{systems: [chengdu]}}, {common}}}" for rule in rules]
    lines.append(
        "  - {id: W-pool, pool: r31-sockets, group: {subject.id: chengdu, arch: aarch64}, max_shortfall: 1, "
        f"{common}}}"
    )
    (tmp_path / "policies" / "waivers.yml").write_text(
        "kind: Waivers\nschema_version: 1\nid: acme\nwaivers:\n" + "\n".join(lines) + "\n"
    )
    (tmp_path / "policies" / "bought.yml").write_text(
        "kind: Entitlements\nschema_version: 1\nid: acme\nsystems: {chengdu: {license_server: ls-west}}\n"
        "grants:\n  - id: g\n    covers: {product: vms_standard, arch: aarch64, kind: formal, quantity: 4,\n"
        "             code: 3132A, from: 2026-01-10, until: never}\n"
        "    allocations: [{license_server: ls-west, system: chengdu, quantity: 5}]\n"
    )
    facts = {"c": gathered(host_facts("lapsing"))}
    assert run(facts)["decision"] == "non_compliant"
    result = run(facts, waivers="waivers.yml")
    assert (result["decision"], result["failed"]) == ("compliant", False)
    assert {each["state"] for each in result["result"]["waivers"]} == {"active"}
    overdrawn = {
        "kind": "LicensePolicy",
        "id": "site",
        "version": "1.0.0",
        "rules": [
            {
                "id": "overdrawn",
                "about": "grant",
                "require": {"properties": {"grant": {"properties": {"overdrawn": {"maximum": 0}}}}},
            }
        ],
    }
    # The grant blocks the host that uses it, although the host's own system complies.
    result = run(facts, policy=["vendor", overdrawn], waivers=["waivers.yml"], entitlements="bought.yml")
    assert (result["decision"], result["blocked_hosts"], result["compliant_hosts"]) == (
        "non_compliant",
        ["c"],
        [],
    )
    for option, sentence in (("waivers", "Waivers"), ("entitlements", "Entitlements")):
        result = run(facts, **{option: "nowhere.yml"})
        assert (result["failed"], result["decision"]) == (True, "error")
        assert f"the {sentence} document nowhere.yml was not found" in result["msg"]


def test_if_no_rule_applies_every_host_is_blocked(run: Run, host_facts: HostFacts) -> None:
    inapplicable = {
        "kind": "LicensePolicy",
        "id": "site",
        "version": "1.0.0",
        "applies_to": {"properties": {"architecture": {"const": "aarch64"}}},
        "rules": [{"id": "a", "require": {"properties": {"vms": {"properties": {"total": {"maximum": 1}}}}}}],
    }
    result = run({"a": gathered(host_facts())}, policy=inapplicable, fail=False)
    assert (result["decision"], result["blocked_hosts"], result["compliant_hosts"]) == ("error", ["a"], [])


def test_stored_facts_are_used_for_hosts_outside_the_play(
    run: Run, host_facts: HostFacts, tmp_path: Path
) -> None:
    stored = {name: host_facts(changes={"/subject/id": name}) for name in ("a", "b", "c")}
    lines = [json.dumps({**facts, "subject": {"id": name}}) for name, facts in stored.items()]
    (tmp_path / "facts.ndjson").write_text("\n".join(lines))
    facts = {"localhost": {}}
    result = run(facts, hosts=["a", "b"], facts_files=["facts.ndjson"])
    assert (result["decision"], result["compliant_hosts"]) == ("compliant", ["a", "b"])
    result = run(facts, hosts=["a", "d"], facts_files=["facts.ndjson"])
    assert (result["decision"], result["blocked_hosts"]) == ("undetermined", ["d"])
    # Hosts that failed in this play are unknown, even with stored facts.
    result = run({"a": {}, "b": {}}, reached=["a"], facts_files=["facts.ndjson"])
    assert (result["compliant_hosts"], result["blocked_hosts"]) == (["a"], ["b"])
    assert result["result"]["findings"][0]["because"][0]["reason"] == "unreachable"


def test_a_site_catalog_applies_to_action_filter_and_test(
    run: Run, host_facts: HostFacts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R2: a product without a shipped row is undecided without the site's row and decided with it."""
    facts = host_facts()
    items = facts["licenses"]["items"]
    items.append({**items[0], "id": "LS-GPU", "product": "gpu_service"})
    row = "class: feature, metric: cpu_socket, installation: remote"
    (tmp_path / "policies").mkdir()
    (tmp_path / "policies" / "catalog.yml").write_text(
        "kind: LicenseCatalog\nschema_version: 1\nid: site\nsource: a letter\nproducts:\n"
        f"  - {{id: gpu_service, arch: x86_64, {row}}}\n  - {{id: gpu_service, arch: aarch64, {row}}}\n"
    )
    monkeypatch.chdir(tmp_path / "policies")
    decided = run({"a": gathered(facts)}, catalog="catalog.yml")
    assert (decided["failed"], decided["decision"]) == (False, "compliant")
    assert schemas.validate("compliance_result", decided["result"]) == []
    by_filter = license_compliance(facts, "vendor", as_of=AS_OF, host="a", catalog="catalog.yml")
    assert by_filter["digests"] == decided["result"]["digests"]
    assert by_filter["decision"] == "compliant"
    assert license_compliant(facts, "vendor", as_of=AS_OF, catalog="catalog.yml") is True
    assert run({"a": gathered(facts)})["decision"] == "undetermined"
    assert license_compliance(facts, "vendor", as_of=AS_OF)["decision"] == "undetermined"
    assert license_compliant(facts, "vendor", as_of=AS_OF) is False


def test_an_error_of_a_catalog_is_one_sentence_with_its_line(
    run: Run, host_facts: HostFacts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "catalog.yml").write_text(
        "kind: LicenseCatalog\nschema_version: 1\nid: site\nsource: a letter\nproducts:\n"
        "  - {id: srm, class: feature, metric: vm, installation: remote, feature: isc}\n"
    )
    monkeypatch.chdir(tmp_path)
    result = run({"a": gathered(host_facts())}, fail=False, catalog="catalog.yml")
    assert (result["failed"], result["decision"]) == (True, "error")
    assert result["msg"].startswith("catalog.yml:6: ")
    assert len(result["msg"].splitlines()) == 1
    assert [each["place"] for each in result["faults"]] == ["catalog.yml:6"]
    with pytest.raises(AnsibleFilterError, match=re.escape(result["msg"])):
        license_compliance(host_facts(), "vendor", as_of=AS_OF, catalog="catalog.yml")
    with pytest.raises(AnsibleFilterError, match=re.escape(result["msg"])):
        license_compliant(host_facts(), "vendor", as_of=AS_OF, catalog="catalog.yml")
    missing = run({"a": gathered(host_facts())}, catalog="other.yml")
    assert (missing["failed"], missing["decision"]) == (True, "error")


def test_a_system_that_lists_no_host_is_undetermined(run: Run, host_facts: HostFacts) -> None:
    client = {"/license_server/client": "a"}
    empty, nonempty = ({"/hosts": [], "/subject": None, **client}, {"/subject": None})
    result = run({"a": gathered(host_facts(changes=empty)), "b": gathered(host_facts(changes=nonempty))})
    assert (result["failed"], result["decision"], result["blocked_hosts"]) == (True, "undetermined", ["a"])
    assert "/hosts (an empty list)" in result["msg"]


def test_a_json_schema_over_variables_names_the_other_action(run: Run) -> None:
    schema = {"type": "object", "required": ["cpu_count"], "properties": {"cpu_count": {"maximum": 8}}}
    found = run({"node1": {"cpu_count": 2}}, policy=schema)
    assert found["failed"]
    assert found["decision"] == "undetermined"
    assert "check its variables with host_compliance" in found["msg"]


def test_misspelt_variables_of_hosts_are_an_error_or_a_warning(run: Run, host_facts: HostFacts) -> None:
    hosts = {"a": {**gathered(host_facts()), "license_compliance_polcy": "{{ undefined }}"}}
    result = run(hosts)
    assert (result["failed"], result["decision"]) == (True, "error")
    assert "did you mean license_compliance_policy?" in result["msg"]
    assert result["faults"][0]["code"] == "variable_no_option"
    result = run({"a": {**gathered(host_facts()), "usphere_hots": "x", "usphere_contact": "y"}})
    assert result["decision"] == "compliant"
    assert result["warnings"] == [
        "the variable usphere_hots differs from usphere_host in one character, and it has no effect; correct "
        "the name, or list a variable of your own in usphere_own_variables"
    ]
