# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the report playbook and its role: every format, changes since the last report, no needless write."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from site_servers import Run, Site

from ansible_collections.unicloud.usphere.plugins.plugin_utils._report.output.render import (
    FORMATS,
    render_report,
)

SCENARIO = """
clock: now
credentials: {username: automation, password: report-password-8F21}
license_servers:
  ls-east:
    licenses:
      - {product: vms_standard, arch: x86_64, kind: formal, code: "3132A0XY", quantity: 4}
      - {product: vms_standard_to_enterprise, arch: x86_64, kind: formal, code: "3130A0XZ", quantity: 4}
    clients: [{name: hangzhou, password: client}]
vms:
  hangzhou:
    version: E0760P03
    arch: x86_64
    hosts: [{name: cvk, cpu_sockets: 2, cpu_cores: 16, arch: x86_64, count: 2}]
    license_server: {server: ls-east, client: hangzhou}
"""
INVENTORY = """
all:
  children:
    vms:
      vars:
        license_compliance_site:
          features:
            isc: {in_use: false}
            disk_backup_dr: {in_use: false}
            heterogeneous_migration: {in_use: false}
            srm: {in_use: false}
      hosts:
        hangzhou: {usphere_license_server: ls-east}
    consoles:
      hosts:
        ls-east: {}
"""
TWICE = """
- hosts: vms
  gather_facts: false
  serial: 1
  tasks:
    - ansible.builtin.include_role: {name: unicloud.usphere.license_report}
"""


class Report:
    """The site, the directory of its reports, and the variables of every run."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.folder = site.folder / "reports"
        self.variables: dict[str, Any] = {
            "usphere_report_folder": str(self.folder),
            "license_report_formats": list(FORMATS),
            "license_report_language": "en",
        }

    def run(self, *options: str, **changes: Any) -> Run:
        return self.site.play("report", *options, **{**self.variables, **changes})

    def outcome(self, **changes: Any) -> dict[str, Any]:
        """Run the role in a play of its own and return the result that it leaves for later tasks."""
        _run, left = self.site.outcome("license_report", "vms", **{**self.variables, **changes})
        return left

    def files(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in self.folder.iterdir()}


@pytest.fixture
def report(tmp_path: Path) -> Iterator[Report]:
    with Site(tmp_path, SCENARIO, INVENTORY) as site:
        yield Report(site)


def modes(folder: Path) -> set[int]:
    return {path.stat().st_mode & 0o777 for path in folder.iterdir()}


def test_every_format_is_written_once_and_again_only_after_a_change(report: Report) -> None:
    foreseen = report.run("--check", "--diff")
    assert foreseen.code == 0, foreseen.output
    assert not report.folder.exists()
    first = report.run()
    assert (first.code, first.failed) == (0, {}), first.output
    assert first.changed == foreseen.changed == {"hangzhou": 2}
    written = report.files()
    assert set(written) == {"license" + suffixes[0] for suffixes in FORMATS.values()}
    assert modes(report.folder) == {0o600}
    assert report.folder.stat().st_mode & 0o777 == 0o700
    result = json.loads(written["license.json"])
    assert result["decision"] == "compliant"
    for form, suffixes in FORMATS.items():
        assert written["license" + suffixes[0]].decode() == render_report(result, form, "en"), form

    again = report.run()
    assert (again.code, again.changed) == (0, {}), again.output
    assert report.files() == written

    # A missing format is written from the stored result; another language gives another text.
    (report.folder / "license.md").unlink()
    report.folder.chmod(0o755)
    other = report.outcome(license_report_language="zh", license_report_mode="0644")
    assert other["changed"]
    assert other["drift"]["same"]
    assert other["result"] == result
    assert modes(report.folder) == {0o644}
    assert report.folder.stat().st_mode & 0o777 == 0o755
    assert (report.folder / "license.md").read_text(encoding="utf-8") == render_report(result, "md", "zh")

    report.site.control("POST", "/nodes/hangzhou/hosts", {"count": 3, "cpu_sockets": 2})
    grown = report.outcome(license_report_mode="0644")
    assert grown["decision"] == "non_compliant"
    assert grown["changed"]
    assert "R31" in [rule for finding in grown["drift"]["new"] for rule in finding["references"]]
    drift = json.loads((report.folder / "license-drift.json").read_bytes())
    assert drift == grown["drift"]
    assert drift["decisions"][0]["before"] == "compliant"
    short = report.outcome(license_report_mode="0644", license_report_detail=False)
    assert short["changed"]
    text = render_report(short["result"], "text", "en", False)
    assert (report.folder / "license.txt").read_text(encoding="utf-8") == text
    report.variables["license_report_detail"] = False
    kept = report.files()
    # Nothing changed since the last report, and the file still shows the last change.
    still = report.outcome(license_report_mode="0644")
    assert not still["changed"]
    assert still["drift"]["same"]
    assert report.files() == kept
    assert set(still["files"]) == set(FORMATS)
    assert still["files"]["junit"] == str(report.folder / "license.xml")

    refreshed = report.outcome(license_report_mode="0644", license_report_refresh="always")
    assert refreshed["changed"]
    assert refreshed["result"]["as_of"] > still["result"]["as_of"]


def test_a_given_result_is_reported_without_reading_a_system(report: Report) -> None:
    earlier = report.site.folder / "earlier.json"
    made = report.run(license_report_formats=["json"], license_report_name="made")
    assert made.code == 0, made.output
    (report.folder / "made.json").rename(earlier)
    report.site.control("DELETE", "/requests")
    given = {"license_report_input": str(earlier), "license_report_formats": ["junit"]}
    left = report.outcome(**given)
    assert left["drift"] == {}
    assert set(report.files()) == {"license.json", "license.xml"}
    assert report.files()["license.json"] == earlier.read_bytes()
    assert report.site.control("GET", "/requests") == []
    # A later run with facts that differ only where no rule reads them gives the same report.
    later = json.loads(earlier.read_bytes())
    later["as_of"], later["digests"]["facts"] = "2126-01-01T00:00:00Z", "0" * 64
    later["subjects"][0]["facts"] = "1" * 64
    assert not report.outcome(**{**given, "license_report_input": later})["changed"]
    later["subjects"][0]["passed"] = later["subjects"][0]["passed"][1:]
    less = report.outcome(**{**given, "license_report_input": later, "license_report_name": "less"})
    assert less["result"] == later
    # The complete result of the gate is accepted too, and so is an earlier result for comparison.
    result = json.loads(earlier.read_bytes())
    (report.folder / "less.json").rename(report.folder / "license.json")
    whole = report.outcome(
        **{**given, "license_report_input": {"decision": "compliant", "result": result}},
        license_report_before=str(earlier),
    )
    assert whole["drift"]["same"]
    assert whole["changed"], "one rule more passes, and what changed since a given result is kept"
    assert whole["result"] == result
    assert not report.outcome(**given, license_report_before=result)["changed"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"usphere_hosts": "nobody"}, "got 'nobody', which matches none"),
        ({"usphere_report_folder": None}, "or usphere_report_folder must be the directory"),
        ({"usphere_report_folder": "{{ misspelt }}"}, "misspelt"),
        ({"license_report_formats": ["pdf"]}, "must be one or more of"),
        (
            {"license_report_input": {"kind": "HostFacts"}},
            "at least one is not: the result of the gate",
        ),
        ({"license_report_input": "none.json"}, "at least one is not: none.json"),
    ],
)
def test_invalid_input_is_an_error(changes: dict[str, Any], message: str, report: Report) -> None:
    done = report.run(**changes)
    assert done.code == 2, done.output
    assert message in done.words, done.output
    assert not report.folder.exists()


def test_a_file_that_is_not_a_result_is_never_overwritten(report: Report) -> None:
    report.folder.mkdir()
    for content in (b"{", b'{"kind": "Other"}', b""):
        (report.folder / "license.json").write_bytes(content)
        done = report.run()
        assert done.code == 2, done.output
        assert f"{report.folder}/license.json" in done.output
        assert report.files() == {"license.json": content}


def test_with_batches_the_decision_is_made_more_than_once(report: Report) -> None:
    report.site.hosts.write_text(
        INVENTORY.replace(
            "        hangzhou: {usphere_license_server: ls-east}\n",
            "        hangzhou: {usphere_license_server: ls-east}\n"
            "        again: {simulator_node: '{{ simulator.nodes.hangzhou }}'}\n",
        ),
        encoding="utf-8",
    )
    play = report.site.folder / "twice.yml"
    play.write_text(TWICE, encoding="utf-8")
    done = report.site.play(play, **report.variables)
    assert done.code == 2, done.output
    assert "the play runs in batches" in done.words
    assert not report.folder.exists()
