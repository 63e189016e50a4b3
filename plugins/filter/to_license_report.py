# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: to_license_report
short_description: Write a compliance result as a report
version_added: 0.9.0
author: unicloud.usphere maintainers (@unicloud)
description:
  - Turns a C(ComplianceResult) into text in one of several formats. The same result gives the same bytes.
  - Text that came from hosts and servers stays text. It is escaped in HTML, Markdown and XML, begins no
    formula in a spreadsheet and carries no control characters to a terminal.
positional: format
options:
  _input:
    description:
      - The result, as P(unicloud.usphere.license_compliance#filter) or C(result) of
        M(unicloud.usphere.license_compliance) gives it.
    type: dict
    required: true
  format:
    description:
      - V(json) is the result itself and V(ndjson) one object a line for log stores.
      - V(csv) is for spreadsheets, V(md) for merge requests and job summaries, V(html) a page for a person.
      - V(junit) shows each rule of each system as a test in a pipeline. What stops a play is a failure.
      - V(sarif) is for code scanning, V(prometheus) for the textfile collector, V(text) for a terminal.
    type: str
    choices: [json, ndjson, csv, md, html, junit, sarif, prometheus, text]
    required: true
  detail:
    description:
      - For V(text), whether there stands below each finding what was expected and found, which rule says so,
        in which file and line, and what to do.
      - If left out, it stands there only for stopped systems, and only where no more than three are stopped.
    type: bool
  language:
    description: The language of sentences, V(en) or V(zh); that of the environment if left out.
    type: str
seealso:
  - module: unicloud.usphere.license_compliance
  - plugin: unicloud.usphere.license_report
    plugin_type: callback
"""

EXAMPLES = r"""
- name: Decide, and keep the result
  unicloud.usphere.license_compliance:
    policy: vendor
    fail: false
  register: gate

- name: A page for people and test results for the pipeline
  ansible.builtin.copy:
    content: "{{ gate.result | unicloud.usphere.to_license_report(item.format) }}"
    dest: "{{ playbook_dir }}/{{ item.name }}"
    mode: "0644"
  loop:
    - {format: html, name: license.html}
    - {format: junit, name: license.xml}
  delegate_to: localhost
  run_once: true
"""

RETURN = r"""
_value:
  description: The report.
  type: str
  sample: "hangzhou: compliant (14 rules, 1 pool)"
"""

from ansible.errors import AnsibleFilterError


def to_license_report(result, format, language=None, detail=None):
    """Return ``result`` as text in ``format``."""
    # Loading the filters of this collection must stay cheap: the renderers are imported when they are used.
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
