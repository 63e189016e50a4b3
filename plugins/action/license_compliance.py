# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The gate: evaluates the whole fleet once per play. Documented with the module of its name."""

from __future__ import annotations

import os
from collections.abc import Mapping

from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase

from ansible_collections.unicloud.usphere.plugins.module_utils._messages.catalog import render
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy import gate, load, options
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.errors import PolicyError
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects import HostInput
from ansible_collections.unicloud.usphere.plugins.plugin_utils._report import text

ARGUMENTS = {
    "policy": {"type": "raw", "required": True},
    "hosts": {"type": "list", "elements": "str"},
    "as_of": {"type": "raw"},
    "horizon": {"type": "raw"},
    "fail_on": {"type": "list", "elements": "str", "default": list(gate.FAIL_ON)},
    "fail": {"type": "bool", "default": True},
    "language": {"type": "str"},
}


class ActionModule(ActionBase):
    """The action unicloud.usphere.license_compliance."""

    BYPASS_HOST_LOOP = True
    TRANSFERS_FILES = False
    _requires_connection = False
    _supports_check_mode = True
    _supports_async = False

    def run(self, tmp=None, task_vars=None):
        """Evaluate the hosts of the play and fail it where they do not comply."""
        result = super().run(tmp, task_vars)
        task_vars = task_vars or {}
        _validated, arguments = self.validate_argument_spec(argument_spec=ARGUMENTS)
        result.update(changed=False, failed=False)
        language = "en"
        try:
            language = options.read_language(arguments["language"])
            outcome = gate.evaluate(
                _inputs(arguments["hosts"], task_vars),
                load.load_policy(options.sources(arguments["policy"]), self._find),
                options.read_as_of(arguments["as_of"]),
                options.read_horizon(arguments["horizon"]),
                fail_on=options.read_fail_on(arguments["fail_on"]),
            )
        except PolicyError as error:
            faults = [fault.to_dict() for fault in error.faults]
            result.update(failed=True, msg=error.text(language), decision="error", faults=faults)
            return result
        return {**result, **_outcome(outcome, arguments["fail"], language)}

    def _find(self, name):
        # Like Ansible's own files: in the role or beside the playbook.
        for folder in ("files", "policies"):
            try:
                found = self._find_needle(folder, name)
            except AnsibleError:
                continue
            if os.path.isfile(found):
                return found
        found = self._loader.path_dwim(name)
        if os.path.isfile(found):
            return found
        raise PolicyError("policy_missing", name=name)


def _inputs(hosts, task_vars):
    names = task_vars.get("ansible_play_hosts_all", []) if hosts is None else hosts
    reached = set(task_vars.get("ansible_play_hosts", names))
    inputs = []
    for name in dict.fromkeys(str(host) for host in names):
        facts = _facts(task_vars.get("hostvars"), name)
        in_play = name in reached or name not in task_vars.get("ansible_play_hosts_all", [])
        inputs.append(HostInput(name, facts, "absent" if in_play else "unreachable"))
    return inputs


def _facts(hostvars, host):
    # Raw values: what a host said is never templated, and templating every host would cost most of the run.
    variables = hostvars.raw_get(host) if hasattr(hostvars, "raw_get") else (hostvars or {}).get(host)
    if not isinstance(variables, Mapping):
        return None
    gathered = variables.get("ansible_facts")
    if isinstance(gathered, Mapping) and "usphere" in gathered:
        return gathered["usphere"]
    return variables.get("usphere")


def _outcome(outcome, fail, language):
    decisions = {host: entry["decision"] for entry in outcome["subjects"] for host in entry["hosts"]}
    failed = fail and outcome["decision"] in outcome["fail_on"]
    lines = text.report(outcome, language)
    summary = render(
        "gate_summary",
        {"n": len(decisions), "decision": render(f"decision_{outcome['decision']}", {}, language)},
        language,
    )
    return {
        "failed": failed,
        "msg": "\n".join(lines) if failed else summary,
        "decision": outcome["decision"],
        "compliant_hosts": sorted(host for host, each in decisions.items() if each == "compliant"),
        "blocked_hosts": sorted(host for host, each in decisions.items() if each in outcome["fail_on"]),
        "report": lines,
        "result": outcome,
    }
