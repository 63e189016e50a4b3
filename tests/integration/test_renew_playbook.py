# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the renew playbook: replace a license that expires, with a manual step in between."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from site_servers import Site

SECRETS = ("renew-password-8F21", "renew-client-5D3C", "renew-secret-90BE", "REN-BASE-7Q2A", "REN-PACKS-1B9C")
SCENARIO = """
clock: now
task_ms: 20
credentials: {username: automation, password: renew-password-8F21}
license_servers:
  ls-east:
    client_secret: renew-secret-90BE
    licenses:
      - {product: vms_standard, arch: x86_64, kind: formal, code: "3132A0XY", quantity: 4}
    clients: [{name: hangzhou, password: renew-client-5D3C}]
  ls-west:
    client_secret: renew-secret-90BE
    licenses:
      - {product: vms_standard, arch: x86_64, kind: formal, code: "3132A0XY", quantity: 4}
      - product: vms_standard
        arch: x86_64
        kind: temporary
        quantity: 4
        term_days: 30
        issued_days_ago: 18
    clients: [{name: chengdu, password: renew-client-5D3C}]
vms:
  hangzhou:
    version: E0760P03
    arch: x86_64
    hosts: [{name: cvk, cpu_sockets: 2, cpu_cores: 16, arch: x86_64, vms: 2, count: 2}]
    license_server: {server: ls-east, client: hangzhou}
  chengdu:
    version: E0760P03
    arch: x86_64
    hosts: [{name: cvk, cpu_sockets: 2, cpu_cores: 16, arch: x86_64, vms: 2, count: 4}]
    license_server: {server: ls-west, client: chengdu}
keys:
  - {key: REN-BASE-7Q2A, product: vms_standard, arch: x86_64, kind: formal, code: "3132A0XY", quantity: 10}
"""
INVENTORY = """
all:
  vars:
    usphere_renewal_dir: "{{ site }}/renewal"
    usphere_clock: license_server
    license_install_wait_interval: 0.1
  children:
    vms:
      vars:
        usphere_client_password: renew-client-5D3C
        usphere_site:
          features:
            isc: {in_use: false}
            srm: {in_use: false}
            disk_backup_dr: {in_use: false}
            heterogeneous_migration: {in_use: false}
        usphere_keys:
          - key: REN-BASE-7Q2A
            product: vms_standard
            arch: x86_64
            code: "3132A0XY"
            purchased: 10
      hosts:
        hangzhou: {usphere_license_server: ls-east}
        chengdu: {usphere_license_server: ls-west}
    license_servers:
      hosts: {ls-east: {}, ls-west: {}}
    consoles:
      children: {license_servers: {}}
    others:
      hosts: {outsider: {}}
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with Site(tmp_path_factory.mktemp("renew"), SCENARIO, INVENTORY) as made:
        yield made


def result(site: Site, *place: str) -> dict[str, Any]:
    tree: dict[str, Any] = json.loads(
        site.folder.joinpath("renewal", *place, "renewal.json").read_text(encoding="utf-8")
    )
    return tree


def bundles(site: Site, system: str) -> list[Path]:
    return sorted((site.folder / "renewal" / system).glob("request-*"))


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def test_nothing_is_due_outside_the_horizon(site: Site) -> None:
    run = site.play("renew", usphere_within=10)
    assert run.code == 0, run.output
    assert run.changed == {}
    found = result(site)
    assert (found["kind"], found["within"], found["state"]) == ("LicenseRenewal", 10, "nothing_due")
    assert [row["system"] for row in found["systems"]] == ["chengdu", "hangzhou"]
    assert bundles(site, "chengdu") == bundles(site, "hangzhou") == []
    assert site.writes() == []


def test_check_mode_inside_the_horizon_writes_nothing_and_previews_the_changes(site: Site) -> None:
    before = files(site.folder)
    run = site.dry("renew")
    assert run.code == 0, run.output
    assert run.changed.keys() == {"chengdu"}
    assert "chengdu: 4 × vms_standard (x86_64); license keys are available" in run.output
    assert files(site.folder) == before


def test_requests_use_the_available_keys_and_the_second_run_changes_nothing(site: Site) -> None:
    run = site.play("renew")
    assert run.code == 0, run.output
    assert run.changed.keys() == {"chengdu"}
    found = result(site)
    assert found["state"] == "due"
    chengdu, hangzhou = found["systems"]
    assert hangzhou["state"] == "nothing_due"
    assert (chengdu["state"], chengdu["trouble"]) == ("due", "")
    assert [lapse["days"] for lapse in chengdu["lapses"]] == [11]
    (need,) = chengdu["needs"]
    assert (need["product"], need["quantity"], need["open"]) == ("vms_standard", 4, 0)
    (bundle,) = bundles(site, "chengdu")
    (asked,) = chengdu["requests"]
    assert (asked["device"], asked["bundle"]) == ("ls-west", str(bundle))
    request = json.loads((bundle / "request.json").read_text(encoding="utf-8"))
    assert [(row["key"], row["quantity"]) for row in request["keys"]] == [("****7Q2A", 4)]
    assert result(site, "chengdu") == chengdu
    assert "chengdu: licenses must be renewed" in (site.folder / "renewal" / "renewal.txt").read_text("utf-8")

    before = {path: path.read_bytes() for path in bundle.rglob("*") if path.is_file()}
    again = site.play("renew")
    assert again.code == 0, again.output
    assert again.changed == {}
    assert {path: path.read_bytes() for path in bundle.rglob("*") if path.is_file()} == before
    assert bundles(site, "chengdu") == [bundle]
    assert site.writes() == []


def test_a_single_system_can_be_renewed(site: Site) -> None:
    row = {"id": "gpu_service", "class": "feature", "metric": "host", "installation": "remote"}
    for arguments, variables in (
        (("--limit", "hangzhou"), {"usphere_catalog": [row]}),
        ((), {"usphere_hosts": "hangzhou"}),
    ):
        site.control("DELETE", "/requests")
        run = site.play("renew", *arguments, **variables)
        assert run.code == 0, run.output
        asked = {row["node"] for row in site.control("GET", "/requests")}
        assert asked & {"ls-west", "chengdu"} == set()
        assert [row["system"] for row in result(site)["systems"]] == ["hangzhou"]


@pytest.mark.parametrize(
    ("arguments", "variables", "message"),
    [
        ((), {"usphere_within": "soon"}, "within must be a number of days"),
        ((), {"usphere_keys": "{{ nowhere.keys }}"}, "nowhere"),
    ],
)
def test_wrong_input_is_an_error(
    site: Site, arguments: tuple[str, ...], variables: dict[str, Any], message: str
) -> None:
    run = site.play("renew", *arguments, **variables)
    assert run.code == 2, run.output
    assert message in run.words


def test_no_secret_is_printed_or_written(site: Site) -> None:
    run = site.play("renew", "-vvvv")
    assert run.code == 0, run.output[-4000:]
    assert not [secret for secret in SECRETS if secret in run.output]
    for path in (site.folder / "renewal").rglob("*"):
        if path.is_file():
            assert path.stat().st_mode & 0o077 == 0, path
            assert not [secret for secret in SECRETS if secret.encode() in path.read_bytes()], path


def test_issued_files_are_installed_and_fetched(site: Site) -> None:
    (bundle,) = bundles(site, "chengdu")
    file = site.buy("ls-west", "REN-BASE-7Q2A", 4, bundle / "issued")
    assert file.parent == bundle / "issued"
    run = site.play("renew")
    assert run.code == 0, run.output
    assert run.changed.keys() == {"chengdu"}
    node = site.node("chengdu")
    assert (node["quantity"], node["login"]) == (12, "ok")
    chengdu = result(site, "chengdu")
    assert (chengdu["state"], chengdu["needs"], chengdu["requests"]) == ("covered", [], [])
    before = site.writes()
    again = site.play("renew")
    assert again.code == 0, again.output
    assert again.changed == {}
    assert site.writes() == before


def test_an_entry_that_cannot_be_used_is_named_after_the_others_are_installed(site: Site) -> None:
    """chengdu has an unpacked archive beside a good file, and a bundle without its request."""
    (first,) = bundles(site, "chengdu")
    request = json.loads((first / "request.json").read_text(encoding="utf-8"))
    spring, summer = first.with_name("spring"), first.with_name("summer")
    for bundle in (spring, summer):
        (bundle / "issued").mkdir(parents=True)
    (spring / "request.json").write_text(json.dumps({**request, "files": None}), encoding="utf-8")
    (spring / "issued" / "unpacked").mkdir()
    (spring / "issued" / ".incomplete").touch()
    (summer / "issued" / "lost.ak").write_bytes(b"whose is it")
    file = site.buy("ls-west", "REN-BASE-7Q2A", 1, spring / "issued")
    files_before = files(site.folder)
    previewed = site.dry("renew")
    assert files(site.folder) == files_before
    run = site.play("renew")
    for each in (previewed, run):
        assert each.code == 2, each.output
        assert each.failed.keys() == {"chengdu"}
        assert "unpacked is not a file" in each.words
        assert "summer/request.json is missing" in each.words
        assert ".incomplete" not in each.words
    assert "chengdu" in previewed.changed
    node = site.node("chengdu")
    assert (node["quantity"], node["login"]) == (13, "ok")
    row = result(site, "chengdu")
    assert [(problem["code"], Path(problem["path"]).name) for problem in row["problems"]] == [
        ("issued_entry_no_file", "unpacked"),
        ("issued_request_missing", "request.json"),
    ]
    assert [problem["message"]["en"] for problem in row["problems"]] == row["report"][:2]
    assert result(site, "hangzhou")["problems"] == []
    shutil.rmtree(summer)
    (spring / "issued" / "unpacked").rmdir()
    again = site.play("renew")
    assert (again.code, again.changed) == (0, {}), again.output
    assert file.exists()


def test_the_system_reconnects_after_the_expiry(site: Site) -> None:
    site.control("POST", "/clock/advance", {"seconds": 13 * 86400})
    assert site.node("chengdu")["login"] == "refused"
    run = site.play("renew")
    assert run.code == 0, run.output
    node = site.node("chengdu")
    assert (node["quantity"], node["login"]) == (9, "ok")
    assert result(site)["state"] == "nothing_due"


def test_unknown_or_failed_systems_fail_at_the_end_and_the_rest_is_renewed(site: Site) -> None:
    run = site.play("renew", usphere_site={}, usphere_within=36000)
    assert run.code == 0, "nothing lapses, whatever is in use"
    inventory = INVENTORY.replace(
        "hangzhou: {usphere_license_server: ls-east}", "hangzhou: {usphere_license_server: ls-est}"
    )
    site.hosts.write_text(inventory, encoding="utf-8")
    run = site.play("renew")
    assert run.code == 2, run.output
    assert run.failed.keys() == {"hangzhou"}
    assert "must name hosts of this inventory that have usphere_host; got 'ls-est'" in run.words
    found = {row["system"]: row for row in result(site)["systems"]}
    assert found["hangzhou"]["state"] == "unknown"
    assert "ls-est" in found["hangzhou"]["trouble"]
    assert (found["chengdu"]["state"], found["chengdu"]["trouble"]) == ("nothing_due", "")
