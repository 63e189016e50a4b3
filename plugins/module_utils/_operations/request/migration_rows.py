# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Result rows of migrations, with the manual steps that are currently required for each."""

from __future__ import annotations

from typing import Any, Callable, Dict, Iterable, List, Optional, Sequence

from ..core.errors import Cause
from ..journal.journal_reader import (
    JournalReader,
    Unreadable,
)
from ..journal.record import End, MigrationRecord, Part
from .transfer_steps import place_of, steps_now, waits

Data = Dict[str, Any]
# Render messages in a language: (causes, language) → rows with ``code``, ``message`` and ``rule``.
CauseRenderer = Callable[[Iterable[Cause], str], List[Data]]


def outcome_rows(
    records: Iterable[MigrationRecord],
    journal: JournalReader,
    render: CauseRenderer,
    language: str,
    folder: Optional[str] = None,
) -> List[Data]:
    """Return the state of each migration, with the manual steps that are currently required.

    With the drop directory, each part that waits for an activation file also shows its path in it.
    """
    return [
        record_row(record, journal, render(steps_now(record, journal, folder), language), folder)
        for record in records
    ]


def record_row(
    record: MigrationRecord, journal: JournalReader, now: Sequence[Data], folder: Optional[str] = None
) -> Data:
    """Return one migration as a result row: no keys and no file contents, only file paths."""
    transfer = record.transfer
    return {
        "id": record.id,
        "state": record.step.value,
        "source": _server_row(record.source),
        "destination": _server_row(record.destination),
        "license_ids": list(record.license_ids),
        "licenses": [
            {
                "id": license_.id,
                "product": license_.product,
                "arch": license_.arch,
                "kind": license_.kind,
                "code": license_.code,
                "quantity": license_.quantity,
                "expires_at": license_.expires_at,
            }
            for license_ in record.licenses
        ],
        "parts": [_part_row(record, part, journal, folder) for part in record.parts],
        "uninstall_files": [journal.path_of(record, file) for file in record.uninstall_files],
        "bundle": None if transfer is None else journal.bundle_path(record, transfer.folder),
        "history": [
            {
                "step": event.step,
                "at": event.at,
                "server_at": event.server_at,
                "host": event.host,
                "pid": event.pid,
            }
            for event in record.history
        ],
        "now": list(now),
    }


def _part_row(record: MigrationRecord, part: Part, journal: JournalReader, folder: Optional[str]) -> Data:
    row: Data = {
        "to": part.end.value,
        "quantity": part.quantity,
        "activation_file": None if part.file is None else journal.path_of(record, part.file),
        "sha256": None if part.file is None else part.file.sha256,
        "license_ids": list(part.license_ids),
        "proof": _proof_row(part),
    }
    if folder is not None and part.file is None and waits(record):
        row["activation_folder"] = place_of(folder, record, part)
    return row


def _proof_row(part: Part) -> Optional[Data]:
    """Return the evidence that the installed licenses of a part are those that left the source.

    None while none are installed.
    """
    if not part.installed:
        return None
    return {
        "kind": "named" if part.named else "sent",
        "sent_at": part.sent_at,
        "server_at": part.sent_server_at,
    }


def _server_row(server: Any) -> Data:
    return {"host": server.host, "port": server.port, "id": server.server_id, "client": server.client}


def survey_rows(
    journal: JournalReader, render: CauseRenderer, language: str, folder: Optional[str] = None
) -> List[Data]:
    """Return every migration of a journal; an invalid record gets the state ``unreadable``."""
    records, unreadable = journal.survey()
    return outcome_rows(records, journal, render, language, folder) + [
        _unreadable_row(item, render, language) for item in unreadable
    ]


def rows_at(rows: Sequence[Data], host: str, port: int, server_id: Optional[str]) -> List[Data]:
    """Return the migrations from or to one License Server, and those whose servers are unknown."""

    def concerns_server(row: Data) -> bool:
        ends = [row[end.value] for end in End if end.value in row]
        return not ends or any(
            (end["host"].lower(), end["port"]) == (host.lower(), port) or end["id"] == server_id
            for end in ends
        )

    return [row for row in rows if concerns_server(row)]


def _unreadable_row(item: Unreadable, render: CauseRenderer, language: str) -> Data:
    error = item.error
    messages = render([Cause(error.code, error.fields, error.rule)], language)
    return {
        "id": item.id,
        "state": "unreadable",
        "message": messages[0]["message"],
        "code": error.code,
        "now": messages,
    }
