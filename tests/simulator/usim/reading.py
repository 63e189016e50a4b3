# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read scenario files and control bodies strictly: unknown keys and invalid values are errors."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence


class ScenarioError(ValueError):
    """An invalid scenario or control body; the text contains the place and the reason."""


def parse_instant(value: object, where: str) -> int:
    """Return epoch seconds of an ISO text or a YAML date; without an offset it is UTC."""
    if isinstance(value, str):
        try:
            value = dt.datetime.fromisoformat(value.strip().replace("Z", "+00:00"))
        except ValueError as error:
            raise ScenarioError(f"{where}: {value!r} is not an ISO instant.") from error
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        value = dt.datetime(value.year, value.month, value.day)
    if not isinstance(value, dt.datetime):
        raise ScenarioError(f"{where}: expected an ISO instant, found {value!r}.")
    if value.tzinfo is None:
        value = value.replace(tzinfo=dt.timezone.utc)
    return int(value.timestamp())


def iso(instant: float) -> str:
    """Return epoch seconds as ISO text, in UTC and whole seconds."""
    moment = dt.datetime.fromtimestamp(int(instant), dt.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


class Section:
    """One mapping of the scenario. Typed methods read its keys; ``done`` rejects keys that were not read."""

    def __init__(self, value: object, where: str) -> None:
        if value is None:
            value = {}
        if not isinstance(value, Mapping):
            raise ScenarioError(f"{where}: expected a mapping, found {value!r}.")
        self._values: dict[str, object] = {str(key): item for key, item in value.items()}
        self._taken: set[str] = set()
        self.where = where

    def path(self, key: str) -> str:
        return f"{self.where}.{key}" if self.where else key

    def take(self, key: str) -> object:
        self._taken.add(key)
        return self._values.get(key)

    def has(self, key: str) -> bool:
        return self.take(key) is not None

    def done(self) -> None:
        unknown = sorted(set(self._values) - self._taken)
        if unknown:
            known = ", ".join(sorted(self._taken))
            raise ScenarioError(f"{self.path(unknown[0])}: unknown key; known here: {known}.")

    def optional_text(self, key: str, choices: Sequence[str] = ()) -> str | None:
        value = self.take(key)
        if value is None:
            return None
        if not isinstance(value, str) or not value:
            raise ScenarioError(
                f"{self.path(key)}: expected a text, found {value!r}; quote it if it is a number."
            )
        if choices and value not in choices:
            raise ScenarioError(f"{self.path(key)}: expected one of {', '.join(choices)}; found {value!r}.")
        return value

    def text(self, key: str, default: str | None = None, choices: Sequence[str] = ()) -> str:
        value = self.optional_text(key, choices)
        if value is None:
            if default is None:
                raise ScenarioError(f"{self.path(key)}: this text is required.")
            return default
        return value

    def optional_integer(self, key: str, minimum: int = 0) -> int | None:
        value = self.take(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or value < minimum:
            raise ScenarioError(
                f"{self.path(key)}: expected an integer of at least {minimum}, found {value!r}."
            )
        return value

    def integer(self, key: str, default: int | None = None, minimum: int = 0) -> int:
        value = self.optional_integer(key, minimum)
        if value is None:
            if default is None:
                raise ScenarioError(f"{self.path(key)}: this integer is required.")
            return default
        return value

    def whole(self, key: str) -> int | None:
        """Return an integer that may be negative; None if the key is missing."""
        value = self.take(key)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            raise ScenarioError(f"{self.path(key)}: expected an integer, found {value!r}.")
        return value if isinstance(value, int) else None

    def integers(self, key: str, minimum: int = 0) -> tuple[int, ...] | None:
        """Return a list of integers that is not empty; None if the key is missing."""
        value = self.take(key)
        if value is None:
            return None
        if (
            not isinstance(value, list)
            or not value
            or any(isinstance(item, bool) or not isinstance(item, int) or item < minimum for item in value)
        ):
            raise ScenarioError(
                f"{self.path(key)}: expected a list of integers of at least {minimum}, found {value!r}."
            )
        return tuple(value)

    def boolean(self, key: str, default: bool = False) -> bool:
        value = self.take(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise ScenarioError(f"{self.path(key)}: expected true or false, found {value!r}.")
        return value

    def instant(self, key: str) -> int | None:
        value = self.take(key)
        return None if value is None else parse_instant(value, self.path(key))

    def section(self, key: str) -> Section:
        return Section(self.take(key), self.path(key))

    def named(self, key: str) -> list[tuple[str, Section]]:
        """Return a mapping from names to sections, in the order of the file."""
        value = self.take(key)
        inner = Section(value, self.path(key))
        return [(name, Section(item, inner.path(name))) for name, item in inner._values.items()]

    def listed(self, key: str) -> list[Section]:
        """Return a list of sections."""
        value = self.take(key)
        if value is None:
            return []
        if not isinstance(value, list):
            raise ScenarioError(f"{self.path(key)}: expected a list, found {value!r}.")
        return [Section(item, f"{self.path(key)}[{index}]") for index, item in enumerate(value)]
