# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Load, validate and compile endpoint profiles; ``endpoint_profile.schema.json`` publishes the checks."""

from __future__ import annotations

import enum
import json
from dataclasses import MISSING, is_dataclass, replace
from dataclasses import fields as attributes_of
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple, Union

from ..._errors import shown
from ..wire.errors import ProfileError
from .bases import BASE_KEYS, base, check_session_headers
from .builtin import PROFILES
from .calls import CALL_KEYS, COUNTS, call, merged_headers, paging
from .checks import below, check_values, choice, closed, fail, known, mapping, text
from .compiled import COMPILED, CONVENTIONS
from .document import fixed_secrets, is_path, plain, read
from .field_maps import Tables, fields, tables, timezone, used_tables
from .fields import ResponseRule
from .model import OAUTH2, SESSION, Base, Operation, Paging, Profile
from .operations import (
    AUTHS,
    BASES,
    CERTAINTIES,
    FORMATS,
    LICENSE_SERVER,
    LOCAL_OPERATIONS,
    LOCAL_PRODUCTS,
    NO_PAGING,
    SHAPES,
)
from .sources import Secrecy, data_keys, error_places, exceptions, rules

# The call that fetches a token, which calls with ``auth`` oauth2 need.
LOGIN_CALL = "token"
ARCHS = ("x86_64", "aarch64")
PROFILE_KEYS = ("name", "timezone", "codes", "license_names", "bases", "operations", "local")
LIST_KEYS = ("alternatives", "paging")
OPERATION_KEYS = (
    *("certainty", *CALL_KEYS, "auth", "format", "answer", "success", "error", "fields"),
    *("empty", *LIST_KEYS, "count"),
)


def load_profile(name_or_document: Union[str, Mapping[str, object]]) -> Profile:
    """Return a built-in profile by its name, or a validated profile of the site: a mapping, or a file's path.

    A profile of the site may have ``extends`` with the name of a built-in profile. It then replaces
    operations one by one and keys of a base one by one, and removes an entry by setting it to null. Raises
    ProfileError with the JSON pointer of the error.
    """
    if isinstance(name_or_document, str):
        if not is_path(name_or_document):
            return _build(_named(name_or_document), ())
        return _load_file(str(name_or_document))
    document = plain(name_or_document)
    check_values(document)
    if "extends" not in document:
        return _build(document, _given_tables(document))
    shipped = _shipped(document.pop("extends"), "/extends")
    return _build(_extended(shipped, document), _given_tables(document))


def _load_file(path: str) -> Profile:
    try:
        return load_profile(read(path))
    except ProfileError as error:
        if "where" in error.fields:
            error.fields["where"] = "{0}#{1}".format(shown(path, 200), error.fields["where"])
        raise


def compile_profile(name_or_document: Union[str, Mapping[str, object]]) -> Dict[str, str]:
    """Return a profile as ``compiled.profile_of`` reads it; raises what ``load_profile`` raises."""
    profile = load_profile(name_or_document)
    parts: Dict[str, Any] = {**_node_parts(profile), "name": profile.name}
    if profile.license_names:
        parts["license_names"] = _plain_parts(profile.license_names)
    if profile.secrets:
        parts["secrets"] = list(profile.secrets)
    nodes: List[Tuple[List[str], Any]] = []
    for product, node in profile.local.items():
        part = _node_parts(node)
        # Shipped products have the same calls, which are written once.
        alike = next((products for products, other in nodes if other == part), None)
        if alike is None:
            nodes.append(([product], part))
        else:
            alike.append(product)
    if nodes:
        parts["local"] = nodes
    return {COMPILED: json.dumps(parts, ensure_ascii=False, separators=(",", ":"))}


def _node_parts(profile: Profile) -> Dict[str, Any]:
    operations = {}
    for name, operation in profile.operations.items():
        part = _plain_parts(operation)
        base = profile.bases[operation.base]
        for convention in CONVENTIONS:
            part.pop(convention, None)
            if getattr(operation, convention) != getattr(base, convention):
                part[convention] = _plain_parts(getattr(operation, convention))
        del part["name"]
        operations[name] = part
    return {"bases": _plain_parts(profile.bases), "operations": operations}


def _plain_parts(value: Any) -> Any:
    """Return a value of a profile as plain data, without attributes that have their default value."""
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, Mapping):
        return {key: _plain_parts(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain_parts(item) for item in value]
    if not is_dataclass(value):
        return value
    found = {}
    for attribute in attributes_of(value):
        item = getattr(value, attribute.name)
        default = attribute.default
        if attribute.default_factory is not MISSING:
            default = attribute.default_factory()
        if item != default and item is not None:
            found[attribute.name] = _plain_parts(item)
    return found


def _given_tables(document: Mapping[str, Any]) -> Tuple[str, ...]:
    given = document.get("codes")
    return tuple(name for name, table in given.items() if table) if isinstance(given, Mapping) else ()


def _shipped(name: object, at: str) -> Dict[str, Any]:
    return PROFILES[choice(name, sorted(PROFILES), at)]


def _named(name: str) -> Dict[str, Any]:
    try:
        return _shipped(name, "/name")
    except ProfileError as error:
        if error.code != "profile_choice":
            raise
        raise ProfileError("profile_name", choices=sorted(PROFILES), got=shown(name)) from None


def _extended(shipped: Mapping[str, Any], document: Mapping[str, Any]) -> Dict[str, Any]:
    known(document, PROFILE_KEYS, "")
    merged = {**shipped, **document}
    merged["bases"] = {
        name: _merged_base(shipped["bases"].get(name, {}), value, below("/bases", name))
        for name, value in _over(shipped["bases"], document, "bases", "", BASES).items()
    }
    for key, names in (("codes", None), ("operations", tuple(SHAPES)), ("license_names", None)):
        both = _over(shipped.get(key, {}), document, key, "", names)
        merged[key] = {name: value for name, value in both.items() if value is not None}
    if "local" in document:
        merged["local"] = _extended_local(shipped.get("local", {}), document["local"])
    return merged


def _over(
    shipped: Mapping[str, Any], document: Mapping[str, Any], key: str, at: str, names: Optional[Sequence[str]]
) -> Dict[str, Any]:
    """Merge one part of a site's profile over the built-in profile."""
    given = mapping(document.get(key, {}), below(at, key))
    if names is not None:
        # An unknown name is a typing error, even if its value is null.
        known(given, names, below(at, key))
    return {**shipped, **given}


def _merged_base(shipped: Mapping[str, Any], value: object, at: str) -> Dict[str, Any]:
    # An unknown key is a typing error, even if its value is null.
    merged = {**shipped, **closed(value, at, BASE_KEYS)}
    return {key: item for key, item in merged.items() if item is not None}


def _extended_local(shipped: Mapping[str, Any], value: object) -> Dict[str, Any]:
    merged = dict(shipped)
    sections = mapping(value, "/local")
    known(sections, LOCAL_PRODUCTS, "/local")
    for product, section in sections.items():
        if section is None:
            merged.pop(product, None)
            continue
        at = below("/local", product)
        before, given = shipped.get(product, {}), mapping(section, at)
        both = _over(before.get("operations", {}), given, "operations", at, LOCAL_OPERATIONS)
        merged[product] = {**before, **given}
        merged[product]["operations"] = {name: each for name, each in both.items() if each is not None}
        if "base" in given:
            merged[product]["base"] = _merged_base(before.get("base", {}), given["base"], below(at, "base"))
    return merged


def _build(document: Mapping[str, Any], own_tables: Sequence[str]) -> Profile:
    """Validate a complete document. A table in ``own_tables`` must be used by a field."""
    required = ("name", "bases", "operations")
    values = closed(document, "", PROFILE_KEYS, required)
    zone = timezone(values["timezone"], "/timezone") if "timezone" in values else ""
    named = tables(values.get("codes", {}), "/codes")
    given = closed(values["bases"], "/bases", BASES)
    bases = {name: base(item, below("/bases", name), zone) for name, item in given.items()}
    profile = Profile(
        name=text(values["name"], "/name"),
        bases=bases,
        operations=_operations(values["operations"], "/operations", bases, named, tuple(SHAPES)),
        license_names=_license_names(mapping(values.get("license_names", {}), "/license_names")),
        secrets=tuple(sorted(set(fixed_secrets(document)))),
    )
    sections = closed(values.get("local", {}), "/local", LOCAL_PRODUCTS)
    used = _used(values["operations"])
    nodes: Dict[str, Profile] = {}
    for product, section in sections.items():
        nodes[product] = _node(product, section, profile, named, zone)
        used |= _used(section["operations"])
    for name in own_tables:
        if name not in used:
            fail("table_unused", below("/codes", name), name=name)
    return replace(profile, local=nodes)


def _used(operations: Mapping[str, Any]) -> "set[str]":
    return {name for item in operations.values() for name in used_tables(item.get("fields"))}


def _node(product: str, section: object, profile: Profile, named: Tables, zone: str) -> Profile:
    at = below("/local", product)
    values = closed(section, at, ("base", "operations"), ("base", "operations"))
    bases = {LICENSE_SERVER: base(values["base"], below(at, "base"), zone)}
    operations = _operations(values["operations"], below(at, "operations"), bases, named, LOCAL_OPERATIONS)
    return replace(profile.node(product), bases=bases, operations=operations)


def _operations(
    item: object, at: str, bases: Mapping[str, Base], named: Tables, names: Sequence[str]
) -> Dict[str, Operation]:
    values = closed(item, at, names)
    found = {name: _operation(name, each, bases, named, below(at, name)) for name, each in values.items()}
    for name, operation in found.items():
        if operation.auth == OAUTH2 and LOGIN_CALL not in found:
            fail("token_missing", at, name=name)
        count = operation.count
        if count and (count not in found or found[count].paging):
            place = ("paging", "count") if operation.paging and operation.paging.count else ("count",)
            fail("count_missing", below(at, name, *place), count)
    return found


def _operation(name: str, item: object, bases: Mapping[str, Base], named: Tables, at: str) -> Operation:
    shape = SHAPES[name]
    foreign = [*([] if shape.lists else LIST_KEYS), *([] if shape.may_be_empty else ["empty"])]
    foreign += [] if name in COUNTS else ["count"]
    allowed = tuple(key for key in OPERATION_KEYS if key not in foreign)
    values = closed(item, at, allowed, ("certainty", "method", "path"))
    if shape.base not in bases:
        fail("base_missing", "/bases", name=shape.base, operation=name)
    own = bases[shape.base]
    auth = choice(values["auth"], AUTHS, below(at, "auth")) if "auth" in values else own.auth
    if name == LOGIN_CALL and auth == OAUTH2:
        fail("token_auth", below(at, "auth"), auth)
    needed = ("password",) if name == LOGIN_CALL else ()
    request = call(values, at, shape.params, shape.body, needed=needed, writes=shape.writes)
    headers = merged_headers(own.headers, request.headers)
    if auth == SESSION and own.session:
        check_session_headers(request.headers, own.session, below(at, "headers"))
    pages = paging(values.get("paging", NO_PAGING), name, below(at, "paging"), request)
    secrecy = Secrecy.MASKED if name == LOGIN_CALL else Secrecy.SHOWN
    success = rules(values["success"], below(at, "success")) if "success" in values else own.success
    return Operation(
        name=name,
        base=shape.base,
        call=replace(request, headers=headers),
        auth=auth,
        certainty=choice(values["certainty"], CERTAINTIES, below(at, "certainty")),
        paging=pages,
        answer=data_keys(values.get("answer", []), below(at, "answer"), secrecy),
        alternatives=data_keys(values.get("alternatives", []), below(at, "alternatives")),
        fields=fields(values.get("fields", {}), shape, named, below(at, "fields"), secrecy),
        format=choice(values.get("format", own.format), FORMATS, below(at, "format")),
        success=success,
        error=error_places(values["error"], below(at, "error")) if "error" in values else own.error,
        empty=_empty(values["empty"], success, below(at, "empty")) if "empty" in values else (),
        identity=shape.identity,
        lists=shape.lists,
        count=_count(values, name, pages, at),
    )


def _empty(item: object, success: Sequence[ResponseRule], at: str) -> Tuple[ResponseRule, ...]:
    """Return the rules of responses without data, none of which every successful response meets."""
    found = exceptions(item, at)
    for index, rule in enumerate(found):
        for each in success:
            if (
                rule.source is not None
                and each.source == rule.source
                and set(each.values) <= set(rule.values)
            ):
                place = below(at, index) if isinstance(item, (list, tuple)) else at
                fail("empty_is_success", below(place, "in"), ", ".join(rule.values))
    return found


def _count(values: Mapping[str, Any], name: str, pages: Optional[Paging], at: str) -> str:
    """Return the operation that counts the rows: its key is in the operation, or in its paging."""
    in_paging = pages.count if pages else ""
    if "count" not in values:
        return in_paging
    if in_paging:
        fail("key_twice", at, "count")
    return choice(values["count"], (COUNTS[name],), below(at, "count"))


def _license_names(values: Mapping[str, Any]) -> Dict[str, Tuple[str, Optional[str]]]:
    names: Dict[str, Tuple[str, Optional[str]]] = {}
    for name, item in values.items():
        at = below("/license_names", name)
        entry = closed(item, at, ("product", "arch"), ("product",))
        arch = entry.get("arch")
        names[name] = (
            text(entry["product"], below(at, "product")),
            None if arch is None else choice(arch, ARCHS, below(at, "arch")),
        )
    return names
