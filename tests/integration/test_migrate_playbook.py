# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the migrate playbook and its role: run, wait for the operator, run again; nothing is done twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from site_servers import Run, Site

SCENARIO = """
clock: now
credentials: {username: automation, password: migrate-password-8F21}
license_servers:
  ls-east:
    licenses:
      - {product: vms_standard, arch: x86_64, kind: formal, code: "3132A0XY", quantity: 32}
      - {product: vms_standard_to_enterprise, arch: x86_64, kind: formal, code: "3132A0XZ", quantity: 32}
      - {product: srm, arch: x86_64, kind: formal, code: "3132A0XS", quantity: 10}
  ls-west: {}
"""
INVENTORY = """
all:
  children:
    consoles:
      hosts:
        ls-east: {}
        ls-west: {}
"""
LIVE = ("usable", "in_use")


class Move:
    """The site, the ids of the licenses that can move, and the variables of every run."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.ids = {row["productId"]: row["id"] for row in site.licenses("ls-east", *LIVE)}
        self.journal, self.arrived = site.folder / "journal", site.folder / "arrived"
        self.variables: dict[str, Any] = {
            "usphere_servers": "ls-east",
            "license_migrate_destination": "ls-west",
            "license_migrate_license_ids": [self.ids["vms_standard"], self.ids["vms_standard_to_enterprise"]],
            "usphere_journal": str(self.journal),
            "usphere_activation_folder": str(self.arrived),
            "license_migrate_wait_interval": 0.2,
            "license_migrate_wait_timeout": 20,
        }

    def run(self, *options: str, **changes: Any) -> Run:
        return self.site.play("migrate", *options, **{**self.variables, **changes})

    def result(self, *options: str, **changes: Any) -> tuple[Run, dict[str, Any]]:
        """Run the role in a play of its own and return the result that it leaves for later tasks."""
        given = {**self.variables, **changes}
        return self.site.outcome("license_migrate", "{{ usphere_servers }}", *options, **given)

    def transfer(self, *arguments: str) -> list[Path]:
        """Transfer the waiting licenses on the platform and save the files, as an operator does."""
        _done, left = self.result(license_migrate_state="reported")
        placed = []
        for migration in left["migrations"]:
            places = [Path(part["activation_folder"]) for part in migration["parts"]]
            issued = self.site.platform(
                "transfer",
                *("--uninstall-file", migration["uninstall_files"][0], "--server", "ls-west", *arguments),
                *("--out", self.site.folder / "issued" / migration["id"]),
            )
            for place, file in zip(places, issued["files"], strict=True):
                placed.append(place / file["file_name"])
                Path(file["path"]).rename(placed[-1])
        return placed


@pytest.fixture
def move(tmp_path: Path) -> Iterator[Move]:
    with Site(tmp_path, SCENARIO, INVENTORY) as site:
        yield Move(site)


def test_run_wait_and_run_again(move: Move) -> None:
    site = move.site
    site.control("PUT", "/dry-run", {"on": True})
    checked, foreseen = move.result("--check")
    assert checked.changed == {"ls-east": 1}
    assert (foreseen["state"], foreseen["waiting"]) == ("waiting_for_activation_file", True)
    assert site.control("GET", "/dry-run")["refused"] == []
    assert not move.journal.exists()
    assert not move.arrived.exists()
    site.control("PUT", "/dry-run", {"on": False})

    first = move.run()
    assert (first.code, first.failed) == (0, {}), first.output
    assert first.changed["ls-east"] == 2, first.output
    assert "ls-west" not in first.changed
    base = move.ids["vms_standard"]
    assert f"into {move.arrived}/ls-east/{base}, unchanged and under the name" in first.output
    assert site.licenses("ls-east", *LIVE) == [
        row for row in site.licenses("ls-east", *LIVE) if row["productId"] == "srm"
    ]

    second, waiting = move.result()
    assert second.changed == {}
    assert (waiting["state"], waiting["waiting"], waiting["changed"]) == (foreseen["state"], True, False)
    assert waiting["states"] == foreseen["states"]
    assert {row["id"] for row in waiting["journal"]} == set(waiting["states"])
    for option in ((), ("--check",)):
        failing = move.run(*option, license_migrate_fail_while_waiting=True)
        assert (failing.code, failing.failed, failing.changed) == (2, {"ls-east": 1}, {})
        assert "Every migration must be verified or aborted" in failing.words

    placed = move.transfer()
    assert [path.parent for path in placed] == [
        move.arrived / "ls-east" / ident for ident in sorted(move.variables["license_migrate_license_ids"])
    ]
    checked, foreseen = move.result("--check")
    assert checked.changed == {"ls-east": 1}
    assert (foreseen["state"], foreseen["waiting"]) == ("verified", False)
    assert site.licenses("ls-west", *LIVE) == []
    last = move.run(license_migrate_fail_while_waiting=True)
    assert (last.code, last.changed) == (0, {"ls-east": 1}), last.output
    again = move.run()
    assert (again.code, again.changed) == (0, {})
    assert [(row["productId"], row["quantity"]) for row in site.licenses("ls-west", *LIVE)] == [
        ("vms_standard", 32),
        ("vms_standard_to_enterprise", 32),
    ]
    gone = [row["id"] for row in site.licenses("ls-east", "uninstalled")]
    assert sorted(gone) == sorted(move.variables["license_migrate_license_ids"])


def test_part_of_a_license_moves_from_a_source_with_explicit_connection(move: Move) -> None:
    nodes = move.site.endpoints["nodes"]
    ends = {
        end: {
            "host": nodes[name]["host"],
            "port": nodes[name]["port"],
            "client_id": nodes[name]["client_id"],
            "client_secret": nodes[name]["client_secret"],
        }
        for end, name in (("source", "ls-east"), ("destination", "ls-west"))
    }
    part: dict[str, Any] = {
        "usphere_servers": "localhost",
        "license_migrate_source_connection": ends["source"],
        "license_migrate_destination_connection": ends["destination"],
        "license_migrate_destination": None,
        "license_migrate_username": nodes["ls-east"]["username"],
        "license_migrate_password": nodes["ls-east"]["password"],
        "license_migrate_ca_path": move.site.endpoints["ca"],
        "license_migrate_license_ids": [move.ids["srm"]],
        "license_migrate_quantities": [4],
        "usphere_activation_folder": None,
        "usphere_lock_dir": str(move.site.folder / "locks"),
        "license_migrate_activation_folder": str(move.arrived),
        "license_migrate_language": "zh",
    }
    move.variables.update(part)
    # The host of this play has no License Server variables.
    move.site.inventory = move.site.folder / "alone.yml"
    move.site.inventory.write_text(
        "all: {hosts: {localhost: {ansible_connection: local,"
        " ansible_python_interpreter: '{{ ansible_playbook_python }}'}}}\n",
        encoding="utf-8",
    )
    first = move.run("-vvvv")
    assert first.code == 0, first.output
    assert '"client_secret": "********"' in first.output, "the options were not printed"
    for secret in (nodes["ls-east"]["password"], nodes["ls-east"]["client_secret"]):
        assert secret not in first.output
    placed = move.transfer("--quantity", "4", "--remainder-server", "ls-east")
    assert [path.parent.relative_to(move.arrived / move.ids["srm"]).as_posix() for path in placed] == [
        "destination/4",
        "source/6",
    ]
    last, left = move.result()
    assert left["state"] == "verified"
    assert last.changed == {"localhost": 1}
    for server, quantity in (("ls-west", 4), ("ls-east", 6)):
        rows = [row for row in move.site.licenses(server, *LIVE) if row["productId"] == "srm"]
        assert [row["quantity"] for row in rows] == [quantity]


def test_a_migration_is_aborted_before_the_uninstallation(move: Move) -> None:
    fault = {
        "node": "ls-east",
        "method": "POST",
        "path": "/licenses/*/uninstall",
        "kind": "http_500",
        "times": 0,
    }
    move.site.control("POST", "/faults", fault)
    broken = move.run(license_migrate_wait_timeout=1)
    assert broken.failed == {"ls-east": 1}, broken.output
    _done, left = move.result(license_migrate_state="reported")
    assert set(left["states"].values()) == {"planned"}
    assert left["waiting"]
    given_up, left = move.result(license_migrate_state="aborted", license_migrate_wait_timeout=1)
    assert given_up.changed == {"ls-east": 1}
    assert (left["state"], left["waiting"]) == ("aborted", False)
    again = move.run(license_migrate_state="aborted")
    assert (again.code, again.changed) == (0, {})
    assert len(move.site.licenses("ls-east", *LIVE)) == 3
    # The journal has no migration whose source is the other server.
    _done, other = move.result(license_migrate_state="reported", usphere_servers="ls-west")
    assert (other["migrations"], len(other["journal"])) == ([], 2)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"usphere_servers": "nobody"}, "got 'nobody', which matches none"),
        ({"license_migrate_license_ids": []}, "must have license_migrate_license_ids"),
        ({"license_migrate_license_ids": None}, "must have license_migrate_license_ids"),
        ({"license_migrate_destination": "nowhere"}, "that has usphere_host; got 'nowhere'"),
        ({"license_migrate_destination": None}, "that has usphere_host; got ''"),
        ({"license_migrate_source": "nowhere"}, "that has usphere_host; got 'nowhere'"),
        ({"usphere_journal": None}, "license_migrate_journal or usphere_journal must be the directory"),
        ({"usphere_activation_folder": "{{ misspelt }}"}, "misspelt"),
        ({"usphere_journal": "{{ misspelt }}"}, "misspelt"),
        ({"license_migrate_state": "reported"}, "does not exist"),
        ({"license_migrate_stat": "reported", "license_migrate_state": "moved"}, "must be one of"),
        ({"license_migrate_destination": "ls-east"}, "source and destination are both ls-east"),
        ({"license_migrate_quantities": "{{ misspelt }}"}, "misspelt"),
    ],
)
def test_invalid_input_is_an_error(changes: dict[str, Any], message: str, move: Move) -> None:
    done = move.run(**changes)
    assert done.code == 2, done.output
    assert message in done.words, done.output
    assert not move.journal.exists()
    assert len(move.site.licenses("ls-east", *LIVE)) == 3
