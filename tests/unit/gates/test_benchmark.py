# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make benchmark` without its measurements: fleets, limits, medians, page and chart."""

from __future__ import annotations

import json
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests" / "benchmark"))

import bars  # noqa: E402 - after the path is set
import chart  # noqa: E402
import contenders  # noqa: E402
import fleet  # noqa: E402
import gathering  # noqa: E402
import measure  # noqa: E402
import page  # noqa: E402
import record  # noqa: E402
from measure import Command, RunError, Sample  # noqa: E402

from ansible_collections.unicloud.usphere.plugins.filter.license_compliance import FilterModule  # noqa: E402

CONDITIONS = record.Conditions("2 CPUs", "Python 3.13.0", (2, 21), "2026-12-01", 0.5)
SAMPLES = {
    1000: {
        "floor": [Sample(2.0, 3.0), Sample(1.0, 1.0), Sample(9.0, 9.0)],
        "gate": [Sample(2.6, 2.6), Sample(2.7, 2.7), Sample(2.8, 2.8)],
        "assert": [Sample(30.0, 20.0)],
        "playbook": [Sample(5.4, 5.4)],
    }
}


def record_of(samples: dict[int, dict[str, list[Sample]]]) -> record.Record:
    return record.Record(CONDITIONS, samples)


@pytest.mark.parametrize("kind", fleet.Fleet)
def test_each_system_has_its_own_identity(kind: fleet.Fleet) -> None:
    systems = [fleet.facts(at, kind) for at in range(150)]
    assert len({each["subject"]["id"] for each in systems}) == 150
    licenses = {row["id"] for each in systems for row in each["licenses"]["items"]}
    assert len(licenses) >= (fleet.KINDS if kind is fleet.Fleet.REPEATED else 150)
    if kind is fleet.Fleet.ALL_FACTS:
        assert len({each["license_server"]["client"] for each in systems}) == 150
        assert len({each["source"]["endpoint"] for each in systems}) == 150
        assert len({str(each["source"]["identity"]) for each in systems}) == 150


@pytest.mark.parametrize("kind", fleet.Fleet)
def test_exactly_the_blocked_systems_are_blocked(kind: fleet.Fleet, tmp_path: Path) -> None:
    fleet.write_inventory(tmp_path / "hosts.json", 200, kind)
    hosts = json.loads((tmp_path / "hosts.json").read_text(encoding="utf-8"))["all"]["hosts"]
    check = FilterModule().filters()["license_compliance"]
    policy = ["vendor", str(ROOT / "tests" / "benchmark" / "site.yml")]
    result = check({name: given["usphere"] for name, given in hosts.items()}, policy, as_of=fleet.AS_OF)
    found = [each["subject"]["id"] for each in result["subjects"] if each["decision"] != "compliant"]
    assert sorted(found) == (fleet.blocked(200) if kind is fleet.Fleet.SOME_BLOCKED else [])


def test_the_median_is_of_each_time_alone() -> None:
    assert measure.median(SAMPLES[1000]["floor"]) == Sample(2.0, 3.0)
    assert measure.median([Sample(1.0, 4.0), Sample(2.0, 2.0)]) == Sample(1.5, 3.0)


def test_cpu_of_children_counts() -> None:
    program = (
        "import subprocess, sys; subprocess.run([sys.executable, '-c', 'sum(range(10**7))'], check=True)"
    )
    sample = measure.measure(Command((sys.executable, "-c", program), ROOT), {})
    idle = measure.measure(Command((sys.executable, "-c", "import time; time.sleep(0.5)"), ROOT), {})
    assert sample.cpu > idle.cpu
    assert idle.wall >= 0.5


@pytest.mark.parametrize(
    ("program", "marks"),
    [("raise SystemExit(3)", 0), ("print('failed=1')", 0), ("print('ok')", 1)],
)
def test_a_run_that_did_something_else_is_no_sample(program: str, marks: int) -> None:
    command = Command((sys.executable, "-c", program), ROOT, mark="failed=1", marks=marks)
    with pytest.raises(RunError, match="must exit with 0"):
        measure.measure(command, {})


def test_commands_run_in_turn() -> None:
    order: list[str] = []
    commands = {name: Command((sys.executable, "-c", ""), ROOT) for name in ("one", "other")}
    found = measure.interleaved(commands, 2, {}, lambda name, _sample: order.append(name))
    assert order == ["one", "other", "one", "other"]
    assert {name: len(samples) for name, samples in found.items()} == {"one": 2, "other": 2}


def test_limits_are_compared_with_medians() -> None:
    found = {each.what: each for each in bars.judge((2, 21), record_of(SAMPLES).medians())}
    assert found["action ÷ debug, 1,000 hosts"].figure == "1.35"
    assert found["action ÷ debug, 1,000 hosts"].is_met
    assert not found["playbook ÷ action, 1,000 hosts"].is_met
    share = found["(assert - debug) ÷ (action - debug), 1,000 hosts"]
    assert (share.limit, share.figure, share.is_met) == ("≥ 38", "40.00", True)
    assert not [what for what in found if "role" in what or "5,000" in what]


def test_each_core_has_its_own_limits() -> None:
    times = record_of(SAMPLES).medians()
    assert [each.limit for each in bars.judge((2, 16), times)] == ["≤ 2"]


def test_every_limit_names_what_is_measured() -> None:
    keys = {each.key for each in contenders.CONTENDERS}
    assert {name for goal in bars.BARS for name in (goal.over, goal.under, goal.less) if name} <= keys
    assert set(page.CHARTED) <= keys
    assert len(keys) == len(contenders.CONTENDERS)


def test_large_fleets_can_be_without_peers_and_old_cores_without_new_tasks() -> None:
    assert not [each for each in contenders.selected((2, 21), with_peers=False) if each.peer]
    assert "role_host" not in {each.key for each in contenders.selected((2, 16), with_peers=True)}
    assert len(contenders.selected((2, 21), with_peers=True)) == len(contenders.CONTENDERS)


def test_every_playbook_exists() -> None:
    names = {each.playbook for each in contenders.CONTENDERS} | {f"{name}.yml" for name in gathering.PLAYS}
    assert [
        name for name in names - {contenders.PLAYBOOK} if not (ROOT / "tests" / "benchmark" / name).is_file()
    ] == []


def test_each_simulated_system_is_a_client_of_its_own() -> None:
    given = gathering.scenario(120)
    links = [system["license_server"] for system in given["vms"].values()]
    clients = {
        (name, each["name"]) for name, row in given["license_servers"].items() for each in row["clients"]
    }
    assert {(link["server"], link["client"]) for link in links} == clients
    assert len(clients) == 120
    assert sorted(row["licenses"][0]["quantity"] for row in given["license_servers"].values()) == [
        80,
        200,
        200,
    ]


def test_records_are_read_as_they_were_written(tmp_path: Path) -> None:
    given = {"fleet": record_of(SAMPLES)}
    record.save(tmp_path / "samples.json", given)
    assert record.load(tmp_path / "samples.json") == given
    assert record.load(tmp_path / "none.json") == {}


def test_sizes_are_added_to_those_of_the_same_machine_only() -> None:
    old, new = record_of(SAMPLES), record_of({200: SAMPLES[1000]})
    assert sorted(record.merged(old, new).samples) == [200, 1000]
    other = record.Record(record.Conditions("4 CPUs", "Python 3.13.0", (2, 21), "2026-12-01", 0.5), SAMPLES)
    assert sorted(record.merged(other, new).samples) == [200]


def test_the_page_shows_missed_limits_and_keeps_its_text(tmp_path: Path) -> None:
    target = tmp_path / "benchmarks.rst"
    text = (ROOT / "docs" / "docsite" / "rst" / "benchmarks.rst").read_text(encoding="utf-8")
    target.write_text(text, encoding="utf-8")
    demo = record_of({2: {"demo": [Sample(30.0, 40.0)]}})
    page.write(target, {"demo": demo, "fleet": record_of(SAMPLES)})
    first = target.read_text(encoding="utf-8")
    page.write(target, {"demo": demo, "fleet": record_of(SAMPLES)})
    assert target.read_text(encoding="utf-8") == first
    before, after = text.split(page.BEGIN)[0], text.split(page.END)[1]
    assert first.startswith(before)
    assert first.endswith(after)
    assert first.index("Facts at hand\n---") < first.index("Demo\n---")
    assert "  * - B8\n    - make demo, wall time\n    - ≤ 35 s\n    - 40 s\n    - **missed**" in first
    assert "    - 1.35\n    - met\n" in first
    assert "2 CPUs; load before the last run of this part: 0.5" in first
    assert "  * - 1,000\n    - 3\n    - ``debug``, once\n    - 2.00\n    - 3.00\n" in first
    with pytest.raises(ValueError, match="must contain the comments"):
        page.write(ROOT / "README.md", {})


def test_the_chart_is_logarithmic_and_well_formed() -> None:
    lines = chart.log_log({"a <b>": [(10, 1.0), (100, 10.0), (1000, 100.0)], "c": [(10, 2.0)]})
    root = ET.fromstring("\n".join(lines))  # noqa: S314 - the text is ours
    space = "{http://www.w3.org/2000/svg}"
    path = root.findall(f"{space}polyline")[0].attrib["points"]
    (x1, y1), (x2, y2), (x3, y3) = (map(float, point.split(",")) for point in path.split())
    assert (x2 - x1, y2 - y1) == pytest.approx((x3 - x2, y3 - y2), abs=0.2)
    assert "a <b>" in [each.text for each in root.findall(f"{space}text")]
    with pytest.raises(ValueError, match="at least one point"):
        chart.log_log({})
