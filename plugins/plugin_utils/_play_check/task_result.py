# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the result of the compliance task: message, hosts that may go on, statistics, report."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from ...module_utils._messages.catalog import render
from ...module_utils._text import one_line
from .._policy.base.errors import PolicyError
from .._policy.evaluation.play_scope import PlayScope
from .._policy.findings import decision
from .._report.formats import as_text
from .._report.output.files import write_report
from .._report.output.undecided import undecided
from .size_limit import MOST_BYTES, first_items, first_lines, shortened, size_of, store

#: So many blocked hosts are named in a message; the result lists all of them.
MOST_NAMES = 20
#: So many blocked hosts are named in the statistics of a check, which have the number of all of them.
MOST_STATED = 100
#: The custom statistics of a run: a list with an entry per check, so that no batch hides an earlier one.
STATISTICS = "usphere_license_compliance"


@dataclass(frozen=True)
class ResultOptions:
    """Options of the task that its result depends on; ``result_file`` is a path on the controller.

    ``temporary`` is a directory of this run, for a result that is too large to be returned.
    """

    fail: bool = True
    detail: bool | None = None
    language: str = "en"
    result_file: str | None = None
    temporary: str = "."


def task_result(outcome: dict[str, Any], scope: PlayScope, options: ResultOptions) -> dict[str, Any]:
    """Return the result of the task for a ComplianceResult, and write the result file.

    A task that fails has the report in ``msg`` and no evidence. What would be larger than MOST_BYTES has no
    ``result``, which is in the result file, else in a file in ``temporary``; ``result_path`` is its path.
    Raises PolicyError ``report_unwritten``.
    """
    language = options.language
    decisions = _decisions(outcome)
    blocked = _blocked(outcome, decisions)
    failed = options.fail and outcome["decision"] in outcome["fail_on"]
    overridden: list[str] = []
    if "override" in outcome and outcome["decision"] != decision.ERROR:
        failed, blocked, overridden = False, [], blocked
    lines = [*_bounds(scope, language), *as_text.report(outcome, language, options.detail)]
    passed = sorted(decisions.keys() - set(blocked))
    found: dict[str, Any] = {
        "failed": failed,
        "msg": _summary(outcome, decisions, blocked, language),
        "decision": outcome["decision"],
        "compliant_hosts": [host for host in passed if decisions[host] == "compliant"],
        "passed_hosts": passed,
        "blocked_hosts": blocked,
        "overridden_hosts": overridden,
        "decisions": decisions,
        "scope": {
            "hosts": len(scope.hosts),
            "total": scope.total,
            "serial": scope.serial,
            "limit": scope.limit,
        },
    }
    found["ansible_stats"] = _statistics(found)
    if options.result_file:
        text = json.dumps(outcome, indent=4, sort_keys=True, ensure_ascii=False) + "\n"
        write_report(options.result_file, text, 0o600)
        found["result_path"] = options.result_file
    result = outcome if options.detail or not failed else _without_evidence(outcome)
    size = size_of(result)
    if size + size_of(found) + size_of(lines) <= MOST_BYTES:
        found["result"] = result
    else:
        found, lines = shortened(found, lines, language)
        if not options.result_file:
            found["result_path"] = store(outcome, options.temporary)
            fields = {"size": -(-size // 1000), "limit": MOST_BYTES // 1000, "path": found["result_path"]}
            lines.append(render("result_large", fields, language))
    if failed:
        found["msg"] = "\n".join([found["msg"], *lines])
    else:
        found["report"] = lines
    return found


def error_result(error: PolicyError, language: str, result_file: str | None = None) -> dict[str, Any]:
    """Return the result of a task whose policy, option or condition cannot be used.

    The result file then says so, since a file of an earlier run would pass for the result of this one.
    """
    problems = [problem.to_dict() for problem in error.problems]
    sentence = error.text(language)
    lines = first_lines(sentence.splitlines(), MOST_BYTES // 3, "errors_more", language)
    if result_file:
        result = undecided(one_line(sentence), datetime.now(timezone.utc).replace(microsecond=0))
        try:
            write_report(result_file, json.dumps(result, indent=4, sort_keys=True) + "\n", 0o600)
        except PolicyError as unwritten:
            lines.append(unwritten.text(language))
    faults = first_items(problems, MOST_BYTES // 3)
    return {"failed": True, "msg": "\n".join(lines), "decision": decision.ERROR, "faults": faults}


def _decisions(outcome: Mapping[str, Any]) -> dict[str, str]:
    """Return the worst decision by host, over its system and the grants that it uses."""
    found: dict[str, str] = {}
    for entry in outcome["subjects"]:
        for host in entry["hosts"]:
            found[host] = decision.worst([entry["decision"], *([found[host]] if host in found else [])])
    return found


def _blocked(outcome: Mapping[str, Any], decisions: Mapping[str, str]) -> list[str]:
    fail_on = outcome["fail_on"]
    blocked = sorted(host for host, each in decisions.items() if each in fail_on)
    without_host = any(entry["decision"] in fail_on and not entry["hosts"] for entry in outcome["subjects"])
    if outcome["decision"] in fail_on and (not blocked or without_host):
        # Nothing applies, or a failed subject has no host. Block all hosts.
        return sorted(decisions)
    return blocked


def _summary(
    outcome: Mapping[str, Any], decisions: Mapping[str, str], blocked: list[str], language: str
) -> str:
    shown = render(f"decision_{outcome['decision']}", {}, language)
    if not blocked:
        return render("gate_summary", {"n": len(decisions), "decision": shown}, language)
    fields = {
        "n": len(blocked),
        "total": len(decisions),
        "hosts": blocked[:MOST_NAMES],
        "decision": shown,
        "more": max(0, len(blocked) - MOST_NAMES),
    }
    return render("gate_blocked_more" if fields["more"] else "gate_blocked", fields, language)


def _without_evidence(outcome: Mapping[str, Any]) -> dict[str, Any]:
    subjects = [
        {name: value for name, value in entry.items() if name != "evidence"} for entry in outcome["subjects"]
    ]
    return {**{name: value for name, value in outcome.items() if name != "evidence"}, "subjects": subjects}


def _statistics(found: Mapping[str, Any]) -> dict[str, Any]:
    counts = {
        "hosts": found["scope"]["hosts"],
        "passed": len(found["passed_hosts"]),
        "blocked": len(found["blocked_hosts"]),
    }
    blocked = found["blocked_hosts"][:MOST_STATED]
    entry = {"decision": found["decision"], "counts": counts, "blocked_hosts": blocked}
    return {"data": {STATISTICS: [entry]}, "per_host": False, "aggregate": True}


def _bounds(scope: PlayScope, language: str) -> Iterator[str]:
    """Return the lines that explain the scope of the decision if ``--limit`` or ``serial`` restricts it."""
    fields = {"n": len(scope.hosts), "total": scope.total, "limit": scope.limit}
    if scope.limit:
        yield render("gate_limit", {**fields, "n": scope.total}, language)
    if scope.serial:
        yield render("gate_batch", fields, language)
