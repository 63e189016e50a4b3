# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every sentence for a person, in English and Chinese, by its code."""

from __future__ import annotations

from typing import Dict, Mapping, Tuple

from . import (
    documents,
    events,
    facts,
    inventory,
    licensing,
    migration,
    migration_proof,
    operations,
    policy,
    proof,
    renewal,
    report,
    verdict,
    vms,
)

LANGUAGES = ("en", "zh")

Sentences = Dict[str, Tuple[str, str]]

TABLES: Tuple[Sentences, ...] = (
    licensing.MESSAGES,
    vms.MESSAGES,
    operations.MESSAGES,
    migration.MESSAGES,
    migration_proof.MESSAGES,
    policy.MESSAGES,
    verdict.MESSAGES,
    documents.MESSAGES,
    facts.MESSAGES,
    report.MESSAGES,
    events.MESSAGES,
    inventory.MESSAGES,
    renewal.MESSAGES,
    proof.MESSAGES,
)


def _merge(tables: Tuple[Sentences, ...]) -> Sentences:
    merged: Sentences = {}
    for table in tables:
        for code, pair in table.items():
            if code in merged:
                raise ValueError("the message code {0} is defined twice".format(code))
            merged[code] = pair
    return merged


MESSAGES: Sentences = _merge(TABLES)


def render(code: str, fields: Mapping[str, object], language: str = "en") -> str:
    """Return the sentence for ``code`` with ``fields`` filled in.

    ``language`` is ``en`` or ``zh``. An unknown code raises KeyError: a sentence that nobody wrote is a
    defect, and the tests ask for every code that the code base raises.
    """
    text = MESSAGES[code][LANGUAGES.index(language)]
    return text.format_map({name: _plain(value) for name, value in fields.items()})


def _plain(value: object) -> str:
    if isinstance(value, (list, tuple, set, frozenset)):
        return ", ".join(str(item) for item in value)
    return _printable(str(value))


def _printable(text: str) -> str:
    # What a server said may hold terminal control sequences.
    return "".join(character if character.isprintable() else " " for character in text)
