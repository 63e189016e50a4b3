# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Encode the body of a write in the encoding that its profile names."""

from __future__ import annotations

import json
import secrets
from typing import Any, Dict, List, Mapping, Optional, Tuple
from urllib.parse import urlencode

from ..profile.model import Operation
from ..wire.errors import OperationUnsupported
from .records import NamedFile, QuotaRow


def encode(operation: Operation, values: Mapping[str, Any]) -> Tuple[str, Optional[bytes]]:
    """Return (content type, body) for ``values``, by the field names of the collection; omit None values.

    A value that the profile has no field for raises OperationUnsupported, because it must not be lost.
    """
    named = {field: value for field, value in values.items() if value is not None}
    for field in named:
        if field not in operation.body:
            raise OperationUnsupported("field_unsupported", operation=operation.name, field=field)
    if operation.encoding == "multipart":
        return _multipart(operation, named)
    wire = {operation.body[field]: _wire(operation, value) for field, value in named.items()}
    if operation.encoding == "form":
        return "application/x-www-form-urlencoded", urlencode({**operation.constants, **wire}).encode("ascii")
    if operation.encoding == "json":
        text = json.dumps({**operation.constants, **wire}, ensure_ascii=False)
        return "application/json", text.encode("utf-8")
    return "", None


def _wire(operation: Operation, value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_quota_row(operation, row) for row in value]
    return value


def _quota_row(operation: Operation, row: QuotaRow) -> Dict[str, Any]:
    values = {"quota.product": row.product, "quota.arch": row.arch, "quota.quantity": row.quantity}
    for field, value in values.items():
        if value is not None and field not in operation.body:
            raise OperationUnsupported("field_unsupported", operation=operation.name, field=field)
    return {operation.body[field]: value for field, value in values.items() if field in operation.body}


def _multipart(operation: Operation, named: Mapping[str, Any]) -> Tuple[str, bytes]:
    """Return the parts with their raw bytes, because a transfer encoding would change signed content."""
    contents = [value.content for value in named.values() if isinstance(value, NamedFile)]
    boundary = _boundary(contents)
    parts: List[bytes] = []
    for name, text in operation.constants.items():
        parts.append(_part(boundary, 'name="{0}"'.format(name), "", text.encode("utf-8")))
    for field, value in named.items():
        name = operation.body[field]
        if isinstance(value, NamedFile):
            where = 'name="{0}"; filename="{1}"'.format(name, _quoted(value.file_name))
            parts.append(_part(boundary, where, "application/octet-stream", value.content))
        else:
            parts.append(_part(boundary, 'name="{0}"'.format(name), "", str(value).encode("utf-8")))
    end = "--{0}--\r\n".format(boundary).encode("ascii")
    return "multipart/form-data; boundary={0}".format(boundary), b"".join(parts) + end


def _part(boundary: str, where: str, content_type: str, content: bytes) -> bytes:
    head = "--{0}\r\nContent-Disposition: form-data; {1}\r\n".format(boundary, where)
    if content_type:
        head += "Content-Type: {0}\r\n".format(content_type)
    return head.encode("utf-8") + b"\r\n" + content + b"\r\n"


def _boundary(contents: List[bytes]) -> str:
    while True:
        boundary = secrets.token_hex(24)
        if not any(boundary.encode("ascii") in content for content in contents):
            return boundary


def _quoted(name: str) -> str:
    return name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
