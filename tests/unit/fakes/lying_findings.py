# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a reading of a random server says that is not true, and what it did not read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .lying_server import ECHOES, Sequence


def findings(sequence: Sequence, facts: Mapping[str, Any], messages: str) -> list[str]:
    """Return what a reading says that is not true, and for an honest server what it did not read.

    ``facts`` are empty if the reading failed. A finding begins with one of KINDS.
    """
    truth, unknown = sequence.truth, facts.get("unknown", {})
    found = ["secret " + sequence.way for echo in ECHOES if echo in messages]
    rows = facts.get("hosts")
    engine = facts.get("features", {}).get("container_engine", {})
    licenses = facts.get("licenses", {})
    ids = {row["id"] for row in rows or ()}
    hosts_complete = rows is not None and "/hosts/-" not in unknown
    if hosts_complete and ids != set(truth.sockets):
        found.append("complete hosts")
    items = {item["id"]: (item["quantity"], item["assigned"]) for item in licenses.get("items", ())}
    if licenses.get("complete") and set(items) != set(truth.licenses):
        found.append("complete licenses")
    for row in rows or ():
        # The id of a row is text of the server, which the module masks in its result.
        if truth.sockets.get(row["id"]) != row.get("cpu_sockets"):
            found.append(f"fact host {row}")
        flag = row.get("container_cluster")
        if flag is not None and flag is not (row["id"] in truth.containers):
            found.append(f"fact container {row}")
    found += [
        f"fact license {ident}" for ident, each in items.items() if each != (truth.licenses[ident],) * 2
    ]
    used = sum(truth.sockets[ident] for ident in truth.containers)
    known = {
        "in_use": (engine.get("in_use"), truth.has_container_cluster),
        "used": (engine.get("used"), used),
        "vms": (facts.get("vms", {}).get("total"), truth.vms),
    }
    found += [f"fact {name} {got}" for name, (got, true) in known.items() if got not in (None, true)]
    if sequence.honest:
        missed = [name for name, (got, _true) in known.items() if got is None]
        missed += [] if hosts_complete else ["hosts"]
        missed += [] if licenses.get("complete") else ["licenses"]
        found += [f"missed {name}" for name in missed] + (["missed " + messages] if messages else [])
    return [f"{each} ({sequence.way}, number {sequence.number})" for each in found]


KINDS = ("complete", "fact", "secret", "missed")


def figures(found: list[str]) -> dict[str, int]:
    """Return the number of findings by kind."""
    return {kind: sum(each.startswith(kind) for each in found) for kind in KINDS}


def report(sequences: int, found: list[str]) -> str:
    """Return the figures as one line of JSON."""
    return json.dumps({"sequences": sequences, **figures(found)})
