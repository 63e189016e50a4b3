# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every source in the documentation lists hosts; only addresses, CA and cache paths are replaced."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from ansible_collections.unicloud.usphere.plugins.doc_fragments import _managers
from ansible_collections.unicloud.usphere.plugins.inventory import vms
from ansible_collections.unicloud.usphere.plugins.module_utils._argspec import system_spec

if TYPE_CHECKING:
    from conftest import Site

GUIDE = Path(__file__).resolve().parents[4] / "docs" / "docsite" / "rst" / "guide_inventory.rst"
OPTIONS = {
    **yaml.safe_load(vms.DOCUMENTATION)["options"],
    **yaml.safe_load(_managers.ModuleDocFragment.DOCUMENTATION)["options"],
}


def sources() -> dict[str, str]:
    """Return the sources by their names, which are in the first comment of each."""
    blocks = vms.EXAMPLES.split("\n---\n")
    for block in GUIDE.read_text(encoding="utf-8").split(".. code-block:: yaml\n")[1:]:
        lines = block.splitlines()
        end = next((at for at, line in enumerate(lines) if line and not line.startswith(" ")), len(lines))
        blocks.append(textwrap.dedent("\n".join(lines[:end])))
    named = [(re.match(r"\s*# (\S+\.yml)", block), block) for block in blocks]
    assert all(found for found, _block in named)
    return {f"{at}-{found.group(1)}": block for at, (found, block) in enumerate(named) if found is not None}


@pytest.fixture
def environment(site: Site) -> dict[str, str]:
    place = site.simulator.place("hangzhou")
    return {
        "USPHERE_HOST": place["host"],
        "USPHERE_PORT": str(place["port"]),
        "USPHERE_USERNAME": "automation",
        "USPHERE_PASSWORD": "inventory-only",
        "USPHERE_CA_PATH": site.simulator.endpoints["ca"],
        "USPHERE_CLIENT_ID": "console",
        "USPHERE_CLIENT_SECRET": "console-secret",
    }


def moved(source: dict[str, Any], site: Site) -> dict[str, Any]:
    """Return the source with the addresses and paths of the simulator."""
    for manager in source.get("managers", ()):
        manager.update(site.simulator.place(manager["name"]))
        if "license_server" in manager:
            manager["license_server"].update(site.simulator.place("ls"))
    for name, value in (("ca_path", site.simulator.endpoints["ca"]), ("cache_connection", "cache")):
        if name in source:
            source[name] = value
    return source


@pytest.mark.parametrize("name", sources())
def test_a_documented_source_lists_hosts(name: str, site: Site, environment: dict[str, str]) -> None:
    source = moved(yaml.safe_load(sources()[name]), site)
    file = name.partition("-")[2]
    site.write(yaml.safe_dump(source), name=file)
    listed, messages = site.inventory("-i", file, **environment)
    assert "WARNING" not in messages
    if "managers" in source:
        assert listed["usphere_hosts"]["children"] == ["usphere_system_hangzhou", "usphere_system_chengdu"]
    assert len(listed["_meta"]["hostvars"]) >= 2
    for group in source.get("groups", {}):
        assert listed[group]["hosts"] == ["cvk1.chengdu", "cvk2.chengdu"] or source["hostname"] == "name"
    if "license_server" in source:
        assert listed["usphere_license_ok"]["hosts"] == ["cvk1.hangzhou", "cvk2.hangzhou"]
        gate = site.run("playbook", "-i", file, "unicloud.usphere.compliance", **environment)
        assert gate.returncode == 2
        assert "hangzhou: UNDETERMINED" not in gate.stdout
        assert re.search(r"hangzhou +: .* failed=0 ", gate.stdout)
        assert re.search(r"chengdu +: .* failed=1 ", gate.stdout)


def test_options_of_a_system_are_documented_for_all_and_for_an_entry() -> None:
    spec = system_spec()
    entry = OPTIONS["managers"]["suboptions"]
    assert set(spec) | {"name"} == set(entry)
    assert set(spec) <= set(OPTIONS)
    for name, option in spec.items():
        documented = OPTIONS[name]
        if name != "license_server":  # Its value must not be printed, so its type is not checked by Ansible.
            assert documented["type"] == option["type"], name
        assert documented.get("default") == option.get("default"), name
        assert documented.get("choices") == option.get("choices"), name
        given_by = [each["name"] for each in documented.get("env", ())]
        assert given_by == (option["fallback"][1] if "fallback" in option else []), name
