# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Baseline of totals: the totals when a file was staged, as weak proof of a manual installation."""

from __future__ import annotations

import json
import os
import stat
from dataclasses import dataclass
from typing import Dict, List, Mapping, Optional, Sequence, Tuple

from ..core.errors import ArtifactError

RECORD_SUFFIX = ".handover.json"
SCHEMA_VERSION = 1
MAX_BYTES = 65536

# Product and architecture; ``any`` where the product has none.
Cell = Tuple[str, str]


@dataclass(frozen=True)
class TotalsBaseline:
    """A staged file: its licenses by product and architecture, and the totals before it."""

    file_name: str
    sha256: str
    endpoint: str
    holds: Mapping[Cell, int]
    before: Mapping[Cell, int]

    def content(self) -> bytes:
        document = {
            "kind": "Handover",
            "schema_version": SCHEMA_VERSION,
            "file_name": self.file_name,
            "sha256": self.sha256,
            "endpoint": self.endpoint,
            "holds": [
                {"product": cell[0], "arch": cell[1], "quantity": quantity, "before": self.before[cell]}
                for cell, quantity in sorted(self.holds.items())
            ],
        }
        return (json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode("utf-8")


def record_name(file_name: str) -> str:
    return file_name + RECORD_SUFFIX


def read_records(folder: str) -> Dict[str, TotalsBaseline]:
    """Return the records in ``folder`` by SHA-256 of their file.

    Raises ArtifactError ``handover_record_broken``: an invalid record is never guessed.
    """
    found: Dict[str, TotalsBaseline] = {}
    try:
        names = sorted(name for name in os.listdir(folder) if name.endswith(RECORD_SUFFIX))
    except FileNotFoundError:
        return found
    except OSError as error:
        raise ArtifactError("handover_unreadable", path=folder, reason=str(error.strerror)) from error
    for name in names:
        path = os.path.join(folder, name)
        record = _parse(path, _content(path))
        found[record.sha256] = record
    return found


def _content(path: str) -> bytes:
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            raise ArtifactError("handover_record_broken", path=path, reason="no regular file")
        with open(path, "rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise ArtifactError("handover_unreadable", path=path, reason=str(error.strerror)) from error
    if len(content) > MAX_BYTES:
        raise ArtifactError("handover_record_broken", path=path, reason="too large")
    return content


def _parse(path: str, content: bytes) -> TotalsBaseline:
    try:
        document = json.loads(content.decode("utf-8"))
        if document["kind"] != "Handover" or document["schema_version"] != SCHEMA_VERSION:
            raise ValueError("another kind or version")
        holds: Dict[Cell, int] = {}
        before: Dict[Cell, int] = {}
        for row in document["holds"]:
            cell = (_text(row["product"]), _text(row["arch"]))
            holds[cell], before[cell] = _count(row["quantity"]), _count(row["before"])
        texts = [_text(document[name]) for name in ("file_name", "sha256", "endpoint")]
        return TotalsBaseline(texts[0], texts[1], texts[2], holds, before)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ArtifactError("handover_record_broken", path=path, reason=type(error).__name__) from error


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("no text")
    return value


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError("no count")
    return value


def refuse_other(folder: str, record: TotalsBaseline, recorded: Optional[TotalsBaseline]) -> None:
    """Raise ArtifactError ``handover_record_differs`` if the file was staged for another purpose.

    The recorded totals belong to one server and to the ``expect`` of that time. Compared with another server,
    or with another ``expect``, they prove nothing.
    """
    if recorded is None or (recorded.endpoint, dict(recorded.holds)) == (record.endpoint, dict(record.holds)):
        return
    raise ArtifactError(
        "handover_record_differs",
        path=os.path.join(folder, record_name(recorded.file_name)),
        recorded=_shown(recorded),
        expected=_shown(record),
    )


def _shown(record: TotalsBaseline) -> List[str]:
    rows = ["{0} × {1} {2}".format(n, product, arch) for (product, arch), n in sorted(record.holds.items())]
    return [*rows, record.endpoint]


def grown_enough(
    record: TotalsBaseline, others: Sequence[TotalsBaseline], totals: Mapping[Cell, int]
) -> bool:
    """Return whether the totals have grown by all files staged for the same server, ``record`` included.

    Totals do not show which file they grew by, so one file counts as installed only with all the others.
    """
    staged = [other for other in others if other.endpoint == record.endpoint]
    for cell in record.holds:
        same = [other for other in staged if cell in other.holds]
        start = min(other.before[cell] for other in same)
        if totals.get(cell, 0) < start + sum(other.holds[cell] for other in same):
            return False
    return True
