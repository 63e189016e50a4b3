# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors of policy documents and facts, each with its place and its message."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ....module_utils._errors import UsphereError
from ....module_utils._messages.catalog import render


@dataclass(frozen=True)
class Problem:
    """One error: ``code`` and ``fields`` select its message, ``place`` is ``file:line`` or a file name."""

    code: str
    fields: Mapping[str, object] = field(default_factory=dict)
    place: str = ""

    def text(self, language: str = "en") -> str:
        """Return the message, preceded by its place."""
        sentence = render(self.code, self.fields, language)
        hint = _alternatives(self.fields.get("hint"), language)
        if hint:
            sentence = render("did_you_mean", {"sentence": sentence, "hint": hint}, language)
        return f"{self.place}: {sentence}" if self.place else sentence

    def to_dict(self) -> dict[str, object]:
        """Return the error as plain data, for the result of a task."""
        return {"code": self.code, "fields": dict(self.fields), "place": self.place}


def _alternatives(hint: object, language: str) -> str:
    """Return a suggestion, or several ones joined with "or"."""
    if not isinstance(hint, (list, tuple)):
        return str(hint or "")
    if len(hint) < 2:
        return str(hint[0]) if hint else ""
    return render("alternatives", {"first": hint[:-1], "last": hint[-1]}, language)


class PolicyError(UsphereError):
    """An error of the policy layer with one message."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All errors; this class has exactly one, itself."""
        return (Problem(self.code, self.fields),)

    def text(self, language: str = "en") -> str:
        """Return the messages of all errors, one per line."""
        return "\n".join(problem.text(language) for problem in self.problems)

    def __str__(self) -> str:
        return self.text()


class InvalidDocument(PolicyError):
    """A document that cannot be used, with all its errors."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        super().__init__("document_invalid")
        self._problems = tuple(problems)

    @property
    def problems(self) -> tuple[Problem, ...]:
        return self._problems


class FactsError(PolicyError):
    """Facts that cannot be read at all (undefined values, NaN, nesting that is too deep)."""


class UndeterminedFacts(FactsError):
    """Facts that do not describe a certain subject: the host counts as not read, with one finding.

    ``reason`` is the reason of the unknown facts, ``remedy`` the code of the remediation.
    """

    reason = "absent"
    remedy = "finding_unknown_remedy"


class ForeignFacts(UndeterminedFacts):
    """Facts of a host that describe another host: the host that supplied them counts as not read."""

    reason = "conflict"
    remedy = "facts_other_host_remedy"

    @classmethod
    def of(cls, host: str, subject: str) -> ForeignFacts:
        """Return the error of ``host``, whose facts describe the host ``subject``."""
        return cls("facts_other_host", pointer="/subject/id", host=host, subject=subject)

    @classmethod
    def shared(cls, host: str, other: str) -> ForeignFacts:
        """Return the error of ``host``, whose facts equal those of ``other`` and name neither host."""
        return cls("facts_shared", pointer="/subject/id", host=host, subject=other)


class OneMachine(UndeterminedFacts):
    """Facts of two systems that were read from one machine: it is unknown which of the two was read."""

    reason = "conflict"
    remedy = "facts_one_machine_remedy"

    @classmethod
    def of_endpoint(cls, host: str, other: str, endpoint: str) -> OneMachine:
        """Return the error of ``host``, whose facts were read from the endpoint of ``other``."""
        pointer = "/source/endpoint"
        return cls("facts_one_endpoint", pointer=pointer, host=host, subject=other, endpoint=endpoint)

    @classmethod
    def of_macs(cls, host: str, other: str) -> OneMachine:
        """Return the error of ``host``, whose facts have the MAC addresses of ``other``."""
        return cls("facts_one_machine", pointer="/source/identity/macs", host=host, subject=other)


class TwoSources(UndeterminedFacts):
    """Inventory sources that give one name to two systems: it is unknown which of the two is meant."""

    reason = "conflict"
    remedy = "facts_two_sources_remedy"

    @classmethod
    def of_address(cls, host: str, source: str, read: str, given: str) -> TwoSources:
        """Return the error of ``host``, which ``source`` read at another address than the variables state."""
        fields = {"host": host, "source": source, "read": read, "given": given}
        return cls("facts_other_address", pointer="/source/endpoint", **fields)

    @classmethod
    def of_facts(cls, host: str, source: str, read: str) -> TwoSources:
        """Return the error of ``host``, whose facts are not those that ``source`` read."""
        return cls("facts_replaced", pointer="", host=host, source=source, read=read)

    @classmethod
    def of_managers(cls, host: str, first: str, second: str) -> TwoSources:
        """Return the error of ``host``, which two sources give to the managers ``first`` and ``second``."""
        return cls("facts_two_managers", pointer="/source/endpoint", host=host, first=first, second=second)


class SharedLicense(UndeterminedFacts):
    """A license of one client that several systems state, with more assigned to them than its quantity."""

    reason = "conflict"
    remedy = "facts_shared_license_remedy"

    def __init__(self, host: str, other: str, license_id: str, assigned: int, quantity: int) -> None:
        super().__init__(
            "facts_shared_license",
            pointer="/licenses/items",
            host=host,
            subject=other,
            license=license_id,
            assigned=assigned,
            quantity=quantity,
        )


class UnplacedNode(UndeterminedFacts):
    """A node whose system is unknown, so that its facts cannot be united with those of the other nodes."""

    remedy = "finding_mapped_remedy"

    @classmethod
    def of(cls, host: str, pointer: str) -> UnplacedNode:
        """Return the error of ``host``, whose own value at ``pointer`` should name its system."""
        return cls("map_system_absent", pointer=pointer, host=host)

    @classmethod
    def unreadable(cls, host: str, pointer: str, value: str) -> UnplacedNode:
        """Return the error of ``host``, whose own value at ``pointer`` is not the name of a system."""
        return cls("map_system_value", pointer=pointer, host=host, value=value)
