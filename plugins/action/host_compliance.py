# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compliance check of each host on its own. Documented in the module of the same name."""

from __future__ import annotations

from ansible import constants as C
from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase
from ansible.vars.reserved import is_reserved_name

try:
    from ansible.template import is_trusted_as_template

    NONE_IS_TEXT = False
except ImportError:
    # Templates without native types result in text, and none in an empty one.
    NONE_IS_TEXT = True

    # Before ansible-core 2.19, every text that is not marked as unsafe is a template.
    def is_trusted_as_template(value):
        """Return whether Ansible would template the text."""
        return not getattr(value, "__UNSAFE__", False)


# The strategy imports an action before it starts a process for each host, so all imports are at the top.
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import (
    FactsError,
    PolicyError,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents import vault
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents.plain_data import (
    OMITTED,
    normalize,
    vaulted_texts,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation import options
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.facts.quoted_value import without_texts
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.findings import decision
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.host_checks.check_host import (
    HostCheck,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.host_checks.host_scope import (
    HostVariables,
    inventory_for,
    stated_facts,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.host_checks.preload import preload
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.host_checks.private_files import (
    PrivateDirectory,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.host_checks.task_files import (
    reserved_check,
    task_finder,
    template_check,
    without_empty,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._report.formats import host_summary

ARGUMENTS = {
    "policy": {"type": "raw", "required": True},
    "facts": {"type": "raw"},
    "facts_map": {"type": "raw"},
    "waivers": {"type": "raw"},
    "catalog": {"type": "raw"},
    "absent": {"type": "str"},
    "coerce": {"type": "bool"},
    "max_age": {"type": "str"},
    "as_of": {"type": "raw"},
    "horizon": {"type": "raw"},
    "fail_on": {"type": "list", "elements": "str", "default": list(decision.FAIL_ON)},
    "fail": {"type": "bool", "default": True},
    "detail": {"type": "bool", "default": False},
    "language": {"type": "str"},
}

_is_template = template_check(is_trusted_as_template)
_is_reserved = reserved_check(C.INTERNAL_STATIC_VARS, is_reserved_name)

preload()


class ActionModule(ActionBase):
    """The action unicloud.usphere.host_compliance."""

    TRANSFERS_FILES = False
    _requires_connection = False
    _supports_check_mode = True
    _supports_async = False

    def run(self, tmp=None, task_vars=None):
        """Check the facts of the host and fail if it does not comply."""
        result = super().run(tmp, task_vars)
        _validated, arguments = self.validate_argument_spec(argument_spec=ARGUMENTS)
        result.update(changed=False, failed=False)
        language = "en"
        try:
            language = options.read_language(arguments["language"])
            with vault.decrypting(vault.decrypter(self._loader._decrypt_if_vault_data, AnsibleError)):
                summary = self._check(arguments, task_vars or {}, language)
        except PolicyError as error:
            problems = [problem.to_dict() for problem in error.problems]
            result.update(
                failed=True, msg=error.text(language), decision="error", findings=[], faults=problems
            )
            return result
        failed = summary.pop("stops") and arguments["fail"]
        if NONE_IS_TEXT and summary["decision"] != "compliant":
            # A template results in text that no longer tells that it was vaulted.
            summary = without_texts(summary, vaulted_texts(task_vars or {}))
        return {**result, **summary, "failed": failed}

    def _check(self, arguments, task_vars, language):
        variables = HostVariables(
            str.__str__(task_vars["inventory_hostname"]),
            task_vars,
            self._resolve,
            _is_template,
            _is_reserved,
        )
        self._refuse_run_once(variables.host, task_vars)
        check = HostCheck(
            arguments,
            task_finder(self._find_needle, AnsibleError, self._loader.path_dwim),
            PrivateDirectory(C.DEFAULT_LOCAL_TMP),
            [*self._task.get_search_path(), self._loader.get_basedir()],
        )
        names, fact_map = check.header.own_names, check.fact_map
        # The key decides: a template that results in nothing must not become the variables of the host.
        if "facts" in self._task.args:
            plain = names is not None
            given = stated_facts(arguments["facts"], variables.host, plain, fact_map)
        elif fact_map is not None:
            given = variables.mapped_facts(fact_map)
        elif names is None:
            given = variables.facts()
        else:
            given = variables.named_facts(names.for_variables())
        inventory = inventory_for(given, task_vars, variables)

        def summarize(found):
            return host_summary.summarize(found, language, len(check.header.properties or ()))

        warnings = check.header.warnings[language]
        notes = {"warnings": list(warnings)} if warnings else {}
        if arguments["detail"]:
            found = check.result(given, inventory)
            return {**summarize(found), "result": found, **notes}
        return {**check.summary(given, inventory, language, summarize), **notes}

    def _refuse_run_once(self, host, task_vars):
        """Refuse to check one host of a batch that has several: the others would look compliant."""
        others = [name for name in task_vars.get("ansible_play_batch", ()) if name != host]
        # A loop or delegate_to says which hosts the task is about.
        is_meant = "ansible_loop_var" in task_vars or self._task.delegate_to
        if self._task.run_once and others and not is_meant:
            raise PolicyError("host_run_once", host=host, hosts=[*others[:5], *(["…"] if others[5:] else [])])

    def _resolve(self, value):
        try:
            found = self._templar.template(value)
            return normalize(without_empty(value, found, _is_template) if NONE_IS_TEXT else found)
        except AnsibleError as error:
            if type(error).__name__ == "AnsibleValueOmittedError":
                return OMITTED
            raise FactsError("host_fact_template", pointer="", reason=str(error)) from error
