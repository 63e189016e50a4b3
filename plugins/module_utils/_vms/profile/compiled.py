# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read an endpoint profile that the controller has validated and compiled.

It is JSON with the attributes of the dataclasses in ``model.py`` and ``fields.py`` that are not defaults.
"""

from __future__ import annotations

import enum
import functools
import json
from collections import abc
from dataclasses import is_dataclass, replace
from typing import Any, Callable, Dict, Mapping, Union, get_args, get_origin, get_type_hints

from ..wire.errors import ProfileError
from .model import Base, Operation, Profile, local_section

# The only key of the option of a module with a compiled profile; its value is the JSON text. A text is one
# value for ansible-core, which copies, masks and sanitizes options value by value.
COMPILED = "compiled"

# What an operation has from its base is written once, with the base.
CONVENTIONS = ("success", "error")

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
    item = json.loads(text)
    name, names = item["name"], item.get("license_names", {})
    head = {"name": name, "license_names": names, "bases": {}, "operations": {}}
    head["secrets"] = item.get("secrets", ())
    profile = _with_calls(_value(Profile, head), item)
    local: Dict[str, Profile] = {}
    for products, node in item.get("local", ()):
        made = _with_calls(profile, node)
        local.update((product, replace(made, section=local_section(product))) for product in products)
    return replace(profile, local=local)


def _with_calls(profile: Profile, item: Item) -> Profile:
    bases: Mapping[str, Base] = _value(Mapping[str, Base], item["bases"])
    operations = {}
    for name, each in item["operations"].items():
        operation: Operation = _value(Operation, {"paging": None, **each, "name": name})
        base = bases[operation.base]
        own = {key: getattr(base, key) for key in CONVENTIONS if key not in each}
        operations[name] = replace(operation, **own)
    return replace(profile, bases=bases, operations=operations)


@functools.lru_cache(maxsize=None)
def _attributes(made: type) -> Mapping[str, Any]:
    return get_type_hints(made)


def _value(hint: Any, item: Any) -> Any:
    """Return plain data as a value of the type ``hint``: dataclass, enum, tuple, mapping, or itself."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Union and item is not None and type(None) in inner:
        return _value(inner[0], item)
    if origin is tuple:
        every = inner[:1] * len(item) if inner[-1] is Ellipsis else inner
        return tuple(_value(each, part) for each, part in zip(every, item))
    if origin is abc.Mapping:
        return {key: _value(inner[1], part) for key, part in item.items()}
    if not isinstance(hint, type):
        return item
    if issubclass(hint, enum.Enum):
        return hint(item)
    if not is_dataclass(hint):
        return item
    made: Callable[..., Any] = hint
    return made(**{name: _value(_attributes(hint)[name], part) for name, part in item.items()})
