# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compliance check: evaluate all hosts of a play once. Documented in the module of the same name."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from ansible import constants as C
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


from ansible_collections.unicloud.usphere.plugins.plugin_utils._play_check.condition import check_condition
from ansible_collections.unicloud.usphere.plugins.plugin_utils._play_check.read_results import (
    ReadResults,
    failed_reads,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._play_check.task_result import (
    ResultOptions,
    error_result,
    task_result,
)
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
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.fact_age import Channel
from ansible_collections.unicloud.usphere.plugins.plugin_utils._run_checks.variable_names import (
    VariableNames,
    given_names,
)

ARGUMENTS = {
    "policy": {"type": "raw", "required": True},
    "hosts": {"type": "list", "elements": "str"},
    "registered": {"type": "str"},
    "entitlements": {"type": "raw"},
    "waivers": {"type": "raw"},
    "catalog": {"type": "raw"},
    "coverage": {"type": "raw"},
    "coverage_exclude": {"type": "raw"},
    "license_servers": {"type": "list", "elements": "dict"},
    "facts_files": {"type": "list", "elements": "str"},
    "facts_map": {"type": "raw"},
    "absent": {"type": "str"},
    "coerce": {"type": "bool"},
    "max_age": {"type": "str"},
    "override": {"type": "raw"},
    "as_of": {"type": "raw"},
    "horizon": {"type": "raw"},
    "fail_on": {"type": "list", "elements": "str", "default": list(decision.FAIL_ON)},
    "fail": {"type": "bool", "default": True},
    "detail": {"type": "bool"},
    "language": {"type": "str"},
    "result_file": {"type": "path"},
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
        try:
            language = options.read_language(arguments["language"])
            scope = play_scope.scope_of(task_vars, self._serial(), arguments["hosts"])
            self._check_condition(task_vars)
            with vault.decrypting(vault.decrypter(self._loader._decrypt_if_vault_data, AnsibleError)):
                run, outcome, names = self._evaluate(arguments, task_vars, scope, language)
            # Ansible removes this directory at the end of the run, after its callbacks.
            shown = ResultOptions(
                arguments["fail"],
                arguments["detail"],
                language,
                arguments["result_file"] or None,
                C.DEFAULT_LOCAL_TMP,
            )
            found = task_result(outcome, scope, shown)
        except PolicyError as error:
            result.update(error_result(error, language, arguments["result_file"] or None))
            return result
        warnings = [*names, *run.policy.warnings(language)]
        notes = {"warnings": [*result.get("warnings", []), *warnings]} if warnings else {}
        return {**result, **found, **notes}

    def _evaluate(self, arguments, task_vars, scope, language):
        """Return the inputs of the run, the ComplianceResult of the hosts of ``scope``, and warnings."""
        find = task_finder(self._find_needle, AnsibleError, self._loader.path_dwim)
        stored = sources.read_facts_files(arguments["facts_files"], find)
        hostvars = task_vars.get("hostvars")
        fact_map = options.read_map(arguments["facts_map"], find)
        names = VariableNames(*given_names(self._task, load_extra_vars(self._loader)))
        names.add(task_vars)
        # Ansible merges the variables of a host at each call, which takes longer than the check of the host.
        variables_of = cache(names.recording(_variables_of(hostvars)))
        facts_of = variables_of
        scope = replace(scope, reached=scope.reached - failed_reads(variables_of, scope.hosts))
        if arguments["registered"]:
            in_play = frozenset(task_vars.get("ansible_play_hosts_all", ()))
            results = ReadResults(variables_of, arguments["registered"], in_play.intersection(scope.hosts))
            scope, facts_of = replace(scope, reached=scope.reached - results.unread()), results.variables
        # What this run registered is of now, whatever the clock of a server says.
        channel = Channel.READ if arguments["registered"] else Channel.FACT_CACHE
        given, outside = (
            play_scope.inputs(scope, facts_of, _is_template, stored, channel)
            if fact_map is None
            else play_scope.mapped(
                scope, fact_map, task_vars, facts_of, _is_template, _resolver(hostvars), stored
            )
        )
        warnings = names.check(language)
        run = read_run(arguments, find)
        if run.policy.is_plain and fact_map is None:
            given = play_scope.with_host_facts_sought(given)
        inventory = play_scope.inventory_of(task_vars, scope, variables_of, _is_template)
        outcome = evaluate_fleet.evaluate(given, run, outside=outside, inventory=inventory)
        return run, outcome, warnings

    def _serial(self):
        return self._task.get_play().serial

    def _check_condition(self, task_vars):
        """Raise PolicyError if a condition of this task does not hold for each host of the play."""
        hosts = task_vars.get("ansible_play_batch", task_vars.get("ansible_play_hosts", ()))
        check_condition(self._task.when, hosts, lambda host: self._holds_for(host, task_vars["hostvars"]))

    def _holds_for(self, host, hostvars):
        # Only the variable manager knows the variables that this task has for another host.
        manager = hostvars._variable_manager
        variables = manager.get_vars(
            play=self._task.get_play(), host=hostvars._inventory.get_host(host), task=self._task
        )
        try:
            if hasattr(self._task, "_resolve_conditional"):
                return bool(self._task._resolve_conditional(self._task.when, variables))
            # Before ansible-core 2.19, a templar has the variables.
            templar = self._templar.copy_with_new_env(available_variables=variables)
            return bool(self._task.evaluate_conditional(templar, variables))
        except AnsibleError:
            # A condition that cannot be evaluated for a host does not hold for it.
            return False


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
