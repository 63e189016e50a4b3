# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read facts from files: HostFacts documents and registered results of vms_facts and license_info."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .._policy.base.errors import PolicyError
from .._policy.documents.files import find_here, read_file
from .._policy.documents.plain_data import kind_of, normalize
from .._policy.documents.yaml_reader import load_bytes, parse_json
from .._policy.subjects.sources import LINES, host_inputs

HOST, SERVER = "host", "server"

#: (HOST or SERVER, its name, HostFacts or a result of license_info).
Content = tuple[str, str, Mapping[str, object]]


def read_documents(path: str) -> Iterator[Content]:
    """Yield the contents of a file. Raises PolicyError with the file name and, for NDJSON, the line."""
    content, label = read_file(path, find_here, "HostFacts")
    if label.lower().endswith(LINES):
        for number, line in enumerate(content.splitlines(), 1):
            if line.strip():
                place = f"{label}:{number}"
                yield from _contents(parse_json(_text(line, place), place), path, place)
    elif label.lower().endswith(".json"):
        yield from _contents(parse_json(_text(content, label), label), path, label)
    else:
        yield from _contents(load_bytes(content, label).value, path, label)


def _text(content: bytes, place: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PolicyError("source_unreadable", kind="HostFacts", name=place, reason="not UTF-8") from error


def _contents(value: object, path: str, place: str) -> Iterator[Content]:
    plain: Any = normalize(value)
    if isinstance(plain, dict) and "kind" not in plain:
        if isinstance(plain.get("licenses"), list) and isinstance(plain.get("certainty"), dict):
            yield SERVER, _server_name(plain, path), plain
            return
        gathered = plain.get("ansible_facts", plain)
        if isinstance(gathered, dict) and isinstance(gathered.get("usphere"), dict):
            plain = gathered["usphere"]
    if isinstance(plain, dict) and plain.get("kind", "HostFacts") != "HostFacts":
        raise PolicyError("event_file_kind", path=place, kind=str(plain["kind"]))
    if not isinstance(plain, (dict, list)):
        raise PolicyError("event_file_kind", path=place, kind=kind_of(plain))
    if not plain:
        raise PolicyError("event_file_empty", path=place)
    for given in host_inputs(plain, None, Path(path).stem):
        facts = given.facts if isinstance(given.facts, dict) else {}
        yield HOST, given.host, facts


def _server_name(found: Mapping[str, Any], path: str) -> str:
    server = found.get("server")
    named = server.get("id") if isinstance(server, Mapping) else None
    return named if isinstance(named, str) and named else Path(path).stem
