# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find systems that entitlements or License Servers name and that a run does not judge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..base.errors import PolicyError
from ..documents.plain_data import normalize
from ..documents.schemas import brief, suggestion
from ..subjects.entitlements import Entitlements
from .traces import Trace

REPORT, REQUIRED = "report", "required"
MODES = (REPORT, REQUIRED)
#: State of a client that no system has ever connected as.
_NEVER = "never"
_KEYS = ("name", "reason")


@dataclass(frozen=True, order=True)
class NamedSystem:
    """A system by the name that entitlements or a License Server have for it; ``server`` may be empty."""

    name: str
    server: str = ""


@dataclass(frozen=True, order=True)
class Exclusion:
    """A system that is not to be judged, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class CoverageOptions:
    """What a run does with systems that it does not judge: report them, or treat them as undetermined.

    ``clients`` are those of the License Servers that were read.
    """

    mode: str = REPORT
    exclude: tuple[Exclusion, ...] = ()
    clients: tuple[NamedSystem, ...] = ()


REPORT_COVERAGE = CoverageOptions()


@dataclass(frozen=True)
class Coverage:
    """Systems that are named and not judged, those that are excluded, and exclusions that name no system."""

    mode: str
    not_judged: tuple[NamedSystem, ...] = ()
    excluded: tuple[Exclusion, ...] = ()
    unused: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the coverage as in a ComplianceResult; empty if there is nothing to report."""
        if not (self.not_judged or self.excluded or self.unused or self.mode == REQUIRED):
            return {}
        return {
            "mode": self.mode,
            "not_judged": [
                {"name": each.name, **({"license_server": each.server} if each.server else {})}
                for each in self.not_judged
            ],
            "excluded": [{"name": each.name, "reason": each.reason} for each in self.excluded],
            "unused": list(self.unused),
        }


def read_coverage(mode: object, exclude: object, license_servers: object) -> CoverageOptions:
    """Return the options of a run.

    ``license_servers`` are results of license_info, which were checked before. Raises PolicyError
    ``coverage_invalid``, ``coverage_exclude_invalid`` or ``coverage_exclude_key``.
    """
    chosen = REPORT if mode is None or mode == "" else mode
    if not isinstance(chosen, str) or chosen not in MODES:
        raise PolicyError("coverage_invalid", value=brief(str(mode)))
    return CoverageOptions(str.__str__(chosen), _exclusions(exclude), tuple(_clients(license_servers)))


def _exclusions(value: object) -> tuple[Exclusion, ...]:
    if value is None or value == "":
        return ()
    plain = normalize(value)
    if not isinstance(plain, list):
        raise PolicyError("coverage_exclude_invalid", value=brief(str(plain)))
    found: dict[str, Exclusion] = {}
    for item in plain:
        if not isinstance(item, dict):
            raise PolicyError("coverage_exclude_invalid", value=brief(str(item)))
        for key in item:
            if key not in _KEYS:
                raise PolicyError("coverage_exclude_key", key=key, hint=suggestion(str(key), _KEYS))
        texts = [text for key in _KEYS if isinstance(text := item.get(key), str) and text.strip()]
        if len(texts) < len(_KEYS) or texts[0] in found:
            raise PolicyError("coverage_exclude_invalid", value=brief(str(item)))
        found[texts[0]] = Exclusion(*texts)
    return tuple(sorted(found.values()))


def _clients(results: object) -> list[NamedSystem]:
    """Return the clients of License Servers that a system has connected as."""
    plain = normalize(results)
    given: list[Any] = plain if isinstance(plain, list) else [plain]
    found: set[NamedSystem] = set()
    for result in given:
        server = result.get("server") if isinstance(result, dict) else None
        rows = result.get("clients") if isinstance(result, dict) else None
        ident = server.get("id") if isinstance(server, dict) else None
        for row in rows if isinstance(rows, list) else ():
            name = row.get("name") if isinstance(row, dict) else None
            if isinstance(name, str) and name and row.get("state") != _NEVER:
                found.add(NamedSystem(name, ident if isinstance(ident, str) else ""))
    return sorted(found)


def coverage_of(
    options: CoverageOptions, entitlements: Entitlements | None, judged: Iterable[Trace]
) -> Coverage:
    """Return which named systems are not among the ``judged`` ones.

    A system has the names of its subject and its hosts, and at its License Server that of its client. All
    managers of a pair are judged with it, so their addresses are names of it as well.
    """
    names: set[str] = set()
    clients: dict[str, set[str]] = {}
    for trace in judged:
        names.update((trace.id, trace.host, trace.address, *trace.managers))
        if trace.client:
            clients.setdefault(trace.client, set()).update(
                (trace.server, *(share.server for share in trace.shares))
            )
    systems = {} if entitlements is None else entitlements.systems
    named = {*options.clients, *(NamedSystem(each.id, each.license_server) for each in systems.values())}
    missing = sorted(each for each in named if each.name not in names and not _is_client(each, clients))
    excluded = {each.name: each for each in options.exclude}
    used = {each.name for each in missing} & excluded.keys()
    return Coverage(
        options.mode,
        tuple(each for each in missing if each.name not in excluded),
        tuple(excluded[name] for name in sorted(used)),
        tuple(sorted(excluded.keys() - used)),
    )


def _is_client(named: NamedSystem, clients: Mapping[str, set[str]]) -> bool:
    servers = clients.get(named.name, set())
    # Facts that do not state their License Server do not show that it is another one.
    return bool(servers) and (named.server in servers or not named.server or servers == {""})
