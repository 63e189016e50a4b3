#!/usr/bin/python
# Copyright (c) Contributors to the unicloud.usphere collection
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: license_migration
short_description: Migrate formal licenses from one License Server to another
version_added: 0.9.0
author:
  - unicloud.usphere maintainers (@unicloud)
description:
  - Uninstalls formal licenses on the source, saves their uninstall files, creates the files to submit on
    the license platform, and installs the activation files that the platform then issues. Only formal
    licenses can be migrated (R16).
  - A journal on disk records every step before it is done and after it is verified. If a run is interrupted,
    the same task continues from there. Nothing is uninstalled twice, and nothing is ever deleted.
  - The vendor's rules are checked over the end state of the complete task, on both servers, before anything
    is uninstalled.
  - Both License Servers and all files of the journal are checked in every run, also after a migration is
    verified. A license that is live on the source again, as after a restore from a backup, stops the task. A
    license that is missing on the destination is installed again from the journal. An uninstall file that is
    missing or damaged is restored from the bundle or fetched from the source again, or the task fails and
    names the licenses at risk.
  - A source that does not answer does not block a migration whose license is already uninstalled;
    RV(source_checked) is then V(false).
  - While the platform has not issued the file yet, the task succeeds, RV(state) is
    V(waiting_for_activation_file) and RV(now) lists the manual steps. Running it again changes nothing
    until O(activation_files) contains the file.
extends_documentation_fragment:
  - unicloud.usphere._connection
  - unicloud.usphere._connection.license_server
  - unicloud.usphere._lock
  - unicloud.usphere._catalog
  - unicloud.usphere._attributes
  - unicloud.usphere._attributes.actiongroup_vms
attributes:
  check_mode:
    support: full
    details: Nothing is sent that changes anything, and nothing is written, not even to the journal.
  diff_mode:
    support: full
    details: The state of each migration before and after, from the plan.
  idempotent:
    support: full
options:
  host:
    description:
      - Default of O(destination.host), together with O(port).
      - Falls back to the environment variable E(USPHERE_HOST).
    type: str
    required: false
  username:
    description:
      - The account on each server whose connection has none.
      - Falls back to the environment variable E(USPHERE_USERNAME).
    type: str
    required: false
  password:
    description:
      - The password on each server whose connection has none. A wrong one is sent once.
      - Falls back to the environment variable E(USPHERE_PASSWORD).
    type: str
    required: false
  state:
    description:
      - V(migrated) runs every migration as far as possible.
      - V(aborted) aborts migrations that have not uninstalled anything yet, either all migrations of the
        task or none. After an uninstallation, complete the migration, and migrate the license back if needed.
      - A migration for which nothing was sent yet is aborted with a warning if the source cannot be read, or
        is another License Server now. If its uninstallation was sent, the source has to answer.
    type: str
    choices: [migrated, aborted]
    default: migrated
  journal:
    description:
      - The directory of the journal, on the host that runs the task. It is created if it is missing.
      - It holds the only copies of the uninstall files, without which licenses are lost. So it has to be
        durable, backed up and shared by every controller that may continue a migration.
      - Each migration has a directory in it, with C(record.json) and its files under their own names, all
        with mode 0600.
    type: path
    required: true
  source:
    description: The source License Server.
    type: dict
    required: true
    suboptions: &end
      host: {description: Name or address., type: str}
      port: {description: "Port of the console. Default is V(28443). From V(1) to V(65535).", type: int}
      username: {description: As O(username)., type: str}
      password: {description: As O(password)., type: str}
      client_id: {description: As O(client_id)., type: str}
      client_secret: {description: As O(client_secret)., type: str}
      scheme: {description: As O(scheme)., type: str, choices: [https, http]}
      validate_certs: {description: As O(validate_certs)., type: bool}
      ca_path: {description: As O(ca_path)., type: path}
      timeout: {description: "As O(timeout). From V(0.1) to V(86400).", type: float}
      proxy: {description: As O(proxy)., type: str}
      no_proxy: {description: As O(no_proxy)., type: list, elements: str}
      timezone: {description: As O(timezone)., type: str}
      client:
        description:
          - The client of the system, on a License Server that serves several systems. Without it
            R4 to R6 are reported in RV(unchecked).
        type: str
  destination:
    description: The destination License Server.
    type: dict
    suboptions: *end
  license_ids:
    description:
      - The licenses to migrate, by their ids on the source. Licenses of one activation file move
        together, so all of them have to be listed; each activation file is a separate migration.
      - They are checked together, uninstalled upgrade before base and installed base before upgrade.
    type: list
    elements: str
    required: true
  activation_files:
    description:
      - The activation files of the license platform, on the host that runs the task. A path, or a mapping of
        C(path) and, to identify one of several waiting parts, C(license_id) (the license of the source),
        C(quantity), or C(to), which is V(source) or V(destination).
      - A file belongs to one migration. If several migrations of the journal wait for equal licenses, set
        C(license_id), or pass as many files as there are such migrations.
      - A file that is installed already proves the arrival of a migration only if this journal recorded
        that it sends the file, or if C(license_id) names the license that the file was issued for.
      - A file that a run has received is kept in the journal and need not be passed again.
    type: list
    elements: raw
  quantities:
    description:
      - Migrate parts of one license. The complete license is uninstalled, and one file for each part and one
        for the remainder are requested from the platform. The migration is verified after all of them are
        installed.
      - Only a flexible license can be split (R26), not a fixed license (R25) or one whose code is neither
        (R24).
    type: list
    elements: int
  remainder_to:
    description: The server that gets the remainder of O(quantities).
    type: str
    choices: [source, destination]
    default: source
  allow_unbalanced:
    description:
      - Allow an end state, on either server, in which the upgrades are fewer than their base (R6).
    type: bool
    default: false
  wait_timeout:
    description:
      - How long to wait until a server shows the effect of one write, in seconds.
      - From V(0) to V(86400).
    type: float
    default: 120
  wait_interval:
    description: How long to wait between two reads, in seconds. From V(0.05) to V(86400).
    type: float
    default: 1
  language:
    description: The language of RV(now) and of RV(handover.steps).
    type: str
    choices: [en, zh]
    default: en
seealso:
  - module: unicloud.usphere.license
  - module: unicloud.usphere.license_info
  - plugin: unicloud.usphere.license_migrations
    plugin_type: lookup
"""

EXAMPLES = r"""
- name: Migrate a license; repeat the task until it is verified
  unicloud.usphere.license_migration:
    username: automation
    password: "{{ vault_usphere_password }}"
    client_id: "{{ vault_usphere_client_id }}"
    client_secret: "{{ vault_usphere_client_secret }}"
    journal: /srv/usphere/journal
    source: {host: 10.1.0.5}
    destination: {host: 10.2.0.5}
    license_ids: [LS-000123]
    # Empty until the platform has issued the file; until then state is waiting_for_activation_file.
    activation_files: "{{ query('ansible.builtin.fileglob', '/srv/usphere/transferred/*.ak') }}"
  register: migration

- name: Show the manual steps
  ansible.builtin.debug:
    msg: "{{ migration.now | map(attribute='message') }}"

- name: Migrate 4 of 10 and return the remainder of 6 to the source
  unicloud.usphere.license_migration:
    username: automation
    password: "{{ vault_usphere_password }}"
    client_id: "{{ vault_usphere_client_id }}"
    client_secret: "{{ vault_usphere_client_secret }}"
    journal: /srv/usphere/journal
    source: {host: 10.1.0.5}
    destination: {host: 10.2.0.5}
    license_ids: [LS-000124]
    quantities: [4]
    activation_files:
      - {path: /srv/usphere/transferred/part.ak, to: destination}
      - {path: /srv/usphere/transferred/rest.ak, to: source}

- name: Abort a migration that has uninstalled nothing yet
  unicloud.usphere.license_migration:
    username: automation
    password: "{{ vault_usphere_password }}"
    client_id: "{{ vault_usphere_client_id }}"
    client_secret: "{{ vault_usphere_client_secret }}"
    journal: /srv/usphere/journal
    source: {host: 10.1.0.5}
    license_ids: [LS-000125]
    state: aborted
"""

RETURN = r"""
state:
  description:
    - The state of the least advanced migration of the task. V(planned), V(source_uninstalled),
      V(uninstall_file_saved), V(transfer_requested), V(waiting_for_activation_file), V(installed),
      V(verified) or V(aborted). Null in check mode for what is not in the journal yet.
  returned: success
  type: str
  sample: waiting_for_activation_file
migrations:
  description: Each migration of the task as recorded in the journal. In check mode the state before the task.
  returned: success
  type: list
  elements: dict
  contains:
    id: {description: Name of its directory in the journal., returned: always, type: str}
    state: {description: State of the migration., returned: always, type: str}
    source: {description: "C(host), C(port), C(id) and C(client).", returned: always, type: dict}
    destination: {description: "C(host), C(port), C(id) and C(client).", returned: always, type: dict}
    license_ids: {description: The licenses by the source's ids., returned: always, type: list, elements: str}
    licenses: {description: The licenses of the migration., returned: always, type: list, elements: dict}
    parts:
      description:
        - One entry per activation file, with C(to), C(quantity) (null is the complete license),
          C(activation_file) and C(sha256) after the file has arrived, and C(license_ids) and C(proof) after
          it is installed. C(proof) has C(kind), which is V(sent) if the journal recorded that it sends the
          file and V(named) if the operator named its license, C(sent_at), and C(server_at) by the clock of
          the License Server.
      returned: always
      type: list
      elements: dict
    uninstall_files: {description: Paths of the files on disk., returned: always, type: list, elements: str}
    bundle: {description: The directory of the files to submit on the platform., returned: always, type: str}
    history:
      description: Every step with the controller's time C(at) and the License Server's time C(server_at).
      returned: always
      type: list
      elements: dict
    now: {description: The manual steps that are due now., returned: always, type: list, elements: dict}
plan:
  description:
    - The actions for each migration. C(actions) are V(uninstall), V(save_uninstall_file),
      V(restore_uninstall_file), V(request_transfer), V(save_activation_file), V(install), V(verify) and
      V(abort). C(state) is the resulting state. Empty if there is nothing to do.
  returned: success
  type: list
  elements: dict
  sample:
    - id: ls-east.LS-000123-5f2d9c01ab
      license_ids: [LS-000123]
      actions: [uninstall, save_uninstall_file, request_transfer]
      state: waiting_for_activation_file
now:
  description: The manual steps that are due now, in order, each with C(code) and C(message).
  returned: success
  type: list
  elements: dict
handover_required:
  description: Whether a manual step is due before the migrations can continue.
  returned: success
  type: bool
handover:
  description: The manual steps as text.
  returned: success
  type: dict
  contains:
    steps: {description: The messages of RV(now)., returned: always, type: list, elements: str}
checked:
  description: Whether all rules could be checked here.
  returned: success
  type: bool
unchecked:
  description: The checks that could not be made, with the reasons.
  returned: success
  type: list
  elements: dict
source_checked:
  description:
    - Whether the source was read in this run for every migration of the task. If V(false), the license may be
      live on the source again; a warning gives the reason.
  returned: success
  type: bool
certainty:
  description: Certainty of each call that may be needed, V(documented), V(observed) or V(assumed).
  returned: success
  type: dict
targets:
  description:
    - The servers that the task manages, each with C(kind) (V(vms), V(license_server) or V(product_node)),
      C(host) and C(port). Automation controllers count managed nodes by it.
  returned: success
  type: list
  elements: dict
  sample:
    - {kind: license_server, host: 10.1.0.5, port: 28443}
    - {kind: license_server, host: 10.2.0.5, port: 28443}
failure:
  description: The reason of the failure, for use in conditions.
  returned: failure
  type: dict
  contains:
    code: {description: Code of the message in C(msg)., returned: always, type: str}
    rule: {description: "The vendor's rule, such as V(R16).", returned: if there is one, type: str}
    causes:
      description: Every broken rule, or the causes of the failure.
      returned: if there are any
      type: list
      elements: dict
"""

from typing import Any, ContextManager, Dict, Tuple

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.unicloud.usphere.plugins.module_utils._argspec import (
    catalog_spec,
    client_spec,
    connection_spec,
    make_connection_optional,
    nested_connection_spec,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.catalog.catalog import site_catalog
from ansible_collections.unicloud.usphere.plugins.module_utils._module import Module, Result, run, sentences
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.call_certainty import (
    certainty,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.endpoints import (
    LICENSE_SERVER_PORT,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.write_and_verify import (
    read_waits,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.write_endpoints import (
    license_server_api,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.journal.journal import (
    Journal,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.journal.record import (
    End,
    MigrationRecord,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.migration import (
    abort,
    decide,
    options,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.migration import run as migrate
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.migration.plan import MigrationPlan
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.request import migration_rows
from ansible_collections.unicloud.usphere.plugins.module_utils._write_module import (
    hold_locks,
    lock_spec,
    steps_files,
    target,
    warn,
)

NAME = "license_migration"


def migrated(module: AnsibleModule) -> Result:
    """Advance the migrations as far as possible now."""
    params, waits = module.params, read_waits(module.params)
    source = options.end_options(params, End.SOURCE, LICENSE_SERVER_PORT)
    destination = options.end_options(params, End.DESTINATION, LICENSE_SERVER_PORT)
    here, there = license_server_api(source), license_server_api(destination)
    options.require(here.profile, options.AT_SOURCE)
    options.require(there.profile, options.AT_BOTH)
    request = options.migration_request(params, source, destination, site_catalog(params))
    journal = Journal(params["journal"])
    with hold_all_locks(module, journal, source, destination):
        plan = decide.decide(request, journal, here, there)
        records = plan.known_records
        if plan.changed and not module.check_mode:
            outcome = migrate.apply(plan, request, journal, here, there, waits, steps_files)
            records = outcome.records
    calls = certainty(here.profile, options.AT_SOURCE)
    return build_migration_result(module, plan, journal, records, calls, source, destination)


def aborted(module: AnsibleModule) -> Result:
    """Abort the migrations."""
    params, waits = module.params, read_waits(module.params)
    source = options.end_options(params, End.SOURCE, LICENSE_SERVER_PORT)
    here = license_server_api(source)
    request = options.migration_request(params, source, source, site_catalog(params))
    journal = Journal(params["journal"])
    with hold_all_locks(module, journal, source):
        plan = abort.decide_abort(request, journal, here)
        records = plan.known_records
        if plan.changed and not module.check_mode:
            records = abort.abort(plan, journal, here, waits).records
    calls = certainty(here.profile, ("server", "list_licenses"))
    return build_migration_result(module, plan, journal, records, calls, source)


def hold_all_locks(module: AnsibleModule, journal: Journal, *ends: Dict[str, Any]) -> ContextManager[None]:
    """Hold the locks of the journal and of its servers. In check mode, hold none."""
    file = (journal.lock_path, "journal " + journal.folder)
    return hold_locks(module, NAME, [(end["host"], end["port"]) for end in ends], file)


def build_migration_result(
    module: AnsibleModule,
    plan: MigrationPlan,
    journal: Journal,
    records: Tuple[MigrationRecord, ...],
    calls: Dict[str, str],
    *ends: Dict[str, Any],
) -> Result:
    """Return the values that every result has."""
    language = module.params["language"]
    warn(module, plan.warnings, language)
    rows = migration_rows.outcome_rows(records, journal, sentences, language)
    now = [step for row in rows for step in row["now"]]
    return {
        "changed": plan.changed,
        "plan": options.plan_rows(plan),
        "state": options.overall(records) if len(records) == len(plan.tasks) else None,
        "migrations": rows,
        "now": now,
        "handover_required": bool(now),
        "handover": {"steps": [step["message"] for step in now]},
        "checked": not plan.unchecked,
        "unchecked": sentences(plan.unchecked),
        "source_checked": plan.source_checked,
        "certainty": calls,
        "targets": [target("license_server", end) for end in ends],
        **({"diff": options.plan_diff(plan)} if module._diff else {}),
    }


def end_spec() -> Dict[str, Any]:
    """Return the options of one end (source or destination)."""
    return {
        "host": {"type": "str"},
        "port": {"type": "int"},
        "username": {"type": "str"},
        "password": {"type": "str", "no_log": True},
        "client_id": {"type": "str"},
        "client_secret": {"type": "str", "no_log": True},
        **nested_connection_spec(),
        "client": {"type": "str"},
    }


def main() -> None:
    shared = {**connection_spec(LICENSE_SERVER_PORT), **client_spec(), **lock_spec(), **catalog_spec()}
    # Each end may have its own values, so the shared options are not required.
    make_connection_optional(shared)
    spec: Dict[str, Any] = {
        "state": {"type": "str", "choices": ["migrated", "aborted"], "default": "migrated"},
        "journal": {"type": "path", "required": True},
        "source": {"type": "dict", "required": True, "options": end_spec()},
        "destination": {"type": "dict", "options": end_spec()},
        "license_ids": {"type": "list", "elements": "str", "required": True},
        "activation_files": {"type": "list", "elements": "raw"},
        "quantities": {"type": "list", "elements": "int"},
        "remainder_to": {"type": "str", "choices": ["source", "destination"], "default": "source"},
        "allow_unbalanced": {"type": "bool", "default": False},
        "wait_timeout": {"type": "float", "default": 120.0},
        "wait_interval": {"type": "float", "default": 1.0},
        "language": {"type": "str", "choices": ["en", "zh"], "default": "en"},
    }
    module = Module(argument_spec={**shared, **spec}, supports_check_mode=True)
    run(module, migrated if module.params["state"] == "migrated" else aborted)


if __name__ == "__main__":
    main()
