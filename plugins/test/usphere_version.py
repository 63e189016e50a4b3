# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: usphere_version
short_description: Test whether a Usphere version is in a set of ranges
version_added: 0.1.0
author: unicloud.usphere maintainers (@unicloud)
description:
  - Compares versions such as V(E0760P03H08) by the numbering of the vendor, which
    C(ansible.builtin.version) does not support.
  - Branches are released in parallel, so a rule is a set of ranges, never a single lower bound.
  - A version that cannot be read, or that cannot be compared with the range because the release letters
    differ, is an error.
positional: range
options:
  _input:
    description:
      - The bare version (V(E0730P11H07)) or as the interfaces return it (V(CVK 7.0 (E0710\))), or the
        mapping C(usphere.version) with its key C(vms).
    type: raw
    required: true
  range:
    description:
      - Bounds with C(>=), C(>), C(<=), C(<), C(==), C(!=); a comma means and, C(||) means or.
    type: str
    required: true
seealso:
  - plugin: unicloud.usphere.license_catalog
    plugin_type: lookup
"""

EXAMPLES = r"""
- name: Show that heterogeneous migration needs only the standard edition
  ansible.builtin.debug:
    msg: standard is enough
  when: usphere.version is unicloud.usphere.usphere_version('>=E0730P06,<E0750 || >=E0760')
"""

RETURN = r"""
_value:
  description: Whether the version is in one of the ranges.
  type: bool
  sample: true
"""

from collections.abc import Mapping

from ansible.errors import AnsibleFilterError

from ansible_collections.unicloud.usphere.plugins.module_utils._errors import LicensingError
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.values.version import (
    parse_range,
    parse_version,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._messages.catalog import render
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents.plain_data import kind_of


def usphere_version(value, range):
    """Return whether the version ``value`` is in ``range``."""
    text = value.get("vms") if isinstance(value, Mapping) else value
    if not isinstance(text, str):
        raise _failure("version_input", value=kind_of(text))
    # Convert Ansible's own text classes to plain texts for the messages.
    text, range = str.__str__(text), str.__str__(range) if isinstance(range, str) else range
    try:
        bounds = parse_range(range)
        inside = bounds.contains(parse_version(text))
    except LicensingError as error:
        raise _failure(error.code, **error.fields) from None
    if inside is None:
        raise _failure("version_incomparable", value=text, range=range)
    return inside


def _failure(code, **fields):
    return AnsibleFilterError(f"usphere_version: {render(code, fields)}")


class TestModule:
    """The test unicloud.usphere.usphere_version."""

    def tests(self):
        return {"usphere_version": usphere_version}
