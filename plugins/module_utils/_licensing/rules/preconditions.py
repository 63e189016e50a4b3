# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""May these licenses go in and those out? (R4–R6, R11–R13, R16, R24, R25, R39.)

What is judged is the end state of the whole task (decision 12). A fault that stood before and is not made
worse refuses nothing.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from typing import Dict, List, Optional, Sequence, Tuple

from ..._time import NEVER, format_end, is_alive
from ..catalog.catalog import Catalog, Product, forbidden_rule
from ..catalog.code_class import CodeClass, FixedLicense, code_class, fixed_unfit
from ..reading.holdings import EDITION_GROUP
from ..state.ledger import Ledger, Snapshot
from ..state.upgrade_errors import ChainFault, StateFaults, faults_of, new_chains, newly_mixed
from ..state.upgrades import ARCH_MISMATCH, NO_BASE, OVER, SHORT, TWO_TARGETS
from ..values.model import ARCHES, Arch, Installation, Kind, License, LicenseClass, Status, Violation
from .change import Assessment, Expectation, Findings, LicenseChange
from .draws import cell_of, quota_of
from .shares import SystemChange, systems_of


def install_order(expectations: Sequence[Expectation], catalog: Optional[Catalog] = None) -> Tuple[int, ...]:
    """Return the order to install in: base before upgrade, lower before higher, features last (decision 12).

    Removal takes the reverse. Equal ones keep their order. ``catalog`` None is the shipped one (R2).
    """
    known = catalog or Catalog.builtin()

    def turn(index: int) -> Tuple[int, int]:
        product = known.product(expectations[index].product)
        if product is None or product.license_class is LicenseClass.FEATURE:
            return (2, 0)
        if product.upgrades is not None:
            return (1, product.upgrades[0].rank)
        return (0, 0)

    return tuple(sorted(range(len(expectations)), key=turn))


def assess_change(change: LicenseChange, catalog: Optional[Catalog] = None) -> Assessment:
    """Judge a task before anything is sent. Each finding's ``fields`` fill its sentence.

    ``unchecked`` entries name what could not be judged and why: several clients without ``client``
    (decision 9), an unknown end (decision 18), quantities that the server does not state.
    ``catalog`` None is the shipped one (R2).
    """
    catalog = catalog or Catalog.builtin()
    found = Findings()
    added = _additions(change, catalog, found)
    if not change.known:
        found.unchecked.append(Violation("R6", "standing_not_read", {}))
        return found.assessment()
    _removals(change, found)
    _shared(change, added, catalog, found)
    for system in systems_of(change, added, catalog):
        _judge(system, change, catalog, found)
    _fixed(change, added, catalog, found)
    return found.assessment()


def _additions(change: LicenseChange, catalog: Catalog, found: Findings) -> List[License]:
    """Judge each addition by itself; return those that can count, with an end that keeps them alive now."""
    added: List[License] = []
    for index, expected in enumerate(change.adding):
        product = catalog.product(expected.product)
        fields: Dict[str, object] = {"product": expected.product, "kind": expected.kind.value}
        if product is None:
            found.unchecked.append(Violation("R27", "product_unrecognised", fields))
            continue
        if not _addable(expected, product, change, catalog, found, fields):
            continue
        end = expected.expires_at
        if end is None and expected.kind is Kind.FORMAL:
            end = NEVER
        elif end is None:
            # It cannot have ended before it is installed; when it will is open (decision 18).
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


def _addable(
    expected: Expectation,
    product: Product,
    change: LicenseChange,
    catalog: Catalog,
    found: Findings,
    fields: Dict[str, object],
) -> bool:
    faults: List[Violation] = []
    faults.extend(_misplaced(product, change.node, fields))
    forbidden = forbidden_rule(product, expected.kind)
    if forbidden:
        faults.append(Violation(forbidden, "kind_does_not_exist", fields))
    if expected.kind is Kind.PREINSTALLED:
        faults.append(Violation("R16", "preinstalled_not_installable", fields))
    if expected.quantity < 1:
        faults.append(Violation("R31", "quantity_below_one", {**fields, "quantity": expected.quantity}))
    if catalog.has_arches(product.id) and expected.arch not in ARCHES:
        faults.append(Violation("R39", "arch_missing", fields))
    if not catalog.has_arches(product.id) and expected.arch is Arch.AARCH64:
        found.warnings.append(Violation("R39", "no_arm_version", fields))
    if expected.expires_at is not None and not is_alive(expected.expires_at, change.now):
        ended = {**fields, "expires_at": format_end(expected.expires_at), "now": format_end(change.now)}
        faults.append(Violation("R12", "already_expired", ended))
    found.violations.extend(faults)
    return not faults


def _misplaced(product: Product, node: Optional[str], fields: Dict[str, object]) -> List[Violation]:
    """R27: a license has one place, a License Server or the node of its own product."""
    if product.installation is Installation.LOCAL and node is None:
        return [Violation("R27", "product_is_local", fields)]
    if product.installation is Installation.LOCAL and node != product.id:
        return [Violation("R27", "product_belongs_on_its_node", {**fields, "node": node})]
    if product.installation is Installation.REMOTE and node is not None:
        return [Violation("R27", "product_is_remote", {**fields, "node": node})]
    return []


def _removals(change: LicenseChange, found: Findings) -> None:
    """R16: only formal licenses can be uninstalled, and none that has ended (decision 22)."""
    by_id = {license_.id: license_ for license_ in change.licenses}
    for ident in change.removing:
        license_ = by_id.get(ident)
        fields: Dict[str, object] = {"license": ident}
        if license_ is None:
            found.violations.append(Violation("", "license_not_found", fields, (ident,)))
            continue
        if license_.status is Status.UNINSTALLED:
            continue  # there is nothing left to do
        if license_.kind is None:
            found.unchecked.append(Violation("R16", "kind_unknown", fields, (ident,)))
        elif license_.kind is not Kind.FORMAL:
            fields["kind"] = license_.kind.value
            found.violations.append(Violation("R16", "not_uninstallable", fields, (ident,)))
        elif license_.status is Status.EXPIRED or (
            license_.expires_at is not None and not is_alive(license_.expires_at, change.now)
        ):
            found.violations.append(Violation("R16", "expired_not_uninstallable", fields, (ident,)))


def _shared(change: LicenseChange, added: Sequence[License], catalog: Catalog, found: Findings) -> None:
    """Decision 9: with several clients and none named, nobody can say whose editions they will be."""
    names = [client.name for client in change.clients]
    if change.client is not None and names and change.client not in names:
        fields = {"client": change.client, "clients": names}
        found.violations.append(Violation("", "client_not_found", fields))
    if change.client is None and len(names) > 1:
        by_id = {license_.id: license_ for license_ in change.licenses}
        # What a client holds is judged with that client; what nobody holds may be anybody's.
        held = {ident for client in change.clients for ident in client.assigned}
        open_ = [by_id[ident] for ident in change.removing if ident in by_id and ident not in held]
        products = (catalog.product(license_.product) for license_ in [*added, *open_])
        if any(p is not None and p.license_class is not LicenseClass.FEATURE for p in products):
            found.unchecked.append(Violation("R6", "shared_without_client", {"clients": names}))


def _judge(system: SystemChange, change: LicenseChange, catalog: Catalog, found: Findings) -> None:
    where = system.name or "-"
    for product, arch, quota, wanted in system.beyond_quota:
        fields = {"client": where, "product": product, "arch": arch.value, "quota": quota, "quantity": wanted}
        found.warnings.append(Violation("R26", "quota_too_small", fields))
    before = list(Ledger(system.before, change.now, catalog).snapshots())
    after = list(Ledger(system.after, change.now, catalog).snapshots())
    old, new = faults_of(before[0]), faults_of(after[0])
    for fault in new_chains(old, new):
        violation = _chain_violation(fault, where, change, catalog)
        if fault.state == SHORT and change.allow_unbalanced:
            found.warnings.append(violation)
        else:
            found.violations.append(violation)
    if newly_mixed(old, new):
        found.violations.append(_mixed_violation(new, where, catalog))
    if new.open:
        found.unchecked.append(Violation("R6", "balance_unknown", {"client": where}))
    _later(before, after, new, where, found)
    _reached(after[0], change, catalog, where, found)


def _chain_violation(fault: ChainFault, where: str, change: LicenseChange, catalog: Catalog) -> Violation:
    fields: Dict[str, object] = {
        "client": where,
        "arch": fault.arch.value,
        "from": fault.source.value,
        "source": fault.source.value,
        "target": [target.value for target in fault.targets],
        "base": fault.base,
        "quantity": fault.quantity,
        "difference": fault.distance,
        "base_product": catalog.edition_product(fault.source),
        "upgrade_product": [catalog.upgrade(fault.source, target) for target in fault.targets],
    }
    removed = _removed_bases(fault, change, catalog)
    if fault.excess and removed:
        return Violation(fault.rule, "base_in_use", {**fields, "licenses": list(removed)}, removed)
    codes = {
        NO_BASE: "upgrade_without_base",
        ARCH_MISMATCH: "upgrade_of_other_arch",
        OVER: "upgrade_exceeds_base",
        SHORT: "upgrade_below_base",
        TWO_TARGETS: "upgrade_to_two_editions",
    }
    return Violation(fault.rule, codes[fault.state], fields)


def _removed_bases(fault: ChainFault, change: LicenseChange, catalog: Catalog) -> Tuple[str, ...]:
    """Removed licenses that a remaining upgrade starts from (decision 22)."""
    product = catalog.edition_product(fault.source)
    return tuple(
        license_.id
        for license_ in change.licenses
        if license_.id in change.removing and license_.product == product and license_.arch is fault.arch
    )


def _mixed_violation(faults: StateFaults, where: str, catalog: Catalog) -> Violation:
    lowest, highest = faults.mixed[0], faults.mixed[-1]
    fields = {
        "client": where,
        "editions": [edition.value for edition in faults.mixed],
        "upgrade": catalog.upgrade(lowest, highest),
    }
    return Violation("R4", "editions_mixed", fields)


def _later(
    before: Sequence[Snapshot],
    after: Sequence[Snapshot],
    now: StateFaults,
    where: str,
    found: Findings,
) -> None:
    """Decision 13: what balances today only, and a lapse that will refuse login (R20)."""
    warned = set(now.chains)
    starts = [snapshot.at for snapshot in before]
    for snapshot in after[1:]:
        later = faults_of(snapshot)
        for fault in new_chains(faults_of(before[bisect_right(starts, snapshot.at) - 1]), later):
            key = (fault.arch, fault.source)
            if key in warned:
                continue
            warned.add(key)
            fields = {
                "client": where,
                "at": format_end(snapshot.at),
                "arch": fault.arch.value,
                "source": fault.source.value,
                "base": fault.base,
                "quantity": fault.quantity,
            }
            found.warnings.append(Violation("R6", "balanced_only_until", fields))
    coming, known_before = _first_interruption(after), _first_interruption(before)
    if coming is not None and (known_before is None or coming < known_before):
        found.warnings.append(
            Violation("R20", "login_ends_with", {"client": where, "at": format_end(coming)})
        )


def _first_interruption(snapshots: Sequence[Snapshot]) -> Optional[dt.datetime]:
    for snapshot in snapshots[1:]:
        if any(EDITION_GROUP in holding.groups for holding in snapshot.certainly_ended):
            return snapshot.at
    return None


def _reached(
    snapshot: Snapshot, change: LicenseChange, catalog: Catalog, where: str, found: Findings
) -> None:
    """Decision 11: base of the edition that upgrades reached; R4 can be read against it."""
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
            fields = {"client": where, "product": product.id, "arch": expected.arch.value}
            found.warnings.append(Violation("R4", "base_of_reached_edition", fields))


def _fixed(change: LicenseChange, added: Sequence[License], catalog: Catalog, found: Findings) -> None:
    """R25 on a shared server: a placement must exist that leaves every fixed license whole (decision 19)."""
    new = _fixed_licenses(added, change.now, catalog)
    if not new:
        return
    quotas = {client.name: quota_of(client) for client in change.clients}
    plain = {
        name: None if quota is None else {(product, arch.value): n for (product, arch), n in quota.items()}
        for name, quota in quotas.items()
    }
    gone = set(change.removing)
    standing = _fixed_licenses([lic for lic in change.licenses if lic.id not in gone], change.now, catalog)
    unfit = fixed_unfit(standing + new, plain)
    if unfit is None:
        found.unchecked.append(Violation("R25", "fixed_placement_unknown", {"clients": sorted(plain)}))
    elif unfit and not fixed_unfit(standing, plain):
        names = [item.product for item in standing + new if item.id in unfit]
        fields = {"products": sorted(set(names)), "clients": sorted(plain)}
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
