# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A policy is prepared once for the hosts of a run, and again if a file or an option differs."""

from __future__ import annotations

import json
import os
import pickle
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import (
    InvalidDocument,
    PolicyError,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents.files import FileStamp
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.host_checks import prepared_run
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.host_checks.prepared_run import (
    RunStore,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.host_checks.private_files import (
    NAME,
    PrivateDirectory,
)

PolicyOf = Callable[..., dict[str, Any]]
RULE = {
    "id": "edition",
    "require": {"properties": {"effective": {"properties": {"edition": {"const": "standard"}}}}},
}
POOL = {
    "id": "fleet",
    "rows": "/hosts",
    "group_by": ["arch"],
    "demand": {"unit": "cpu_socket", "sum": "cpu_sockets"},
    "supply": {"from": "in_force", "product": "vms"},
    "require": {"demand": "at_most_supply"},
}


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[object]]:
    """What read_run was called with."""
    seen: list[object] = []
    real = prepared_run.read_run

    def read(options: Any, find: Any, default_max_age: Any) -> Any:
        seen.append(options["policy"])
        return real(options, find, default_max_age)

    monkeypatch.setattr(prepared_run, "read_run", read)
    return seen


class Site:
    """A directory of policies and a private directory."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def find(self, name: str) -> str:
        for parent in ("first", "second"):
            path = self.folder / parent / name
            if path.is_file():
                return str(path)
        raise PolicyError("policy_missing", name=name)

    def write(self, name: str, policy: object) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(policy), encoding="utf-8")
        return path

    def store(self, policy: object, searched: tuple[str, ...] = (), **options: object) -> RunStore:
        directory = PrivateDirectory(str(self.folder))
        return RunStore({"policy": policy, **options}, self.find, directory, searched)

    def rules(self, policy: object, **options: object) -> list[str]:
        return [rule.id for rule in self.store(policy, **options).prepared.bound.rules]

    def stored(self, suffix: str) -> list[Path]:
        return list((self.folder / NAME).glob("*" + suffix))


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_the_second_host_does_not_load_the_policy(
    site: Site, policy_of: PolicyOf, loads: list[object]
) -> None:
    site.write("first/site.yml", policy_of(RULE))
    assert site.rules("site.yml") == ["edition"]
    assert site.rules("site.yml") == ["edition"]
    assert loads == ["site.yml"]


def test_a_changed_file_is_loaded_again(site: Site, policy_of: PolicyOf, loads: list[object]) -> None:
    path = site.write("first/site.yml", policy_of(RULE))
    site.rules("site.yml")
    site.write("first/site.yml", policy_of({**RULE, "id": "another"}))
    os.utime(path, ns=(1, 1))
    assert site.rules("site.yml") == ["another"]
    assert len(loads) == 2


def test_a_link_to_another_schema_is_another_schema(site: Site) -> None:
    for name, most in (("a.json", 4), ("b.json", 9)):
        os.utime(site.write(f"first/{name}", {"$defs": {"count": {"maximum": most}}}), ns=(1, 1))
    site.write("first/node.json", {"properties": {"cpu": {"$ref": "current.json#/$defs/count"}}})
    link = site.folder / "first" / "current.json"
    found = []
    for target in ("a.json", "b.json"):
        link.unlink(missing_ok=True)
        link.symlink_to(target)
        (schema,) = site.store("node.json").prepared.run.policy.schemas.values()
        found.append(schema.documents[1].document.value)
    assert [each["$defs"]["count"]["maximum"] for each in found] == [4, 9]


def test_an_extended_policy_counts_as_a_file_of_the_policy(site: Site, policy_of: PolicyOf) -> None:
    base = {**policy_of(RULE), "id": "base"}
    site.write("first/base.json", base)
    site.write("first/site.yml", {**policy_of(), "extends": [{"id": "base"}]})
    assert site.rules("site.yml") == ["edition"]
    path = site.write("first/base.json", {**base, "rules": [{**RULE, "id": "another"}]})
    os.utime(path, ns=(1, 1))
    assert site.rules("site.yml") == ["another"]
    # A file that is found before the extended one.
    site.write("first/base.yml", {**base, "rules": [{**RULE, "id": "earlier"}]})
    assert site.rules("site.yml") == ["earlier"]


def test_a_file_that_is_now_found_before_the_other_is_loaded(site: Site, policy_of: PolicyOf) -> None:
    site.write("second/site.yml", policy_of(RULE))
    assert site.rules("site.yml") == ["edition"]
    site.write("first/site.yml", policy_of({**RULE, "id": "another"}))
    assert site.rules("site.yml") == ["another"]


def test_a_file_that_was_removed_is_an_error(site: Site, policy_of: PolicyOf) -> None:
    site.write("first/site.yml", policy_of(RULE)).touch()
    site.rules("site.yml")
    (site.folder / "first/site.yml").unlink()
    with pytest.raises(PolicyError, match="not found"):
        site.rules("site.yml")


def test_other_options_and_other_directories_are_other_runs(
    site: Site, policy_of: PolicyOf, loads: list[object]
) -> None:
    policy = policy_of(RULE)
    site.rules(policy)
    site.rules(policy, fail_on=["error", "non_compliant"])
    site.rules(policy, searched=("roles/a",))
    site.rules({**policy, "version": "2.0.0"})
    assert len(loads) == 4


@pytest.mark.parametrize("damage", [b"", b"not a pickle", pickle.dumps("another object")])
def test_a_broken_file_is_never_loaded(
    site: Site, policy_of: PolicyOf, loads: list[object], damage: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = policy_of(RULE)
    site.rules(policy)
    (stored,) = site.stored(".pickle")
    stored.write_bytes(damage)
    unpickled: list[bytes] = []
    monkeypatch.setattr(prepared_run.pickle, "loads", unpickled.append)
    assert site.rules(policy) == ["edition"]
    assert (len(loads), unpickled) == (2, [])


def test_the_name_of_the_prepared_run_is_its_digest(site: Site, policy_of: PolicyOf) -> None:
    store = site.store(policy_of(RULE))
    (stored,) = site.stored(".pickle") if store.header else []
    assert stored.name == store.header.content + ".pickle"
    assert stored.stat().st_mode & 0o777 == 0o600


def test_without_a_usable_directory_every_host_loads_the_policy(
    site: Site, policy_of: PolicyOf, loads: list[object]
) -> None:
    site.rules(policy_of(RULE))
    (site.folder / NAME).chmod(0o777)
    assert site.rules(policy_of(RULE)) == ["edition"]
    assert len(loads) == 2


def test_a_pool_over_several_systems_is_refused(site: Site, policy_of: PolicyOf) -> None:
    with pytest.raises(PolicyError, match=r"pools over several systems: fleet; .*license_compliance"):
        site.rules(policy_of(RULE, pools=[POOL]))
    own = {**POOL, "group_by": ["subject.id", "arch"]}
    assert site.rules(policy_of(RULE, pools=[own])) == ["edition"]


def test_a_map_that_unites_hosts_is_refused(site: Site, policy_of: PolicyOf) -> None:
    own = {
        "kind": "FactMap",
        "schema_version": 1,
        "id": "site",
        "facts": {"/hosts/0/arch": {"from": "/arch"}},
    }
    with pytest.raises(PolicyError, match=r"FactMap site unites hosts .*license_compliance"):
        site.store(policy_of(RULE), facts_map={**own, "system": {"from": "/cluster"}}).header  # noqa: B018
    site.write("first/map.json", own)
    store = site.store(policy_of(RULE), facts_map="map.json")
    assert store.header.is_mapped
    assert store.prepared.fact_map is not None
    assert list(store.header.found) == ["map.json"]
    assert not site.store(policy_of(RULE)).header.is_mapped


def test_an_invalid_policy_is_an_error_with_all_problems(site: Site, policy_of: PolicyOf) -> None:
    with pytest.raises(InvalidDocument) as caught:
        site.rules(policy_of({**RULE, "severety": "high"}, {"id": "b", "requires": {}}))
    assert len(caught.value.problems) >= 2
    assert not site.stored("")


def test_options_that_are_not_plain_data_keep_their_own_message(site: Site) -> None:
    with pytest.raises(PolicyError, match="object"):
        site.rules({"kind": object()})


def test_findings_are_shared_unless_a_rule_reads_the_subject(site: Site, policy_of: PolicyOf) -> None:
    assert site.store("vendor").header.shared
    of_subject = {
        "id": "named",
        "require": {"properties": {"subject": {"properties": {"id": {"minLength": 9}}}}},
    }
    assert not site.store(policy_of(of_subject)).header.shared
    waiver = {"id": "w", "rule": "edition", "scope": {"systems": ["a"]}, "reason": "r", "ticket": "T-1"}
    dates = {"approver": "a", "from": "2026-11-01", "until": "2026-12-31"}
    waivers = {"kind": "Waivers", "id": "w", "schema_version": 1, "waivers": [{**waiver, **dates}]}
    assert not site.store(policy_of(RULE), waivers=waivers).header.shared


def test_processes_that_prepare_the_same_run_agree(site: Site, tmp_path: Path) -> None:
    other = Site(tmp_path / "other")
    other.folder.mkdir()
    assert site.store("vendor").header.content == other.store("vendor").header.content


def test_the_prepared_run_has_no_lines_of_documents(site: Site) -> None:
    prepared = site.store("vendor").prepared
    assert prepared.bound.rules
    assert [entry.id for entry in prepared.run.policy.rules.values() if entry.sources] == []
    assert prepared.run.policy.tests == ()


def test_the_properties_of_plain_schemas_are_known(site: Site, policy_of: PolicyOf) -> None:
    schema = {"type": "object", "properties": {"cpu_count": {"minimum": 4}, "arch": {"type": "string"}}}
    another = {"properties": {"version": {"type": "string"}}, "required": ["zone"]}
    assert site.store(schema).header.properties == ["cpu_count", "arch"]
    site.write("first/another.json", another)
    assert site.store([schema, "another.json"]).header.properties == ["cpu_count", "arch", "version"]
    assert site.store({"required": ["a"]}).header.properties == []
    for policy in ("vendor", policy_of(RULE), [policy_of(RULE), schema]):
        assert site.store(policy).header.properties is None


def test_a_file_to_which_a_schema_refers_counts_as_a_file_of_the_policy(site: Site) -> None:
    site.write("first/site.json", {"properties": {"cpus": {"$ref": "parts/cpus.json"}}})
    path = site.write("first/parts/cpus.json", {"minimum": 4})
    before = site.store("site.json").header.content
    assert site.store("site.json").header.content == before
    path.write_text(json.dumps({"minimum": 8}), encoding="utf-8")
    os.utime(path, ns=(1, 1))
    assert site.store("site.json").header.content != before


def test_a_stamp_of_a_missing_file(tmp_path: Path) -> None:
    path = tmp_path / "a"
    missing = FileStamp.of(str(path))
    assert (missing.size, missing.mtime_ns) == (-1, -1)
    path.write_text("abc")
    assert FileStamp.of(str(path)).size == 3
