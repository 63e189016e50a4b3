# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook, inventory and command line of a generated play."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from play_choices import Play

HOSTS = ("h1", "h2", "h3")
ROLE = "unicloud.usphere.license_compliance"
Data = dict[str, Any]
#: What the role passes to vms_facts, for plays that read and check in tasks of their own.
READ: Data = {
    "host": "{{ usphere_host }}",
    "port": "{{ usphere_port }}",
    "username": "{{ usphere_username }}",
    "password": "{{ usphere_password }}",
    "ca_path": "{{ usphere_ca_path }}",
    "subject_id": "{{ inventory_hostname }}",
    "license_server": "{{ license_compliance_license_server }}",
    "site": "{{ license_compliance_site }}",
}
WHEN = {
    "true": "inventory_hostname in groups['vms']",
    "not_first": f"inventory_hostname != '{HOSTS[0]}'",
    "not_last": f"inventory_hostname != '{HOSTS[-1]}'",
    "false": False,
}
SITE = {
    "features": {
        name: {"in_use": False} for name in ("isc", "srm", "disk_backup_dr", "heterogeneous_migration")
    }
}
OPTIONS = {
    "check": ["--tags", "check"],
    "deploy": ["--tags", "deploy"],
    "skip_check": ["--skip-tags", "check"],
    "skip_deploy": ["--skip-tags", "deploy"],
}


def playbook(play: Play) -> list[Data]:
    """Return the plays: the check, a task after it, and one for the hosts that comply."""
    after = {"name": "after", "ansible.builtin.debug": {"msg": "WENT ON"}, "tags": ["deploy"]}
    last = {
        "hosts": "usphere_compliant",
        "gather_facts": False,
        "tags": ["always"],
        "tasks": [{"name": "compliant", "ansible.builtin.debug": {"msg": "COMPLIES"}}],
    }
    if play["entry"] == "playbook":
        checked: Data = {"import_playbook": "unicloud.usphere.compliance", **_keywords(play, ("when",))}
        return [checked, {"hosts": "vms", "gather_facts": False, "tasks": [after]}, last]
    head: Data = {"hosts": "vms", **_head(play)}
    if play["entry"] == "role":
        return [
            {**head, "roles": [{"role": ROLE, **_keywords(play), "tags": ["check"]}], "tasks": [after]},
            last,
        ]
    return [{**head, "tasks": [*_tasks(play), after]}, last]


def asked(play: Play) -> set[str]:
    """Return the hosts for which the play asks for the check, by its condition, its tags and its limit."""
    off = play["entry"] != "playbook" and play["tags"] in ("deploy", "skip_check")
    without = {
        "not_first": {HOSTS[0]},
        "not_last": {HOSTS[-1]},
        "false": set(HOSTS),
    }.get(play["when"], set())
    limit = {"first": {HOSTS[0]}, "not_first": set(HOSTS[1:])}.get(play["limit"], set(HOSTS))
    return set() if off else limit - without


def ignores_failures(play: Play) -> bool:
    """Return whether a host goes on although the check failed, because the play says so.

    In plays with tasks of their own, only the failure of the read is ignored.
    """
    ways = ("rescue", "ignore_errors", "ignore_unreachable")
    return play["around"] in ways and play["entry"] not in ("action", "playbook")


def _head(play: Play) -> Data:
    found: Data = {"gather_facts": play["gather"] != "nothing", "strategy": play["strategy"]}
    if play["gather"] != "nothing":
        found["gather_subset"] = ["!all", play["gather"]]
    if play["serial"] != "nothing":
        found["serial"] = play["serial"]
    if play["errors"] == "any_errors_fatal":
        found["any_errors_fatal"] = True
    if play["errors"] == "max_fail_percentage":
        found["max_fail_percentage"] = 50
    return found


def _keywords(play: Play, names: tuple[str, ...] = ("when", "around")) -> Data:
    found: Data = {}
    if "when" in names and play["when"] != "nothing":
        found["when"] = WHEN[play["when"]]
    around = play["around"] if "around" in names else ""
    if around in ("ignore_errors", "ignore_unreachable", "run_once"):
        found[around] = True
    if around in ("delegate_to", "delegate_facts"):
        found["delegate_to"] = "localhost" if around == "delegate_to" else HOSTS[0]
    if around == "delegate_facts":
        found["delegate_facts"] = True
    return found


def _tasks(play: Play) -> list[Data]:
    keywords = _keywords(play)
    if play["entry"] == "action":
        keywords.pop("when", None)
        read: Data = {"name": "read", "unicloud.usphere.vms_facts": READ, **keywords}
        check: Data = {"name": "check", ROLE: {"policy": "vendor"}, **_keywords(play, ("when",))}
        if play["around"] == "rescue":
            read = {"block": [read], "rescue": [{"ansible.builtin.debug": {"msg": "not read"}}]}
        if play["around"] == "loop":
            read["loop"] = [1]
        return [{**read, "tags": ["check"]}, {**check, "tags": ["check"]}]
    module = f"ansible.builtin.{play['entry']}"
    if play["entry"] == "include_role":
        # Keywords of an include are those of the include only; those of a block are inherited.
        inner = {name: value for name, value in keywords.items() if name not in ("when",)}
        outer = {name: value for name, value in keywords.items() if name == "when"}
        task: Data = {"name": "check", module: {"name": ROLE}, **outer}
        if play["around"] == "loop":
            task["loop"] = [1, 2]
        block: Data = {"block": [task], **inner, "tags": ["check"]}
    else:
        block = {"block": [{"name": "check", module: {"name": ROLE}}], **keywords, "tags": ["check"]}
    if play["around"] == "rescue":
        block["rescue"] = [{"name": "rescued", "ansible.builtin.debug": {"msg": "rescued"}}]
    return [block]


def inventory(play: Play, endpoints: Mapping[str, Any], account: Mapping[str, str]) -> Data:
    """Return the inventory; hosts that are not healthy have a wrong password, port or connection."""
    nodes = endpoints["nodes"]
    server = nodes["ls"]
    common = {**account, "usphere_ca_path": endpoints["ca"], "usphere_host": "127.0.0.1"}
    sick = {"first_dead": HOSTS[:1], "last_dead": HOSTS[-1:], "none": HOSTS}.get(play["health"], ())
    hosts: Data = {}
    for name in HOSTS:
        hosts[name] = {"usphere_port": 1 if name in sick else nodes[name]["port"]}
    if play["health"] == "wrong_password":
        hosts[HOSTS[1]]["usphere_password"] = "wrong"
    if play["health"] == "no_connection":
        closed = {"ansible_connection": "ssh", "ansible_host": "127.0.0.1", "ansible_port": 1}
        hosts[HOSTS[1]] |= closed
    variables = {
        **common,
        "ansible_connection": "local",
        "ansible_python_interpreter": "{{ ansible_playbook_python }}",
        "license_compliance_stop": play["stop"],
        "license_compliance_site": SITE,
        "license_compliance_license_server": {
            "host": "127.0.0.1",
            "port": server["port"],
            "username": account["usphere_username"],
            "password": account["usphere_password"],
            "client_id": server["client_id"],
            "client_secret": server["client_secret"],
            "ca_path": endpoints["ca"],
        },
    }
    return {"all": {"children": {"vms": {"hosts": hosts, "vars": variables}}}}


def options(play: Play) -> list[str]:
    found = list(OPTIONS.get(play["tags"], []))
    if play["limit"] == "first":
        found += ["--limit", f"{HOSTS[0]},localhost"]
    if play["limit"] == "not_first":
        found += ["--limit", f"all:!{HOSTS[0]}"]
    return found
