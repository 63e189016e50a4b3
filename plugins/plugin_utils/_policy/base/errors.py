# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults of policy documents and facts, each with its place and its sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ....module_utils._errors import UsphereError
from ....module_utils._messages.catalog import register, render
from ....module_utils._messages.policy.base import MESSAGES

register(MESSAGES)


@dataclass(frozen=True)
class Fault:
    """One fault: ``code`` and ``fields`` name its sentence, ``place`` is ``file:line`` or a file."""

    code: str
    fields: Mapping[str, object] = field(default_factory=dict)
    place: str = ""

    def text(self, language: str = "en") -> str:
        """The sentence, with its place in front."""
        sentence = render(self.code, self.fields, language)
        if self.fields.get("hint"):
            sentence = render("did_you_mean", {"sentence": sentence, "hint": self.fields["hint"]}, language)
        return f"{self.place}: {sentence}" if self.place else sentence

    def to_dict(self) -> dict[str, object]:
        """The fault as plain data, for a task's result."""
        return {"code": self.code, "fields": dict(self.fields), "place": self.place}


class PolicyError(UsphereError):
    """A fault of the policy layer that has one sentence."""

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Everything that is wrong; for this class just itself."""
        return (Fault(self.code, self.fields),)

    def text(self, language: str = "en") -> str:
        """Every fault as a sentence, one a line."""
        return "\n".join(fault.text(language) for fault in self.faults)

    def __str__(self) -> str:
        return self.text()


class InvalidDocument(PolicyError):
    """A document that cannot be used, with all its faults."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        super().__init__("document_invalid")
        self._faults = tuple(faults)

    @property
    def faults(self) -> tuple[Fault, ...]:
        return self._faults


class FactsError(PolicyError):
    """Facts that cannot be read at all (undefined values, NaN, nesting without end)."""


class ForeignFacts(FactsError):
    """Facts that are about another host: the host that gave them has not been read."""

    @classmethod
    def of(cls, host: str, subject: str) -> ForeignFacts:
        """The error of ``host``, whose facts are about the host ``subject``."""
        return cls("facts_other_host", pointer="/subject/id", host=host, subject=subject)

    @classmethod
    def shared(cls, host: str, other: str) -> ForeignFacts:
        """The error of ``host``, whose facts are those of ``other``, too, and name neither of the two."""
        return cls("facts_shared", pointer="/subject/id", host=host, subject=other)
