# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every place that connects to a server has all options of a connection, with one meaning."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from doc_examples import EVENT_SOURCES, constant
from doc_pages import COLLECTION, ROOT, listed, page

from ansible_collections.unicloud.usphere.plugins.module_utils import _argspec
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.given_connections import (
    CONNECTION_DEFAULTS,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._events.options import (
    ACCOUNT,
    SYSTEM_OPTIONS,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._inventory import hosts as inventory_hosts

NAMES = tuple(CONNECTION_DEFAULTS)
# A server inside an option has the profile of the option's module: one document describes both interfaces.
NESTED = tuple(name for name in NAMES if name != "profile")
VMS_FACTS = page("module", f"{COLLECTION}.vms_facts")["doc"]["options"]
# A module connects to a server if it has the address and the account of one.
ADDRESS = {"host", "username", "password"}


def connects(options: dict[str, Any]) -> bool:
    return set(options) >= ADDRESS


def connecting(kind: str) -> list[str]:
    return [name for name in listed(kind) if connects(page(kind, name)["doc"].get("options") or {})]


MODULES = connecting("module")


def nested(options: dict[str, Any], where: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the suboptions of every option that is a server."""
    for name, option in options.items():
        inner = option.get("suboptions") or option.get("options") or {}
        if "host" in inner:
            yield f"{where} {name}", inner
        yield from nested(inner, f"{where} {name}")


INSIDE = [found for name in MODULES for found in nested(page("module", name)["doc"]["options"], name)]
INSIDE += list(nested(page("inventory", f"{COLLECTION}.vms")["doc"]["options"], "inventory"))


def tasks_of(text: object) -> Iterator[dict[str, Any]]:
    """Yield every mapping of a YAML document."""
    if isinstance(text, dict):
        yield text
    for inner in text.values() if isinstance(text, dict) else text if isinstance(text, list) else ():
        yield from tasks_of(inner)


def called(path: Path) -> set[str]:
    """Return the modules with a connection that the tasks of a file call."""
    found = tasks_of(yaml.safe_load(path.read_text(encoding="utf-8")))
    return {name for task in found for name in task if name in MODULES}


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.yml") if "argument_specs" not in path.name)


CALLED = {
    folder.name: set().union(*map(called, files(folder))) for folder in sorted((ROOT / "roles").iterdir())
}
ROLES = {role: modules for role, modules in CALLED.items() if modules}
PLAYBOOKS = [ROOT / "playbooks"] if any(map(called, files(ROOT / "playbooks"))) else []


def first(option: dict[str, Any]) -> str:
    """Return the first paragraph of a description, without the range of a number."""
    described = option["description"]
    text = str(described if isinstance(described, str) else described[0])
    return re.sub(r" From V\([0-9.]+\) to V\([0-9]+\)\.\Z", "", text)


def shape(option: dict[str, Any]) -> tuple[Any, ...]:
    return option.get("type"), option.get("elements"), tuple(option.get("choices") or ())


def test_the_places_are_found() -> None:
    assert {name.rpartition(".")[2] for name in MODULES} >= {
        *("device_info", "license", "license_client", "license_info", "license_migration"),
        *("license_request", "vms_facts"),
    }
    assert {where.rpartition(".")[2] for where, _options in INSIDE} >= {
        *("license_client license_server", "license_migration source", "license_migration destination"),
        *("vms_facts license_server", "vms_facts product_nodes", "inventory managers"),
    }
    assert set(ROLES) == {"license_compliance", "license_install", "license_migrate"}
    assert PLAYBOOKS


@pytest.mark.parametrize("name", MODULES)
def test_a_module_has_every_option(name: str) -> None:
    options = page("module", name)["doc"]["options"]
    assert {each: options.get(each) for each in NAMES} == {each: VMS_FACTS[each] for each in NAMES}
    assert {each: options[each].get("default") for each in NAMES} == CONNECTION_DEFAULTS


def test_the_argument_specs_have_the_documented_options() -> None:
    spec = _argspec.connection_spec(8443)
    assert {name: spec[name].get("default") for name in NAMES} == CONNECTION_DEFAULTS
    assert {name: shape(spec[name]) for name in NAMES} == {name: shape(VMS_FACTS[name]) for name in NAMES}
    inner = _argspec.nested_connection_spec()
    assert {name: shape(inner[name]) for name in inner} == {name: shape(VMS_FACTS[name]) for name in NESTED}
    assert [name for name, option in inner.items() if "default" in option] == []


@pytest.mark.parametrize(("where", "options"), INSIDE, ids=[where for where, _options in INSIDE])
def test_a_nested_server_has_every_option_without_a_default(where: str, options: dict[str, Any]) -> None:
    for name in NESTED:
        assert name in options, f"{where} has no {name}"
        assert shape(options[name]) == shape(VMS_FACTS[name]), f"{where} {name}"
        assert options[name].get("default") is None, f"{where} {name}"
        assert first(options[name]).startswith(f"As O({name})"), f"{where} {name}"


def test_a_nested_server_of_a_module_accepts_what_its_page_has() -> None:
    for name in sorted({where.partition(" ")[0] for where, _options in INSIDE} & set(MODULES)):
        text = (ROOT / "plugins" / "modules" / f"{name.rpartition('.')[2]}.py").read_text(encoding="utf-8")
        assert re.search(r"\b(nested_connection_spec|license_server_spec|system_spec)\(", text), name


def test_the_inventory_has_every_option() -> None:
    options = page("inventory", f"{COLLECTION}.vms")["doc"]["options"]
    for name in NAMES:
        assert shape(options[name]) == shape(VMS_FACTS[name]), name
        assert options[name].get("default") == CONNECTION_DEFAULTS[name], name
        assert first(options[name]) == first(VMS_FACTS[name]), name


def test_the_inventory_passes_every_option_to_roles() -> None:
    text = Path(str(inventory_hosts.__file__)).read_text(encoding="utf-8")
    assert "CONNECTION_DEFAULTS.items()" in text


def test_the_event_source_has_every_option() -> None:
    (source,) = EVENT_SOURCES
    options = yaml.safe_load(constant(EVENT_SOURCES[source], "DOCUMENTATION")[1])["options"]
    # A timeout may also be a text with a unit there, and a path is a text.
    others = {"timeout": ("str", None, ()), "ca_path": ("str", None, ())}
    for name in NAMES:
        assert shape(options[name]) == others.get(name, shape(VMS_FACTS[name])), name
        assert first(options[name]) == first(VMS_FACTS[name]), name
        assert ACCOUNT[name].default == CONNECTION_DEFAULTS[name], name
    assert set(SYSTEM_OPTIONS) >= set(NAMES)
    assert set(SYSTEM_OPTIONS["license_server"].options) >= set(NESTED)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_has_every_option(role: str) -> None:
    options = page("role", f"{COLLECTION}.{role}")["entry_points"]["main"]["options"]
    texts = "".join(path.read_text(encoding="utf-8") for path in files(ROOT / "roles" / role))
    guide = (ROOT / "roles" / role / "README.md").read_text(encoding="utf-8")
    modules = "|".join(name.replace(".", r"\.") for name in MODULES)
    for name in NAMES:
        option = options.get(f"{role}_{name}")
        assert option is not None, f"{role} has no {role}_{name}"
        assert shape(option) == shape(VMS_FACTS[name]), name
        assert option.get("default") is None, name
        said = str(option["description"])
        assert re.search(rf"As in the option O\(({modules})#module:{name}\)", said), said
        assert f"C(usphere_{name}) of the inventory" in said, said
        assert re.search(rf"\b{role}_{name} \| default\(usphere_{name}\)", texts), name
        assert f"`usphere_{name}`" in guide or name == "profile", name
    for where, inner in nested(options, role):
        for name in NESTED:
            assert shape(inner.get(name, {})) == shape(VMS_FACTS[name]), f"{where} {name}"
            assert first(inner[name]) == f"As O({role}_{name}), which it defaults to.", f"{where} {name}"


@pytest.mark.parametrize("role", ROLES)
def test_a_role_reads_the_options_of_other_servers_from_their_hosts(role: str) -> None:
    """Each nested server of a role takes the same options from the variables of its inventory host."""
    texts = "".join(path.read_text(encoding="utf-8") for path in files(ROOT / "roles" / role))
    of_hosts = set(re.findall(r"(?:hostvars\[\w+\]|given)\.usphere_(\w+)", texts))
    matched = {name for names in re.findall(r"\^usphere_\(([a-z_|]+)\)", texts) for name in names.split("|")}
    assert set(NESTED) <= of_hosts | matched


@pytest.mark.parametrize("folder", PLAYBOOKS)
def test_the_playbooks_read_every_option_from_the_inventory(folder: Path) -> None:
    paths = [path for path in files(folder) if called(path)]
    texts = "".join(path.read_text(encoding="utf-8") for path in [*paths, folder / "renew.yml"])
    for name in NAMES:
        assert re.search(rf"\['{name}', usphere_{name} \|", texts), name
    for name in NESTED:
        assert f"hostvars[renewal_device].usphere_{name}" in texts, name
    for path in paths:
        for module in called(path):
            defaults = r"module_defaults:\s+" + re.escape(module) + r": (\"|>-\s+)\{\{ renewal_shared"
            assert re.search(defaults, path.read_text(encoding="utf-8")), f"{path.name} {module}"
