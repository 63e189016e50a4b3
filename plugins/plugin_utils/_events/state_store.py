# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Store which events were sent, so that each expiry and each state is sent once, also after a restart."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta

from ...module_utils._errors import LicensingError
from ...module_utils._operations.core.license_files import make_directory, replace_file
from ...module_utils._time import format_end, parse_time
from .._policy.base.errors import PolicyError
from .notice import LAPSE, EventSubject, Key, Notice

KIND, VERSION = "LicenseExpiryState", 1
#: The minimum time after an expiry for which its key is kept.
_MIN_RETENTION = timedelta(days=366)
MAX_BYTES = 256 * 1024 * 1024


class StateStore:
    """Keys of events that were sent. Without a ``path``, they are lost when the process ends."""

    def __init__(self, path: str | None = None) -> None:
        self._path = path
        self._keys: dict[Key, datetime | None] = {}
        self._changed = False
        if path is not None:
            self._keys = dict(_load(path))

    def news(
        self, subjects: Collection[EventSubject], notices: Iterable[Notice], was_read: bool
    ) -> list[Notice]:
        """Return the notices that were not sent yet, without duplicates.

        If ``subjects`` were read, states of them that ended are dropped, so that they are sent again if they
        recur. If the read failed, the states are kept.
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
        """Record that ``notice`` was sent."""
        self._keys[notice.key] = notice.end if notice.lasting else None
        self._changed = True

    def forget(self, as_of: datetime, look_back: int) -> None:
        """Drop expiries that are too old to be found by another read."""
        retention = max(_MIN_RETENTION, timedelta(days=look_back))
        outdated = [key for key, end in self._keys.items() if end is not None and as_of - end > retention]
        for key in outdated:
            del self._keys[key]
            self._changed = True

    def save(self) -> None:
        """Write the state file atomically if anything changed. Raises PolicyError."""
        if self._path is None or not self._changed:
            return
        rows = [
            {"key": list(key), **({} if end is None else {"end": format_end(end)})}
            for key, end in sorted(self._keys.items(), key=lambda entry: entry[0])
        ]
        text = json.dumps({"kind": KIND, "version": VERSION, "told": rows}, ensure_ascii=False, indent=1)
        # A symbolic link stays, and the file that it leads to is replaced, such as one on another volume.
        path = os.path.realpath(self._path)
        try:
            make_directory(os.path.dirname(path))
            replace_file(path, (text + "\n").encode("utf-8"))
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise PolicyError("event_state_unwritten", path=self._path, reason=reason) from error
        self._changed = False


def _is_state_of(subjects: Collection[EventSubject], key: Key) -> bool:
    # The second part of an expiry's key is its holder; a state's key has the subject's kind and name.
    return len(key) >= 3 and key[0] != LAPSE and EventSubject(key[1], key[2]) in subjects


def _load(path: str) -> Iterable[tuple[Key, datetime | None]]:
    """Return the keys of a state file; none if the file does not exist.

    A file that cannot be read stops the source, because all events would be sent again without it.
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
        raise _unreadable(path, "`told` must be a list")
    return [_entry(path, row) for row in rows]


def _entry(path: str, row: object) -> tuple[Key, datetime | None]:
    key = row.get("key") if isinstance(row, Mapping) else None
    if not isinstance(row, Mapping) or not isinstance(key, list) or not key:
        raise _unreadable(path, "an entry of `told` has no `key`")
    if not all(isinstance(part, str) for part in key):
        raise _unreadable(path, "a `key` in `told` must be a list of strings")
    try:
        end = parse_time(row["end"]) if "end" in row else None
    except LicensingError as error:
        raise _unreadable(path, "an `end` in `told` is not a valid time") from error
    return tuple(key), end


def _unreadable(path: str, reason: str) -> PolicyError:
    return PolicyError("event_state_unreadable", path=path, reason=reason)
