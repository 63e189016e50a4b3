# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Manual steps of a license transfer on the license platform."""

from __future__ import annotations

import os
from typing import Dict, List, Mapping, Optional, Sequence, Tuple

from ..._messages.catalog import register
from ..._messages.operations.transfer import MESSAGES
from ..core.errors import Cause
from ..journal.journal_reader import JournalReader
from ..journal.record import End, MigrationRecord, Part, Step

register(MESSAGES)


def steps_now(
    record: MigrationRecord, journal: JournalReader, folder: Optional[str] = None
) -> Tuple[Cause, ...]:
    """Return the manual steps that are currently required, in order.

    Empty unless the migration waits for an activation file. ``folder`` is the drop directory for files that
    the platform issued, if one is used.
    """
    transfer = record.transfer
    if transfer is None or not waits(record):
        return ()
    names = {End.DESTINATION: journal.path_of(record, transfer.destination)}
    if transfer.source is not None:
        names[End.SOURCE] = journal.path_of(record, transfer.source)
    proofs = [journal.path_of(record, file) for file in record.uninstall_files]
    return steps_at(record, proofs, names, folder)


def waits(record: MigrationRecord) -> bool:
    """Return whether the migration waits until the operator provides an activation file."""
    return record.step in (Step.WAITING, Step.TRANSFER_REQUESTED)


def steps_at(
    record: MigrationRecord, proofs: Sequence[str], names: Mapping[End, str], folder: Optional[str] = None
) -> Tuple[Cause, ...]:
    """Return the manual steps with the paths of the files that they need."""
    steps: List[Cause] = []
    keep: List[Cause] = []
    undivided = all(part.quantity is None for part in record.parts)
    for part in record.parts:
        if part.file is not None:
            continue
        server = record.destination if part.end is End.DESTINATION else record.source
        fields: Dict[str, object] = {
            "uninstall_files": list(proofs),
            "device_information": names[part.end],
            "server": server.server_id,
            "quantity": _quantity(record, part),
            "licenses": list(record.license_ids),
        }
        steps.append(Cause("step_transfer_whole" if undivided else "step_transfer_part", fields, "R16"))
        drop_path = None if folder is None else place_of(folder, record, part)
        if drop_path is not None:
            keep.append(Cause("step_put_activation_file", {**fields, "folder": drop_path}, ""))
    if keep:
        return (*steps, *keep, Cause("step_run_again_then", {"migration": record.id}, ""))
    if not steps:
        # Every file is available, so the migration waits only for a server that did not answer.
        return (Cause("step_run_again_answered", {"migration": record.id}, ""),)
    steps.append(Cause("step_keep_activation_file", {}, ""))
    steps.append(Cause("step_run_again", {"migration": record.id}, ""))
    return tuple(steps)


def _quantity(record: MigrationRecord, part: Part) -> Optional[int]:
    return part.quantity if part.quantity is not None else sum(item.quantity or 0 for item in record.licenses)


def place_of(folder: str, record: MigrationRecord, part: Part) -> Optional[str]:
    """Return the path in ``folder`` where the activation file for ``part`` is expected.

    None if the license id cannot be a directory name.
    """
    ident = record.license_ids[0]
    if not is_directory_name(ident):
        return None
    directory = os.path.join(folder, ident)
    return directory if part.quantity is None else os.path.join(directory, part.end.value, str(part.quantity))


def is_directory_name(ident: str) -> bool:
    """Return whether a license id can name a directory of the drop directory."""
    return ident != "" and not ident.startswith(".") and "/" not in ident and ident.isprintable()
