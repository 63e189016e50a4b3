# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Change each fact of several systems in many ways: the decision is never better than with it unknown.

The right value in another spelling is accepted and skipped. So is another legible value (a name, a date):
it states another fact and is not an error.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from itertools import islice
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.values.license_row import (
    normalize_arch,
    normalize_count,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._pointer import MISSING, Path, join, lookup
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents import schemas
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents.yaml_reader import (
    load_bytes,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation import evaluate_fleet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.run import Run
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.facts.facts import with_value
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy import load
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.bind import bind_policy
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.policy.model import PolicySet
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_reading import (
    HostInput,
)

AS_OF = datetime(2026, 11, 24, 12, tzinfo=timezone.utc)
SCHEMA = schemas.schema("host_facts")
VALIDATOR = Draft202012Validator(SCHEMA)
#: From the worst to the best.
ORDER = ("error", "non_compliant", "undetermined", "compliant", "not_applicable")
#: The number of changed facts per system, chosen by a fixed seed; in addition, each required key is removed.
CHOSEN = 220
#: Facts that the schema accepts as any text, and whose text the rules interpret.
INTERPRETED = ("product", "vms")
ODD: tuple[Any, ...] = (
    "", " ", "0", "-1", "unknown", "N/A", "none", "null", "无", "正式授权", "x86", "arm", "7.0", "yes", "on",
    "TRUE", "4 CPU", "1e3", "４", "\u0430arch64", "{{ x }}", "2026-13-45", "never ", 0, -1, 1.5, 4.0, 2**62,
    True, False, [], {}, [None], ["x"], {"a": 1}, {"value": 4}, [[]], "x" * 5000,
)  # fmt: skip


def systems() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield compliant systems with different licensing: upgraded, on ARM, a pair with features."""
    document: Any = load_bytes((load.FOLDER / "vendor.yml").read_bytes(), "vendor.yml").value
    licensed = document["fixtures"]["licensed"]
    yield "upgraded", {**copy.deepcopy(licensed), "login": {"state": "ok"}}
    arm = copy.deepcopy(document["fixtures"]["roomy"])
    for row in (*arm["hosts"], *arm["licenses"]["items"]):
        row["arch"] = "aarch64"
    arm["license_totals"] = {"cpu_allowed": 8, "cpu_managed": 2, "edition": "enterprise"}
    yield "on ARM", {**arm, "architecture": "aarch64"}
    pair = copy.deepcopy(licensed)
    pair["hot_standby"] = {"state": "pair", "master_ip": "10.1.0.10", "slave_ip": "10.1.0.11"}
    pair["features"]["srm"] = {"in_use": True, "used": 12}
    held = {"kind": "formal", "expires_at": "never", "status": "in_use", "held_by": "ls-east"}
    pair["licenses"]["items"] += [
        {"id": "LS-3", "product": "srm", "arch": "x86_64", "quantity": 20, "assigned": 20, **held},
    ]
    yield "pair with SRM", pair


BASES = dict(systems())


def facts_of(value: Any, path: Path = ()) -> Iterator[Path]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, item in pairs:
        if not path and name in ("kind", "schema_version", "subject", "source"):
            continue
        yield (*path, name)
        yield from facts_of(item, (*path, name))


def required(part: Any, value: Any, path: Path = ()) -> Iterator[Path]:
    part = SCHEMA["$defs"][part["$ref"].rpartition("/")[2]] if "$ref" in part else part
    if isinstance(value, dict):
        for name in part.get("required", ()):
            if (*path, name) != ("kind",):
                yield (*path, name)
        for name, item in value.items():
            if name in part.get("properties", {}):
                yield from required(part["properties"][name], item, (*path, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from required(part["items"], item, (*path, index))


def mutated(base: Mapping[str, Any], path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the document with the fact at ``path`` changed in every way, and a description of the change."""
    pointer, value = join(path), lookup(base, join(path))
    values: list[Any] = [None, *ODD]
    if isinstance(value, str):
        values += [
            value.upper(),
            value.title(),
            value + "x",
            value[:-1],
            " " + value,
            value.replace("_", "-"),
            [value],
        ]
    elif not isinstance(value, (dict, list)):
        values += [str(value), [value], {"value": value}, f"{value} "]
    for changed_value in values:
        if type(changed_value) is not type(value) or changed_value != value:
            yield f"{pointer} = {changed_value!r:.40}", changed(base, pointer, changed_value)
    if isinstance(path[-1], str):
        for name in (path[-1] + "s", path[-1].upper(), path[-1][:-1] or "y"):
            kept = changed(base, pointer, MISSING)
            yield f"{pointer} as {name}", changed(kept, join((*path[:-1], name)), value)


def changed(base: Any, pointer: str, value: Any) -> dict[str, Any]:
    return dict(with_value(copy.deepcopy(base), pointer, value))  # type: ignore[call-overload]  # a mapping


def is_equivalent_or_legible(base: Mapping[str, Any], path: Path, facts: Mapping[str, Any]) -> bool:
    """Return whether the value is another spelling of the right one, or another value that can be read."""
    now = lookup(facts, join(path))
    read = normalize_count(now) if isinstance(lookup(base, join(path)), int) else normalize_arch(now)
    if now is not MISSING and read is not now:
        return VALIDATOR.is_valid(changed(facts, join(path), read))
    return VALIDATOR.is_valid(facts) and path[-1] not in INTERPRETED


@pytest.mark.parametrize("name", BASES)
def test_a_changed_fact_is_never_better_than_an_unknown_one(name: str, vendor: PolicySet) -> None:
    base = BASES[name]
    cases = [
        (f"{join(path)} removed", path, changed(base, join(path), MISSING)) for path in required(SCHEMA, base)
    ]
    mutants = [(what, path, facts) for path in facts_of(base) for what, facts in mutated(base, path)]
    random.Random(7).shuffle(mutants)  # noqa: S311 - a choice of cases, not a secret
    relevant = (mutant for mutant in mutants if not is_equivalent_or_legible(base, *mutant[1:]))
    cases += islice(relevant, CHOSEN)
    pointers = sorted({join(path) for _what, path, _facts in cases})
    unknown = {pointer: {**base, "unknown": {pointer: {"reason": "absent"}}} for pointer in pointers}
    judged = decisions([base, *unknown.values(), *(facts for _what, _path, facts in cases)], vendor)
    assert judged[0] == "compliant", "the system as it is"
    best = dict(zip(pointers, judged[1 : len(pointers) + 1], strict=True))
    found = judged[len(pointers) + 1 :]
    better = [
        f"{what}: {decision}, unknown: {best[join(path)]}"
        for (what, path, _facts), decision in zip(cases, found, strict=True)
        if ORDER.index(decision) > ORDER.index(best[join(path)])
    ]
    assert better == []
    assert "undetermined" in best.values()


def decisions(documents: list[dict[str, Any]], policy: PolicySet) -> list[str]:
    """Return the decision of each document, evaluated alone: the documents state the same licenses."""
    run = Run(policy, AS_OF, evidence=False)
    bound = bind_policy(policy)
    return [
        str(evaluate_fleet.evaluate([HostInput("h", facts)], run, policy=bound)["decision"])
        for facts in documents
    ]
