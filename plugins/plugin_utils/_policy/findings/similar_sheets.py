# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the sheets of systems that differ in identifiers only from the sheet of the first of them.

Fleets have few kinds of systems: reading and assessing the facts of each system would take most of the time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from ..facts.facts import Facts
from ..similar.places import texts_in
from ..similar.template import CanonicalText, IdentifierTemplate, canonical_text, template_of
from ..subjects.cache import SystemKind
from ..subjects.host_reading import Reading
from .sheet import Sheet

#: A kind whose systems have to be assessed one by one.
_DIFFERENT = None


@dataclass(frozen=True)
class _Template:
    """Template of the sheet of a kind of systems, and of its digests."""

    content: IdentifierTemplate
    facts: CanonicalText
    evidence: CanonicalText


class _Known:
    """The first system of a kind, and the sheets of all its systems by identifiers."""

    def __init__(self, first: SystemKind, sheet: Sheet) -> None:
        self.first = first
        self.sheet = sheet
        self.sheets: dict[tuple[str, ...], Sheet] = {first.identifiers: sheet}
        self.templates: list[_Template | None] = []


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
        self._known.setdefault(kind.key, _Known(kind, sheet))

    def sheet(self, kind: SystemKind) -> Sheet | None:
        """Return the sheet that reading and assessing the facts would give; None if that has to be done."""
        known = self._known.get(kind.key)
        if known is None:
            return None
        found = known.sheets.get(kind.identifiers)
        if found is not None:
            return found
        if not known.templates:
            # Many kinds have one system only, so the second one pays for the template.
            known.templates.append(self._template(known))
        template = known.templates[0]
        if template is _DIFFERENT or not template.content.fits(kind.identifiers):
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
        sheet, reading, identifiers = known.sheet, known.sheet.reading, known.first.identifiers
        if reading is None or reading.error is not None:
            return _DIFFERENT
        encoded = [each.encode() for each in identifiers]
        if any(each in read for read in self._read_facts(reading.facts) for each in encoded):
            return _DIFFERENT
        # What is computed from the facts later is left as it is, so it must not have any identifier.
        later = [(each.edition_products, each.settled_by, each.unread) for each in sheet.pools.values()]
        if not set(identifiers).isdisjoint(texts_in(later)):
            return _DIFFERENT
        content = template_of(
            (sheet.verdicts, sheet.pools, sheet.evidence, reading.facts, reading.origins), identifiers
        )
        facts = canonical_text(known.first.facts, identifiers)
        evidence = canonical_text(sheet.evidence, identifiers)
        if content is None or facts is None or evidence is None:
            return _DIFFERENT
        if facts.digest(content.texts(identifiers)) != sheet.digest:
            return _DIFFERENT
        return _Template(content, facts, evidence)
