# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: to_license_report
short_description: Convert a compliance result to a report
version_added: 0.9.0
author: unicloud.usphere maintainers (@unicloud)
description:
  - Converts a C(ComplianceResult) to text in one of several formats. The same result gives the same bytes.
  - Text from hosts and servers remains plain text. It is escaped in HTML, Markdown and XML, cannot start a
    formula in a spreadsheet and contains no control characters for a terminal.
positional: format
options:
  _input:
    description:
      - The result, as P(unicloud.usphere.license_compliance#filter) or C(result) of
        M(unicloud.usphere.license_compliance) returns it. The result of a large fleet is in the file that
        RV(unicloud.usphere.license_compliance#module:result_path) names.
    type: dict
    required: true
  format:
    description:
      - V(json) is the result itself and V(ndjson) has one object per line for log stores.
      - V(csv) is for spreadsheets, V(md) for merge requests and job summaries, V(html) is a web page.
      - V(junit) shows each rule of each system as a test in a pipeline. Findings that stop a play are
        failures.
      - V(sarif) is for code scanning, V(prometheus) for the textfile collector, V(text) for a terminal.
    type: str
    choices: [json, ndjson, csv, md, html, junit, sarif, prometheus, text]
    required: true
  detail:
    description:
      - For V(text), whether to show the expected and found values, the rule with file and line, and the
        remedy below each finding.
      - By default they are shown for stopped systems only, and only if at most three are stopped.
    type: bool
  language:
    description: The language of messages, V(en) or V(zh). Default follows the environment.
    type: str
seealso:
  - module: unicloud.usphere.license_compliance
  - plugin: unicloud.usphere.license_report
    plugin_type: callback
"""

EXAMPLES = r"""
- name: Check license policy and register the result
  unicloud.usphere.license_compliance:
    policy: vendor
    fail: false
  register: gate

- name: Write an HTML page and JUnit test results
  ansible.builtin.copy:
    content: "{{ gate.result | unicloud.usphere.to_license_report(item.format) }}"
    dest: "{{ playbook_dir }}/{{ item.name }}"
    mode: "0644"
  loop:
    - {format: html, name: license.html}
    - {format: junit, name: license.xml}
  delegate_to: localhost
  run_once: true

- name: Check a large fleet and keep its result in a file
  unicloud.usphere.license_compliance:
    policy: vendor
    fail: false
    result_file: "{{ playbook_dir }}/result.json"
  register: fleet

- name: Write a report from the file
  ansible.builtin.copy:
    content: "{{ kept | from_json | unicloud.usphere.to_license_report('csv') }}"
    dest: "{{ playbook_dir }}/license.csv"
    mode: "0644"
  vars:
    kept: "{{ lookup('ansible.builtin.file', fleet.result_path) }}"
  delegate_to: localhost
  run_once: true
"""

RETURN = r"""
_value:
  description: The report.
  type: str
  sample: "hangzhou: compliant (16 rules, 1 pool)"
"""

from ansible.errors import AnsibleFilterError


def to_license_report(result, format, language=None, detail=None):
    """Return ``result`` as text in ``format``."""
    # Loading the filters of this collection must be fast, so import the renderers in the function.
    from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import PolicyError
    from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation import options
    from ansible_collections.unicloud.usphere.plugins.plugin_utils._report.output.render import render_report

    try:
        tongue = options.read_language(language)
        return render_report(result, str(format), tongue, options.read_detail(detail))
    except PolicyError as error:
        raise AnsibleFilterError(f"to_license_report: {error.text()}") from None


class FilterModule:
    """The filter unicloud.usphere.to_license_report."""

    def filters(self):
        return {"to_license_report": to_license_report}
