# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each example needs to be true before it is played, and what one sees when it was."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

STANDARD = {"product": "vms_standard", "arch": "x86_64", "code": "3132A0XY"}
UPGRADE = {"product": "vms_standard_to_enterprise", "arch": "x86_64", "code": "3132A0XZ"}
ARM = {"product": "vms_standard", "arch": "aarch64", "code": "3132B0XY"}
LICENSED = {
    "ls-east": [{**STANDARD, "quantity": 32}, {**UPGRADE, "quantity": 32}],
    "ls-west": [{**ARM, "quantity": 8}],
    "dr-1": [{"product": "disk_backup_dr", "packs": [10]}],
}
LINKS = {"hangzhou": "ls-east", "chengdu": "ls-west"}
CLIENTS = {"ls-east": ["hangzhou"], "ls-west": ["chengdu"]}


@dataclass(frozen=True)
class Setup:
    """`hosts` play it after `before`; it ends with `code`, and `see` is printed.

    `ids` say which license of the simulator an id of the example means, `bought` what lies there for hosts of
    the inventory. `facts` are read first; `defaults` give modules the connection that a site's play would.
    """

    licenses: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: LICENSED)
    links: dict[str, str] = field(default_factory=lambda: LINKS)
    clients: dict[str, list[str]] = field(default_factory=lambda: CLIENTS)
    hosts: str = "hangzhou"
    facts: bool = False
    defaults: bool = True
    ids: dict[str, str] = field(default_factory=dict)
    variables: dict[str, Any] = field(default_factory=dict)
    bought: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    before: tuple[str, ...] = ()
    code: int = 0
    see: tuple[str, ...] = ()


EMPTY: dict[str, list[dict[str, Any]]] = {"ls-west": LICENSED["ls-west"]}
SPARE = {"ls-east": [{**STANDARD, "quantity": 10}, {**STANDARD, "quantity": 6}], "ls-west": []}
IDS = {"LS-000123": "LS-000001", "LS-000124": "LS-000002", "LS-000125": "LS-000002"}
MOVING = Setup(licenses=SPARE, links={}, clients={}, ids=IDS, see=("changed: [hangzhou]",))
HANDED_OVER = Setup(licenses=EMPTY, links={}, see=("log in to the console of",))

BOUGHT = {
    "ls-east": [
        {
            "path": "files/USPHERE7_20261120091500.ak",
            "expect": {"product": "vms_standard", "arch": "x86_64", "kind": "formal", "quantity": 32},
        }
    ],
    "dr-1": [
        {
            "path": "files/USPHERE7_20261120093000.ak",
            "expect": {"product": "disk_backup_dr", "kind": "formal", "quantity": 12},
        }
    ],
}
INSTALLING = Setup(licenses=EMPTY, links={}, clients={}, bought=BOUGHT, see=("changed=",))

MIGRATING = replace(MOVING, see=("waiting_for_activation_file", "failed=0"))
ARRIVED = Setup(variables={"license_migrate_result": {"waiting": False}}, see=("PLAYED connect.yml",))
REPORTING = Setup(defaults=False, see=("changed=2", "failed=0"))
COMPARED = Setup(
    variables={"license_report_result": {"drift": {"new": [], "newly_unknown": []}}},
    see=("All assertions passed",),
)

#: By file and by the name of the first task or play of the scene.
SETUPS: dict[tuple[str, str], Setup] = {
    ("guide_licenses.rst", "Install licenses and connect the systems"): replace(
        INSTALLING, see=("quantity: 32", "quantity: 8")
    ),
    ("guide_licenses.rst", "Install packs for disk backup"): Setup(
        licenses=EMPTY, links={}, see=("changed: [hangzhou]",)
    ),
    ("guide_migration.rst", "Migrate a license"): MOVING,
    ("guide_migration.rst", "Uninstall the restored license on the source again"): Setup(
        licenses=SPARE, links={}, clients={}, ids=IDS, see=("changed: [hangzhou]",)
    ),
    ("guide_migration.rst", "List migrations that wait for a manual step"): Setup(
        licenses=SPARE, links={}, clients={}, ids=IDS, before=("move",), see=("waiting_for_activation_file",)
    ),
    ("guide_policies.rst", "localhost"): Setup(before=("facts",), see=("ok: [localhost]",)),
    ("guide_policies.rst", "List systems that would no longer comply at the end of the year"): Setup(
        facts=True,
        variables={
            "today": "{{ usphere | unicloud.usphere.license_compliance('vendor', host=inventory_hostname) }}",
            "yesterday": "{{ today }}",
        },
        see=("msg: []",),
    ),
    ("guide_fact_maps.rst", "Check the nodes of every cluster"): Setup(
        before=("fact_map",), defaults=False, see=("node-1 : ok=1",)
    ),
    ("guide_fact_maps.rst", "Check the nodes and let each blocked one fail"): Setup(
        before=("fact_map",), defaults=False, see=("node-2 : ok=0", "skipping: [node-2]")
    ),
    ("guide_fact_maps.rst", "Show the decision for flat variables"): Setup(see=("msg: compliant",)),
    ("to_host_facts.py", "Show the facts that license rules read"): Setup(
        see=("cpu_sockets: 2", "/hosts/0/arch: reason: absent")
    ),
    ("guide_pipelines.rst", "Check all systems against the license policy"): Setup(
        see=("hangzhou: compliant",)
    ),
    ("guide_profiles.rst", "Read licenses with this profile"): Setup(
        # The profile is of another release: what is called shows that it is followed.
        before=("profile",),
        code=2,
        see=("has no GET /licsmgr/api/v1/about",),
    ),
    ("guide_profiles.rst", "Read all hosts of a manager without paging"): Setup(
        see=("ok: [hangzhou]", "failed=0")
    ),
    ("guide_profiles.rst", "Install with a manual step"): HANDED_OVER,
    ("guide_rules.rst", "Show the license that storage-replication disaster recovery needs"): Setup(
        see=("product: srm",)
    ),
    ("license_compliance/README.md", "Check license policy"): Setup(see=("hangzhou complies",)),
    ("license_compliance/README.md", "Check license policy before other work"): Setup(
        see=("hangzhou: compliant",)
    ),
    ("license_install/README.md", "Install licenses and connect the systems"): INSTALLING,
    ("license_install/README.md", "Show the manual steps"): Setup(
        variables={"license_install_result": {"handover_required": True, "steps": ["call"]}}, see=("call",)
    ),
    ("license_migrate/README.md", "Migrate the licenses of a system"): MIGRATING,
    ("guide_migration.rst", "Migrate the licenses of a system"): MIGRATING,
    ("license_migrate/README.md", "Continue after all licenses have arrived"): ARRIVED,
    ("guide_migration.rst", "Connect the system after all licenses have arrived"): ARRIVED,
    ("license_report/README.md", "Write license reports"): REPORTING,
    ("guide_policies.rst", "Write license reports"): REPORTING,
    ("license_report/README.md", "Check that no finding is new since the last release"): COMPARED,
    ("guide_policies.rst", "Check that no finding is new since the last release"): COMPARED,
    ("effective_license.py", "Read the facts of a system"): Setup(
        see=("enterprise, 32 CPUs", "All assertions passed")
    ),
    ("license_compliance.py", "Show the findings of a system"): Setup(
        facts=True, hosts="vms", see=("compliant: 2",)
    ),
    ("license_drift.py", "List findings that are new since yesterday"): Setup(
        facts=True, before=("yesterday",), see=("msg: []",)
    ),
    ("license_baseline.py", "Write waivers for the present findings"): Setup(
        facts=True, before=("policies",), see=("changed: [hangzhou]",)
    ),
    ("misspelt_variables.py", "Check the names of the variables once"): Setup(see=("All assertions passed",)),
    ("license_forecast.py", "Read the facts of a system"): Setup(see=("All assertions passed",)),
    ("license_purchase_plan.py", "Read the facts of a system"): Setup(see=("ok: [hangzhou]",)),
    ("license_what_if.py", "List the new findings for a host with two more CPUs"): Setup(
        facts=True, see=("r31-sockets",)
    ),
    ("to_license_report.py", "Check license policy and register the result"): Setup(
        facts=True, see=("changed: [hangzhou -> localhost]",)
    ),
    ("to_license_report.py", "Check a large fleet and keep its result in a file"): Setup(
        facts=True, see=("changed: [hangzhou -> localhost]",)
    ),
    ("to_opa.py", "Show the decision for a policy engine"): Setup(facts=True, see=("ok: [hangzhou]",)),
    (
        "license_activation_files.py",
        "Migrate two licenses with the activation files that have arrived",
    ): MOVING,
    (
        "license_catalog.py",
        "Show the license that storage-replication disaster recovery needs on ARM",
    ): Setup(facts=True, before=("catalog",), see=("srm per vm, edition enterprise or higher", "standard")),
    ("license_issued_files.py", "Install the activation files issued for the License Server"): Setup(
        licenses=EMPTY, links={}, before=("request",), see=("changed: [hangzhou]",)
    ),
    ("license_renewal.py", "Read the facts of a system"): Setup(
        variables={"usphere_keys": []}, see=("All assertions passed",)
    ),
    ("license_migrations.py", "List migrations that wait for a manual step"): Setup(
        licenses=SPARE, links={}, clients={}, ids=IDS, before=("move",), see=("LS-000001",)
    ),
    ("license_policy.py", "List the rules of the shipped policy"): Setup(see=("r20-login-interruption",)),
    ("license_policy_test.py", "Check the tests of the shipped policy and their mutation score"): Setup(
        see=("All assertions passed",)
    ),
    ("device_info.py", "Fetch the device information of a License Server"): Setup(
        see=("changed: [hangzhou]",)
    ),
    ("license.py", "Install an upgrade on a License Server"): Setup(
        licenses={"ls-east": [{**STANDARD, "quantity": 32}]}, links={}, see=("changed: [hangzhou]",)
    ),
    ("license.py", "Install base and upgrade in one task"): Setup(
        licenses=EMPTY, links={}, see=("changed: [hangzhou]",)
    ),
    ("license.py", "Install packs for disk backup on the node of that product"): Setup(
        licenses=EMPTY, links={}, see=("changed: [hangzhou]",)
    ),
    ("license.py", "Install with a manual step, which the next run verifies"): HANDED_OVER,
    ("license.py", "Uninstall a license and save its uninstall file"): Setup(
        licenses=SPARE, links={}, clients={}, ids=IDS, see=("changed: [hangzhou]",)
    ),
    (
        "license_client.py",
        "Connect a system, and fetch again if licenses expired or arrived since the last fetch",
    ): Setup(links={}, clients={}, see=("changed: [hangzhou]",)),
    ("license_client.py", "Set a quota on a License Server that serves several systems"): Setup(
        licenses={"ls-east": [{**ARM, "quantity": 20}]}, links={}, clients={}, see=("changed: [hangzhou]",)
    ),
    ("license_client.py", "Disconnect a system and return its licenses"): Setup(
        licenses={"ls-east": [{**ARM, "quantity": 8}]},
        links={"chengdu": "ls-east"},
        clients={"ls-east": ["chengdu"]},
        see=("changed: [hangzhou]",),
    ),
    ("license_compliance.py", "Check license policy before other work"): Setup(
        before=("facts",), see=("PLAYED upgrade.yml",)
    ),
    ("host_compliance.py", "Check facts in the words of the site against a JSON Schema"): Setup(
        before=("facts", "schema"), see=("PLAYED upgrade.yml",)
    ),
    ("license_info.py", "Read server, licenses, clients and totals"): Setup(see=("ok: [hangzhou]",)),
    ("license_info.py", "Read the licenses of one system"): Setup(see=("ok: [hangzhou]",)),
    ("license_info.py", "Read the licenses of a product node"): Setup(see=("ok: [hangzhou]",)),
    ("license_info.py", "Read totals only, with calls that were observed on a live server"): Setup(
        see=("ok: [hangzhou]",)
    ),
    ("license_migration.py", "Migrate a license; repeat the task until it is verified"): MOVING,
    ("license_migration.py", "Migrate 4 of 10 and return the remainder of 6 to the source"): Setup(
        licenses={"ls-east": [{**STANDARD, "quantity": 10}], "ls-west": []},
        links={},
        clients={},
        ids={"LS-000124": "LS-000001"},
        before=("split",),
        see=("changed: [hangzhou]",),
    ),
    ("license_migration.py", "Abort a migration that has uninstalled nothing yet"): Setup(
        licenses=SPARE, links={}, clients={}, ids=IDS, before=("plan",), see=("changed: [hangzhou]",)
    ),
    ("license_request.py", "Request 4 of 10 purchased licenses for a License Server"): Setup(
        see=("changed: [hangzhou]",)
    ),
    ("license_request.py", "Request licenses for a hot-standby pair with saved device information"): Setup(
        before=("device",), see=("changed: [hangzhou]",)
    ),
    ("vms_facts.py", "Read the system, with the connection in module_defaults"): Setup(
        defaults=False, see=("msg: 32",)
    ),
    ("vms_facts.py", "Read with documented calls only, and set values that no interface reports"): Setup(
        defaults=False, see=("ok: [hangzhou",)
    ),
    (
        "vms_facts.py",
        "Read through a proxy, and give the time zone of a server that states times without one",
    ): Setup(defaults=False, before=("proxy",), see=("ok: [hangzhou]",)),
    ("vms_facts.py", "Read every node through its SSH account"): Setup(
        defaults=False, see=("ok: [hangzhou]",)
    ),
    ("vms_facts.py", "Read also the licenses of a disk backup DR node"): Setup(
        defaults=False, see=("ok: [hangzhou]",)
    ),
    ("vms_facts.py", "Count the VMs that SRM protects"): Setup(see=("ok: [hangzhou]",)),
    ("license_compliant.py", "Continue only if the licenses comply"): Setup(
        facts=True, see=("PLAYED upgrade.yml", "All assertions passed")
    ),
    (
        "usphere_version.py",
        "Show that heterogeneous migration needs only the standard edition",
    ): Setup(facts=True, see=("standard is enough",)),
}

#: What the simulator cannot show, and why.
NOT_PLAYED = {
    **{
        ("guide_own_facts.rst", name): "test_own_facts.py plays this guide with its own inventory"
        for name in (
            "Check host variables",
            "Check one variable",
            "Check in an assertion",
            "Check the facts of setup",
            "Check a file of a CMDB",
        )
    },
    **dict.fromkeys(
        (("simulator/README.md", "Start the simulator"), ("simulator/README.md", "Stop the simulator")),
        "tests/integration/test_simulator_role.py runs the role, with packages that need no network",
    ),
    ("license.py", "Install a product of the site's own catalog"): (
        "the stand-in of the license platform issues none of a site's own products; unit tests install one"
    ),
}
