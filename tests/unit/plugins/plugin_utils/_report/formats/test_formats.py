# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports in every format: contents, validity for parsers of the format, and escaping of text."""

from __future__ import annotations

import copy
import csv
import html.parser
import io
import json
import re
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest
from prometheus_client.parser import text_string_to_metric_families

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import PolicyError
from ansible_collections.unicloud.usphere.plugins.plugin_utils._report.output.render import (
    FORMATS,
    format_of,
    render_report,
)

from ..conftest import HOSTILE

Result = dict[str, Any]
Hostile = Callable[[str], Result]
FORMS = sorted(FORMATS)


def parsed(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text)  # noqa: S314 - a report of this collection, which declares no entities


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_equal_results_give_equal_bytes_in_every_key_order(result: Result, form: str, language: str) -> None:
    turned = {key: result[key] for key in reversed(list(result))}
    assert render_report(result, form, language) == render_report(turned, form, language)
    assert render_report(copy.deepcopy(result), form, language).endswith("\n")


def test_json_is_the_result_and_ndjson_its_parts(result: Result) -> None:
    assert json.loads(render_report(result, "json")) == result
    lines = [json.loads(line) for line in render_report(result, "ndjson").splitlines()]
    kinds = [line["record"] for line in lines]
    assert kinds.count("run") == 1
    assert kinds.count("subject") == len(result["subjects"])
    assert kinds.count("finding") == len(result["findings"])
    assert {line["as_of"] for line in lines} == {result["as_of"]}


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_csv_has_a_row_for_each_finding_and_each_system_without_findings(result: Result) -> None:
    found = rows(render_report(result, "csv"))
    assert len([row for row in found if row["rule"]]) == len(result["findings"])
    assert [(row["subject"], row["decision"]) for row in found if not row["rule"]] == [
        ("hangzhou", "compliant")
    ]
    socket = next(row for row in found if row["rule"] == "r31-sockets" and row["subject"] == "chengdu")
    assert socket["message"] == "9 physical CPUs, 8 licensed (aarch64)"
    assert json.loads(socket["actual"]) == {"demand": 9}
    assert socket["references"] == "R31"


def test_junit_counts_only_blocking_findings_as_failures(result: Result) -> None:
    root = parsed(render_report(result, "junit"))
    suites = {suite.get("name"): suite for suite in root}
    assert list(suites) == [entry["subject"]["id"] for entry in result["subjects"]]
    assert suites["chengdu"].get("failures") == "4"
    assert suites["hangzhou"].get("failures") == suites["wuhan"].get("failures") == "0"
    assert int(root.get("failures", "")) == sum(f["effect"] == "block" for f in result["findings"])
    cases = {case.get("name"): case for case in suites["wuhan"]}
    warned = cases["r17-feature-lapse"].find("system-out")
    assert warned is not None
    assert "srm expires on 2026-12-06" in (warned.text or "")
    assert cases["r17-isc-licensed"].find("skipped") is not None
    assert len(cases) == 37
    failure = next(case for case in suites["chengdu"] if case.get("name") == "r29-srm-edition").find(
        "failure"
    )
    assert failure is not None
    assert "vendor.yml:" in (failure.text or "")


def test_junit_skips_undecided_checks_that_do_not_block(result: Result) -> None:
    dropped = {**result, "fail_on": ["error", "non_compliant"]}
    suites = {suite.get("name"): suite for suite in parsed(render_report(dropped, "junit"))}
    assert suites["nanjing"].get("failures") == "0"
    assert suites["chengdu"].get("failures") == "4"


def test_sarif_points_to_the_line_of_each_rule(result: Result) -> None:
    log = json.loads(render_report(result, "sarif"))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    assert len(run["results"]) == len(result["findings"])
    for found in run["results"]:
        assert rules[found["ruleIndex"]]["id"] == found["ruleId"]
        place = found["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] == "vendor.yml"
        assert place["region"]["startLine"] > 1
        assert found["level"] in ("error", "warning", "note")
    assert run["properties"]["decision"] == "non_compliant"


def test_prometheus_output_is_valid_for_its_parser(result: Result) -> None:
    samples = {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(render_report(result, "prometheus"))
        for sample in family.samples
    }
    assert samples[("usphere_license_systems", (("decision", "compliant"),))] == 2
    assert samples[("usphere_license_as_of_timestamp_seconds", ())] == 1795507200
    stops = (("effect", "block"), ("kind", "system"), ("system", "chengdu"))
    assert samples[("usphere_license_findings", stops)] == 4


def test_markdown_and_html_list_findings_and_the_purchase_plan(result: Result) -> None:
    for form in ("md", "html"):
        text = render_report(result, form)
        assert "9 physical CPUs, 8 licensed" in text
        assert "9 × vms" in text
        assert "chengdu" in text
        assert "nanjing" in text
        chinese = render_report(result, form, "zh")
        assert "授权合规报告" in chinese
        assert "不合规" in chinese


def test_findings_that_depend_on_the_same_facts_are_grouped(result: Result) -> None:
    undecided = [f for f in result["findings"] if f["subject"]["id"] == "nanjing"]
    assert len(undecided) > 30
    page = render_report(result, "html")
    part = page[page.index("<b>nanjing</b>") : page.index("<b>wuhan</b>")]
    assert part.count('class="finding"') <= 4
    assert "× 27" in part


def test_waived_findings_do_not_block_and_name_the_waiver(result: Result) -> None:
    for finding in result["findings"]:
        if finding["subject"]["id"] == "chengdu":
            finding.update(verdict="waived", waived_from="fail", effect="record")
            finding["waiver"] = {"id": "W-1", "until": "2026-12-31"}
    suites = {suite.get("name"): suite for suite in parsed(render_report(result, "junit"))}
    assert suites["chengdu"].get("failures") == "0"
    skipped = [case.find("skipped") for case in suites["chengdu"]]
    assert sum("W-1" in (each.get("message") or "") for each in skipped if each is not None) == 4
    (run,) = json.loads(render_report(result, "sarif"))["runs"]
    assert sum("suppressions" in each for each in run["results"]) == 4
    assert "W-1" in render_report(result, "html")
    assert {row["waiver"] for row in rows(render_report(result, "csv")) if row["subject"] == "chengdu"} == {
        "W-1"
    }


def test_errors_of_the_run_are_in_every_report(result: Result) -> None:
    message = {"en": "no host was passed", "zh": "没有主机"}
    broken = {**result, "decision": "error", "errors": [{"code": "run_without_hosts", "message": message}]}
    for form in FORMS:
        text = render_report(broken, form)
        assert ("usphere_license_run_errors 1" if form == "prometheus" else "no host was passed") in text
    assert parsed(render_report(broken, "junit")).get("errors") == "1"


# -- hostile text --


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("form", [form for form in FORMS if form not in ("json", "ndjson")])
def test_reports_have_no_control_characters(hostile: Hostile, form: str, text: str) -> None:
    report = render_report(hostile(text), form)
    rest = report.replace("\r\n", "\n") if form == "csv" else report
    bad = {character for character in rest if not character.isprintable()} - {"\n"}
    assert bad == set()
    report.encode("utf-8")


@pytest.mark.parametrize("text", HOSTILE)
def test_json_preserves_every_text(hostile: Hostile, text: str) -> None:
    inserted = hostile(text)
    assert json.loads(render_report(inserted, "json")) == inserted
    lines = render_report(inserted, "ndjson").splitlines()
    assert all(isinstance(json.loads(line), dict) for line in lines)
    assert len(lines) == 1 + len(inserted["subjects"]) + len(inserted["findings"])


class _Tags(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _value in attrs)))


def tags(page: str) -> list[tuple[str, tuple[str, ...]]]:
    parser = _Tags()
    parser.feed(page)
    return parser.tags


@pytest.mark.parametrize("text", HOSTILE)
def test_html_has_the_same_tags_for_any_text(hostile: Hostile, text: str) -> None:
    page = render_report(hostile(text), "html")
    # Systems are sorted by name, so the same tags are in another order.
    assert sorted(tags(page)) == sorted(tags(render_report(hostile("plain"), "html")))
    assert "script" not in {tag for tag, _names in tags(page)}
    assert not any(name.startswith("on") for _tag, names in tags(page) for name in names)
    assert "default-src 'none'" in page


@pytest.mark.parametrize("text", HOSTILE)
def test_csv_cells_never_start_a_formula(hostile: Hostile, text: str) -> None:
    for row in rows(render_report(hostile(text), "csv")):
        for cell in row.values():
            assert not cell.lstrip().startswith(("=", "+", "-", "@"))


@pytest.mark.parametrize("text", HOSTILE)
def test_xml_and_prometheus_remain_valid(hostile: Hostile, text: str) -> None:
    result = hostile(text)
    root = parsed(render_report(result, "junit"))
    assert len(root) == len(result["subjects"])
    families = list(text_string_to_metric_families(render_report(result, "prometheus")))
    assert {family.name for family in families} == {
        f"usphere_license_{name}"
        for name in (
            "decision",
            "run_errors",
            "as_of_timestamp_seconds",
            "systems",
            "system_compliant",
            "findings",
        )
    }


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_preserves_tables_and_has_no_links_or_mentions(hostile: Hostile, text: str) -> None:
    plain = render_report(hostile("plain"), "md").splitlines()
    report = render_report(hostile(text), "md").splitlines()
    assert sorted(map(cells, report)) == sorted(map(cells, plain))
    assert not any(re.search(r"(?<!\\)[<@\[]|://", line) for line in report)


def cells(line: str) -> int:
    return len(re.findall(r"(?<!\\)\|", line))


@pytest.mark.parametrize("text", HOSTILE)
def test_sarif_has_valid_addresses(hostile: Hostile, text: str) -> None:
    (run,) = json.loads(render_report(hostile(text), "sarif"))["runs"]
    for found in run["results"]:
        uri = found["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert re.fullmatch(r"[A-Za-z0-9/._%~-]+", uri)


# -- invalid results --


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"kind": "Other"}, "/kind"),
        ({"findings": [{}]}, "/findings/0"),
        ({"findings": 3}, "/findings"),
        ({"subjects": None, "decision": "fine"}, "/decision"),
        ({"subjects": [{"subject": {"kind": "system", "id": 4}}]}, "/subjects/0/subject/id"),
        ({"errors": [{"code": "x", "message": {"en": "only"}}]}, "/errors/0/message"),
    ],
)
def test_an_invalid_result_is_an_error_with_its_place(
    result: Result, form: str, change: dict[str, Any], pointer: str
) -> None:
    with pytest.raises(PolicyError) as caught:
        render_report({**result, **change}, form)
    assert caught.value.code == "report_input"
    assert pointer in caught.value.text()


@pytest.mark.parametrize("value", [None, [], "x", 3, {}])
def test_other_values_than_results_are_errors(value: object) -> None:
    with pytest.raises(PolicyError):
        render_report(value, "html")


def test_an_invalid_plan_is_an_error(result: Result) -> None:
    result["subjects"][0]["plan"] = {"steps": [{"lines": [{}]}]}
    with pytest.raises(PolicyError) as caught:
        render_report(result, "json")
    assert "/subjects/0/plan" in caught.value.text("zh")


def test_formats_are_found_by_suffix(result: Result) -> None:
    with pytest.raises(PolicyError, match="did you mean html"):
        render_report(result, "htlm")
    with pytest.raises(PolicyError, match="en or zh"):
        render_report(result, "md", "fr")
    assert [format_of(f"a/b{suffix}") for suffix in (".HTML", ".xml", ".prom", ".jsonl")] == [
        "html",
        "junit",
        "prometheus",
        "ndjson",
    ]
    with pytest.raises(PolicyError, match=r"\.sarif"):
        format_of("report.pdf")
