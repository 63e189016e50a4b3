# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read facts from HostFacts, Ansible's own facts of a node, and files with either of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ..base.errors import FactsError, InvalidDocument, PolicyError, Problem
from ..documents.files import Finder, find_here, read_file
from ..documents.plain_data import is_blank, kind_of, normalize
from ..documents.yaml_reader import load_bytes, parse_json
from ..fact_map.document import ORIGINS, to_host_facts
from ..fact_map.load import builtin
from ..facts.fact_table import fact_table
from ..facts.root_keys import root_error
from .fact_age import Channel
from .host_reading import HostInput

MAX_FILE_BYTES = 1024 * 1024 * 1024
#: File name suffixes of files with one JSON document per line.
LINES = (".ndjson", ".jsonl")

#: What the built-in map of Ansible's own facts states as their way (``source.via``).
SETUP = "ansible_facts"

_PREFIX = "ansible_"


def is_node(facts: object) -> bool:
    """Return whether these are Ansible's own facts of a node: they contain CPU sockets and architecture."""
    if not isinstance(facts, Mapping) or "kind" in facts:
        return False
    return all(name in facts or _PREFIX + name in facts for name in ("processor_count", "architecture"))


def node_facts(facts: Mapping[str, Any], host: str) -> dict[str, Any]:
    """Return HostFacts of a node from Ansible's own facts, read with the built-in map ``ansible_facts``.

    The node is the only row of ``hosts``. What Ansible does not gather (licenses, versions, planned features)
    stays unknown.
    """
    document = to_host_facts(builtin("ansible_facts"), facts, host)
    # The site did not choose this map, so it states nothing in the name of the site.
    del document["features_wanted"], document["source"][ORIGINS]
    return document


def with_site(facts: object, site: object) -> object:
    """Return facts with ``site``, the site facts of the inventory, merged over their own ``site_facts``."""
    if not isinstance(facts, Mapping) or site is None:
        return facts
    own = facts.get("site_facts")
    if not isinstance(site, Mapping) or not isinstance(own, (Mapping, type(None))):
        return {**facts, "site_facts": site}
    return {**facts, "site_facts": {**(own or {}), **site}}


def with_site_only(facts: object, site: object) -> object:
    """Return facts with ``site`` as ``with_site`` does; without facts, everything but ``site`` is unknown."""
    if facts is None and isinstance(site, Mapping) and site:
        facts = {"kind": "HostFacts", "schema_version": 1}
    return with_site(facts, site)


def host_inputs(
    value: object, host: str | None, default: str | None = None, start: int = 1
) -> list[HostInput]:
    """Return the hosts of facts: of one host, a list of such facts, or a mapping from host to facts or null.

    Facts are HostFacts or Ansible's own facts of a node. Facts without a subject are about ``host``, else
    ``default``. In a list, facts whose subject cannot be read are named by their position, counted from
    ``start``. A value that cannot be read is an error of its host only, if there are several hosts. Raises
    FactsError for such a value of a single host, PolicyError ``facts_subject`` if the subject is not known.
    """
    try:
        plain = normalize(value)
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
    raise PolicyError("facts_input", type=kind_of(value))


def _each_plain(value: object) -> object:
    """Return facts of several hosts as plain data, with the FactsError in place of facts with an error."""
    if isinstance(value, Mapping) and all(isinstance(name, str) for name in value):
        return {str.__str__(name): _plain_or_error(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain_or_error(item) for item in value]
    return None


def _plain_or_error(item: object) -> object:
    try:
        return normalize(item)
    except FactsError as error:
        return error


def _is_fleet(plain: object) -> bool:
    """Return whether this is a mapping from host names to facts, and not the facts of one host."""
    if not isinstance(plain, dict) or "kind" in plain or is_node(plain):
        return False
    if all(_is_entry(item) for item in plain.values()):
        return True
    # A value of another form is an error of its host and must not hide the facts of the other hosts.
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
    # The subject cannot be read, so the position is the name. The other hosts are still evaluated.
    if isinstance(facts, FactsError):
        return _given(f"facts {number}", facts)
    if isinstance(facts, dict) and "subject" in facts and root_error(facts) is not None:
        subject = facts["subject"]
        named = subject.get("id") if isinstance(subject, dict) else None
        return HostInput(named if isinstance(named, str) and named else f"facts {number}", facts)
    return _single(facts, None, None)


def _single(facts: object, host: str | None, default: str | None) -> HostInput:
    if not isinstance(facts, dict):
        raise PolicyError("facts_input", type=kind_of(facts))
    subject = facts.get("subject")
    named = subject.get("id") if isinstance(subject, dict) else None
    if named is None and is_node(facts):
        named = facts.get("hostname", facts.get(_PREFIX + "hostname"))
    name = host or (named if isinstance(named, str) else None) or default
    if name is None:
        raise PolicyError("facts_subject")
    return _given(name, facts)


def read_facts_files(names: object, find: Finder = find_here) -> list[HostInput]:
    """Read facts from files: JSON or YAML as for host_inputs, or NDJSON with the facts of one host per line.

    Raises InvalidDocument with file and line for invalid content, PolicyError for a file that does not exist.
    """
    if names is None or names == [] or is_blank(names):
        return []
    given = [names] if isinstance(names, str) else names
    if isinstance(given, (list, tuple)) and all(is_blank(name) for name in given):
        return []
    if not isinstance(given, (list, tuple)) or not all(isinstance(name, str) for name in given):
        raise PolicyError("source_type", kind="facts_files", type=kind_of(names))
    return [_of_file(each) for name in given for each in _read(str.__str__(name), find)]


def _of_file(given: HostInput) -> HostInput:
    """Return the input of a host as one of a file. Ansible's own facts need no time: few of them have one."""
    source = given.facts.get("source") if isinstance(given.facts, Mapping) else None
    of_setup = isinstance(source, Mapping) and source.get("via") == SETUP
    return replace(given, channel=Channel.SETUP if of_setup else Channel.FILE)


def _read(name: str, find: Finder) -> Iterator[HostInput]:
    content, label = read_file(name, find, "HostFacts")
    if label.lower().endswith(LINES):
        yield from _lines(content, label)
    elif label.lower().endswith(".json"):
        if len(content) > MAX_FILE_BYTES:
            raise InvalidDocument([Problem("document_too_large", {"limit": MAX_FILE_BYTES}, label)])
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
        raise InvalidDocument([Problem("document_not_utf8", {"position": error.start}, place)]) from error


def _inputs(value: object, place: str, start: int = 1) -> list[HostInput]:
    try:
        return host_inputs(value, None, start=start)
    except PolicyError as error:
        raise InvalidDocument([Problem(error.code, error.fields, place)]) from None
