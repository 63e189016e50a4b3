# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compose policy documents into one: extends, override, replace, disable, narrower parameters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ....module_utils._pointer import Path
from ..base.errors import Problem
from ..constraints.bind_constraint import conjunction
from ..documents.schemas import brief, suggestion, type_name
from ..documents.yaml_reader import Document
from ..facts.fact_table import SiteFact, fact_table
from ..facts.max_age import MaxAge, strictest
from .model import ON_UNKNOWN_STRENGTH, SEVERITIES, STRENGTH, SYSTEM, Entry, Origin, Parameter, PolicySet

#: Keys that ``override`` may change.
OVERRIDABLE = frozenset(
    ("mode", "severity", "on_unknown", "message", "remediation", "references", "description")
)
_ACTIONS = frozenset(("override", "replace", "disable"))


def compose(loaded: Iterable[tuple[Document, dict[str, str]]]) -> tuple[PolicySet, list[Problem]]:
    """Compose documents from left to right, later ones take precedence. Return the policy and all errors.

    Each document is paired with its id, version and digest. Errors are conflicts, such as a rule that already
    exists, an override of a rule that does not exist, or a parameter with wider bounds.
    """
    composer = _Composer()
    for document, identity in loaded:
        composer.add(document, identity)
    return composer.result(), composer.problems


class _Composer:
    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._documents: list[dict[str, str]] = []
        self._parameters: dict[str, Parameter] = {}
        self._site_facts: dict[str, tuple[SiteFact, str]] = {}
        self._entries: dict[str, dict[str, Entry]] = {"rules": {}, "pools": {}}
        self._loosenings: list[dict[str, Any]] = []
        self._ages: list[MaxAge] = []
        self._tests: list[tuple[Document, Path, Mapping[str, Any]]] = []

    def add(self, document: Document, identity: dict[str, str]) -> None:
        policy: dict[str, Any] = document.value  # type: ignore[assignment]  # validated by the schema
        known = {item["id"]: item for item in self._documents}
        earlier = known.get(identity["id"])
        if earlier is not None:
            if earlier != identity:
                versions = [earlier["version"], identity["version"]]
                self._add_problem(
                    "policy_two_versions", document, ("id",), id=identity["id"], versions=versions
                )
            return
        self._documents.extend(policy.get("resolved_from", [identity]))
        self._loosenings.extend(policy.get("loosenings", ()))
        if "max_age_hours" in policy:
            self._ages.append(policy["max_age_hours"])
        for name, declared in policy.get("parameters", {}).items():
            self._parameter(name, declared, document, policy["id"])
        for name, declared in policy.get("site_facts", {}).items():
            self._site_fact(name, declared, document)
        for section in ("rules", "pools"):
            for index, raw in enumerate(policy.get(section, ())):
                self._entry(section, raw, document, (section, index), policy)
        for index, test in enumerate(policy.get("tests", ())):
            self._tests.append((document, ("tests", index), test))

    def result(self) -> PolicySet:
        return PolicySet(
            documents=tuple(self._documents),
            parameters=dict(self._parameters),
            rules=dict(self._entries["rules"]),
            pools=dict(self._entries["pools"]),
            loosenings=tuple(self._loosenings),
            max_age_hours=strictest(self._ages),
            tests=tuple(self._tests),
            site_facts={name: each for name, (each, _place) in sorted(self._site_facts.items())},
        )

    def _add_problem(self, code: str, document: Document, path: Path, **fields: object) -> None:
        self.problems.append(Problem(code, fields, document.place(path)))

    # -- rules and pools --

    def _entry(
        self, section: str, raw: dict[str, Any], document: Document, path: Path, policy: dict[str, Any]
    ) -> None:
        ident = raw["id"]
        entries = self._entries[section]
        other = self._entries["pools" if section == "rules" else "rules"]
        actions = sorted(_ACTIONS & raw.keys())
        existing = entries.get(ident)
        if len(actions) > 1:
            self._add_problem("rule_actions", document, path, id=ident, actions=actions)
        elif ident in other or (existing is not None and existing.sources["id"][0] is document):
            line = (other.get(ident) or entries[ident]).origin.place
            self._add_problem("rule_duplicate", document, path, id=ident, first=line)
        elif existing is None:
            if actions:
                hint = suggestion(ident, sorted(entries))
                self._add_problem("rule_absent", document, path, id=ident, action=actions[0], hint=hint)
            else:
                entries[ident] = _entry(raw, document, path, policy)
        elif not actions:
            self._add_problem("rule_exists", document, path, id=ident, first=existing.origin.place)
        else:
            self._change(entries, existing, raw, document, path, policy)

    def _change(
        self,
        entries: dict[str, Entry],
        existing: Entry,
        raw: dict[str, Any],
        document: Document,
        path: Path,
        policy: dict[str, Any],
    ) -> None:
        (action,) = _ACTIONS & raw.keys()
        record = {"by": policy["id"], "rule": existing.id}
        if action == "disable":
            del entries[existing.id]
            self._loosenings.append({**record, "what": "disable", "reason": raw["disable"]["reason"]})
        elif action == "replace":
            entries[existing.id] = _entry(raw, document, path, policy)
            self._loosenings.append({**record, "what": "replace"})
        else:
            self._override(entries, existing, raw, document, path, record)

    def _override(
        self,
        entries: dict[str, Entry],
        existing: Entry,
        raw: dict[str, Any],
        document: Document,
        path: Path,
        record: dict[str, Any],
    ) -> None:
        changes = {name: value for name, value in raw.items() if name not in ("id", "override")}
        for name in sorted(changes.keys() - OVERRIDABLE):
            self._add_problem("override_too_much", document, (*path, name), id=existing.id, key=name)
        for name, rank in _RANKS.items():
            before, after = existing.raw.get(name), changes.get(name)
            if name in changes and rank(after) < rank(before):
                self._loosenings.append({**record, "what": name, "from": before, "to": after})
        sources = {**existing.sources, **dict.fromkeys(changes, (document, path))}
        entries[existing.id] = Entry({**existing.raw, **changes}, existing.origin, sources)

    # -- site facts and parameters --

    def _site_fact(self, name: str, declared: dict[str, Any], document: Document) -> None:
        path: Path = ("site_facts", name)
        fact = SiteFact(
            name,
            declared["type"],
            tuple(declared["enum"]) if "enum" in declared else None,
            "implied" in declared,
        )
        if name in fact_table().properties:
            self._add_problem("site_fact_taken", document, path, name=name)
            return
        for index, value in enumerate(fact.enum or ()):
            if not fits(fact.type, value):
                fields = {"name": name, "expected": fact.type, "value": brief(value)}
                self._add_problem("site_fact_choice", document, (*path, "enum", index), **fields)
        existing, place = self._site_facts.setdefault(name, (fact, document.place(path)))
        if existing.type == fact.type and (existing.implied or fact.implied):
            if existing.implied:
                self._site_facts[name] = (fact, document.place(path))
        elif existing != fact:
            self._add_problem("site_fact_conflict", document, path, name=name, first=place)

    def _parameter(self, name: str, declared: dict[str, Any], document: Document, policy: str) -> None:
        path: Path = ("parameters", name)
        existing = self._parameters.get(name)
        if existing is None:
            if "type" not in declared or "default" not in declared:
                hint = suggestion(name, sorted(self._parameters))
                self._add_problem("param_undeclared", document, path, param=name, hint=hint)
                return
            parameter = Parameter(
                name,
                declared["type"],
                declared["default"],
                declared.get("origin", policy),
                declared.get("minimum"),
                declared.get("maximum"),
                tuple(declared["enum"]) if "enum" in declared else None,
            )
        else:
            for key in ("type", "default", "enum"):
                if key in declared:
                    self._add_problem("param_redeclared", document, (*path, key), param=name, key=key)
            parameter = self._narrower(existing, declared, document, path, policy)
        found = value_problems(parameter, document.place(path))
        self.problems.extend(found)
        # Keep the previous value, so that an invalid one is reported once and not at each use.
        self._parameters[name] = parameter if not found or existing is None else existing

    def _narrower(
        self, existing: Parameter, declared: dict[str, Any], document: Document, path: Path, policy: str
    ) -> Parameter:
        low: Any = declared.get("minimum", existing.minimum)
        high: Any = declared.get("maximum", existing.maximum)
        if existing.minimum is not None and low < existing.minimum:
            self._add_problem(
                "param_wider", document, (*path, "minimum"), param=existing.name, bound=existing.minimum
            )
        if existing.maximum is not None and high > existing.maximum:
            self._add_problem(
                "param_wider", document, (*path, "maximum"), param=existing.name, bound=existing.maximum
            )
        value, origin = existing.value, existing.origin
        if "value" in declared:
            value, origin = declared["value"], policy
            if value != existing.value:
                change = {"what": "parameter", "from": existing.value, "to": value}
                self._loosenings.append({"by": policy, "parameter": existing.name, **change})
        return Parameter(existing.name, existing.type, value, origin, low, high, existing.enum)


def fits(wanted: str, value: object) -> bool:
    """Return whether plain data has the JSON Schema type ``wanted``; an integer is also a number."""
    name = type_name(value)
    return name == wanted or (wanted == "number" and name == "integer")


def value_problems(parameter: Parameter, place: str) -> list[Problem]:
    """Return the errors of a parameter's value: wrong type, not a choice, out of bounds."""
    value, fields = parameter.value, {"param": parameter.name, "value": brief(parameter.value)}
    if not fits(parameter.type, value):
        return [Problem("param_type", {**fields, "expected": parameter.type}, place)]
    if parameter.enum is not None and value not in parameter.enum:
        return [
            Problem("param_choice", {**fields, "expected": [brief(item) for item in parameter.enum]}, place)
        ]
    low, high = parameter.minimum, parameter.maximum
    if parameter.type in ("integer", "number") and (
        (low is not None and value < low) or (high is not None and value > high)
    ):
        bounds = {"low": "" if low is None else brief(low), "high": "" if high is None else brief(high)}
        return [Problem("param_bounds", {**fields, **bounds}, place)]
    return []


def _entry(raw: dict[str, Any], document: Document, path: Path, policy: dict[str, Any]) -> Entry:
    inherited: dict[str, tuple[Document, Path]] = {}
    if "origin" in raw:
        origin = Origin(**raw["origin"])
        content = {name: value for name, value in raw.items() if name != "origin"}
    else:
        origin = Origin(policy["id"], policy["version"], document.place(path))
        content = {name: value for name, value in raw.items() if name != "replace"}
        # The ``applies_to`` of a policy is about systems: rules about other subjects use only their own.
        parts = (policy, raw) if raw.get("about", SYSTEM) == SYSTEM else (raw,)
        conditions = [part["applies_to"] for part in parts if "applies_to" in part]
        if conditions:
            content["applies_to"] = conjunction(conditions)
        if "effective" in policy and "effective" not in raw:
            content["effective"] = policy["effective"]
            inherited["effective"] = (document, ())
    sources = {**dict.fromkeys((*content, "id"), (document, path)), **inherited}
    return Entry(content, origin, sources)


def _mode_rank(mode: object) -> int:
    if isinstance(mode, dict):
        return 0 if len(mode) == 0 else min(STRENGTH[name] for name in mode)
    return STRENGTH[str(mode)] if mode is not None else STRENGTH["deny"]


def _severity_rank(severity: object) -> int:
    return -SEVERITIES.index(str(severity)) if severity in SEVERITIES else -SEVERITIES.index("high")


def _unknown_rank(effect: object) -> int:
    return ON_UNKNOWN_STRENGTH[str(effect)] if effect is not None else 2


_RANKS = {"mode": _mode_rank, "severity": _severity_rank, "on_unknown": _unknown_rank}
