# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Render a result as Prometheus gauges in text format, for the textfile collector of node_exporter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from ....module_utils._text import one_line
from ....module_utils._time import read_time
from ..._policy.findings.decision import DECISIONS
from ..._policy.findings.finding import EFFECTS
from ..model.result_model import ComplianceResult

PREFIX = "usphere_license_"


def prometheus(run: ComplianceResult, _language: str) -> str:
    """Return gauges for the decision, errors, time of the run, systems by decision and findings by effect."""
    return "".join(line + "\n" for line in _lines(run))


def _lines(run: ComplianceResult) -> Iterator[str]:
    yield from _head("decision", "The decision of the run: 1 for the one that was made")
    for decision in DECISIONS:
        yield _sample("decision", {"decision": decision}, int(run.decision == decision))
    yield from _head("run_errors", "Errors that kept the run from deciding")
    yield _sample("run_errors", {}, len(run.errors))
    if run.override:
        yield from _head("override_until_timestamp_seconds", "The end of an override of the decision")
        yield _sample(
            "override_until_timestamp_seconds", {"ticket": run.override.ticket}, run.override.until_seconds
        )
    if "coverage" in run.raw:
        yield from _head("systems_not_judged", "Systems that are named and not judged")
        yield _sample("systems_not_judged", {}, len(run.coverage.not_judged))
    yield from _head("as_of_timestamp_seconds", "The instant that was judged at")
    time = read_time(run.as_of)
    yield _sample("as_of_timestamp_seconds", {}, int(time.timestamp()) if time else 0)
    yield from _head("systems", "Systems by decision")
    decisions = Counter(subject.decision for subject in run.subjects)
    for decision in DECISIONS:
        yield _sample("systems", {"decision": decision}, decisions[decision])
    yield from _head("system_compliant", "1 for a system that complies, 0 for any other")
    for subject in run.subjects:
        labels = {"kind": subject.kind, "system": subject.id}
        yield _sample("system_compliant", labels, int(subject.decision == "compliant"))
    yield from _head("findings", "Findings by system and effect")
    for subject in run.subjects:
        effects = Counter(finding.effect for finding in subject.findings)
        for effect in EFFECTS:
            labels = {"kind": subject.kind, "system": subject.id, "effect": effect}
            yield _sample("findings", labels, effects[effect])


def _head(name: str, text: str) -> Iterator[str]:
    yield f"# HELP {PREFIX}{name} {text}"
    yield f"# TYPE {PREFIX}{name} gauge"


def _sample(name: str, labels: Mapping[str, str], value: int) -> str:
    pairs = ",".join(f'{key}="{_label(text)}"' for key, text in labels.items())
    return f"{PREFIX}{name}{{{pairs}}} {value}" if pairs else f"{PREFIX}{name} {value}"


def _label(text: str) -> str:
    return one_line(text).replace("\\", "\\\\").replace('"', '\\"')
