# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the ComplianceResult from assessed fact sets: subjects, pools, waivers, decisions, counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from ....module_utils._time import format_time
from ..base.canonical_json import digest
from ..facts.facts import Facts
from ..findings.decision import FAIL_ON, decide, worst
from ..findings.finding import NOT_APPLICABLE, PASS, WAIVED, Finding, order
from ..findings.pool_findings import balance_rows, group_verdicts, names_subject, of_subject
from ..findings.sheet import Sheet
from ..findings.verdict import Verdict, after_waivers, by_verdict, of_fact_sets, of_groups
from ..findings.waivers import WaiverSet, apply, known_checks
from ..policy.model import LEDGER, Pool, Subject
from ..pools.balance import GroupResult, is_closed, run_pool
from ..pools.group_supply import Member, Setting
from ..pools.pool_row import SELF
from ..subjects.entitlements import Entitlements
from ..subjects.host_reading import Reading
from ..subjects.license_servers import Servers
from .assessor import Assessor
from .claims import settle_claims
from .run import Run
from .run_summary import count_outcomes, run_errors
from .slices import INSIDE, OUTSIDE, Partial


@dataclass
class _Profile:
    """Subjects with equal fact sets, and the verdicts that they share."""

    sheets: tuple[Sheet, ...]
    outside: bool
    subjects: list[Subject] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    #: Pools whose messages contain the subject, so that their findings are rendered for each subject.
    personal: list[tuple[Pool, str, list[GroupResult]]] = field(default_factory=list)
    balances: list[tuple[str, GroupResult]] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return self.sheets[0].kind

    @cached_property
    def digest(self) -> str:
        """Digest of the facts that each of the subjects has."""
        return digest([sheet.digest for sheet in self.sheets])


class Result:
    """Builder of the ComplianceResult of a run."""

    def __init__(
        self,
        partial: Partial,
        assessor: Assessor,
        run: Run,
    ) -> None:
        self._assessor = assessor
        self._entitlements = run.entitlements
        self._waivers = run.waivers or WaiverSet()
        self._fail_on = run.fail_on
        self._override = run.override
        self._warnings = run.policy.warnings_by_language()
        self._evidence = bool(partial.header["evidence"])
        settled = settle_claims(partial, assessor, run)
        self._sheets = dict(settled.sheets)
        self._standby, self._coverage = settled.standby, settled.coverage
        self._hosts: dict[Subject, dict[str, list[str]]] = {}
        self._profiles: dict[tuple[tuple[str, ...], bool], _Profile] = {}
        self._by_subject: dict[Subject, _Profile] = {}
        self._pool_ids = {pool.id for pool in assessor.policy.pools}
        self._open: dict[Subject, list[Verdict]] = {}
        self._summaries: dict[int, tuple[Sequence[Verdict], tuple[dict[str, list[str]], int, int]]] = {}
        self._balances: list[tuple[str, GroupResult]] = []
        self._members(settled.claims, run.servers or {})

    # -- subjects --

    def _members(self, claims: Iterable[tuple[str, str, str, str, str]], servers: Servers) -> None:
        inside: dict[Subject, dict[str, list[str]]] = {}
        outside: dict[Subject, dict[str, list[str]]] = {}
        for ident, kind, host, sheet, place in claims:
            found = (inside if place == INSIDE else outside).setdefault((ident, kind), {})
            found.setdefault(sheet, []).append(host)
        for subject in outside.keys() & inside.keys():
            del outside[subject]
        for place, subjects in ((INSIDE, inside), (OUTSIDE, outside)):
            for subject, by_sheet in subjects.items():
                self._add(
                    subject,
                    by_sheet if len(by_sheet) == 1 else self._deduplicated(by_sheet),
                    place == OUTSIDE,
                )
        if self._entitlements is not None:
            self._add_grants(self._entitlements)
        self._add_servers(servers)

    def _deduplicated(self, by_sheet: dict[str, list[str]]) -> dict[str, list[str]]:
        # Of equal facts with different age, outdated facts (all unknown) take precedence.
        kept_sheets: dict[str, str] = {}
        for key in sorted(
            by_sheet, key=lambda key: (not self._sheets[key].aged, self._sheets[key].aged, key)
        ):
            kept_sheets.setdefault(self._sheets[key].digest, key)
        found: dict[str, list[str]] = {key: [] for key in sorted(kept_sheets.values())}
        for key, hosts in by_sheet.items():
            found[kept_sheets[self._sheets[key].digest]].extend(hosts)
        return {key: sorted(set(hosts)) for key, hosts in found.items()}

    def _add(self, subject: Subject, by_sheet: dict[str, list[str]], outside: bool) -> None:
        key = (tuple(by_sheet), outside)
        profile = self._profiles.get(key)
        if profile is None:
            sheets = tuple(self._sheets[name] for name in by_sheet)
            profile = self._profiles[key] = _Profile(sheets, outside)
        profile.subjects.append(subject)
        if not outside:
            self._by_subject[subject] = profile
            self._hosts[subject] = by_sheet

    def _add_grants(self, entitlements: Entitlements) -> None:
        users = {
            each.system or each.node or "" for grant in entitlements.grants for each in grant.allocations
        }
        hosts = {
            subject: (Reading(subject[1], subject[0], tuple(self._hosts_of(subject)), Facts({}), ""),)
            for subject in self._hosts
            if subject[0] in users
        }
        for subject, readings in entitlements.readings(self._assessor.as_of, hosts).items():
            self._add_readings(subject, readings)

    def _add_servers(self, servers: Servers) -> None:
        # The hosts of a License Server are those of the systems that it serves according to the entitlements.
        systems = () if self._entitlements is None else self._entitlements.systems.values()
        for subject, readings in servers.items():
            served = {each.id for each in systems if each.license_server == subject[0]}
            users = [each for each in self._hosts if each[0] in served and each[1] not in LEDGER]
            hosts = tuple(sorted({host for each in users for host in self._hosts_of(each)}))
            self._add_readings(subject, [replace(reading, hosts=hosts) for reading in readings])

    def _add_readings(self, subject: Subject, readings: Iterable[Reading]) -> None:
        by_sheet = {}
        for reading in readings:
            sheet = self._assessor.sheet(reading)
            self._sheets[sheet.key] = sheet
            by_sheet[sheet.key] = list(reading.hosts)
        self._add(subject, by_sheet, False)

    def _hosts_of(self, subject: Subject) -> list[str]:
        by_sheet = self._hosts[subject]
        if len(by_sheet) == 1:
            (hosts,) = by_sheet.values()
            return hosts
        return sorted({host for hosts in by_sheet.values() for host in hosts})

    # -- verdicts --

    def _evaluate(self) -> None:
        for profile in self._profiles.values():
            if profile.outside:
                continue
            unreadable = [sheet for sheet in profile.sheets if sheet.error]
            if unreadable:
                profile.verdicts = [of_fact_sets([each for sheet in unreadable for each in sheet.verdicts])]
                continue
            profile.verdicts = [
                of_fact_sets(verdicts) for verdicts in zip(*(s.verdicts for s in profile.sheets), strict=True)
            ]
        setting = Setting(
            self._assessor.as_of,
            self._assessor.table,
            None if self._entitlements is None else self._entitlements.grants,
        )
        for pool in self._assessor.pools:
            mode = pool.mode_at(self._assessor.as_of)
            if is_closed(pool):
                self._run_closed(pool, mode, setting)
            else:
                self._run_open(pool, mode, setting)

    def _run_closed(self, pool: Pool, mode: str, setting: Setting) -> None:
        personal = names_subject(pool)
        for profile in self._profiles.values():
            if profile.outside or profile.kind in LEDGER or any(sheet.error for sheet in profile.sheets):
                continue
            sheets = tuple(sheet.pools[pool.id] for sheet in profile.sheets if pool.id in sheet.pools)
            groups = run_pool(pool, [Member(((SELF, profile.kind),), sheets)], setting) if sheets else []
            found = [group_verdicts(pool, mode, group, self._assessor.values) for group in groups]
            verdict = of_groups(pool.id, [each for verdicts_of in found for each in verdicts_of.values()])
            profile.verdicts.append(verdict)
            if personal and verdict.findings:
                profile.personal.append((pool, mode, groups))
            profile.balances.extend((pool.id, group) for group in groups)

    def _run_open(self, pool: Pool, mode: str, setting: Setting) -> None:
        members = []
        for profile in self._profiles.values():
            sheets = tuple(sheet.pools[pool.id] for sheet in profile.sheets if pool.id in sheet.pools)
            if sheets and profile.kind not in LEDGER:
                members.append(Member(tuple(profile.subjects), sheets, profile.outside))
        verdicts_of: dict[Subject, list[Verdict]] = {}
        for group in run_pool(pool, members, setting):
            self._balances.append((pool.id, group))
            for subject, verdict in group_verdicts(pool, mode, group, self._assessor.values).items():
                verdicts_of.setdefault(subject, []).append(verdict)
        for subject, profile in self._by_subject.items():
            if profile.kind not in LEDGER and not any(sheet.error for sheet in profile.sheets):
                self._open.setdefault(subject, []).append(of_groups(pool.id, verdicts_of.get(subject, ())))

    # -- the result --

    def to_dict(self) -> dict[str, Any]:
        """Return the ComplianceResult."""
        self._evaluate()
        subjects = sorted(self._by_subject)
        verdicts = {subject: self._verdicts(subject) for subject in subjects}
        findings_of = {subject: self._findings(subject, verdicts[subject]) for subject in subjects}
        states = self._waive(subjects, verdicts, findings_of)
        entries = [self._entry(subject, verdicts[subject], findings_of[subject]) for subject in subjects]
        findings = [each for found in findings_of.values() for each in found]
        errors = run_errors(entries)
        policy = self._assessor.policy
        result = {
            "kind": "ComplianceResult",
            "schema_version": 1,
            "as_of": format_time(self._assessor.as_of),
            "decision": worst(
                [*{str(entry["decision"]) for entry in entries}, *(["error"] if errors else [])]
            ),
            "fail_on": [name for name in FAIL_ON if name in self._fail_on],
            "errors": errors,
            "policies": [dict(document) for document in policy.documents],
            "parameters": {
                name: {"value": each.value, "origin": each.origin}
                for name, each in sorted(policy.parameters.items())
            },
            "loosenings": [dict(record) for record in policy.loosenings],
            "off": list(self._assessor.off),
            "digests": self._digests(subjects),
            "counts": count_outcomes(entries, verdicts, findings),
            "subjects": entries,
            "findings": sorted((each.to_dict() for each in findings), key=order),
            "waivers": states,
        }
        if self._override is not None:
            result["override"] = self._override.to_dict()
        coverage = self._coverage.to_dict()
        if coverage:
            result["coverage"] = coverage
        if self._warnings:
            result["warnings"] = self._warnings
        if self._evidence:
            result["evidence"] = self._all_evidence()
            result["balances"] = balance_rows(self._all_balances())
        return result

    def _verdicts(self, subject: Subject) -> list[Verdict]:
        profile = self._by_subject[subject]
        found = profile.verdicts
        if profile.personal:
            rendered = {
                pool.id: self._render(pool, mode, groups, subject) for pool, mode, groups in profile.personal
            }
            found = [rendered.get(each.check, each) for each in found]
        own = self._open.get(subject)
        return found if own is None else [*found, *own]

    def _render(self, pool: Pool, mode: str, groups: Sequence[GroupResult], subject: Subject) -> Verdict:
        named = [of_subject(group, subject[0]) for group in groups]
        verdicts = [group_verdicts(pool, mode, group, self._assessor.values) for group in named]
        return of_groups(pool.id, [each for found in verdicts for each in found.values()])

    def _findings(self, subject: Subject, verdicts: Sequence[Verdict]) -> list[Finding]:
        if not any(verdict.findings for verdict in verdicts):
            return []
        hosts = list(self._hosts[subject].values())
        all_hosts = self._hosts_of(subject)
        found = []
        for verdict in verdicts:
            for at, finding in enumerate(verdict.findings):
                submitters = hosts[verdict.by[at]] if verdict.by else all_hosts
                found.append(finding.about(subject, submitters))
        return found

    def _waive(
        self,
        subjects: Sequence[Subject],
        verdicts: dict[Subject, list[Verdict]],
        found: dict[Subject, list[Finding]],
    ) -> list[dict[str, Any]]:
        # Waivers are applied last, because a waiver accepts a finding and never changes how it is found.
        if not self._waivers.waivers:
            return []
        waived, states = apply(
            (f for subject in subjects for f in found[subject]), self._waivers, self._assessor.as_of
        )
        remaining = iter(waived)
        for subject in subjects:
            if found[subject]:
                found[subject] = [next(remaining) for _finding in found[subject]]
                own = iter(found[subject])
                verdicts[subject] = [
                    after_waivers(each, [next(own) for _finding in each.findings])
                    for each in verdicts[subject]
                ]
        checks = [check.id for check in self._assessor.checks]
        known_checks(self._waivers, states, checks)
        return states

    def _entry(
        self, subject: Subject, verdicts: Sequence[Verdict], found: Sequence[Finding]
    ) -> dict[str, Any]:
        profile = self._by_subject[subject]
        by, rules, pools = self._summary(verdicts)
        entry: dict[str, Any] = {
            "subject": {"kind": subject[1], "id": subject[0]},
            "hosts": self._hosts_of(subject),
            **({"standby": list(self._standby[subject])} if subject in self._standby else {}),
            "decision": decide(verdicts, found),
            "facts": profile.digest,
            "rules": rules,
            "pools": pools,
            "passed": list(by.get(PASS, ())),
            "not_applicable": list(by.get(NOT_APPLICABLE, ())),
            "waived": list(by.get(WAIVED, ())),
        }
        foreign = sorted({name for sheet in profile.sheets for name in sheet.not_usphere})
        if foreign:
            entry["not_usphere"] = foreign
        if entry["decision"] == "non_compliant" and len(profile.sheets) == 1 and subject[1] not in LEDGER:
            plan = profile.sheets[0].plan
            if plan:
                entry["plan"] = plan
        if self._evidence:
            entry["evidence"] = sorted({sheet.evidence_key for sheet in profile.sheets})
        return entry

    def _summary(self, verdicts: Sequence[Verdict]) -> tuple[dict[str, list[str]], int, int]:
        """Return checks by verdict, and the numbers of rules and pools that applied.

        Equal systems share their list of verdicts, so the summary is cached by its identity.
        """
        known = self._summaries.get(id(verdicts))
        if known is None or known[0] is not verdicts:
            applied = [each.check for each in verdicts if each.verdict != NOT_APPLICABLE]
            pools = sum(check in self._pool_ids for check in applied)
            known = (verdicts, (by_verdict(verdicts), len(applied) - pools, pools))
            self._summaries[id(verdicts)] = known
        return known[1]

    def _digests(self, subjects: Sequence[Subject]) -> dict[str, str]:
        facts = [
            [*subject, [sheet.digest for sheet in self._by_subject[subject].sheets]] for subject in subjects
        ]
        digests = {"policy": self._assessor.policy.digest, "facts": digest(facts)}
        entitlements = "" if self._entitlements is None else self._entitlements.digest
        catalog = self._assessor.policy.catalog_digest
        for name, each in (
            ("catalog", catalog),
            ("entitlements", entitlements),
            ("waivers", self._waivers.digest),
        ):
            if each:
                digests[name] = each
        return digests

    def _all_balances(self) -> Iterator[tuple[str, GroupResult]]:
        yield from self._balances
        for profile in self._profiles.values():
            for ident, _kind in profile.subjects:
                for pool, group in profile.balances:
                    yield pool, of_subject(group, ident)

    def _all_evidence(self) -> dict[str, Any]:
        used = {
            sheet.evidence_key: sheet.evidence
            for profile in self._by_subject.values()
            for sheet in profile.sheets
        }
        return dict(sorted(used.items()))
