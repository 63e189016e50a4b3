# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: license_report
type: aggregate
short_description: Print and write license compliance reports at the end of a run
version_added: 0.9.0
author: unicloud.usphere maintainers (@unicloud)
description:
  - Collects the results of M(unicloud.usphere.license_compliance) during a run. At the end of the run it
    prints them together and writes them to files, whether the gate passed or stopped the play.
  - If the gate runs more than once (several plays, or batches with C(serial)) each result has its own
    report. The file of the second one has C(-2) in its name, and so on.
  - Reports are written atomically. If a report cannot be written, the plugin warns and the run continues.
  - If a check could not decide, was skipped, or the run ended before it, a report with the decision C(error)
    says so, so that the report of an earlier run does not pass for this one. A run of a playbook without a
    check writes nothing.
  - Reports that an earlier run wrote with higher numbers are removed; other files of such names stay, with a
    warning. A check that was skipped, or is hidden by C(no_log), is warned of.
options:
  paths:
    description:
      - Files to write. The extension sets the format, C(.json), C(.ndjson), C(.csv), C(.md), C(.html),
        C(.xml) (JUnit), C(.sarif), C(.prom) (Prometheus) or C(.txt).
      - Relative paths are relative to the working directory.
      - Text has commas between the paths; a path with a comma is written in double quotes. A list in JSON is
        possible, too.
    type: raw
    default: []
    env:
      - name: USPHERE_LICENSE_REPORT
    ini:
      - section: callback_license_report
        key: paths
  detail:
    description:
      - Whether to show the expected and found values, the rule with file and line, and the remedy below each
        finding.
      - By default they are shown for stopped systems only, and only if at most three are stopped.
    type: bool
    env:
      - name: USPHERE_LICENSE_REPORT_DETAIL
    ini:
      - section: callback_license_report
        key: detail
  language:
    description: The language of messages, V(en) or V(zh). Default follows the environment.
    type: str
    env:
      - name: USPHERE_LANGUAGE
    ini:
      - section: callback_license_report
        key: language
requirements:
  - enable it by name, C(callbacks_enabled = unicloud.usphere.license_report) in ansible.cfg
seealso:
  - module: unicloud.usphere.license_compliance
  - plugin: unicloud.usphere.to_license_report
    plugin_type: filter
"""

EXAMPLES = r"""
ansible.cfg: |
  [defaults]
  callbacks_enabled = unicloud.usphere.license_report
  [callback_license_report]
  paths = build/license.html, build/license.xml
"""

from ansible.plugins.callback import CallbackBase

GATE = frozenset(("unicloud.usphere.license_compliance", "license_compliance"))


class CallbackModule(CallbackBase):
    """The callback unicloud.usphere.license_report."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "unicloud.usphere.license_report"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._collected = None

    def v2_playbook_on_play_start(self, play):
        # Without a result, a run that has a check did not get to it.
        if self._collected is None and any(_is_check(task) for task in _tasks(play)):
            self._collected = _collector()

    def v2_runner_on_skipped(self, result):
        task = _part(result, "task")
        if _is_check(task) and not task.loop:
            if self._collected is None:
                self._collected = _collector()
            self._collected.skip(task.get_name(), _part(result, "host").get_name())

    def v2_runner_on_ok(self, result):
        self._collect(result)

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._collect(result)

    def _collect(self, result):
        task = _part(result, "task")
        if _is_check(task):
            if self._collected is None:
                self._collected = _collector()
            self._collected.add(task.get_name(), _part(result, "result"))

    def v2_playbook_on_stats(self, stats):
        if self._collected is None:
            return
        from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import PolicyError
        from ansible_collections.unicloud.usphere.plugins.plugin_utils._report.output.run_collector import (
            read_paths,
        )

        failed = {*stats.failures, *stats.dark}
        continued = [host for host in stats.processed if host not in failed]
        try:
            paths = read_paths(self.get_option("paths"))
        except PolicyError as error:
            paths = []
            self._display.warning(error.text())
        finished = self._collected.finish(
            paths, self.get_option("language"), self.get_option("detail"), continued
        )
        self._display.banner("LICENSE COMPLIANCE")
        for line in (*finished.lines, *finished.written):
            self._display.display(line)
        for warning in finished.warnings:
            self._display.warning(warning)


def _collector():
    # A run without this action must not pay for the engine, so import it only for a check.
    from ansible_collections.unicloud.usphere.plugins.plugin_utils._report.output import run_collector

    return run_collector.Collected()


def _is_check(task):
    return bool({task.action, getattr(task, "resolved_action", None)} & GATE)


def _tasks(play):
    blocks = [*play.pre_tasks, *play.tasks, *play.post_tasks]
    for role in play.get_roles():
        blocks += role.get_task_blocks()
    while blocks:
        each = blocks.pop()
        if hasattr(each, "block"):
            blocks += [*each.block, *each.rescue, *each.always]
        elif hasattr(each, "action"):
            yield each


def _part(result, name):
    # The attribute is public since ansible-core 2.19, which deprecates the private name.
    return getattr(result, name) if hasattr(result, name) else getattr(result, f"_{name}")
