# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts of a node read on the node itself, from all observed file forms, and facts that it cannot read."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.errors import InvalidRequest
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.facts.node import (
    NodeOptions,
    read_node,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents import schemas
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.host_reading import (
    HostInput,
    read_host,
)

AS_OF = dt.datetime(2026, 11, 24, 8, tzinfo=dt.timezone.utc)
LSCPU = "Architecture:        x86_64\nCPU(s):              8\nSocket(s):           {0}\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A node with two sockets of two CPUs each."""
    return make(tmp_path, [0, 0, 1, 1])


def make(root: Path, packages: list[int | None], release: str | None = "CVK 7.0 (E0760P03)\nbuilt\n") -> Path:
    etc, cpus = root / "etc", root / "sys/devices/system/cpu"
    etc.mkdir(parents=True)
    (etc / "hostname").write_text("cvk1\n")
    if release is not None:
        (etc / "cas_cvk-version").write_text(release)
    (cpus / "cpufreq").mkdir(parents=True)
    (cpus / "present").write_text(f"0-{len(packages) - 1}\n")
    for number, package in enumerate(packages):
        topology = cpus / f"cpu{number}" / "topology"
        topology.mkdir(parents=True)
        if package is not None:
            (topology / "physical_package_id").write_text(f"{package}\n")
    return root


def read(root: Path, machine: str = "x86_64", lscpu: str | None = None, **more: Any) -> dict[str, Any]:
    options = NodeOptions(
        root=str(root), machine=lambda: machine, lscpu=lambda: lscpu, now=lambda: 1795507200.0, **more
    )
    facts = read_node(options)
    # Unknown facts may be missing; no other schema error is allowed.
    assert [error for error in schemas.validate("host_facts", facts) if error.keyword != "required"] == []
    reading = read_host(HostInput("cvk1", facts), AS_OF, None)
    assert (reading.kind, reading.error) == ("node", None)
    return facts


def test_a_node_reports_its_own_facts_and_no_facts_of_its_system(root: Path) -> None:
    facts = read(root, lscpu=LSCPU.format(2))
    assert facts["subject"] == {"kind": "node"}
    certainty = {"documented": ["cpu_topology"], "observed": ["release_file"]}
    assert facts["source"] == {"via": "node", "certainty": certainty, "gathered_at": "2026-11-24T08:00:00Z"}
    assert facts["version"] == {"vms": "E0760P03", "series": "7.0"}
    assert facts["architecture"] == "x86_64"
    assert facts["hosts"] == [
        {"id": "cvk1", "name": "cvk1", "arch": "x86_64", "cpu_sockets": 2, "version": "E0760P03"}
    ]
    assert facts["licenses"] == {"complete": False, "items": []}
    for pointer in ("/hot_standby", "/vms", "/license_totals", "/license_server", "/features/srm/in_use"):
        assert facts["unknown"][pointer] == {"reason": "absent"}
    assert facts["unknown"]["/hosts/0/status"] == {"reason": "absent"}


@pytest.mark.parametrize(
    ("release", "version"),
    [
        ("CAS V3.0 E0306\n", {"vms": "E0306", "series": "3.0"}),
        ("H3C_CAS V5.0 E0535H03\nbuild 2018\n", {"vms": "E0535H03", "series": "5.0"}),
        ("V7.0 (E0730P11H07)", {"vms": "E0730P11H07", "series": "7.0"}),
        ("V700R003B06D005 R0785P03 Enterprise\n", {"vms": "R0785P03"}),
        ("CVK 7.0 (E0710)", {"vms": "E0710", "series": "7.0"}),
    ],
)
def test_older_and_newer_release_files(tmp_path: Path, release: str, version: dict[str, str]) -> None:
    facts = read(make(tmp_path, [0], release))
    assert facts["version"] == version
    assert facts["hosts"][0]["version"] == version["vms"]


@pytest.mark.parametrize(
    ("release", "reason"),
    [
        (None, "absent"),
        ("", "type"),
        ("\n\n", "type"),
        ("unreleased\n", "type"),
        ("V700R003B06D005\n", "type"),
    ],
)
def test_an_unrecognized_release_is_unknown(tmp_path: Path, release: str | None, reason: str) -> None:
    facts = read(make(tmp_path, [0], release))
    assert facts["unknown"]["/version/vms"] == {"reason": reason}
    assert facts["unknown"]["/hosts/0/version"] == {"reason": reason}
    assert "vms" not in facts.get("version", {})


def test_only_the_first_line_counts(tmp_path: Path) -> None:
    facts = read(make(tmp_path, [0], "\x1b[31mnothing\nCVK 7.0 (E0760)\n"))
    assert facts["unknown"]["/version/vms"] == {"reason": "type"}


@pytest.mark.parametrize(
    ("machine", "arch"),
    [
        ("x86_64", "x86_64"),
        ("AMD64", "x86_64"),
        ("aarch64", "aarch64"),
        ("arm64", "aarch64"),
        ("mips64", None),
    ],
)
def test_architecture_of_the_node(root: Path, machine: str, arch: str | None) -> None:
    facts = read(root, machine)
    assert facts.get("architecture") == arch
    assert ("/architecture" in facts["unknown"]) is (arch is None)


@pytest.mark.parametrize(
    ("packages", "lscpu", "sockets"),
    [
        ([0], None, 1),
        ([36, 36, 2146, 2146], None, 2),
        ([0, 1, 2, 3], LSCPU.format(4), 4),
        ([0, 1], LSCPU.format(4), None),
        ([0, None], None, None),
        ([0, -1], None, None),
        ([0, None], LSCPU.format(2), 2),
        ([0, 1], LSCPU.format("-"), 2),
    ],
)
def test_sockets_are_counted_or_unknown(
    tmp_path: Path, packages: list[int | None], lscpu: str | None, sockets: int | None
) -> None:
    facts = read(make(tmp_path, packages), lscpu=lscpu)
    assert facts["hosts"][0].get("cpu_sockets") == sockets
    assert ("/hosts/0/cpu_sockets" in facts["unknown"]) is (sockets is None)


def test_a_present_cpu_without_topology_makes_the_sockets_unknown(tmp_path: Path) -> None:
    root = make(tmp_path, [0, 0])
    (root / "sys/devices/system/cpu/present").write_text("0-3\n")
    assert "/hosts/0/cpu_sockets" in read(root)["unknown"]


def test_without_system_files_sockets_and_version_are_unknown(tmp_path: Path) -> None:
    facts = read(tmp_path)
    assert facts["hosts"][0]["name"]
    assert facts["unknown"]["/hosts/0/cpu_sockets"] == {"reason": "absent"}
    assert facts["unknown"]["/version/vms"] == {"reason": "absent"}


def test_a_site_declares_the_remaining_facts(root: Path) -> None:
    facts = read(root, site={"features_wanted": ["srm"], "vms": {"total": 3}}, subject_id="cvk1")
    assert (facts["features_wanted"], facts["vms"]) == (["srm"], {"total": 3})
    assert facts["subject"] == {"kind": "node", "id": "cvk1"}
    with pytest.raises(InvalidRequest):
        read(root, site={"architecture": "aarch64"})


def test_the_node_that_runs_the_tests_can_be_read() -> None:
    facts = read_node(NodeOptions())
    assert facts["hosts"][0]["id"]
