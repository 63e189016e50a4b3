# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation fragment for options that check facts against a policy. Private to this collection."""

from __future__ import annotations


class ModuleDocFragment:
    """Options of the plugins that check facts against a policy."""

    DOCUMENTATION = r"""
options:
  horizon:
    description:
      - The period in which an expiry counts, in days, such as V(30d) or V(30). Sets the policy's parameter
        C(horizon_days).
      - From V(1) to V(36500).
    type: raw
  entitlements:
    description:
      - The purchased licenses, an C(Entitlements) document, as a path, as data, or a list of those. Its
        grants are checked in addition to the systems (R24 to R26), and its systems count in pools even if
        they were not read. An empty text or list is an error.
    type: raw
    version_added: 0.9.0
  waivers:
    description:
      - Findings that are accepted for a time, a C(Waivers) document, as a path, as data, or a list of those.
        A waived finding stays in the result but does not block; the result lists which waivers are active,
        expiring, expired or unused. An empty text counts as not given.
    type: raw
    version_added: 0.9.0
  license_servers:
    description:
      - Results of M(unicloud.usphere.license_info) for License Servers, with C(server), C(licenses) and
        C(clients). The gate then also checks that one client can hold each of their fixed licenses completely
        (R25).
    type: list
    version_added: 0.9.0
    elements: dict
requirements:
  - jsonschema >= 4.21 on the controller
"""

    SCHEMA = r"""
options:
  absent:
    description:
      - What it means to a plain JSON Schema that a property which it constrains is missing. Default is
        V(undetermined); C(x-absent) in a schema states it for a part of the schema.
      - Empty facts never comply, also with V(allowed). With V(violation) they are non-compliant.
    type: str
    choices: [undetermined, allowed, violation]
    version_added: 0.10.0
  coerce:
    description:
      - Whether decimal text counts as a number where a plain JSON Schema asks for C(integer) or C(number),
        such as the values of C(-e cpu_count=8), and the results of templates before ansible-core 2.19.
        Default is V(false).
    type: bool
    version_added: 0.10.0
"""

    AGE = r"""
options:
  max_age:
    description:
      - How old facts may be, such as V(36h) or V(2d), or V(never) for any age. Facts that were read earlier
        are unknown. The option has priority over C(max_age_hours) of the policies, of which the strictest
        counts. Without both it is V(36h); for M(unicloud.usphere.host_compliance) it is V(never).
      - The age is measured at the earlier of O(as_of) and now. A time up to 300 seconds ahead counts as now.
      - Facts of a fact cache and of files must state when they were read (C(source.gathered_at)). A document
        that a person wrote for the inventory states C(via=inventory) below C(source) once instead. Variables
        of a host and the facts of M(ansible.builtin.setup) have an age only if they state one.
    type: str
    version_added: 0.10.0
"""

    TEMPLATE = r"""
options:
  policy:
    description:
      - V(vendor) for the policy that ships with the collection, the path of a policy document, a policy
        as data (see P(unicloud.usphere.license_policy#lookup)), or a list of those, composed left to right.
      - A JSON Schema of draft-04, -06, -07, 2019-09 or 2020-12 is a policy, too. If the policy consists of
        JSON Schemas only, the input may be any facts in your own words.
      - A relative path is relative to the working directory of the run. The lookup also finds files in the
        directory of the playbook.
      - A file that is encrypted by ansible-vault cannot be decrypted here. Pass its content with that lookup,
        or as C(lookup('ansible.builtin.unvault', 'waivers.yml') | from_yaml) for other documents.
    type: raw
    required: true
  as_of:
    description: The time of the decision, in ISO 8601. Default is now.
    type: str
  host:
    description: The system that the facts belong to, if they do not name their subject themselves.
    type: str
  facts_map:
    description:
      - How facts in your own words map to the facts of the policy, a C(FactMap) document, as a path or as
        data, V(flat) or V(ansible_facts); see O(unicloud.usphere.license_compliance#module:facts_map). The
        input is then the own facts of one host, a mapping from host name to them, or host variables.
      - A relative path is relative to the working directory of the run.
    type: raw
    version_added: 0.10.0
  catalog:
    description:
      - A site's own rows of the license catalog, a C(LicenseCatalog) document, as a path, as data, or a
        list of those; each row overrides the shipped one of its product and architecture (R2). It applies to
        the systems, O(entitlements) and the licenses to buy.
      - Licenses of products that the document names in C(not_usphere) count nowhere; reports list them. C(*)
        matches any characters, C(?) exactly one; a pattern matches a whole name, and case does not matter.
      - A relative path is relative to the working directory of the run.
    type: raw
    version_added: 0.9.0
"""
