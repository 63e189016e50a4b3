# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the fields of responses in an endpoint profile: places, value tables, formats of times."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any, Dict, List, Mapping, Tuple

from ..._time import UTC, zone_of, zone_of_format
from .checks import below, choice, closed, code, fail, integer, items, known, mapping, scalar, text, unknown
from .fields import FieldMap, Meaning, ResponsePart
from .operations import FieldKind, FieldType, OperationFields
from .sources import FIELD_SOURCES, Secrecy, sources

Tables = Mapping[str, Mapping[str, Any]]

EPOCHS = ("ms", "s")
# Each time of a server is compared with each format, so there are few.
MOST_FORMATS = 20
# The least number that a code can mean, by field: every host has a socket, and no number is negative.
LEAST = {"cpu_sockets": 1}
TIMES = (FieldType.TIME, FieldType.END)
# The keys of a field besides its place, and the types on which they have an effect.
OPTIONS: Dict[str, Tuple[FieldType, ...]] = {
    "values": (
        FieldType.TEXT,
        FieldType.INTEGER,
        FieldType.BOOLEAN,
        FieldType.CHOICE,
        FieldType.TEXTS,
        FieldType.INTEGERS,
    ),
    "formats": TIMES,
    "timezone": TIMES,
    "epoch": TIMES,
    "never": (FieldType.END,),
    "after": (FieldType.TEXT, FieldType.INTEGER, FieldType.CHOICE),
}
# A format reads each of these times as it wrote it, down to its own smallest unit.
_SAMPLES = (dt.datetime(2027, 11, 20, 21, 5, 43, tzinfo=UTC), dt.datetime(2031, 4, 7, 8, 36, 19, tzinfo=UTC))
DATE_FORMAT = re.compile(r"(?:[^%]|%[YmdHMSfzpIjbBaAy%])*")


def tables(item: object, at: str) -> Dict[str, Dict[str, Any]]:
    """Return the named value tables. Their values are checked where a field uses them."""
    found: Dict[str, Dict[str, Any]] = {}
    for name, table in mapping(item, at).items():
        found[name] = _table(table, below(at, name))
    return found


def _table(item: object, at: str) -> Dict[str, Any]:
    table = mapping(item, at)
    if not table:
        fail("table", at, "an empty mapping")
    for each, meaning in table.items():
        scalar(meaning, below(at, each))
    return table


def fields(
    item: object, shape: OperationFields, named: Tables, at: str, secrecy: Secrecy = Secrecy.SHOWN
) -> Dict[str, FieldMap]:
    """Return the fields of an operation: those that it defines, all required ones among them."""
    values = mapping(item, at)
    known(values, tuple(shape.fields), at)
    for name in shape.required:
        if name not in values:
            fail("field_missing", at, name=name)
    found: Dict[str, FieldMap] = {}
    for name, value in values.items():
        outer = name.rpartition(".")[0]
        if outer and outer not in values:
            fail("field_missing", at, name=outer)
        found[name] = _field(name, value, shape.fields[name], named, below(at, name), secrecy)
    return found


def used_tables(item: object) -> List[str]:
    """Return the names of the tables that the fields of an operation use."""
    values = item.values() if isinstance(item, Mapping) else ()
    return [
        field["values"]
        for field in values
        if isinstance(field, Mapping) and isinstance(field.get("values"), str)
    ]


def _field(name: str, item: object, kind: FieldKind, named: Tables, at: str, secrecy: Secrecy) -> FieldMap:
    in_row, least = "." in name, LEAST.get(name, 0)
    given: Dict[str, Any] = {}
    if isinstance(item, Mapping):
        values = closed(item, at, (*FIELD_SOURCES, *OPTIONS))
        given = {key: value for key, value in values.items() if key in OPTIONS}
        places = {key: value for key, value in values.items() if key not in OPTIONS}
        # ``at`` can be a list of alternatives, each of them any place.
        if list(places) == ["at"] and isinstance(places["at"], (list, tuple)):
            found = sources(places["at"], below(at, "at"), FIELD_SOURCES, False, secrecy)
        else:
            found = sources(places, at, FIELD_SOURCES, False, secrecy)
    else:
        found = sources(item, at, FIELD_SOURCES, False, secrecy)
    for option in given:
        if kind.type not in OPTIONS[option]:
            fail("key_foreign", at, name=option, type=kind.type.value)
    for each in found:
        if (in_row and (each.origin is not ResponsePart.BODY or each.from_root)) or (
            kind.type is FieldType.ROWS and each.origin is not ResponsePart.BODY
        ):
            fail("body_only", at, each.name or each.origin.value)
    return FieldMap(
        sources=found,
        values=_values(given, kind, least, named, below(at, "values")) if "values" in given else {},
        has_values="values" in given,
        formats=_formats(given["formats"], below(at, "formats")) if "formats" in given else (),
        timezone=timezone(given["timezone"], below(at, "timezone")) if "timezone" in given else "",
        epoch=choice(given.get("epoch", "ms"), EPOCHS, below(at, "epoch")),
        never=_words(given["never"], below(at, "never")) if "never" in given else (),
        after=text(given["after"], below(at, "after")) if "after" in given else "",
    )


def _values(
    given: Mapping[str, Any], kind: FieldKind, least: int, named: Tables, at: str
) -> Dict[str, Meaning]:
    item = given["values"]
    if isinstance(item, str):
        if item not in named:
            unknown(item, tuple(named), at)
        table: Mapping[str, Any] = named[item]
        place = below("/codes", item)
    else:
        table, place = _table(item, at), at
    for each in table:
        # Only a part of a text may begin with a space.
        if "after" not in given and not code(each, below(place, each)):
            fail("code_never", below(place, each), each)
    return {each: _meaning(value, kind, least, below(place, each)) for each, value in table.items()}


def _meaning(value: object, kind: FieldKind, least: int, at: str) -> Meaning:
    """Return the meaning of a code, which must be a value that the field can have."""
    if kind.type is FieldType.CHOICE:
        return choice(value, kind.choices, at)
    if kind.type in (FieldType.INTEGER, FieldType.INTEGERS):
        return integer(value, at, least, 2**53)
    if kind.type is FieldType.BOOLEAN:
        if not isinstance(value, bool):
            fail("boolean", at, value)
        return value
    return scalar(value, at)


def _formats(item: object, at: str) -> Tuple[str, ...]:
    if len(items(item, at)) > MOST_FORMATS:
        fail("formats_many", at, len(items(item, at)), most=MOST_FORMATS)
    return tuple(_format(each, below(at, index)) for index, each in enumerate(items(item, at)))


def _format(item: object, at: str) -> str:
    form = text(item, at)
    try:
        zone_of_format(form)
        complete = all(_read_back(form, sample) for sample in _SAMPLES)
    # A directive that is written twice is an error of the pattern that strptime makes.
    except (ValueError, re.error):
        complete = False
    if not complete or not DATE_FORMAT.fullmatch(form):
        fail("date_format", at, form)
    return form


def _read_back(form: str, sample: dt.datetime) -> bool:
    found = dt.datetime.strptime(sample.strftime(form), form).replace(tzinfo=UTC)
    expected = sample
    if not any(part in form for part in ("%H", "%I", "%p", "%M", "%S", "%f")):
        expected = sample.replace(hour=0, minute=0, second=0)
    elif "%M" not in form:
        expected = sample.replace(minute=0, second=0)
    elif "%S" not in form:
        expected = sample.replace(second=0)
    return found == expected and not ("%H" in form and "%I" in form)


def _words(item: object, at: str) -> Tuple[str, ...]:
    return tuple(scalar(each, below(at, index)) for index, each in enumerate(items(item, at)))


def timezone(item: object, at: str) -> str:
    """Return the name of a time zone that this machine knows."""
    name = text(item, at)
    if zone_of(name) is None:
        fail("timezone", at, name)
    return name
