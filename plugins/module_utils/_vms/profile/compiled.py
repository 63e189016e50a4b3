# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read an endpoint profile that the controller has validated and compiled.

Modules get the profile in this form, so that they ship no validation. It is JSON with the attributes of the
dataclasses in ``model.py`` and ``fields.py``; an attribute with its default value is omitted.
"""

from __future__ import annotations

import functools
import json
from dataclasses import replace
from typing import Any, Dict, Mapping, Optional, Tuple

from ..wire.errors import ProfileError
from .fields import Envelope, ErrorPlaces, FieldMap, PathStep, ResponsePart, ResponseRule, Source
from .model import Base, Call, Operation, Paging, Profile, SessionAuth, TokenUse, local_section

# The only key of the option of a module with a compiled profile; its value is the JSON text. A text is one
# value for ansible-core, which copies, masks and sanitizes options value by value.
COMPILED = "compiled"

Item = Mapping[str, Any]


def profile_of(option: object) -> Profile:
    """Return the profile of the option of a module: a compiled one, or a Profile itself on a controller.

    Raises ProfileError ``profile_not_compiled`` for anything else.
    """
    if isinstance(option, Profile):
        return option
    try:
        return _decoded(option[COMPILED])  # type: ignore[index]  # a TypeError is handled
    except (AttributeError, KeyError, TypeError, ValueError):
        raise ProfileError("profile_not_compiled") from None


def name_of(option: object) -> object:
    """Return what a result shows of the option: the name of a compiled profile, else the option itself."""
    if not isinstance(option, Mapping) or COMPILED not in option:
        return option
    return profile_of(option).name


@functools.lru_cache(maxsize=2)
def _decoded(text: str) -> Profile:
    """Return the profile of a JSON text; a module builds several clients with the same one."""
    return _profile(json.loads(text))


def _profile(item: Item) -> Profile:
    profile = Profile(
        name=item["name"],
        bases=_bases(item["bases"]),
        operations={},
        license_names={name: (each[0], each[1]) for name, each in item.get("license_names", {}).items()},
    )
    local: Dict[str, Profile] = {}
    for products, node in item.get("local", ()):
        bases = _bases(node["bases"])
        operations = _operations(node["operations"], bases)
        for product in products:
            local[product] = replace(
                profile, bases=bases, operations=operations, section=local_section(product)
            )
    return replace(profile, operations=_operations(item["operations"], profile.bases), local=local)


def _bases(items: Item) -> Dict[str, Base]:
    return {name: _base(item) for name, item in items.items()}


def _base(item: Item) -> Base:
    given = dict(item)
    _conventions(given)
    if "lapsed_codes" in given:
        given["lapsed_codes"] = tuple(given["lapsed_codes"])
    if "envelope" in given:
        given["envelope"] = _envelope(given["envelope"])
    if "session" in given:
        given["session"] = _session(given["session"])
    if "logout" in given:
        given["logout"] = _call(given["logout"])
    return Base(**given)


def _conventions(given: Dict[str, Any]) -> None:
    for name in ("success", "empty"):
        if name in given:
            given[name] = _rules(given[name])
    if "error" in given:
        given["error"] = _error(given["error"])


def _error(item: Item) -> ErrorPlaces:
    places = {name: _sources(item[name]) for name in ("code", "message") if name in item}
    return ErrorPlaces(**{**item, **places})


def _operations(items: Item, bases: Mapping[str, Base]) -> Dict[str, Operation]:
    return {name: _operation(name, item, bases[item["base"]]) for name, item in items.items()}


def _operation(name: str, item: Item, base: Base) -> Operation:
    given = dict(item)
    _conventions(given)
    # What an operation has from its base is written once, with the base.
    given.setdefault("success", base.success)
    given.setdefault("error", base.error)
    paging = given.get("paging")
    given.update(
        name=name,
        call=_call(given["call"]),
        paging=None if paging is None else _paging(paging),
        answer=tuple(given.get("answer", ())),
        alternatives=tuple(given.get("alternatives", ())),
        fields={field: _field(each) for field, each in given.get("fields", {}).items()},
    )
    return Operation(**given)


def _call(item: Item) -> Call:
    query = tuple((name, text) for name, text in item.get("query", ()))
    return Call(**{**item, "query": query})


def _paging(item: Item) -> Paging:
    places = {name: _source(item[name]) for name in ("total", "next") if name in item}
    return Paging(**{**item, **places})


def _session(item: Item) -> SessionAuth:
    csrf: Optional[TokenUse] = _token(item["csrf"]) if "csrf" in item else None
    logout: Optional[Call] = _call(item["logout"]) if "logout" in item else None
    given = {"refused_status": tuple(item["refused_status"])} if "refused_status" in item else {}
    return SessionAuth(
        login=_call(item["login"]),
        success=_rules(item.get("success", ())),
        token=_token(item["token"]),
        csrf=csrf,
        logout=logout,
        refused=_rules(item.get("refused", ())),
        **given,
    )


def _token(item: Item) -> TokenUse:
    return TokenUse(**{**item, "source": _source(item["source"])})


def _envelope(item: Item) -> Envelope:
    return Envelope(tuple(item["keys"]), item["data"], _rules(item.get("success", ())))


def _field(item: Item) -> FieldMap:
    given = {name: tuple(item[name]) for name in ("formats", "never") if name in item}
    return FieldMap(**{**item, **given, "sources": _sources(item["sources"])})


def _rules(items: Any) -> Tuple[ResponseRule, ...]:
    return tuple(_rule(item) for item in items)


def _rule(item: Item) -> ResponseRule:
    given = {name: tuple(item[name]) for name in ("statuses", "values") if name in item}
    source = _source(item["source"]) if "source" in item else None
    return ResponseRule(**{**item, **given, "source": source})


def _sources(items: Any) -> Tuple[Source, ...]:
    return tuple(_source(item) for item in items)


def _source(item: Item) -> Source:
    path = tuple(_step(step) for step in item.get("path", ()))
    return Source(**{**item, "origin": ResponsePart(item["origin"]), "path": path})


def _step(item: Item) -> PathStep:
    return PathStep(item["key"], tuple(item["row"]) if "row" in item else None)
