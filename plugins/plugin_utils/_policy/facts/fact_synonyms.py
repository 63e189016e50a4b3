# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Other names of facts: suggest facts by the meaning of a name that does not exist, then by its spelling."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from ....module_utils._pointer import join, split
from ..documents.schemas import suggestion
from .fact_table import Node


@dataclass(frozen=True)
class FactSynonyms:
    """Names that sites use for the facts at the pointers ``facts``; ``*`` means each item of a list.

    Case and punctuation of a name do not matter, nor does the prefix ``ansible_``.
    """

    names: tuple[str, ...]
    facts: tuple[str, ...]


SYNONYMS = (
    FactSynonyms(
        (
            *("cpu_count", "cpus", "cpu", "cpu_num", "num_cpus", "cpu_sockets", "cpu_socket_count"),
            *("sockets", "socket_count", "processors", "processor_count"),
        ),
        ("/hosts/*/cpu_sockets",),
    ),
    FactSynonyms(
        ("arch", "architecture", "cpu_arch", "cpu_architecture", "machine", "platform"),
        ("/hosts/*/arch", "/architecture"),
    ),
    FactSynonyms(
        ("version", "vms_version", "release", "software_version", "product_version", "distribution_version"),
        ("/version/vms",),
    ),
    FactSynonyms(("series", "version_series", "major_version", "release_series"), ("/version/series",)),
    FactSynonyms(
        ("edition", "license_edition", "vms_edition", "license_level", "sku", "tier"),
        ("/effective/edition", "/license_totals/edition"),
    ),
    FactSynonyms(
        (
            *("expires", "expires_at", "expires_on", "expire_date", "expiry", "expiry_date", "expiration"),
            *("expiration_date", "end_date", "ends_at", "valid_to", "valid_until", "license_expiry"),
        ),
        ("/effective/valid_until", "/licenses/items/*/expires_at", "/grant/ends_at"),
    ),
    FactSynonyms(
        ("days_left", "days_remaining", "remaining_days", "days_to_expiry", "days_until_expiry"),
        ("/effective/days_to_lapse", "/grant/days"),
    ),
    FactSynonyms(("feature", "features", "feature_list", "enabled_features"), ("/features",)),
    FactSynonyms(("planned_features", "wanted_features"), ("/features_wanted",)),
    FactSynonyms(("isc", "cloud_service_manager"), ("/features/isc/in_use",)),
    FactSynonyms(
        ("container_engine", "container_service", "containers", "kubernetes"),
        ("/features/container_engine/in_use",),
    ),
    FactSynonyms(
        ("srm", "storage_replication", "storage_replication_dr", "replication"), ("/features/srm/in_use",)
    ),
    FactSynonyms(
        ("disk_backup_dr", "disk_backup", "backup", "backup_dr"), ("/features/disk_backup_dr/in_use",)
    ),
    FactSynonyms(
        ("heterogeneous_migration", "migration", "v2v"), ("/features/heterogeneous_migration/in_use",)
    ),
    FactSynonyms(
        ("license", "licenses", "license_list", "license_items", "installed_licenses"), ("/licenses/items",)
    ),
    FactSynonyms(
        ("license_count", "license_quantity", "quantity", "licensed_quantity"),
        ("/effective/products/*/quantity", "/licenses/items/*/quantity", "/grant/quantity"),
    ),
    FactSynonyms(("purchased", "bought", "purchased_quantity"), ("/grant/quantity",)),
    FactSynonyms(("free", "available", "remaining"), ("/grant/unallocated",)),
    FactSynonyms(("overallocated", "excess"), ("/grant/overdrawn",)),
    FactSynonyms(
        ("product", "products", "license_product"),
        ("/effective/products/*/product", "/licenses/items/*/product", "/grant/product"),
    ),
    FactSynonyms(("license_kind", "license_type", "kind", "type"), ("/licenses/items/*/kind", "/grant/kind")),
    FactSynonyms(("license_status",), ("/licenses/items/*/status",)),
    FactSynonyms(("license_key", "key", "activation_key"), ("/licenses/items/*/key",)),
    FactSynonyms(("license_code", "code"), ("/licenses/items/*/code", "/grant/code")),
    FactSynonyms(
        ("licensed_cpus", "cpu_limit", "cpu_allowed", "allowed_cpus"), ("/license_totals/cpu_allowed",)
    ),
    FactSynonyms(("managed_cpus", "used_cpus", "cpu_used", "cpu_managed"), ("/license_totals/cpu_managed",)),
    FactSynonyms(
        ("vm_count", "vm_total", "vms_total", "total_vms", "virtual_machines", "guests"), ("/vms/total",)
    ),
    FactSynonyms(
        ("host_count", "host_list", "hypervisors", "node_count", "nodes", "cvk", "cvks"), ("/hosts",)
    ),
    FactSynonyms(
        ("ha", "high_availability", "standby", "hot_standby_state", "is_pair"), ("/hot_standby/state",)
    ),
    FactSynonyms(
        ("license_server_id", "license_server_name", "server_id"), ("/license_server/id", "/server/id")
    ),
    FactSynonyms(("login_state", "login_ok"), ("/login/state",)),
    FactSynonyms(
        ("hostname", "system", "system_id", "system_name", "name", "id"), ("/subject/id", "/server/id")
    ),
    FactSynonyms(("gathered_at", "read_at", "timestamp", "date_time"), ("/source/gathered_at",)),
)


def suggest_facts(name: str, node: Node, root: Node, place: tuple[str, ...] = ()) -> list[str]:
    """Return the pointers of facts to use instead of ``name``, which ``node`` at ``place`` does not have.

    Facts of the same meaning come before the fact with the most similar name. The list is empty if there is
    neither.
    """
    meant = facts_of_meaning(name, node, root, place)
    near = "" if meant else suggestion(name, sorted(node.properties))
    return [join((*place, near))] if near else meant


def facts_of_meaning(name: str, node: Node, root: Node, place: tuple[str, ...] = ()) -> list[str]:
    """Return the pointers of facts that mean the same as ``name``.

    Below the root, facts of ``node`` are better than those of other objects.
    """
    meant = [split(pointer) for pointer in _meanings().get(_folded(name), ())]
    here = [join((*place, steps[-1])) for steps in meant if steps[-1] in node.properties]
    anywhere = [join(steps) for steps in meant if exists(steps, root)]
    found = (anywhere or here) if node is root else (here or anywhere)
    return list(dict.fromkeys(found))


def nearest_facts(pointer: str, root: Node) -> list[str]:
    """Return the pointers of facts to use instead of ``pointer``: its first step without a fact decides."""
    name, node, place = _first_unknown(pointer, root)
    return suggest_facts(name, node, root, place)


def meant_facts(pointer: str, root: Node) -> list[str]:
    """Return the pointers of facts that mean the same as the first step of ``pointer`` without a fact."""
    name, node, place = _first_unknown(pointer, root)
    return facts_of_meaning(name, node, root, place)


def _first_unknown(pointer: str, root: Node) -> tuple[str, Node, tuple[str, ...]]:
    steps = split(pointer)
    node, at = root, 0
    while at < len(steps) - 1:
        found = node.find([steps[at]])
        if found is None:
            break
        node, at = found, at + 1
    return steps[at], node, tuple(steps[:at])


def exists(steps: list[str], root: Node) -> bool:
    """Return whether ``root`` has the fact at ``steps``."""
    return root.find(["0" if step == "*" else step for step in steps]) is not None


@cache
def _meanings() -> dict[str, tuple[str, ...]]:
    return {_folded(name): each.facts for each in SYNONYMS for name in each.names}


def _folded(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower().removeprefix("ansible_"))
