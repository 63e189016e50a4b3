# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Group the licenses of a removal by activation file, the unit of uninstalling."""

from __future__ import annotations

from typing import Dict, Iterable, List, Optional, Sequence, Tuple

from ..._licensing.catalog.catalog import Catalog
from ..._licensing.rules.preconditions import install_order
from ..._messages.catalog import register
from ..._messages.operations.license import MESSAGES
from ..._vms.api.license_server_api import (
    ClientRecord,
)
from ..._vms.api.records import (
    LicenseRecord,
)
from ..._vms.api.tasks import CONNECTED, GONE, LicenseServerWriter
from ..checks.expectation import expectation_of
from ..core import license_files
from ..core.errors import Cause, InvalidRequest
from ..core.write_errors import ArtifactError, ChangeRefused, NotVerified

register(MESSAGES)


Group = Tuple[LicenseRecord, ...]

# How many of the server's licenses a message lists.
NAMED = 10


def chosen_records(license_ids: Sequence[str], records: Sequence[LicenseRecord]) -> Group:
    """Return the licenses of ``license_ids``. Raises InvalidRequest if the server does not list an id."""
    if not license_ids:
        raise InvalidRequest("license_ids_empty")
    by_id = {record.id: record for record in records}
    unknown = [license_id for license_id in license_ids if license_id not in by_id]
    if unknown:
        raise InvalidRequest("license_unknown", license_ids=unknown, known=_some(sorted(by_id)))
    return tuple(by_id[license_id] for license_id in dict.fromkeys(license_ids))


def _some(names: Sequence[str]) -> List[str]:
    """Return at most NAMED names for a message, because a server may list thousands."""
    return [*names[:NAMED], "…"] if len(names) > NAMED else list(names) or ["-"]


def file_groups(records: Iterable[LicenseRecord]) -> Tuple[Group, ...]:
    """Return the licenses grouped by activation file, the unit of uninstalling."""
    groups: Dict[str, List[LicenseRecord]] = {}
    for record in records:
        groups.setdefault(file_of(record), []).append(record)
    return tuple(tuple(group) for group in groups.values())


def file_of(record: LicenseRecord) -> str:
    """Return what identifies the activation file of ``record``: its digest, its name, else the license id."""
    return record.sha256 or record.file_name or "license " + record.id


def refuse_parts(steps: Sequence[Group], records: Sequence[LicenseRecord]) -> None:
    """Raise ChangeRefused ``license_file_shared`` if a step omits licenses of its activation file."""
    for group in steps:
        others = [
            record.id for record in records if file_of(record) == file_of(group[0]) and record not in group
        ]
        if others:
            raise ChangeRefused(
                "license_file_shared",
                license_ids=[record.id for record in group],
                others=others,
                file=group[0].file_name or "-",
            )


def refuse_contradictions(gone: Sequence[Group], records: Sequence[LicenseRecord]) -> None:
    """Raise NotVerified ``uninstall_contradicted`` if part of an uninstalled file is listed as installed.

    An activation file is uninstalled completely, so a server that lists both states contradicts itself.
    """
    for group in gone:
        others = installed_ids(group, records)
        if others:
            ids = [record.id for record in group]
            raise NotVerified("uninstall_contradicted", "", (), False, license_ids=ids, others=list(others))


def installed_ids(group: Group, records: Sequence[LicenseRecord]) -> Tuple[str, ...]:
    """Return the ids of the licenses of the same activation file that are not uninstalled."""
    own = file_of(group[0])
    return tuple(record.id for record in records if file_of(record) == own and record.status != GONE)


def still_held(steps: Sequence[Group], clients: Sequence[ClientRecord]) -> Tuple[Cause, ...]:
    """Return a cause for each license that a connected client holds."""
    connected = {client.name for client in clients if client.state == CONNECTED}
    held = []
    for group in steps:
        for record in group:
            names = sorted({share.client for share in record.assigned if share.client in connected})
            if names:
                fields: Dict[str, object] = {"license_id": record.id, "clients": names}
                held.append(Cause("license_held", fields, ""))
    return tuple(held)


def removal_order(steps: Sequence[Group], catalog: Optional[Catalog] = None) -> Tuple[Group, ...]:
    """Return the steps with upgrades before their bases: the reverse of the install order."""
    rows = [(index, record) for index, group in enumerate(steps) for record in group]
    first: Dict[int, int] = {}
    for position, at in enumerate(
        install_order([expectation_of(record) for _index, record in rows], catalog)
    ):
        first.setdefault(rows[at][0], position)
    return tuple(steps[index] for index in sorted(first, key=first.__getitem__, reverse=True))


def uninstall_files_of(group: Group, server: LicenseServerWriter) -> Dict[str, bytes]:
    """Return the uninstall files of one activation file by name; usually it is one file for all licenses."""
    files: Dict[str, bytes] = {}
    for record in group:
        file = server.uninstall_file(record.id)
        if not file.content:
            raise ArtifactError("uninstall_file_empty", license_id=record.id)
        name = license_files.safe_name(file.file_name, record.id)
        if files.setdefault(name, file.content) != file.content:
            raise ArtifactError("uninstall_files_clash", license_id=record.id, file=name)
    return files
