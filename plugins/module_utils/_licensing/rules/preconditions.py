# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check a license change before it is sent (R4–R6, R11–R13, R16, R24, R25, R27, R31, R39).

The end state of the complete task is checked. A violation that existed before and does not get worse does not
reject the change.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from typing import Dict, List, Optional, Sequence, Tuple

from ..._time import NEVER, format_end
from ..catalog.catalog import Catalog, Product
from ..catalog.catalog_rules import forbidden_rule
from ..catalog.code_class import CodeClass, FixedLicense, code_class, fixed_unfit
from ..reading.holdings import EDITION_GROUP
from ..state.edition_violations import (
    EditionViolations,
    UpgradeViolation,
    find_new_violations,
    find_violations,
    mixes_editions,
)
from ..state.ledger import Ledger, Snapshot
from ..state.upgrades import ARCH_MISMATCH, NO_BASE, OVER, SHORT, TWO_TARGETS
from ..values.license_row import License, Status, Violation
from ..values.model import ARCHES, Arch, Installation, Kind, LicenseClass
from ..values.periods import is_alive
from .change import Assessment, Expectation, Findings, LicenseChange
from .shared_server import SystemChange, cell_of, find_changed_systems, quota_of


def install_order(expectations: Sequence[Expectation], catalog: Optional[Catalog] = None) -> Tuple[int, ...]:
    """Return the indexes in installation order: bases, upgrades from lower to higher, features.

    Removal uses the reverse order. Equal items keep their order. ``catalog`` None is the shipped one (R2).
    """
    known = catalog or Catalog.builtin()

    def order(index: int) -> Tuple[int, int]:
        product = known.product(expectations[index].product)
        if product is None or product.license_class is LicenseClass.FEATURE:
            return (2, 0)
        if product.upgrades is not None:
            return (1, product.upgrades[0].rank)
        return (0, 0)

    return tuple(sorted(range(len(expectations)), key=order))


def assess_change(change: LicenseChange, catalog: Optional[Catalog] = None) -> Assessment:
    """Return the assessment of a task before anything is sent.

    ``unchecked`` has the rules that could not be checked and the reason: several clients without ``client``,
    an unknown end, or quantities that the server does not report. ``fields`` of each entry are the values of
    its message. ``catalog`` None is the shipped one (R2).
    """
    catalog = catalog or Catalog.builtin()
    found = Findings()
    added = _additions(change, catalog, found)
    if not change.known:
        found.unchecked.append(Violation("R6", "standing_not_read", {}))
        return found.assessment()
    _check_removals(change, found)
    _check_client(change, added, catalog, found)
    for system in find_changed_systems(change, added, catalog):
        _check_system(system, change, catalog, found)
    _check_fixed(change, added, catalog, found)
    return found.assessment()


def _additions(change: LicenseChange, catalog: Catalog, found: Findings) -> List[License]:
    """Check each addition on its own; return the valid ones as licenses that have not ended yet."""
    added: List[License] = []
    for index, expected in enumerate(change.adding):
        product = catalog.product(expected.product)
        fields: Dict[str, object] = {"product": expected.product, "kind": expected.kind.value}
        if product is None:
            found.unchecked.append(Violation("R27", "product_unrecognised", fields))
            continue
        if not _check_addition(expected, product, change, catalog, found, fields):
            continue
        end = expected.expires_at
        if end is None and expected.kind is Kind.FORMAL:
            end = NEVER
        elif end is None:
            # The license is valid when it is installed, but its end is unknown.
            found.unchecked.append(Violation("R12", "expiry_unknown", fields))
            end = NEVER
        if expected.code is not None and code_class(expected.code) is CodeClass.UNKNOWN:
            found.warnings.append(
                Violation("R24", "code_prefix_unknown", {**fields, "code": expected.code[:4]})
            )
        added.append(
            License(
                id="+{0}".format(index),
                product=product.id,
                arch=expected.arch if catalog.has_arches(product.id) else Arch.ANY,
                kind=expected.kind,
                code=expected.code,
                quantity=expected.quantity,
                issued_at=expected.issued_at,
                expires_at=end,
                status=Status.USABLE,
            )
        )
    return added


def _check_addition(
    expected: Expectation,
    product: Product,
    change: LicenseChange,
    catalog: Catalog,
    found: Findings,
    fields: Dict[str, object],
) -> bool:
    violations: List[Violation] = []
    violations.extend(_misplaced(product, change.node, fields))
    forbidden = forbidden_rule(product, expected.kind)
    if forbidden:
        violations.append(Violation(forbidden, "kind_does_not_exist", fields))
    if expected.kind is Kind.PREINSTALLED:
        violations.append(Violation("R16", "preinstalled_not_installable", fields))
    if expected.quantity < 1:
        violations.append(Violation("R31", "quantity_below_one", {**fields, "quantity": expected.quantity}))
    if catalog.has_arches(product.id) and expected.arch not in ARCHES:
        violations.append(Violation("R39", "arch_missing", fields))
    if not catalog.has_arches(product.id) and expected.arch is Arch.AARCH64:
        found.warnings.append(Violation("R39", "no_arm_version", fields))
    if expected.expires_at is not None and not is_alive(expected.expires_at, change.now):
        ended = {**fields, "expires_at": format_end(expected.expires_at), "now": format_end(change.now)}
        violations.append(Violation("R12", "already_expired", ended))
    found.violations.extend(violations)
    return not violations


def _misplaced(product: Product, node: Optional[str], fields: Dict[str, object]) -> List[Violation]:
    """Check that the server is the right place for the product: License Server or product node (R27)."""
    if product.installation is Installation.LOCAL and node is None:
        return [Violation("R27", "product_is_local", fields)]
    if product.installation is Installation.LOCAL and node != product.id:
        return [Violation("R27", "product_belongs_on_its_node", {**fields, "node": node})]
    if product.installation is Installation.REMOTE and node is not None:
        return [Violation("R27", "product_is_remote", {**fields, "node": node})]
    return []


def _check_removals(change: LicenseChange, found: Findings) -> None:
    """Check that removed licenses are formal (R16) and have not expired."""
    by_id = {license_.id: license_ for license_ in change.licenses}
    for ident in change.removing:
        license_ = by_id.get(ident)
        fields: Dict[str, object] = {"license": ident}
        if license_ is None:
            found.violations.append(Violation("", "license_not_found", fields, (ident,)))
            continue
        if license_.status is Status.UNINSTALLED:
            continue  # it is uninstalled already
        if license_.kind is None:
            found.unchecked.append(Violation("R16", "kind_unknown", fields, (ident,)))
        elif license_.kind is not Kind.FORMAL:
            fields["kind"] = license_.kind.value
            found.violations.append(Violation("R16", "not_uninstallable", fields, (ident,)))
        elif license_.status is Status.EXPIRED or (
            license_.expires_at is not None and not is_alive(license_.expires_at, change.now)
        ):
            found.violations.append(Violation("R16", "expired_not_uninstallable", fields, (ident,)))


def _check_client(change: LicenseChange, added: Sequence[License], catalog: Catalog, found: Findings) -> None:
    """Report edition rules as unchecked if several clients share the server and ``client`` is not set."""
    names = [client.name for client in change.clients]
    if change.client is not None and names and change.client not in names:
        fields = {"client": change.client, "clients": names}
        found.violations.append(Violation("", "client_not_found", fields))
    if change.client is None and len(names) > 1:
        by_id = {license_.id: license_ for license_ in change.licenses}
        # Assigned licenses are checked for their client; unassigned ones may belong to any client.
        held = {ident for client in change.clients for ident in client.assigned}
        open_ = [by_id[ident] for ident in change.removing if ident in by_id and ident not in held]
        products = (catalog.product(license_.product) for license_ in [*added, *open_])
        if any(p is not None and p.license_class is not LicenseClass.FEATURE for p in products):
            found.unchecked.append(Violation("R6", "shared_without_client", {"clients": names}))


def _check_system(system: SystemChange, change: LicenseChange, catalog: Catalog, found: Findings) -> None:
    client = system.name or "-"
    for product, arch, quota, wanted in system.beyond_quota:
        fields = {
            "client": client,
            "product": product,
            "arch": arch.value,
            "quota": quota,
            "quantity": wanted,
        }
        found.warnings.append(Violation("R26", "quota_too_small", fields))
    before = list(Ledger(system.before, change.now, catalog).snapshots())
    after = list(Ledger(system.after, change.now, catalog).snapshots())
    old, new = find_violations(before[0]), find_violations(after[0])
    for upgrade in find_new_violations(old, new):
        violation = _upgrade_violation(upgrade, client, change, catalog)
        if upgrade.state == SHORT and change.allow_unbalanced:
            found.warnings.append(violation)
        else:
            found.violations.append(violation)
    if mixes_editions(old, new):
        found.violations.append(_mixed_violation(new, client, catalog))
    if new.open:
        found.unchecked.append(Violation("R6", "balance_unknown", {"client": client}))
    _check_later(before, after, new, client, found)
    _check_reached(after[0], change, catalog, client, found)


def _upgrade_violation(
    upgrade: UpgradeViolation, client: str, change: LicenseChange, catalog: Catalog
) -> Violation:
    fields: Dict[str, object] = {
        "client": client,
        "arch": upgrade.arch.value,
        "from": upgrade.source.value,
        "source": upgrade.source.value,
        "target": [target.value for target in upgrade.targets],
        "base": upgrade.base,
        "quantity": upgrade.quantity,
        "difference": upgrade.distance,
        "base_product": catalog.edition_product(upgrade.source),
        "upgrade_product": [catalog.upgrade(upgrade.source, target) for target in upgrade.targets],
    }
    removed = _removed_bases(upgrade, change, catalog)
    if upgrade.excess and removed:
        return Violation(upgrade.rule, "base_in_use", {**fields, "licenses": list(removed)}, removed)
    codes = {
        NO_BASE: "upgrade_without_base",
        ARCH_MISMATCH: "upgrade_of_other_arch",
        OVER: "upgrade_exceeds_base",
        SHORT: "upgrade_below_base",
        TWO_TARGETS: "upgrade_to_two_editions",
    }
    return Violation(upgrade.rule, codes[upgrade.state], fields)


def _removed_bases(upgrade: UpgradeViolation, change: LicenseChange, catalog: Catalog) -> Tuple[str, ...]:
    """Return the ids of removed base licenses that remaining upgrades need."""
    product = catalog.edition_product(upgrade.source)
    return tuple(
        license_.id
        for license_ in change.licenses
        if license_.id in change.removing and license_.product == product and license_.arch is upgrade.arch
    )


def _mixed_violation(violations: EditionViolations, client: str, catalog: Catalog) -> Violation:
    lowest, highest = violations.mixed[0], violations.mixed[-1]
    fields = {
        "client": client,
        "editions": [edition.value for edition in violations.mixed],
        "upgrade": catalog.upgrade(lowest, highest),
    }
    return Violation("R4", "editions_mixed", fields)


def _check_later(
    before: Sequence[Snapshot],
    after: Sequence[Snapshot],
    now: EditionViolations,
    client: str,
    found: Findings,
) -> None:
    """Warn if upgrades are balanced only until an expiry (R6), or if a new expiry interrupts login (R20)."""
    warned = set(now.upgrades)
    starts = [snapshot.at for snapshot in before]
    for snapshot in after[1:]:
        later = find_violations(snapshot)
        for upgrade in find_new_violations(
            find_violations(before[bisect_right(starts, snapshot.at) - 1]), later
        ):
            key = (upgrade.arch, upgrade.source)
            if key in warned:
                continue
            warned.add(key)
            fields = {
                "client": client,
                "at": format_end(snapshot.at),
                "arch": upgrade.arch.value,
                "source": upgrade.source.value,
                "base": upgrade.base,
                "quantity": upgrade.quantity,
            }
            found.warnings.append(Violation("R6", "balanced_only_until", fields))
    new, old = _first_interruption(after), _first_interruption(before)
    if new is not None and (old is None or new < old):
        found.warnings.append(Violation("R20", "login_ends_with", {"client": client, "at": format_end(new)}))


def _first_interruption(snapshots: Sequence[Snapshot]) -> Optional[dt.datetime]:
    for snapshot in snapshots[1:]:
        if any(EDITION_GROUP in holding.groups for holding in snapshot.certainly_ended):
            return snapshot.at
    return None


def _check_reached(
    snapshot: Snapshot, change: LicenseChange, catalog: Catalog, client: str, found: Findings
) -> None:
    """Warn about adding a base of an edition that was reached by upgrades, which R4 may not allow."""
    for expected in change.adding:
        product = catalog.product(expected.product)
        if product is None or product.edition is None or expected.arch not in ARCHES:
            continue
        balance = snapshot.editions(expected.arch).balance
        upgrades = () if balance is None else balance.upgrades
        reached = any(
            upgrade.target is product.edition and upgrade.state == "balanced" for upgrade in upgrades
        )
        if reached:
            fields = {"client": client, "product": product.id, "arch": expected.arch.value}
            found.warnings.append(Violation("R4", "base_of_reached_edition", fields))


def _check_fixed(change: LicenseChange, added: Sequence[License], catalog: Catalog, found: Findings) -> None:
    """Check that every fixed license can be placed unsplit within the quotas of the clients (R25)."""
    new = _fixed_licenses(added, change.now, catalog)
    if not new:
        return
    quotas = {client.name: quota_of(client) for client in change.clients}
    quotas_by_name = {
        name: None if quota is None else {(product, arch.value): n for (product, arch), n in quota.items()}
        for name, quota in quotas.items()
    }
    removed = set(change.removing)
    installed = _fixed_licenses(
        [lic for lic in change.licenses if lic.id not in removed], change.now, catalog
    )
    unfit = fixed_unfit(installed + new, quotas_by_name)
    if unfit is None:
        found.unchecked.append(
            Violation("R25", "fixed_placement_unknown", {"clients": sorted(quotas_by_name)})
        )
    elif unfit and not fixed_unfit(installed, quotas_by_name):
        names = [item.product for item in installed + new if item.id in unfit]
        fields = {"products": sorted(set(names)), "clients": sorted(quotas_by_name)}
        found.violations.append(Violation("R25", "fixed_does_not_fit", fields))


def _fixed_licenses(licenses: Sequence[License], now: dt.datetime, catalog: Catalog) -> List[FixedLicense]:
    found = []
    for license_ in licenses:
        alive = license_.expires_at is None or is_alive(license_.expires_at, now)
        if code_class(license_.code) is not CodeClass.FIXED or not alive or license_.quantity is None:
            continue
        if license_.status in (Status.UNINSTALLED, Status.EXPIRED):
            continue
        product, arch = cell_of(license_, catalog)
        found.append(FixedLicense(license_.id, product, arch.value, license_.quantity))
    return found
