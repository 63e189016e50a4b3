# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find fields of a profile that no row of a list has, which usually are a wrong path in the profile.

The facts name each such value as unknown, by its pointer. The warning names the call and the place where the
value was searched. Only fields that each profile must map are reported, because servers omit others.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, Iterator, Mapping, Sequence

from ..._facts import ABSENT
from ..._messages.catalog import render
from ..._vms.profile.compiled import profile_of
from ..._vms.profile.operations import SHAPES

#: The operation of each list of the facts, by its pointer.
_LISTS = {"/hosts": "list_hosts", "/licenses/items": "list_licenses"}
#: One row without a value says nothing about the others.
_LEAST_ROWS = 2


def absent_fields(option: object, facts: object) -> Iterator[str]:
    """Yield a warning for each required field that is absent in every row of a list of facts.

    ``option`` is the profile as the module got it.
    """
    unknown = facts.get("unknown") if isinstance(facts, Mapping) else None
    if not isinstance(facts, Mapping) or not isinstance(unknown, Mapping):
        return
    profile = profile_of(option)
    for pointer, name in _LISTS.items():
        rows = _rows(facts, pointer)
        if len(rows) < _LEAST_ROWS or not profile.supports(name):
            continue
        operation = profile.operation(name)
        absent = Counter(_absent_in(unknown, pointer))
        for field in SHAPES[name].required:
            if absent[field] == len(rows):
                places = " / ".join(source.place for source in operation.fields[field].sources)
                path = profile.bases[operation.base].path + operation.path
                yield render(
                    "profile_field_absent",
                    {
                        "rows": len(rows),
                        "method": operation.method,
                        "path": path,
                        "place": places,
                        "field": field,
                        "operation": name,
                    },
                )


def _rows(facts: Mapping[str, Any], pointer: str) -> Sequence[object]:
    value: Any = facts
    for key in pointer[1:].split("/"):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value if isinstance(value, list) else ()


def _absent_in(unknown: Mapping[str, Any], pointer: str) -> Iterator[str]:
    """Yield the key of each value that is absent in a row, once for each row."""
    for place, entry in unknown.items():
        row, _slash, key = place[len(pointer) + 1 :].partition("/")
        if place.startswith(pointer + "/") and row.isdigit() and entry.get("reason") == ABSENT:
            yield key
