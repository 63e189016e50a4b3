# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compliance check: evaluate all hosts of a play once. Documented in the module of the same name."""

from __future__ import annotations

from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase
from ansible.utils.vars import load_extra_vars

try:
    from ansible.template import is_trusted_as_template
except ImportError:
    # Before ansible-core 2.19, every text that is not marked as unsafe is a template.
    def is_trusted_as_template(value):
        """Return whether Ansible would template the text."""
        return not getattr(value, "__UNSAFE__", False)


from ansible_collections.unicloud.usphere.plugins.module_utils._messages.catalog import render
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import PolicyError
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents import vault
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation import (
    evaluate_fleet,
    options,
    play_scope,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.run import read_run
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.findings import decision
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.host_checks.task_files import (
    task_finder,
    template_check,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects import sources
from ansible_collections.unicloud.usphere.plugins.plugin_utils._report.formats import as_text
from ansible_collections.unicloud.usphere.plugins.plugin_utils._run_checks.variable_names import (
    VariableNames,
    given_names,
)

ARGUMENTS = {
    "policy": {"type": "raw", "required": True},
    "hosts": {"type": "list", "elements": "str"},
    "entitlements": {"type": "raw"},
    "waivers": {"type": "raw"},
    "catalog": {"type": "raw"},
    "license_servers": {"type": "list", "elements": "dict"},
    "coverage": {"type": "raw"},
    "coverage_exclude": {"type": "raw"},
    "facts_files": {"type": "list", "elements": "str"},
    "facts_map": {"type": "raw"},
    "absent": {"type": "str"},
    "coerce": {"type": "bool"},
    "max_age": {"type": "str"},
    "as_of": {"type": "raw"},
    "horizon": {"type": "raw"},
    "fail_on": {"type": "list", "elements": "str", "default": list(decision.FAIL_ON)},
    "fail": {"type": "bool", "default": True},
    "detail": {"type": "bool"},
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
        """Evaluate the hosts of the play and fail if a host does not comply."""
        result = super().run(tmp, task_vars)
        task_vars = task_vars or {}
        _validated, arguments = self.validate_argument_spec(argument_spec=ARGUMENTS)
        result.update(changed=False, failed=False)
        language = "en"
        decrypt = vault.decrypter(self._loader._decrypt_if_vault_data, AnsibleError)
        try:
            with vault.decrypting(decrypt):
                language = options.read_language(arguments["language"])
                scope = play_scope.scope_of(task_vars, self._serial(), arguments["hosts"])
                find = task_finder(self._find_needle, AnsibleError, self._loader.path_dwim)
                stored = sources.read_facts_files(arguments["facts_files"], find)
                hostvars = task_vars.get("hostvars")
                names = VariableNames(*given_names(self._task, load_extra_vars(self._loader)))
                names.add(task_vars)
                variables_of = names.recording(_variables_of(hostvars))
                fact_map = options.read_map(arguments["facts_map"], find)
                given, outside = (
                    play_scope.inputs(scope, variables_of, _is_template, stored)
                    if fact_map is None
                    else play_scope.mapped(
                        scope, fact_map, task_vars, variables_of, _is_template, _resolver(hostvars), stored
                    )
                )
                names_warnings = names.check(language)
                run = read_run(arguments, find)
                if run.policy.is_plain and fact_map is None:
                    given = play_scope.with_host_facts_sought(given)
                inventory = play_scope.inventory_of(task_vars, scope, variables_of, _is_template)
                outcome = evaluate_fleet.evaluate(given, run, outside=outside, inventory=inventory)
        except PolicyError as error:
            problems = [problem.to_dict() for problem in error.problems]
            result.update(failed=True, msg=error.text(language), decision="error", faults=problems)
            return result
        warnings = [*names_warnings, *run.policy.warnings(language)]
        notes = {"warnings": [*result.get("warnings", []), *warnings]} if warnings else {}
        return {**result, **_outcome(outcome, scope, arguments, language), **notes}

    def _serial(self):
        return self._task.get_play().serial


def _variables_of(hostvars):
    # Read raw values: host data is never templated, and templating all hosts would take most of the run time.
    if not hasattr(hostvars, "raw_get"):
        return (hostvars or {}).get
    # For a host that is not in the inventory, raw_get returns an undefined value, which newer ansible-core
    # versions create in templates only. The only facts of such a host are those from facts files.
    return lambda host: hostvars.raw_get(host) if host in hostvars else None


_is_template = template_check(is_trusted_as_template)


def _resolver(hostvars):
    def resolve(host, name):
        try:
            return hostvars[host][name]
        except AnsibleError:
            # An undefined variable. Its text is still a template, which is an error of its host.
            return hostvars.raw_get(host)[name]

    return resolve


def _decisions(outcome):
    """Return the worst decision by host, over its system and the grants that it uses."""
    found = {}
    for entry in outcome["subjects"]:
        for host in entry["hosts"]:
            found[host] = decision.worst([entry["decision"], *([found[host]] if host in found else [])])
    return found


def _blocks_without_host(outcome):
    return any(
        entry["decision"] in outcome["fail_on"] and not entry["hosts"] for entry in outcome["subjects"]
    )


def _outcome(outcome, scope, arguments, language):
    fail = arguments["fail"]
    decisions = _decisions(outcome)
    stopped = outcome["decision"] in outcome["fail_on"]
    blocked = sorted(host for host, each in decisions.items() if each in outcome["fail_on"])
    if stopped and (not blocked or _blocks_without_host(outcome)):
        # Nothing applies, or a failed subject has no host. Block all hosts.
        blocked = sorted(decisions)
    lines = [*_bounds(scope, language), *as_text.report(outcome, language, arguments["detail"])]
    summary = render(
        "gate_summary",
        {"n": len(decisions), "decision": render(f"decision_{outcome['decision']}", {}, language)},
        language,
    )
    return {
        "failed": fail and stopped,
        "msg": "\n".join(lines) if fail and stopped else summary,
        "decision": outcome["decision"],
        "compliant_hosts": sorted(
            host for host, each in decisions.items() if each == "compliant" and host not in blocked
        ),
        "blocked_hosts": blocked,
        "scope": {
            "hosts": len(scope.hosts),
            "total": scope.total,
            "serial": scope.serial,
            "limit": scope.limit,
        },
        "report": lines,
        "result": outcome,
    }


def _bounds(scope, language):
    """Return the lines that explain the scope of the decision if ``--limit`` or ``serial`` restricts it."""
    fields = {"n": len(scope.hosts), "total": scope.total, "limit": scope.limit}
    if scope.limit:
        yield render("gate_limit", {**fields, "n": scope.total}, language)
    if scope.serial:
        yield render("gate_batch", fields, language)
