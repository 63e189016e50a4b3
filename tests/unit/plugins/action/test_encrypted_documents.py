# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documents encrypted by ansible-vault: actions and lookups decrypt them, anything else names the lookup."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible import constants as C
from ansible.errors import AnsibleError, AnsibleFilterError, AnsibleLookupError
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from ansible_collections.unicloud.usphere.plugins.action import host_compliance, license_compliance
from ansible_collections.unicloud.usphere.plugins.filter import license_compliance as compliance_filter
from ansible_collections.unicloud.usphere.plugins.lookup.license_catalog import LookupModule as CatalogLookup
from ansible_collections.unicloud.usphere.plugins.lookup.license_policy import LookupModule as PolicyLookup
from ansible_collections.unicloud.usphere.plugins.lookup.license_policy_test import (
    LookupModule as PolicyTests,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._errors import UsphereError
from ansible_collections.unicloud.usphere.plugins.module_utils._messages.catalog import render
from ansible_collections.unicloud.usphere.plugins.plugin_utils._compiled_profile import CompiledProfile
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import PolicyError
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents.yaml_reader import load_bytes
from ansible_collections.unicloud.usphere.plugins.test.license_compliant import license_compliant

from ...fakes import vault
from ...fakes.host_task import AS_OF, CONNECTION, Task

HostFacts = Callable[..., dict[str, Any]]
SECRET_WORD = "planted-word"
POLICY = {"kind": "LicensePolicy", "id": SECRET_WORD, "version": "1.0.0", "extends": [{"id": "vendor"}]}
WAIVERS = {"kind": "Waivers", "schema_version": 1, "id": "own", "waivers": []}
ENTITLEMENTS = {"kind": "Entitlements", "schema_version": 1, "id": "own", "systems": {}, "grants": []}
CATALOG = {"kind": "LicenseCatalog", "schema_version": 1, "id": "own", "source": "test"}
CATALOG = {
    **CATALOG,
    "products": [{"id": "gpu", "class": "feature", "metric": "cpu_socket", "installation": "remote"}],
}


VARIABLES = {"ansible_search_path": []}


class HostVars(dict[str, Any]):
    def raw_get(self, host: str) -> object:
        return self.get(host, {})


def write(folder: Path, name: str, content: object) -> str:
    path = folder / name
    text = json.dumps(content) if name.endswith(".json") else yaml.safe_dump(content)
    path.write_text(text, encoding="utf-8")
    vault.encrypt(path)
    return str(path)


@pytest.fixture
def play(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host_facts: HostFacts) -> Callable[..., Any]:
    monkeypatch.setattr(C, "DEFAULT_LOCAL_TMP", str(tmp_path / "local"))
    (tmp_path / "local").mkdir()

    def run(
        plugin: Any, secret: Callable[[DataLoader], DataLoader] = vault.with_secret, **arguments: Any
    ) -> Any:
        loader = DataLoader()
        loader.set_basedir(str(tmp_path))
        secret(loader)
        task = Task({"policy": "vendor", "as_of": AS_OF, "language": "en", **arguments}, str(tmp_path))
        values = {
            "inventory_hostname": "hangzhou",
            "usphere": host_facts(),
            "hostvars": HostVars({"hangzhou": {"usphere": host_facts()}}),
            "ansible_play_hosts_all": ["hangzhou"],
            "ansible_play_hosts": ["hangzhou"],
            "groups": {"all": ["hangzhou"]},
        }
        templar = Templar(loader=loader, variables=values)
        result = plugin.ActionModule(task, CONNECTION, None, loader, templar, None).run(task_vars=values)
        json.dumps(result)
        return result

    return run


@pytest.mark.parametrize("plugin", [license_compliance, host_compliance])
def test_actions_decrypt_every_document(plugin: Any, tmp_path: Path, play: Callable[..., Any]) -> None:
    documents = {
        "policy": write(tmp_path, "policy.yml", POLICY),
        "waivers": write(tmp_path, "waivers.yml", WAIVERS),
        "catalog": write(tmp_path, "catalog.json", CATALOG),
    }
    if plugin is license_compliance:
        documents["entitlements"] = write(tmp_path, "entitlements.yml", ENTITLEMENTS)
    result = play(plugin, **documents)
    assert (result["decision"], result["failed"]) == ("compliant", False), result


def test_facts_files_and_maps_are_decrypted(
    tmp_path: Path, play: Callable[..., Any], host_facts: HostFacts
) -> None:
    facts = host_facts(changes={"/subject/id": "chengdu"})
    path = write(tmp_path, "facts.yml", facts)
    result = play(license_compliance, facts_files=[path], hosts=["hangzhou", "chengdu"])
    assert result["compliant_hosts"] == ["chengdu", "hangzhou"], result
    lines = tmp_path / "facts.ndjson"
    lines.write_text(json.dumps(facts) + "\n", encoding="utf-8")
    vault.encrypt(lines)
    result = play(license_compliance, facts_files=[str(lines)], hosts=["hangzhou", "chengdu"])
    assert result["compliant_hosts"] == ["chengdu", "hangzhou"], result
    fact_map = write(tmp_path, "map.yml", {"kind": "FactMap", "schema_version": 1, "id": "own", "rows": 7})
    result = play(license_compliance, facts_map=fact_map)
    assert result["decision"] == "error"
    assert result["msg"].startswith("map.yml:"), result["msg"]


@pytest.mark.parametrize("plugin", [license_compliance, host_compliance])
@pytest.mark.parametrize("secret", [vault.with_wrong_secret, lambda loader: loader])
def test_without_the_secret_the_error_names_the_file_and_the_option(
    plugin: Any, secret: Any, tmp_path: Path, play: Callable[..., Any]
) -> None:
    result = play(plugin, secret, policy=write(tmp_path, "policy.yml", POLICY))
    assert result["decision"] == "error"
    assert result["failed"] is True
    assert result["msg"].startswith("policy.yml is encrypted by ansible-vault and cannot be decrypted")
    assert "--vault-password-file" in result["msg"]
    assert SECRET_WORD not in json.dumps(result)


@pytest.mark.parametrize("plugin", [license_compliance, host_compliance])
@pytest.mark.parametrize(
    "change",
    [
        {"version": SECRET_WORD},
        {SECRET_WORD: 1},
        {"rules": [{"id": SECRET_WORD, "mode": SECRET_WORD}]},
        {"extends": [{"id": SECRET_WORD + "-2"}]},
        {"rules": [{"id": SECRET_WORD, "override": True}]},
        {"parameters": {SECRET_WORD: {"value": SECRET_WORD}}},
    ],
)
def test_errors_in_an_encrypted_document_show_none_of_its_values(
    plugin: Any, change: dict[str, Any], tmp_path: Path, play: Callable[..., Any]
) -> None:
    result = play(plugin, policy=write(tmp_path, "policy.yml", {**POLICY, **change}))
    assert result["decision"] == "error", result
    assert result["msg"].startswith("policy.yml:"), result["msg"]
    assert SECRET_WORD not in json.dumps(result)


def test_a_vaulted_value_inside_of_a_document_is_an_error() -> None:
    content = b"kind: LicensePolicy\nid: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  3162\nversion: 1.0.0\n"
    with pytest.raises(PolicyError, match=r"policy.yml:2: a value is encrypted by ansible-vault \(!vault\)"):
        load_bytes(content, "policy.yml")


def test_decrypted_content_is_never_written_to_disk(tmp_path: Path, play: Callable[..., Any]) -> None:
    plain = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "properties": {SECRET_WORD: {"type": "string"}},
    }
    for policy in (POLICY, plain):
        path = write(tmp_path, "policy.yml", policy)
        assert play(host_compliance, policy=path)["decision"] != "error"
    written = [each for each in (tmp_path / "local").rglob("*") if each.is_file()]
    assert not [each for each in written if SECRET_WORD.encode() in each.read_bytes()]
    assert not [each for each in written if each.suffix == ".pickle"]
    assert play(host_compliance, policy="vendor")["decision"] == "compliant"
    assert list((tmp_path / "local").rglob("*.pickle"))


def loaded(kind: Any, secret: Callable[[DataLoader], DataLoader], folder: Path, options: Any = None) -> Any:
    loader = DataLoader()
    loader.set_basedir(str(folder))
    plugin = kind(loader=secret(loader), templar=Templar(loader=loader))
    # The plugin loader, which sets options, is not used here.
    plugin.set_options = lambda var_options=None, direct=None: None
    plugin.get_option = (options or {}).get
    return plugin


def test_lookups_decrypt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = write(tmp_path, "policy.yml", POLICY)
    assert loaded(PolicyLookup, vault.with_secret, tmp_path).run([path], VARIABLES)[0]["id"] == SECRET_WORD
    assert loaded(PolicyTests, vault.with_secret, tmp_path).run([path], VARIABLES)
    catalog = write(tmp_path, "catalog.yml", CATALOG)
    assert loaded(CatalogLookup, vault.with_secret, tmp_path, {"catalog": catalog}).run(["srm"], VARIABLES)
    with pytest.raises(AnsibleLookupError, match=r"policy\.yml is encrypted by ansible-vault and cannot"):
        loaded(PolicyLookup, vault.with_wrong_secret, tmp_path).run([path], VARIABLES)


def test_filter_and_test_name_the_lookup(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host_facts: HostFacts
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "policies").mkdir()
    write(tmp_path, "policies/site.yml", POLICY)
    write(tmp_path, "waivers.yml", WAIVERS)
    sentence = r"lookup\('unicloud.usphere.license_policy', 'policies/site.yml'\)"
    with pytest.raises(AnsibleFilterError, match=sentence):
        compliance_filter.license_compliance(host_facts(), "policies/site.yml", as_of=AS_OF)
    with pytest.raises(
        AnsibleError, match=r"lookup\('ansible.builtin.unvault', 'waivers.yml'\) \| from_yaml"
    ):
        license_compliant(host_facts(), "vendor", as_of=AS_OF, waivers="waivers.yml")


class ProfileReader(CompiledProfile):
    """What the mixin reads of an action."""

    not_found = AnsibleError

    def __init__(self, loader: DataLoader) -> None:
        self._loader = loader

    def compiled(self, path: str) -> dict[str, str]:
        return self._compiled(path)

    def _find_needle(self, _directory: str, name: str) -> str:
        return name


def test_endpoint_profiles_are_decrypted(tmp_path: Path) -> None:
    reader = ProfileReader(vault.with_secret(DataLoader()))
    assert reader.compiled(write(tmp_path, "site.yml", {"extends": "usphere_7", "name": "our-site"}))
    for wrong in ({"extends": SECRET_WORD, "name": "a"}, [SECRET_WORD], {SECRET_WORD: SECRET_WORD}):
        with pytest.raises(UsphereError) as caught:
            reader.compiled(write(tmp_path, "site.yml", wrong))
        text = render(caught.value.code, caught.value.fields)
        assert text.startswith(
            "the endpoint profile site.yml, which is encrypted by ansible-vault, is not valid"
        )
        assert SECRET_WORD not in text
