# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Table of the vendor's rules: one row for each of R1 to R39, with the places that enforce it.

The guide on rules is generated from this table, and tests check that every name in it exists.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RuleRow:
    """One rule; ``text`` is the rule in one sentence.

    ``checks`` and ``pools`` are ids of the vendor policy, ``refusals`` codes of messages with which modules
    refuse, warn or report what they could not check, ``facts`` pointers of derived facts, ``code`` values of
    the licensing core (``module:name``). ``why`` is the reason if the rule cannot be enforced.
    """

    id: str
    text: str
    checks: tuple[str, ...] = ()
    pools: tuple[str, ...] = ()
    refusals: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    why: str = ""

    @property
    def places(self) -> tuple[str, ...]:
        """Return all places that enforce the rule."""
        return (*self.checks, *self.pools, *self.refusals, *self.facts, *self.code)


_LICENSED = tuple(
    f"r17-{name}-licensed" for name in ("isc", "srm", "container-engine", "disk-backup-dr", "migration")
)
_QUANTITIES = (
    "r34-isc-quantity",
    "r35-srm-quantity",
    "r38-container-engine-quantity",
    "r36-disk-backup-dr-quantity",
    "r37-migration-quantity",
)
_SCHEME = ("/scheme/ids", "/scheme/ok", "/scheme/surplus")

ROWS: tuple[RuleRow, ...] = (
    RuleRow(
        "R1",
        "Usphere and licensed features work only with a license.",
        checks=("r1-system-licensed", *_LICENSED),
        facts=("/features/srm/licensed",),
    ),
    RuleRow(
        "R2",
        "Licensed products may differ by version, so the catalog is data that a site can override.",
        checks=("r27-unrecognised",),
        refusals=("catalog_row_invalid",),
        code=("catalog.catalog:Catalog.extended",),
    ),
    RuleRow(
        "R3",
        "Licenses are editions, upgrades or features.",
        code=("values.model:LicenseClass", "catalog.catalog_data:ROWS"),
    ),
    RuleRow(
        "R4",
        "One system has licenses of one edition.",
        checks=("r4-one-edition", "r4-one-upgrade-target"),
        refusals=("editions_mixed", "upgrade_to_two_editions", "base_of_reached_edition"),
        facts=("/effective/editions", "/upgrades"),
    ),
    RuleRow(
        "R5",
        "An upgrade starts from the edition of the base.",
        checks=("r5-upgrade-base",),
        refusals=("upgrade_without_base", "upgrade_of_other_arch", "base_in_use"),
        facts=("/upgrades",),
    ),
    RuleRow(
        "R6",
        "The quantity of the base equals the total quantity of its upgrades exactly.",
        checks=("r6-upgrade-quantity", "r6-upgrade-ahead"),
        refusals=("upgrade_below_base", "upgrade_exceeds_base", "balanced_only_until", "balance_unknown"),
        facts=("/upgrades", "/forecast"),
    ),
    RuleRow(
        "R7",
        "32 standard and 32 upgrades to enterprise are 32 enterprise; with 31 or 33 upgrades they are not.",
        checks=("r6-upgrade-quantity",),
        facts=("/effective/edition",),
    ),
    RuleRow(
        "R8",
        "There are three upgrades for each architecture, and no downgrades.",
        checks=("r8-upgrade-exists",),
        facts=("/upgrades",),
        code=("state.upgrades:UPGRADE_PATHS",),
    ),
    RuleRow(
        "R9",
        "Licenses are preinstalled, temporary or formal.",
        code=("values.model:Kind",),
        facts=("/effective/products",),
    ),
    RuleRow(
        "R10",
        "A preinstalled license lasts 180 days from the first run.",
        checks=("r12-reported-end",),
        facts=("/preinstalled/ends_at", "/preinstalled/days"),
    ),
    RuleRow(
        "R11",
        "Container engine, disk-backup DR and heterogeneous migration have no preinstalled license.",
        checks=("r11-no-preinstalled",),
        refusals=("kind_does_not_exist",),
        code=("catalog.rule_data:FORBIDDEN_KINDS",),
    ),
    RuleRow(
        "R12",
        "The term of a temporary license starts on the day that the activation file was obtained.",
        checks=("r12-reported-end",),
        refusals=("already_expired", "expiry_unknown", "request_term"),
        facts=("/terms",),
    ),
    RuleRow(
        "R13",
        "Heterogeneous migration has no temporary license.",
        checks=("r13-no-temporary-migration",),
        refusals=("kind_does_not_exist",),
        code=("catalog.rule_data:FORBIDDEN_KINDS",),
    ),
    RuleRow(
        "R14",
        "A formal license is permanent unless it has an expiry date.",
        facts=("/effective/valid_until", "/effective/days_to_lapse"),
    ),
    RuleRow(
        "R15",
        "A formal license with an expiry date is replaced before that date.",
        checks=("r20-login-interruption", "r17-feature-lapse"),
        facts=("/effective/valid_until", "/effective/days_to_lapse"),
    ),
    RuleRow(
        "R16",
        "Preinstalled licenses can be neither installed nor migrated, temporary licenses only installed.",
        refusals=("preinstalled_not_installable", "not_uninstallable", "expired_not_uninstallable"),
    ),
    RuleRow(
        "R17",
        "A feature stops when its preinstalled or temporary license expires.",
        checks=("r17-feature-lapse", "r6-upgrade-ahead", *_LICENSED),
        facts=("/forecast", "/features/srm/licensed"),
    ),
    RuleRow(
        "R18",
        "Temporary licenses are requested from the vendor's sales or support, formal licenses are bought.",
        why="Neither a system nor a License Server reports the origin of a license.",
    ),
    RuleRow(
        "R19",
        "With a formal and a temporary license, the temporary license sets the validity; quantities add up.",
        facts=("/effective/default_license", "/effective/valid_until", "/effective/products"),
    ),
    RuleRow(
        "R20",
        "When that license expires, login is refused until VMS has fetched licenses again.",
        checks=(
            "r20-login-refused",
            "r20-login-interruption",
            "r20-reconnect",
            "r20-clock-skew",
            "r31-no-contradictions",
        ),
        refusals=("login_ends_with", "login_still_refused"),
        facts=("/login/state", "/login/interrupted_at", "/login/covered"),
    ),
    RuleRow(
        "R21",
        "With several temporary licenses, the one that expires first sets the validity; quantities add up.",
        facts=("/effective/default_license", "/effective/valid_until", "/effective/products"),
    ),
    RuleRow(
        "R22",
        "When that license expires, login is refused; after reconnecting the other licenses take effect.",
        checks=("r20-login-refused", "r20-login-interruption", "r20-reconnect"),
        facts=("/forecast", "/login/missing_after"),
    ),
    RuleRow(
        "R23",
        "A hot-standby pair needs no additional license; it is activated with a contract number.",
        refusals=("pair_without_contract_number", "request_contract_number", "request_standby_local"),
        facts=("/hot_standby/extra_licenses",),
    ),
    RuleRow(
        "R24",
        "A license whose code starts with 3130 is fixed, with 3132 flexible.",
        checks=("r24-license-code", "r24-server-codes"),
        refusals=("code_prefix_unknown", "migration_unknown_split", "request_split_unknown"),
        facts=("/grant/code_class", "/server/unknown_codes"),
    ),
    RuleRow(
        "R25",
        "A fixed license cannot be split and belongs to one Usphere system.",
        checks=("r25-fixed-not-split", "r25-fixed-in-one-client"),
        refusals=(
            "fixed_does_not_fit",
            "fixed_placement_unknown",
            "migration_fixed_split",
            "request_fixed_allocated",
            "request_fixed_split",
        ),
        facts=("/grant/split_ok", "/server/fixed_unfit"),
    ),
    RuleRow(
        "R26",
        "A flexible license can be split; the parts must not exceed the purchased quantity.",
        checks=("r26-allocations",),
        refusals=("quota_beyond_supply", "quota_too_small", "request_too_many"),
        facts=("/grant/overdrawn", "/grant/unallocated"),
    ),
    RuleRow(
        "R27",
        "The catalog lists the licensed products, their metrics, and the server that holds each license.",
        checks=("r27-unrecognised",),
        refusals=(
            "product_unrecognised",
            "product_is_local",
            "product_is_remote",
            "product_belongs_on_its_node",
        ),
        facts=("/catalog/unrecognized", "/catalog/out_of_scope"),
        code=("catalog.catalog_data:ROWS",),
    ),
    RuleRow(
        "R28",
        "Heterogeneous migration needs standard on E0730P06 and later and on E0760 and later, otherwise "
        "enhanced enterprise.",
        checks=("r28-migration-edition",),
        facts=(
            "/features/heterogeneous_migration/edition_needed",
            "/features/heterogeneous_migration/edition_ok",
        ),
        code=("catalog.rule_data:MIGRATION_STANDARD", "catalog.rule_data:MIGRATION_ENHANCED"),
    ),
    RuleRow(
        "R29",
        "SRM, disk-backup DR and the container engine need enterprise or enhanced enterprise.",
        checks=("r29-srm-edition", "r29-container-engine-edition", "r29-disk-backup-dr-edition"),
        facts=("/features/srm/edition_ok",),
    ),
    RuleRow(
        "R30",
        "ISC needs enhanced enterprise.",
        checks=("r30-isc-edition",),
        facts=("/features/isc/edition_ok",),
    ),
    RuleRow(
        "R31",
        "CPUs, VMs and hosts are separate units; each product is counted in one of them.",
        checks=(*_QUANTITIES, "r31-no-contradictions"),
        pools=("r31-sockets",),
        refusals=("quantity_below_one",),
        facts=("/effective/products", "/features/srm/missing", "/contradictions"),
    ),
    RuleRow(
        "R32",
        "DR and migration licenses are sold in packs of 1, 10, 50 and 100, whose sum must cover the demand.",
        checks=("r32-disk-backup-dr-packs", "r32-migration-packs"),
        facts=("/features/disk_backup_dr/packs_odd",),
        code=("catalog.feature_needs:packs_for",),
    ),
    RuleRow("R33", "VMS without other features: any one edition.", checks=("r4-one-edition",), facts=_SCHEME),
    RuleRow(
        "R34",
        "VMS with ISC: enhanced enterprise and ISC.",
        checks=("r17-isc-licensed", "r34-isc-quantity"),
        facts=_SCHEME,
    ),
    RuleRow(
        "R35",
        "Storage-replication DR: enterprise or enhanced enterprise, and SRM.",
        checks=("r17-srm-licensed", "r35-srm-quantity"),
        facts=_SCHEME,
    ),
    RuleRow(
        "R36",
        "Disk-backup DR: enterprise or enhanced enterprise, and the DR license.",
        checks=("r17-disk-backup-dr-licensed", "r36-disk-backup-dr-quantity"),
        facts=_SCHEME,
    ),
    RuleRow(
        "R37",
        "Heterogeneous migration: the edition of R28, and the migration license.",
        checks=("r17-migration-licensed", "r37-migration-quantity"),
        facts=_SCHEME,
    ),
    RuleRow(
        "R38",
        "Container service: enterprise or enhanced enterprise, and the container service.",
        checks=("r17-container-engine-licensed", "r38-container-engine-quantity"),
        facts=_SCHEME,
    ),
    RuleRow(
        "R39",
        "ISC, container service, disk-backup DR and heterogeneous migration have no ARM version.",
        checks=("r39-srm-arch", "r39-container-engine-arch"),
        refusals=("no_arm_version", "arch_missing"),
        facts=("/features/container_engine/arch_ok",),
    ),
)
