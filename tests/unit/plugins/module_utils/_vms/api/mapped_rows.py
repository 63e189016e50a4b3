# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows that are read through a field map of their own."""

from __future__ import annotations

import http.client
from typing import Any

from ansible_collections.unicloud.usphere.plugins.module_utils._facts import Reason
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.rows import (
    JsonRow,
    ResponseScope,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.fields import (
    FieldMap,
    PathStep,
    ResponsePart,
    Source,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.response import Response


def body(*keys: str, from_root: bool = False) -> Source:
    return Source(ResponsePart.BODY, tuple(PathStep(key) for key in keys), from_root=from_root)


FIELDS = {
    "n": FieldMap((body("number"), body("other"))),
    "items": FieldMap((body("items"),)),
    "items.n": FieldMap((body("number"),)),
}


def row(**values: object) -> JsonRow:
    return JsonRow(values, FIELDS)


def mapped(value: object, scope: ResponseScope | None = None, **settings: Any) -> JsonRow:
    """A row with one field ``n`` at the key ``n``."""
    return JsonRow({"n": value}, {"n": FieldMap((body("n"),), **settings)}, scope=scope)


def kept(found: JsonRow) -> dict[str, str]:
    """The values that could not be read, by field."""
    return {name: reason.found for name, reason in found.unknown.items() if isinstance(reason, Reason)}


def response(*headers: tuple[str, str], status: int = 200) -> Response:
    message = http.client.HTTPMessage()
    for name, value in headers:
        message[name] = value
    return Response(status, message, b"")
