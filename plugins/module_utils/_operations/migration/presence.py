# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Locate the licenses of a migration: on the source, on the destination, or as files of the journal.

The journal records what was proved at one time. A server restored from a snapshot, or a deleted file,
invalidates this without a trace in the journal, so every run reads the current state again (R16).
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import AbstractSet, Callable, FrozenSet, List, Optional, Sequence, Tuple

from ..._vms.api.records import LicenseRecord
from ..._vms.api.tasks import GONE, LIVE
from ..._vms.wire.errors import VmsError
from ..checks.expectation import differences
from ..checks.license_status import dated
from ..core import license_files
from ..core.errors import Cause, OperationError
from ..core.write_errors import ChangeRefused, NotVerified, cause_of
from ..journal.journal import FileState, Journal
from ..journal.record import End, KeptFile, MigrationRecord, Part, Step
from .plan import ServerReading, expected


@dataclass(frozen=True)
class SourceReading:
    """What the source lists of the licenses of one migration.

    ``checked``: the source was read, and it is the recorded server. ``live``: ids of the licenses that it
    lists in any state except uninstalled. ``gone``: it lists all of them as uninstalled, so that their
    uninstall file can be fetched. ``causes`` explain why it was not checked. ``reused``: ids that it now
    lists for other licenses.
    """

    checked: bool
    live: Tuple[str, ...] = ()
    gone: bool = False
    causes: Tuple[Cause, ...] = ()
    reused: Tuple[str, ...] = ()


def read_source(reading: ServerReading, record: MigrationRecord) -> SourceReading:
    """Read what the source lists now; report a source that does not answer, without raising an error."""
    try:
        ids, rows = reading.ids, reading.licenses
    except VmsError as error:
        fields = {"migration": record.id, "server": record.source.server_id}
        return SourceReading(False, causes=(Cause("migration_source_unread", fields, "R16"), cause_of(error)))
    if record.source.server_id not in ids:
        changed = {
            "migration": record.id,
            "host": "{0.host}:{0.port}".format(record.source),
            "recorded": record.source.server_id,
            "found": reading.id,
        }
        return SourceReading(False, causes=(Cause("migration_source_other", changed, "R16"),))
    ours = [row for row in rows if _is_of(record, row)]
    left = {row.id for row in ours if row.status == GONE}
    return SourceReading(
        True,
        live=tuple(row.id for row in ours if row.status != GONE),
        gone=set(record.license_ids) <= left,
        reused=tuple(
            row.id
            for row in rows
            if row.id in record.license_ids and row.status != GONE and not _is_of(record, row)
        ),
    )


def reused_cause(record: MigrationRecord, reading: SourceReading) -> Cause:
    """Return the message about another license that the source lists under an id of the migration."""
    fields = {
        "migration": record.id,
        "license_ids": list(reading.reused),
        "source": "{0.host}:{0.port}".format(record.source),
    }
    return Cause("migration_id_reused", fields, "R16")


def _is_of(record: MigrationRecord, row: LicenseRecord) -> bool:
    """Return whether ``row`` is a license that moves, by its activation file or else by its id.

    A restored server may assign an id a second time, and may return a license under another id.
    """
    digest = (row.sha256 or "").lower()
    known = {(moving.sha256 or "").lower() for moving in record.licenses} - {""}
    if digest and known:
        return digest in known
    return row.id in record.license_ids


def refuse_live_source(record: MigrationRecord, reading: SourceReading, destination_live: bool) -> None:
    """Raise ChangeRefused if the source lists the licenses as installed again (R16)."""
    if not reading.live:
        return
    code = "migration_live_on_both" if destination_live else "migration_source_live"
    raise ChangeRefused(
        code,
        "R16",
        migration=record.id,
        license_ids=list(reading.live),
        source="{0.host}:{0.port}".format(record.source),
        destination="{0.host}:{0.port}".format(record.destination),
    )


def rows_of_part(reading: ServerReading, part: Part) -> Tuple[LicenseRecord, ...]:
    """Return what the server of ``part`` lists of its activation file: by digest, else by ids or file name.

    A license past its end by the server's own clock is expired, whatever status the server reports.
    """
    digest = part.file.sha256 if part.file else ""
    rows = [row for row in reading.licenses if digest and (row.sha256 or "").lower() == digest]
    if not rows:
        unnumbered = [row for row in reading.licenses if row.sha256 is None]
        rows = [row for row in unnumbered if row.id in part.license_ids]
        if not rows and part.file is not None and not part.installed and (part.sent_at or part.named):
            # The server reports no digests, so a file that was sent to it is recognized by its name.
            rows = [row for row in unnumbered if row.file_name == part.file.name]
    return dated(rows, reading.info.time) if rows else ()


def refused_files(
    record: MigrationRecord, digests: AbstractSet[str], reading_of: Callable[[End], ServerReading]
) -> FrozenSet[Tuple[str, End]]:
    """Return the files, by digest and end, that a server would refuse again as the same device.

    A server that does not answer is not known to be the same device.
    """
    refused = [item for item in record.refused if item.sha256 in digests]
    found = set()
    for end in {part.end for part in record.parts} if refused else ():
        with contextlib.suppress(VmsError):
            device = license_files.digest(reading_of(end).server.device_info().content)
            found |= {(item.sha256, end) for item in refused if item.device == device}
    return frozenset(found)


def is_live(rows: Sequence[LicenseRecord]) -> bool:
    return bool(rows) and all(row.status in LIVE for row in rows)


def refuse_dead_part(
    record: MigrationRecord,
    part: Part,
    rows: Sequence[LicenseRecord],
    others: Sequence[MigrationRecord],
    server_ids: FrozenSet[str],
) -> None:
    """Raise if a part that arrived is listed but does not work, or has left again.

    ``server_ids`` are all ids of the server that the part is on: a pair has two. Raises ChangeRefused
    ``migration_left_destination``, NotVerified ``migration_not_live`` or ``migration_yield_differs``. Returns
    if the part is live, and if its server does not list it at all.
    """
    onward = _onward(part, others, server_ids)
    left = [row.id for row in rows if row.status == GONE]
    if left or (onward and not rows):
        raise ChangeRefused(
            "migration_left_destination",
            "R16",
            migration=record.id,
            license_ids=left or list(part.license_ids),
            onward=onward or "-",
        )
    if not rows:
        return
    dead = [row for row in rows if row.status not in LIVE]
    if dead:
        raise NotVerified(
            "migration_not_live",
            "R16",
            migration=record.id,
            license_ids=[row.id for row in dead],
            states=sorted({str(row.status) for row in dead}),
        )
    error = yield_error(record, part, rows)
    if error is not None:
        raise error


def yield_error(
    record: MigrationRecord, part: Part, rows: Sequence[LicenseRecord]
) -> Optional[OperationError]:
    """Return the error of a file that installed other licenses than left the source; None if they agree."""
    found = differences(tuple(expected(item) for item in record.bringing(part)), rows)
    if found is None:
        return None
    name = part.file.name if part.file else "-"
    return NotVerified("migration_yield_differs", "R16", file=name, **found)


def _onward(part: Part, others: Sequence[MigrationRecord], server_ids: FrozenSet[str]) -> Optional[str]:
    """Return the migration of this journal that moved the licenses of ``part`` away from its server again."""
    for other in others:
        if (
            other.source.server_id in server_ids
            and set(other.license_ids) & set(part.license_ids)
            and other.step.reached(Step.SOURCE_UNINSTALLED)
        ):
            return other.id
    return None


def damaged_files(journal: Journal, record: MigrationRecord, files: Sequence[KeptFile]) -> List[KeptFile]:
    """Return those of ``files`` that are missing or differ from the recorded digest."""
    return [file for file in files if journal.state_of(record, file) is not FileState.INTACT]


def file_cause(code: str, journal: Journal, record: MigrationRecord, files: Sequence[KeptFile]) -> Cause:
    """Return the message about files of the journal that cannot be relied on."""
    fields = {
        "migration": record.id,
        "license_ids": list(record.license_ids),
        "worth": [
            "{0} × {1}".format("?" if item.quantity is None else item.quantity, item.product or "?")
            for item in record.licenses
        ],
        "files": [
            "{0} ({1}, SHA-256 {2})".format(
                journal.path_of(record, file), journal.state_of(record, file).value, file.sha256
            )
            for file in files
        ],
    }
    return Cause(code, fields, "R16")
