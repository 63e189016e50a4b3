# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Create records of new migrations, one per activation file that the source lists."""

from __future__ import annotations

from typing import List, Sequence, Tuple

from ..._licensing.catalog.code_class import CodeClass, code_class
from ..._vms.api.records import LicenseRecord
from ..._vms.api.tasks import GONE
from ..core.errors import InvalidRequest
from ..core.write_errors import ChangeRefused
from ..journal.record import End, MigrationRecord, Moving, Part, Server, Step, moving_of, record_id
from ..license.file_groups import Group, chosen_records, file_groups, refuse_parts
from .plan import MigrationRequest, ServerEnd, ServerReading


class NewMigrations:
    """Creates the records of migrations that the journal does not have yet."""

    def __init__(self, request: MigrationRequest, source: ServerReading, destination: ServerReading) -> None:
        self.request = request
        self.source = source
        self.destination = destination

    def records(self, license_ids: Sequence[str]) -> List[MigrationRecord]:
        """Return a record for each activation file. Raises InvalidRequest, ChangeRefused, VmsError."""
        self.other_server()
        chosen = chosen_records(license_ids, self.source.licenses)
        groups = file_groups(chosen)
        refuse_parts(groups, self.source.licenses)
        if self.request.quantities and len(groups) != 1:
            raise InvalidRequest("quantities_one_license", license_ids=list(license_ids))
        return [self._record(group) for group in groups]

    def other_server(self) -> str:
        """Return the destination's id. Raises InvalidRequest if it is the same server as the source."""
        if self.source.ids & self.destination.ids:
            raise InvalidRequest("migration_same_server", server=self.source.id)
        return self.destination.id

    def refuse_other_task(self, record: MigrationRecord) -> None:
        """Raise InvalidRequest if the task has another destination or other quantities than the record."""
        wanted = self.request.destination
        # The task may use another address of the same server; the server's id decides.
        if not wanted.is_at(record.destination) and record.destination.server_id not in self.destination.ids:
            raise InvalidRequest(
                "migration_other_destination",
                migration=record.id,
                recorded="{0.host}:{0.port}".format(record.destination),
                wanted="{0.host}:{0.port}".format(wanted),
            )
        if not self.request.quantities:
            return
        recorded = [(part.end, part.quantity) for part in record.parts]
        if [(part.end, part.quantity) for part in self.parts(record.licenses)] != recorded:
            raise InvalidRequest(
                "migration_other_quantities",
                migration=record.id,
                recorded=["{0} {1}".format(end.value, quantity or "all") for end, quantity in recorded],
            )

    def _record(self, group: Group) -> MigrationRecord:
        ids = tuple(license_.id for license_ in group)
        licenses = tuple(moving_of(license_) for license_ in group)
        for license_ in licenses:
            unclear = [name for name in ("product", "kind", "quantity") if getattr(license_, name) is None]
            if unclear:
                raise ChangeRefused("migration_license_unclear", license_id=license_.id, unclear=unclear)
        return MigrationRecord(
            id=record_id(self.source.id, ids),
            step=Step.PLANNED,
            source=server_of(self.request.source, self.source.id),
            destination=server_of(self.request.destination, self.other_server()),
            licenses=licenses,
            parts=self.parts(licenses),
            present=self.present(group),
        )

    def present(self, group: Sequence[LicenseRecord]) -> Tuple[str, ...]:
        """Return the digests of the activation files of the same products before the uninstallation.

        Empty if the source has none of the licenses any more: an existing file may then be the one that the
        license platform issued for them.
        """
        if all(license_.status == GONE for license_ in group):
            return ()
        products = {license_.product for license_ in group}
        rows = [*self.source.licenses, *self.destination.licenses]
        return tuple(sorted({row.sha256.lower() for row in rows if row.sha256 and row.product in products}))

    def parts(self, licenses: Tuple[Moving, ...]) -> Tuple[Part, ...]:
        """Return the parts that the activation files must install. Raises InvalidRequest, ChangeRefused."""
        quantities = self.request.quantities
        if not quantities:
            return (Part(End.DESTINATION),)
        if len(licenses) != 1:
            raise InvalidRequest("quantities_one_license", license_ids=[license_.id for license_ in licenses])
        moving = licenses[0]
        kind = code_class(moving.code)
        if kind is CodeClass.FIXED:
            raise ChangeRefused(
                "migration_fixed_split", "R25", license_id=moving.id, prefix=str(moving.code)[:4]
            )
        if kind is CodeClass.UNKNOWN:
            raise ChangeRefused("migration_unknown_split", "R24", license_id=moving.id)
        rest = (moving.quantity or 0) - sum(quantities)
        if rest < 0:
            raise ChangeRefused(
                "quantities_too_many",
                "R26",
                license_id=moving.id,
                quantity=moving.quantity,
                wanted=sum(quantities),
            )
        if quantities == (moving.quantity,):
            return (Part(End.DESTINATION),)
        parts = tuple(Part(End.DESTINATION, quantity) for quantity in quantities)
        return parts + ((Part(self.request.remainder_to, rest),) if rest else ())


def server_of(place: ServerEnd, server_id: str) -> Server:
    """Return an end of the task as a server of the journal record."""
    return Server(place.host, place.port, server_id, place.client)
