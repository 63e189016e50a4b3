# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Baseline of totals: the totals when a file was staged, as weak proof of a manual installation."""

from __future__ import annotations

import json
import os
import stat
from dataclasses import dataclass
from typing import Dict, List, Mapping, Optional, Sequence, Tuple

from ..._decode import DecodeError, decode, encode, parse_document
from ..._licensing.rules.change import Expectation
from ..._licensing.values.model import Arch
from ..core.proof import LICENSE_SERVER, Proof
from ..core.write_errors import ArtifactError
from ..license.install import WantedFile

RECORD_SUFFIX = ".handover.json"
HEADER = {"kind": "Handover", "schema_version": 1}
MAX_BYTES = 65536

# Product and architecture; ``any`` where the product has none.
Cell = Tuple[str, str]


@dataclass(frozen=True)
class BaselineRow:
    """The quantity of one product in a staged file, and the total of the product before it."""

    product: str
    arch: str
    quantity: int
    before: int

    @property
    def cell(self) -> Cell:
        return self.product, self.arch


@dataclass(frozen=True)
class TotalsBaseline:
    """A staged file and its licenses by product and architecture."""

    file_name: str
    sha256: str
    endpoint: str
    holds: Tuple[BaselineRow, ...]

    @classmethod
    def of_file(cls, wanted: WantedFile, endpoint: str, totals: Mapping[Cell, int]) -> TotalsBaseline:
        """Return the baseline of a file that is staged while the server has ``totals``."""
        rows = (
            BaselineRow(cell[0], cell[1], quantity, totals.get(cell, 0))
            for cell, quantity in sorted(expected_totals(wanted.expect).items())
        )
        return cls(wanted.file.name, wanted.file.sha256, endpoint, tuple(rows))

    @property
    def record_name(self) -> str:
        return self.file_name + RECORD_SUFFIX

    def content(self) -> bytes:
        document = {**HEADER, **encode(self)}
        return (json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode("utf-8")

    def proof(self, totals: Mapping[Cell, int]) -> Proof:
        """Return the growth of the totals as proof that the file is installed."""
        shown = [{**encode(row), "now": totals.get(row.cell, 0)} for row in self.holds]
        return Proof("totals", self.file_name, LICENSE_SERVER, facts={"sha256": self.sha256, "totals": shown})


def expected_totals(expect: Sequence[Expectation]) -> Dict[Cell, int]:
    """Return the expected quantities by product and architecture."""
    found: Dict[Cell, int] = {}
    for expectation in expect:
        cell = (expectation.product, (expectation.arch or Arch.ANY).value)
        found[cell] = found.get(cell, 0) + expectation.quantity
    return found


def read_records(directory: str) -> Dict[str, TotalsBaseline]:
    """Return the records in ``directory`` by SHA-256 of their file.

    Raises ArtifactError ``handover_record_broken``: an invalid record is never guessed.
    """
    try:
        names = sorted(name for name in os.listdir(directory) if name.endswith(RECORD_SUFFIX))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ArtifactError("handover_unreadable", path=directory, reason=str(error.strerror)) from error
    records = [_read(os.path.join(directory, name)) for name in names]
    return {record.sha256: record for record in records}


def _read(path: str) -> TotalsBaseline:
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            raise DecodeError("it is not a regular file")
        with open(path, "rb") as stream:
            content = stream.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise DecodeError("it is larger than {0} bytes".format(MAX_BYTES))
        document = parse_document(content)
        if {name: document.pop(name, None) for name in HEADER} != HEADER:
            raise DecodeError("another kind or version")
        return decode(TotalsBaseline, document, "the record")
    except OSError as error:
        raise ArtifactError("handover_unreadable", path=path, reason=str(error.strerror)) from error
    except DecodeError as error:
        raise ArtifactError("handover_record_broken", path=path, reason=error.reason) from error


def refuse_other(directory: str, record: TotalsBaseline, recorded: Optional[TotalsBaseline]) -> None:
    """Raise ArtifactError ``handover_record_differs`` if the file was staged for another purpose.

    The recorded totals belong to one server and to the ``expect`` of that time. Compared with another server,
    or with another ``expect``, they prove nothing.
    """
    if recorded is None or _shown(recorded) == _shown(record):
        return
    raise ArtifactError(
        "handover_record_differs",
        path=os.path.join(directory, recorded.record_name),
        recorded=_shown(recorded),
        expected=_shown(record),
    )


def _shown(record: TotalsBaseline) -> List[str]:
    rows = sorted(record.holds, key=lambda row: row.cell)
    return [*("{0.quantity} × {0.product} {0.arch}".format(row) for row in rows), record.endpoint]


def grown_enough(
    record: TotalsBaseline, others: Sequence[TotalsBaseline], totals: Mapping[Cell, int]
) -> bool:
    """Return whether the totals have grown by all files staged for the same server, ``record`` included.

    Totals do not show which file they grew by, so one file counts as installed only with all the others.
    """
    staged = [row for other in others if other.endpoint == record.endpoint for row in other.holds]
    for cell in {row.cell for row in record.holds}:
        same = [row for row in staged if row.cell == cell]
        if totals.get(cell, 0) < min(row.before for row in same) + sum(row.quantity for row in same):
            return False
    return True
