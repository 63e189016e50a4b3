# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where facts come from: HostFacts, what Ansible itself gathers of a node, and files of either."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..base.errors import FactsError, Fault, InvalidDocument, PolicyError
from ..documents.files import Finder, find_here, read_file
from ..documents.plain_data import normalise
from ..documents.yaml_reader import load_bytes, parse_json
from ..facts.fact_table import fact_table
from ..facts.root_keys import root_fault
from .host_reading import HostInput

MAX_FILE_BYTES = 1024 * 1024 * 1024
#: Where facts are read again and again, each line is a document of its own.
LINES = (".ndjson", ".jsonl")

_PREFIX = "ansible_"


def is_node(facts: object) -> bool:
    """Whether these are facts as Ansible gathers them of a node: sockets and architecture are there."""
    if not isinstance(facts, Mapping) or "kind" in facts:
        return False
    return all(name in facts or _PREFIX + name in facts for name in ("processor_count", "architecture"))


def node_facts(facts: Mapping[str, Any], host: str) -> dict[str, Any]:
    """HostFacts of a node out of Ansible's own: ``processor_count`` counts sockets, never cores.

    The node is one row of ``hosts``; what Ansible does not gather (licences, versions) stays unknown.
    """

    def get(name: str) -> Any:
        return facts.get(name, facts.get(_PREFIX + name))

    row = {
        "id": get("product_uuid") or get("machine_id") or host,
        "name": get("hostname") or host,
        "arch": get("architecture"),
        "cpu_sockets": get("processor_count"),
    }
    source: dict[str, Any] = {"via": "ansible_facts"}
    moment = get("date_time")
    if isinstance(moment, Mapping) and "iso8601" in moment:
        source["gathered_at"] = moment["iso8601"]
    return {
        "kind": "HostFacts",
        "schema_version": 1,
        "subject": {"kind": "node", "id": host},
        "source": source,
        "architecture": get("architecture"),
        "hosts": [row],
    }


def with_site(facts: object, site: object) -> object:
    """Facts with what the inventory states of the site: it is added to what the facts state themselves."""
    if not isinstance(facts, Mapping) or site is None:
        return facts
    own = facts.get("site_facts")
    if not isinstance(site, Mapping) or not isinstance(own, (Mapping, type(None))):
        return {**facts, "site_facts": site}
    return {**facts, "site_facts": {**(own or {}), **site}}


def host_inputs(
    value: object, host: str | None, default: str | None = None, start: int = 1
) -> list[HostInput]:
    """Hosts out of facts: one host's, a list of them, or a mapping from host to them (null: it has none).

    Facts are HostFacts or what Ansible gathers of a node. Those that do not name their subject are about
    ``host``, else ``default``; of a list whose subject cannot be read about its position, counted from
    ``start``. What cannot be read of one of several hosts is an error of that host alone. Raises FactsError
    for one host's values that cannot be read, PolicyError ``facts_subject`` where nobody says what they are
    about.
    """
    try:
        plain = normalise(value)
    except FactsError:
        plain = _each_plain(value)
        if not isinstance(plain, list) and not _is_fleet(plain):
            raise
    if isinstance(plain, dict):
        if _is_fleet(plain):
            return [_given(name, facts) for name, facts in plain.items()]
        return [_single(plain, host, default)]
    if isinstance(plain, list):
        return [_listed(facts, number) for number, facts in enumerate(plain, start)]
    raise PolicyError("facts_input", type=type(value).__name__)


def _each_plain(value: object) -> object:
    """Facts of several hosts as plain data; those of a host that cannot be read are the error."""
    if isinstance(value, Mapping) and all(isinstance(name, str) for name in value):
        return {str.__str__(name): _plain_or_error(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain_or_error(item) for item in value]
    return None


def _plain_or_error(item: object) -> object:
    try:
        return normalise(item)
    except FactsError as error:
        return error


def _is_fleet(plain: object) -> bool:
    """Whether these are the facts of hosts by their names, and not those of one host."""
    if not isinstance(plain, dict) or "kind" in plain or is_node(plain):
        return False
    if all(_is_entry(item) for item in plain.values()):
        return True
    # One host's facts do not hide those of the others, whatever they are.
    return (
        any(_is_entry(item) for item in plain.values()) and not plain.keys() & fact_table().properties.keys()
    )


def _is_entry(item: object) -> bool:
    return item is None or is_node(item) or (isinstance(item, Mapping) and "kind" in item)


def _given(host: str, facts: object) -> HostInput:
    if isinstance(facts, FactsError):
        return HostInput(host, error=facts)
    if isinstance(facts, Mapping) and is_node(facts):
        return HostInput(host, node_facts(facts, host))
    return HostInput(host, facts)


def _listed(facts: object, number: int) -> HostInput:
    # Whom they are about cannot be read, so nothing but their position names them. The others are judged.
    if isinstance(facts, FactsError):
        return _given(f"facts {number}", facts)
    if isinstance(facts, dict) and "subject" in facts and root_fault(facts) is not None:
        subject = facts["subject"]
        named = subject.get("id") if isinstance(subject, dict) else None
        return HostInput(named if isinstance(named, str) and named else f"facts {number}", facts)
    return _single(facts, None, None)


def _single(facts: object, host: str | None, default: str | None) -> HostInput:
    if not isinstance(facts, dict):
        raise PolicyError("facts_input", type=type(facts).__name__)
    subject = facts.get("subject")
    named = subject.get("id") if isinstance(subject, dict) else None
    if named is None and is_node(facts):
        named = facts.get("hostname", facts.get(_PREFIX + "hostname"))
    name = host or (named if isinstance(named, str) else None) or default
    if name is None:
        raise PolicyError("facts_subject")
    return _given(name, facts)


def read_facts_files(names: object, find: Finder = find_here) -> list[HostInput]:
    """Facts from files: JSON or YAML (as host_inputs takes them), or NDJSON with one host's facts a line.

    Raises InvalidDocument with file and line for what cannot be read, PolicyError for a file that is not
    there.
    """
    if names is None:
        return []
    given = [names] if isinstance(names, str) else names
    if not isinstance(given, (list, tuple)) or not all(isinstance(name, str) for name in given):
        raise PolicyError("source_type", kind="facts_files", type=type(names).__name__)
    return [each for name in given for each in _read(str.__str__(name), find)]


def _read(name: str, find: Finder) -> Iterator[HostInput]:
    content, label = read_file(name, find, "HostFacts")
    if label.lower().endswith(LINES):
        yield from _lines(content, label)
    elif label.lower().endswith(".json"):
        if len(content) > MAX_FILE_BYTES:
            raise InvalidDocument([Fault("document_too_large", {"limit": MAX_FILE_BYTES}, label)])
        yield from _inputs(parse_json(_text(content, label), label), label)
    else:
        yield from _inputs(load_bytes(content, label).value, label)


def _lines(content: bytes, label: str) -> Iterator[HostInput]:
    for number, line in enumerate(content.splitlines(), 1):
        if line.strip():
            place = f"{label}:{number}"
            yield from _inputs([parse_json(_text(line, place), place)], place, number)


def _text(content: bytes, place: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidDocument([Fault("document_not_utf8", {"position": error.start}, place)]) from error


def _inputs(value: object, place: str, start: int = 1) -> list[HostInput]:
    try:
        return host_inputs(value, None, start=start)
    except PolicyError as error:
        raise InvalidDocument([Fault(error.code, error.fields, place)]) from None
