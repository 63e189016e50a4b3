# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Store which events were sent, so that each expiry and each state is sent once, also after a restart."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from ...module_utils._errors import LicensingError
from ...module_utils._operations.core.license_files import make_folder, replace_file
from ...module_utils._time import format_end, parse_time
from .._policy.base.errors import PolicyError
from .notice import LAPSE, EventSubject, Key, Notice

KIND, VERSION = "LicenseExpiryState", 1
#: How long after its end a lapse is remembered at least.
_KEPT = timedelta(days=366)
MAX_BYTES = 256 * 1024 * 1024


class StateStore:
    """What was told. Without a ``path`` it is forgotten when the process ends."""

    def __init__(self, path: str | None = None) -> None:
        self._path = path
        self._keys: dict[Key, datetime | None] = {}
        self._changed = False
        if path is not None:
            self._keys = dict(_load(path))

    def news(
        self, subjects: Collection[EventSubject], notices: Iterable[Notice], was_read: bool
    ) -> list[Notice]:
        """The notices that were not told yet, each once.

        States of ``subjects`` that are over are forgotten if these were read: they are told anew when they
        come back. While nothing can be read of them they stand.
        """
        found = list(notices)
        current = {notice.key for notice in found}
        if was_read:
            for key in [key for key in self._keys if key not in current and _is_state_of(subjects, key)]:
                del self._keys[key]
                self._changed = True
        fresh: dict[Key, Notice] = {}
        for notice in found:
            if notice.key not in self._keys:
                fresh.setdefault(notice.key, notice)
        return list(fresh.values())

    def add(self, notice: Notice) -> None:
        """Remember that ``notice`` was told."""
        self._keys[notice.key] = notice.end if notice.lasting else None
        self._changed = True

    def forget(self, as_of: datetime, look_back: int) -> None:
        """Drop lapses that are so long gone that no look reaches back to them."""
        kept = max(_KEPT, timedelta(days=look_back))
        gone = [key for key, end in self._keys.items() if end is not None and as_of - end > kept]
        for key in gone:
            del self._keys[key]
            self._changed = True

    def save(self) -> None:
        """Write the state file, whole or not at all, if anything changed. Raises PolicyError."""
        if self._path is None or not self._changed:
            return
        rows = [
            {"key": list(key), **({} if end is None else {"end": format_end(end)})}
            for key, end in sorted(self._keys.items(), key=lambda entry: entry[0])
        ]
        text = json.dumps({"kind": KIND, "version": VERSION, "told": rows}, ensure_ascii=False, indent=1)
        path = os.path.abspath(self._path)
        try:
            make_folder(os.path.dirname(path))
            replace_file(path, (text + "\n").encode("utf-8"))
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise PolicyError("event_state_unwritten", path=self._path, reason=reason) from error
        self._changed = False


def _is_state_of(subjects: Collection[EventSubject], key: Key) -> bool:
    # The keys of lapses name their holder second, those of states the subject's kind and name.
    return len(key) >= 3 and key[0] != LAPSE and EventSubject(key[1], key[2]) in subjects


def _load(path: str) -> Iterable[tuple[Key, datetime | None]]:
    """The keys of a state file; none if there is no file yet.

    A file that cannot be read stops the source: without it everything would be told again.
    """
    try:
        with open(path, "rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise _unreadable(path, error.strerror or type(error).__name__) from error
    try:
        value = json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise _unreadable(path, "not JSON") from error
    if not isinstance(value, Mapping) or (value.get("kind"), value.get("version")) != (KIND, VERSION):
        raise _unreadable(path, f"not a {KIND} of version {VERSION}")
    rows = value.get("told")
    if not isinstance(rows, list):
        raise _unreadable(path, "told is not a list")
    return [_entry(path, row) for row in rows]


def _entry(path: str, row: object) -> tuple[Key, datetime | None]:
    key = row.get("key") if isinstance(row, Mapping) else None
    if not isinstance(row, Mapping) or not isinstance(key, list) or not key:
        raise _unreadable(path, "an entry of told has no key")
    if not all(isinstance(part, str) for part in key):
        raise _unreadable(path, "a key of told is not made of texts")
    try:
        end = parse_time(row["end"]) if "end" in row else None
    except LicensingError as error:
        raise _unreadable(path, "an end in told is no instant") from error
    return tuple(key), end


def _unreadable(path: str, reason: str) -> PolicyError:
    return PolicyError("event_state_unreadable", path=path, reason=reason)
