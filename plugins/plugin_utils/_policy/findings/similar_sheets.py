# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the sheets of systems that differ in identifiers only from the sheet of the first of them.

Fleets have few kinds of systems: reading and assessing the facts of each system would take most of the time.
An identifier can equal another text by chance, such as the state of a connection. So before an identifier of
the first system is exchanged for others, a system with another one was assessed, and the sheet made for it
was equal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from ..facts.facts import Facts
from ..similar.places import texts_in
from ..similar.template import CanonicalText, IdentifierTemplate, canonical_text, template_of
from ..subjects.cache import SystemKind
from ..subjects.host_reading import Reading
from .sheet import Sheet


@dataclass(frozen=True)
class _Template:
    """Template of the sheet of a kind of systems, and of its digests."""

    content: IdentifierTemplate
    facts: CanonicalText
    evidence: CanonicalText


@dataclass
class _Known:
    """The first system of a kind, and the sheets of all its systems by identifiers.

    ``template`` is None while there is only one system, and after a sheet that was made was not equal;
    ``checked`` are the positions of the identifiers whose exchange was seen to be right.
    """

    first: SystemKind
    sheet: Sheet
    sheets: dict[tuple[str, ...], Sheet]
    template: _Template | None = None
    is_alone: bool = True
    checked: set[int] = field(default_factory=set)

    def exchanged(self, kind: SystemKind) -> set[int]:
        """Return the positions of the identifiers in which a system differs from the first one."""
        return {
            at
            for at, (first, own) in enumerate(zip(self.first.identifiers, kind.identifiers, strict=True))
            if first != own
        }


class SimilarSheets:
    """The sheets of systems by their kind.

    ``key_of`` returns the key of the sheet of a reading, ``read_facts`` what each rule reads of facts: a rule
    that reads an identifier can depend on any part of its text.
    """

    def __init__(
        self, key_of: Callable[[Reading], str], read_facts: Callable[[Facts], Iterable[bytes]]
    ) -> None:
        self._key_of = key_of
        self._read_facts = read_facts
        self._known: dict[bytes, _Known] = {}

    def add(self, kind: SystemKind, sheet: Sheet) -> None:
        """Add the sheet of a system that was read and assessed."""
        known = self._known.get(kind.key)
        if known is None:
            self._known[kind.key] = _Known(kind, sheet, {kind.identifiers: sheet})
            return
        known.sheets[kind.identifiers] = sheet
        if known.is_alone:
            # Many kinds have one system only, so the second one pays for the template.
            known.is_alone, known.template = False, self._template(known)
        template = known.template
        if template is None or not template.content.fits(kind.identifiers):
            return
        if _is_same(self._made(known.sheet, template, kind), sheet):
            known.checked |= known.exchanged(kind)
        else:
            known.template = None

    def sheet(self, kind: SystemKind) -> Sheet | None:
        """Return the sheet that reading and assessing the facts would give; None if that has to be done."""
        known = self._known.get(kind.key)
        if known is None:
            return None
        found = known.sheets.get(kind.identifiers)
        template = known.template
        if found is not None or template is None:
            return found
        if not known.exchanged(kind) <= known.checked or not template.content.fits(kind.identifiers):
            return None
        found = known.sheets[kind.identifiers] = self._made(known.sheet, template, kind)
        return found

    def _made(self, first: Sheet, template: _Template, kind: SystemKind) -> Sheet:
        texts = template.content.texts(kind.identifiers)
        verdicts, pools, evidence, facts, origins = template.content.made_for(texts)
        digest = template.facts.digest(texts)
        reading = first.reading and replace(first.reading, facts=facts, origins=origins, digest=digest)
        return replace(
            first,
            key="" if reading is None else self._key_of(reading),
            digest=digest,
            verdicts=verdicts,
            pools={
                name: each if each is first.pools[name] else replace(each, facts=facts)
                for name, each in pools.items()
            },
            evidence=evidence,
            reading=reading,
            stored_evidence_key=template.evidence.digest(texts),
        )

    def _template(self, known: _Known) -> _Template | None:
        """Return the template of a kind; None if its systems have to be assessed one by one."""
        sheet, reading, identifiers = known.sheet, known.sheet.reading, known.first.identifiers
        if reading is None or reading.error is not None:
            return None
        encoded = [each.encode() for each in identifiers]
        if any(each in read for read in self._read_facts(reading.facts) for each in encoded):
            return None
        # What is computed from the facts later is left as it is, so it must not have any identifier.
        later = [(each.edition_products, each.settled_by, each.unread) for each in sheet.pools.values()]
        if not set(identifiers).isdisjoint(texts_in(later)):
            return None
        content = template_of(
            (sheet.verdicts, sheet.pools, sheet.evidence, reading.facts, reading.origins), identifiers
        )
        facts = canonical_text(known.first.facts, identifiers)
        evidence = canonical_text(sheet.evidence, identifiers)
        if content is None or facts is None or evidence is None:
            return None
        if facts.digest(content.texts(identifiers)) != sheet.digest:
            return None
        return _Template(content, facts, evidence)


def _is_same(made: Sheet, assessed: Sheet) -> bool:
    return (
        made == assessed
        and made.evidence_key == assessed.evidence_key
        and made.reading is not None
        and assessed.reading is not None
        and made.reading.origins == assessed.reading.origins
        and _about_nobody(made.reading.facts) == _about_nobody(assessed.reading.facts)
    )


def _about_nobody(facts: Facts) -> Facts:
    """Return the facts without subject and source, which systems of one kind do not have in common."""
    tree = facts.tree
    if not isinstance(tree, dict):
        return facts
    return replace(
        facts, tree={name: each for name, each in tree.items() if name not in ("subject", "source")}
    )
