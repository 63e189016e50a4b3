# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is measured: ways to check a fleet with this collection, and what it is compared with."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from fleet import AS_OF, Fleet, blocked
from measure import Command

HERE = Path(__file__).resolve().parent
#: Variables of the role, for the playbook of the collection.
ROLE = {
    "license_compliance_gather": False,
    "license_compliance_policy": ["vendor", str(HERE / "site.yml")],
    "license_compliance_as_of": AS_OF,
}


@dataclass(frozen=True)
class Contender:
    """A playbook that is measured.

    ``peer`` is whether it runs a task per host and is therefore left out of large fleets by an option.
    ``oldest`` is the oldest ansible-core that it can be compared on.
    """

    key: str
    title: str
    playbook: str
    fleet: Fleet = Fleet.COMPLIANT
    peer: bool = False
    oldest: tuple[int, int] = (2, 16)


PLAYBOOK = "unicloud.usphere.compliance"
FLOOR, GATE, ASSERT, VALIDATE = "floor", "gate", "assert", "validate"
CONTENDERS = (
    Contender(FLOOR, "``debug``, once", "floor.yml"),
    Contender("at_once", "action that returns at once", "at_once.yml"),
    Contender(GATE, "action ``license_compliance``", "gate.yml"),
    Contender("playbook", f"playbook ``{PLAYBOOK}``", PLAYBOOK),
    Contender("role_play", "role, ``stop: play``", "role_play.yml"),
    Contender(
        "role_host",
        "role, ``stop: host``, 1 % blocked",
        "role_host.yml",
        Fleet.SOME_BLOCKED,
        oldest=(2, 18),
    ),
    Contender("gate_repeated", "action, repeated facts", "gate.yml", Fleet.REPEATED),
    Contender("playbook_repeated", "playbook, repeated facts", PLAYBOOK, Fleet.REPEATED),
    Contender("role_repeated", "role, ``stop: play``, repeated facts", "role_play.yml", Fleet.REPEATED),
    Contender("floor_all", "``debug``, once, all facts", "floor.yml", Fleet.ALL_FACTS),
    Contender("gate_all", "action, all facts", "gate.yml", Fleet.ALL_FACTS),
    Contender(ASSERT, "``assert`` per host", "assert.yml", peer=True),
    Contender("host_schema", "``host_compliance``, JSON Schema", "host_schema.yml", peer=True),
    Contender("host_vendor", "``host_compliance``, ``vendor``", "host_vendor.yml", peer=True),
    Contender(
        "host_vendor_repeated",
        "``host_compliance``, ``vendor``, repeated facts",
        "host_vendor.yml",
        Fleet.REPEATED,
        peer=True,
    ),
    Contender(VALIDATE, "``ansible.utils.validate`` per host", "validate.yml", peer=True),
)


def selected(core: tuple[int, int], with_peers: bool) -> list[Contender]:
    """Return what can be measured with an ansible-core."""
    return [each for each in CONTENDERS if core >= each.oldest and (with_peers or not each.peer)]


def command(contender: Contender, program: Path, inventory: Path, size: int) -> Command:
    """Return the command of a contender for a fleet of ``size`` systems."""
    arguments = [str(program), "-i", str(inventory), contender.playbook]
    if contender.playbook == PLAYBOOK:
        arguments += ["-e", json.dumps({"usphere_hosts": "all", **ROLE})]
    failing = len(blocked(size)) if contender.fleet is Fleet.SOME_BLOCKED else 0
    # The recap of ansible-playbook: exactly the blocked systems fail.
    return Command(tuple(arguments), HERE, exit_code=2 if failing else 0, mark="    failed=1 ", marks=failing)
