# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
name: vms
short_description: List the hosts and systems of Usphere VMS managers
version_added: 0.9.0
author: unicloud.usphere maintainers (@unicloud)
description:
  - Lists the hosts (CVK) of one or many VMS managers, grouped by system, architecture, version branch,
    edition, feature and license state, and on request the systems themselves with the facts that
    M(unicloud.usphere.vms_facts) returns, so that the license gate can use this inventory directly.
  - The source is a YAML file whose name ends with C(usphere.yml), C(usphere.yaml), C(usphere_vms.yml) or
    C(usphere_vms.yaml), and which sets C(plugin=unicloud.usphere.vms).
  - Each manager is read with a fixed number of requests, regardless of the number of its hosts; hosts are
    read in pages of 1,000. Managers are read in parallel, and the licenses of a License Server that several
    systems share are read once.
  - If a manager cannot be read, the plugin warns and lists the hosts of the others; see O(unreadable).
notes:
  - A host is named C(NAME.SYSTEM) by default; characters that are special to Ansible become underscores.
  - Groups of hosts are C(usphere_hosts), C(usphere_system_NAME), C(usphere_arch_ARCH),
    C(usphere_version_BRANCH), C(usphere_edition_EDITION), C(usphere_feature_FEATURE) for features in use,
    and C(usphere_license_STATE). Systems are in C(vms), and in groups with the same endings that begin with
    C(vms_); those that were not read are also in C(vms_unread). Groups of unknown values have C(unknown) in
    their names.
  - "STATE is the worst confirmed state: C(refused) (every login is refused, R20), C(none) (no license in
    force), C(short) (more is in use than is licensed, R31), C(lapsing) (a license expires within
    O(lapse_days)), else C(unknown), or C(ok) if all values are known. Use it to sort systems; use
    M(unicloud.usphere.license_compliance) to check them."
  - Variables of a host are C(usphere_node) (C(id), C(name), C(ip), C(arch), C(cpu_sockets), C(version),
    C(branch), C(status), C(cluster), C(container_cluster), C(added_at), as far as known), C(usphere_system)
    and, if its address can be the address of another machine, C(ansible_host). No other connection variable
    is set from text of a server.
  - C(usphere_system) holds C(name), C(version), C(branch), C(architecture), C(edition), C(valid_until),
    C(days_to_lapse), C(license_state), C(features) and C(features_unknown), as far as known.
  - Variables of a system are C(usphere) (its C(HostFacts)), C(usphere_system), C(usphere_host),
    C(usphere_port), C(usphere_read_from) (C(host), C(port) and the file, C(source), where it was read),
    C(license_compliance_gather=false), and a local connection. Other options of the
    connection to the manager are variables if they are set to something else than their defaults, such as
    C(usphere_ca_path), C(usphere_validate_certs), C(usphere_profile), C(usphere_proxy) and
    C(usphere_timezone).
  - A system whose name another inventory source gives to another address, or to other facts, is undetermined
    in the license check, whichever of the sources comes first. The reason names the addresses and, as far as
    Ansible keeps them, the files.
  - Passwords, OAuth2 clients and host accounts that a manager returns are neither in variables nor in
    the cache. Text from servers is never a template.
extends_documentation_fragment:
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
  - unicloud.usphere._managers
options:
  plugin:
    description: The name of this plugin.
    type: str
    required: true
    choices: [unicloud.usphere.vms]
  managers:
    description:
      - The VMS managers to read. Keys of an entry default to the top-level option of the same name; entries
        override single keys of O(license_server).
      - Without it, only the manager O(host) is read, and its name is its address.
    type: list
    elements: dict
    suboptions:
      name:
        description:
          - The system's name in the inventory, the facts and policy documents. Letters, digits, dots, dashes
            and underscores.
        type: str
        required: true
      host:
        description: Name or address of the VMS manager; for a hot-standby pair the virtual address.
        type: str
        required: true
      port: {description: "As O(port). From V(1) to V(65535).", type: int}
      username: {description: As O(username)., type: str}
      password: {description: As O(password)., type: str}
      scheme: {description: As O(scheme)., type: str, choices: [https, http]}
      validate_certs: {description: As O(validate_certs)., type: bool}
      ca_path: {description: As O(ca_path)., type: path}
      timeout: {description: "As O(timeout). From V(0.1) to V(86400).", type: float}
      proxy: {description: As O(proxy)., type: str}
      no_proxy: {description: As O(no_proxy)., type: list, elements: str}
      timezone: {description: As O(timezone)., type: str}
      profile: {description: As O(profile)., type: raw}
      license_server: {description: As O(license_server); null if the system has none., type: dict}
      product_nodes: {description: As O(product_nodes)., type: list, elements: dict}
      site: {description: As O(site)., type: dict}
      srm_sites: {description: As O(srm_sites)., type: list, elements: dict}
      clock: {description: As O(clock)., type: str, choices: [controller, license_server]}
      catalog: {description: As O(catalog)., type: list, elements: dict}
      gather_timeout: {description: "As O(gather_timeout). From V(0.1) to V(86400).", type: float}
  list:
    description:
      - V(hosts) lists the machines of the managers, V(systems) the systems as hosts with a local
        connection, which the playbooks of this collection use.
      - With both, C(hosts=all) includes both.
    type: list
    elements: str
    choices: [hosts, systems]
    default: [hosts]
  hostname:
    description:
      - The inventory name of a host. V(qualified) is its name followed by the name of its system, which does
        not depend on other systems. V(name) is only the name, V(ip) the address, if there is one.
      - A name that several hosts have, that is reserved (V(localhost)), the name of a group, or in use by an
        earlier inventory source is not used. These hosts are named as with V(qualified), with a warning.
    type: str
    choices: [qualified, name, ip]
    default: qualified
  unreadable:
    description:
      - The behavior if a manager cannot be read. V(warn) warns with the reason and lists the others; the
        system of the manager has unknown facts, which never pass. V(fail) fails the source, and so does
        V(warn) if nothing would be listed.
      - Ansible continues without a source that failed, unless C(any_unparsed_is_failed) is set in the section
        C(inventory) of its configuration (E(ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED)).
    type: str
    choices: [warn, fail]
    default: warn
  lapse_days:
    description:
      - If a license expires in fewer days than this, its system is C(lapsing).
      - From V(1) to V(36500).
    type: int
    default: 30
  cache_timeout:
    description:
      - For how many seconds facts in the cache are used; V(0) is without limit.
      - From V(0) to V(31622400).
    type: int
    default: 3600
    env:
      - name: ANSIBLE_CACHE_PLUGIN_TIMEOUT
      - name: ANSIBLE_INVENTORY_CACHE_TIMEOUT
    ini:
      - section: defaults
        key: fact_caching_timeout
      - section: inventory
        key: cache_timeout
  parallel:
    description: How many managers are read at the same time. From V(1) to V(64).
    type: int
    default: 8
seealso:
  - module: unicloud.usphere.vms_facts
  - module: unicloud.usphere.license_compliance
"""

EXAMPLES = r"""
# managers.usphere.yml: several managers, hosts and systems; the gate needs no other inventory:
#   ansible-playbook -i managers.usphere.yml unicloud.usphere.compliance
# For the hosts of one manager the line "plugin" is sufficient, with USPHERE_HOST, USPHERE_USERNAME and
# USPHERE_PASSWORD in the environment.
plugin: unicloud.usphere.vms
list: [hosts, systems]
username: automation
password: "{{ lookup('ansible.builtin.env', 'USPHERE_PASSWORD') }}"
ca_path: /etc/pki/usphere/ca.pem
timezone: "+08:00" # of times that a server states without a time zone
# proxy: http://proxy.example.com:3128 # if managers are reached through a proxy
# no_proxy: [10.1.0.0/16] # except these
license_server:
  username: automation
  password: "{{ lookup('ansible.builtin.env', 'USPHERE_PASSWORD') }}"
  client_id: "{{ lookup('ansible.builtin.env', 'USPHERE_CLIENT_ID') }}"
  client_secret: "{{ lookup('ansible.builtin.env', 'USPHERE_CLIENT_SECRET') }}"
site: # values that no interface reports; unknown values never pass
  features:
    isc: {in_use: false}
    disk_backup_dr: {in_use: false}
    heterogeneous_migration: {in_use: false}
    srm: {in_use: false}
managers:
  - {name: hangzhou, host: 10.1.0.10, license_server: {host: 10.1.0.5}}
  - {name: chengdu, host: 10.2.0.10, license_server: {host: 10.2.0.5}, profile: cas_e0710}
unreadable: fail # instead of a warning

# Composed groups and variables, and a cache, as in other inventory plugins
compose:
  ansible_user: "'root'"
  sockets: usphere_node.cpu_sockets
groups:
  in_trouble: usphere_node.status != 'ok' or usphere_system.license_state in ['refused', 'short', 'none']
keyed_groups:
  - {key: usphere_node.cluster, prefix: cluster}
strict: false
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: ~/.cache/usphere
cache_timeout: 3600
"""

import time
from collections.abc import Mapping
from datetime import datetime, timezone

from ansible.errors import AnsibleError, AnsibleParserError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable

try:
    from ansible.template import trust_as_template

    def as_data(value):
        """Return a server's text unchanged: since ansible-core 2.19 an untrusted text is not a template."""
        return value

except ImportError:
    from ansible.utils.unsafe_proxy import wrap_var as as_data

    def trust_as_template(value):
        """Return the plugin's own template unchanged: before ansible-core 2.19 any unmarked text is one."""
        return value


from ansible_collections.unicloud.usphere.plugins.module_utils._argspec import system_spec
from ansible_collections.unicloud.usphere.plugins.module_utils._errors import LicensingError, UsphereError
from ansible_collections.unicloud.usphere.plugins.module_utils._masking import Mask
from ansible_collections.unicloud.usphere.plugins.module_utils._module import (
    require_values,
    secrets_in,
    users_in,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.facts.survey import Surveyor
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import OptionError
from ansible_collections.unicloud.usphere.plugins.plugin_utils._inventory import (
    build,
    managers,
    other_sources,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._inventory import cache as cached
from ansible_collections.unicloud.usphere.plugins.plugin_utils._inventory.managers import (
    InventoryError,
    ReadOutcome,
    read_all,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._options.known_options import refuse_unknown
from ansible_collections.unicloud.usphere.plugins.plugin_utils._options.number_ranges import check_numbers

FILES = ("usphere.yml", "usphere.yaml", "usphere_vms.yml", "usphere_vms.yaml")
# Options of the source that are numbers, without those of a manager.
NUMBERS = ("cache_timeout", "lapse_days", "parallel")
LOCAL = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}


def checked(spec, values, where):
    """Return ``values`` validated against an argument spec, without fallbacks from the environment.

    Raises OptionError ``inventory_option_unknown`` or ``inventory_options_wrong``; the latter masks secrets.
    """
    for name in sorted(set(values) - set(spec)):
        raise OptionError("inventory_option_unknown", where=where, name=name, known=sorted(spec))
    without_fallbacks = {
        name: {key: value for key, value in option.items() if key != "fallback"}
        for name, option in spec.items()
    }
    result = ArgumentSpecValidator(without_fallbacks).validate(dict(values))
    if result.error_messages:
        errors = Mask(secrets_in(spec, values), users_in(spec, values)).text("; ".join(result.error_messages))
        raise OptionError("inventory_options_wrong", where=where, reason=errors)
    params = result.validated_parameters
    require_values(without_fallbacks, params)
    check_numbers(params, f"{where}.")
    return params


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    """The inventory unicloud.usphere.vms."""

    NAME = "unicloud.usphere.vms"

    def verify_file(self, path):
        """Return whether the name of the source matches this plugin."""
        return super().verify_file(path) and path.endswith(FILES)

    def parse(self, inventory, loader, path, cache=True):
        """Read the managers that the source names, and add their hosts and groups to the inventory."""
        super().parse(inventory, loader, path, cache)
        config = self._read_config_data(path)
        try:
            # Ansible ignores a key that is not an option.
            refuse_unknown(config, self._options, "the source")
            check_numbers({name: self.get_option(name) for name in NUMBERS})
            found = self._managers(config, path)
            outcomes = self._read(found, self.get_cache_key(path), cache)
            listed = build.listing(outcomes, self._wish(path))
        except (UsphereError, LicensingError) as error:
            raise AnsibleParserError(build.sentence(error)) from None
        for notice in listed.notices:
            self.display.warning(build.sentence(notice))
        self._fill(listed)

    def _managers(self, config, path):
        """Return the managers with their options, validated like those of a module."""
        spec = system_spec()
        shared = {
            name: self._resolved(config[name], name) if name in config else self.get_option(name)
            for name in spec
        }
        found = managers.managers(
            shared, self._resolved(config.get("managers"), "managers"), "host" in config
        )
        complete = [(each.name, checked(spec, each.given(), each.name)) for each in found]
        return [
            managers.Manager(name, {**params, "profile": managers.profile_beside(params["profile"], path)})
            for name, params in complete
        ]

    def _resolved(self, value, where):
        """Resolve templates and vaulted values. A decrypted value is not treated as a template."""
        if isinstance(value, Mapping):
            return {str(key): self._resolved(item, f"{where}.{key}") for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._resolved(item, f"{where}[{index}]") for index, item in enumerate(value)]
        if value is None or isinstance(value, (bool, int, float)):
            return value
        try:
            if not isinstance(value, str):
                return str(value)
            if not self.templar.is_template(value):
                return str.__str__(value)
            self.templar.available_variables = self._vars
            resolved = self.templar.template(value)
        except AnsibleError as error:
            raise InventoryError("inventory_template", where=where, reason=str(error)) from None
        return str.__str__(resolved) if isinstance(resolved, str) else resolved

    def _read(self, found, key, cache):
        """Read the managers that are not in the cache, and store their results in the cache."""
        cached_too, now = self.get_option("cache"), time.time()
        stored = self._stored(key) if cached_too and cache else {}
        kept = cached.kept(found, stored, now, self.get_option("cache_timeout")) if stored else {}
        missing = [manager for manager in found if manager.name not in kept]
        with Surveyor() as surveyor:
            read = read_all(missing, surveyor.read, self.get_option("parallel"))
        fresh = {each.manager.name: each for each in read}
        if cached_too and any(each.survey for each in fresh.values()):
            self._cache[key] = cached.renewed(found, stored, kept, fresh.values(), now)
        return [fresh.get(each.name) or ReadOutcome(each, kept[each.name]) for each in found]

    def _stored(self, key):
        try:
            stored = self._cache[key]
        except KeyError:
            return {}
        except (AnsibleError, AttributeError, TypeError, ValueError) as error:
            # Cache plugins raise what they happen to meet in a broken file.
            self._warn_of_cache(str(error))
            return {}
        if not isinstance(stored, Mapping):
            self._warn_of_cache(type(stored).__name__)
            return {}
        return stored

    def _warn_of_cache(self, reason):
        self.display.warning(build.sentence(InventoryError("inventory_cache_broken", reason=reason)))

    def _wish(self, path):
        return build.Wish(
            now=datetime.now(timezone.utc),
            kinds=self.get_option("list"),
            hostname=self.get_option("hostname"),
            lapse_days=self.get_option("lapse_days"),
            unreadable=self.get_option("unreadable"),
            taken={*self.inventory.groups, *self.inventory.hosts},
            source=path,
        )

    def _fill(self, listed):
        for group, children in listed.parents.items():
            self.inventory.add_group(group)
            for child in children:
                self.inventory.add_group(child)
                self.inventory.add_child(group, child)
        for group in sorted({group for entry in listed.entries for group in entry.groups}):
            self.inventory.add_group(group)
        for entry in map(self._unless_contradicted, listed.entries):
            for group in entry.groups:
                self.inventory.add_host(entry.name, group)
            for name, value in entry.variables.items():
                self.inventory.set_variable(entry.name, name, as_data(value))
            for name, value in LOCAL.items() if entry.local else ():
                self.inventory.set_variable(entry.name, name, trust_as_template(value))
            self._construct(entry.name)

    def _unless_contradicted(self, entry):
        """Return the entry; without facts and address if another source has its name for another manager."""
        earlier = self.inventory.hosts.get(entry.name)
        if earlier is None:
            return entry
        found = other_sources.contradiction(entry, earlier.vars)
        if found is None:
            return entry
        self.display.warning(build.sentence(found.warning))
        return other_sources.contradicted(entry, found)

    def _construct(self, host):
        compose, groups, keyed = map(self.get_option, ("compose", "groups", "keyed_groups"))
        if not (compose or groups or keyed):
            return
        strict = self.get_option("strict")
        self._set_composite_vars(compose, self.inventory.get_host(host).get_vars(), host, strict=strict)
        variables = self.inventory.get_host(host).get_vars()
        self._add_host_to_composed_groups(groups, variables, host, strict=strict, fetch_hostvars=False)
        self._add_host_to_keyed_groups(keyed, variables, host, strict=strict, fetch_hostvars=False)
