# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Poll the source until the licenses of a migration are uninstalled; fetch uninstall files again."""

from __future__ import annotations

from typing import Dict, Optional, Sequence, Tuple

from ..._vms.api.tasks import GONE, LicenseServerWriter
from ..._vms.wire.errors import VmsError
from ..core.errors import Cause
from ..core.write_and_verify import Waits, poll_until
from ..core.write_errors import ArtifactError, ChangeRefused, cause_of
from ..journal.journal import Journal
from ..journal.record import KeptFile, MigrationRecord
from ..license.file_groups import Group, uninstall_files_of
from .presence import file_cause


class UninstallPoll:
    """Checks whether the licenses of a migration are uninstalled at the source."""

    def __init__(self, source: LicenseServerWriter, record: MigrationRecord) -> None:
        self._source = source
        self._ids = record.license_ids

    def listed(self) -> Group:
        return tuple(row for row in self._source.licenses() if row.id in self._ids)

    def __call__(self) -> Optional[Group]:
        rows = self.listed()
        return rows if len(rows) == len(self._ids) and all(row.status == GONE for row in rows) else None


def fetch_again(
    source: LicenseServerWriter, journal: Journal, record: MigrationRecord, damaged: Sequence[KeptFile]
) -> Dict[str, bytes]:
    """Return the uninstall files from the source, to replace missing or damaged ones of the journal.

    Raises ChangeRefused ``migration_proof_lost``, which lists the licenses at risk, if the source returns
    none.
    """
    causes: Tuple[Cause, ...] = ()
    try:
        files = uninstall_files_of(UninstallPoll(source, record).listed(), source)
        if files:
            return files
    except (ArtifactError, VmsError) as error:
        causes = (cause_of(error),)
    raise ChangeRefused.of(file_cause("migration_proof_lost", journal, record, damaged), causes=causes)


def wait_rest(sent_at: str, poll: UninstallPoll, journal: Journal, waits: Waits) -> bool:
    """Wait for the rest of the timeout of a write from an earlier run; return whether it took effect."""
    left = min(max(waits.timeout_s - journal.seconds_since(sent_at), 0.0), waits.timeout_s)
    return poll_until(poll, waits.clock() + left, waits) is not None
