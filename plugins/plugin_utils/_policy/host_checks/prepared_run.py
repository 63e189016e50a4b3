# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Load and bind a policy once per run of Ansible, though every host has a process of its own."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timezone
from typing import Any, TypeVar

from ....module_utils._messages.catalog import LANGUAGES
from ..base.canonical_json import digest
from ..base.errors import PolicyError
from ..documents.files import FileStamp, Finder, record_files
from ..documents.plain_data import normalize
from ..documents.vault import has_decrypted
from ..evaluation.evaluate_fleet import assessor_of
from ..evaluation.options import read_map
from ..evaluation.run import Run, read_run
from ..fact_map.model import FactMap
from ..facts.max_age import hours_of
from ..findings.pool_findings import names_subject
from ..policy.bind import bind_policy
from ..policy.model import SUBJECT, BoundPolicy, Entry
from ..policy.own_names import OpenKeyword, OwnNames
from .plain_check import PlainCheck, plain_check_of
from .private_files import PrivateDirectory

Stored = TypeVar("Stored")

#: The digest of a prepared run must not depend on the time at which it was prepared.
_NO_TIME = datetime(1970, 1, 1, tzinfo=timezone.utc)


@dataclass(frozen=True)
class PreparedRun:
    """A run whose policy is bound, and the FactMap of its facts.

    ``policy`` of ``run`` no longer knows the lines of its documents; ``as_of`` must be set for each check.
    """

    run: Run
    bound: BoundPolicy
    fact_map: FactMap | None = None


@dataclass(frozen=True)
class RunHeader:
    """What a host needs before its verdict is looked up.

    ``content`` is the SHA-256 of the prepared run, ``plain`` that of its PlainCheck, empty if it has none.
    ``found`` has the path of each named file, ``stamps`` the state of every file that was read. ``shared``
    is set if equal facts of two hosts have equal findings: no waiver can name a host, and no rule reads the
    subject or the source of the facts. ``properties`` are the top-level properties of plain JSON Schemas,
    and ``own_names`` all that they read of the facts; both are None for a policy that has other rules.
    ``is_mapped`` is set if the facts are read with a FactMap. ``warnings`` about the schemas are texts by
    language.
    """

    content: str
    plain: str
    found: Mapping[str, str]
    stamps: Sequence[FileStamp]
    shared: bool
    max_age_hours: int | None
    properties: Sequence[str] | None
    own_names: OwnNames | None
    is_mapped: bool
    warnings: Mapping[str, Sequence[str]]

    def is_current(self, find: Finder) -> bool:
        """Return whether each name still leads to the same file, and no file has changed."""
        try:
            if any(find(name) != path for name, path in self.found.items()):
                return False
        except PolicyError:
            return False
        return all(FileStamp.of(stamp.path) == stamp for stamp in self.stamps)


class RunStore:
    """The prepared run of one set of options, kept for the other hosts of this run of Ansible.

    ``options`` are those of read_run. ``searched`` are the directories in which ``find`` searches: the same
    name can be another file in another role. Raises PolicyError or InvalidDocument for options that are not
    valid, in ``header`` and ``prepared``.
    """

    def __init__(
        self,
        options: Mapping[str, object],
        find: Finder,
        directory: PrivateDirectory,
        searched: Sequence[str],
    ) -> None:
        self._options = options
        self._find = find
        self._directory = directory
        self._key = _key(options, searched)
        self._header: RunHeader | None = None
        self._prepared: PreparedRun | None = None

    @property
    def header(self) -> RunHeader:
        """The header of the prepared run; the policy is loaded if no other host has done so."""
        if self._header is None:
            self._header = self._stored()
        if self._header is None:
            self._header, self._prepared = self._prepare()
        return self._header

    @property
    def prepared(self) -> PreparedRun:
        """The prepared run."""
        header = self.header
        if self._prepared is None:
            self._prepared = self._load(header.content, PreparedRun)
        if self._prepared is None:
            self._header, self._prepared = self._prepare()
        return self._prepared

    @property
    def plain(self) -> PlainCheck | None:
        """The check of plain JSON Schemas alone; None if more than these decides."""
        if not self.header.plain:
            return None
        stored = None if self._prepared else self._load(self.header.plain, PlainCheck)
        return stored or plain_check_of(self.prepared.run, self.prepared.bound)

    def _stored(self) -> RunHeader | None:
        text = self._directory.read(self._key + ".json") if self._key else None
        if text is None:
            return None
        stored = json.loads(text)
        header = RunHeader(
            **{
                **stored,
                "stamps": [FileStamp(**each) for each in stored["stamps"]],
                "own_names": _own_names(stored["own_names"]),
            }
        )
        return header if header.is_current(self._find) else None

    def _load(self, content: str, kind: type[Stored]) -> Stored | None:
        stored = self._directory.read(content + ".pickle")
        if stored is None or hashlib.sha256(stored).hexdigest() != content:
            return None
        # The directory and the file are this user's alone, and the content is what the name says.
        loaded = pickle.loads(stored)  # noqa: S301
        return loaded if isinstance(loaded, kind) else None

    def _prepare(self) -> tuple[RunHeader, PreparedRun]:
        found: dict[str, str] = {}

        def find(name: str) -> str:
            found[name] = self._find(name)
            return found[name]

        with record_files() as stamps:
            run = read_run(self._options, find, default_max_age=None)
            fact_map = read_map(self._options.get("facts_map"), find)
        is_secret = has_decrypted()
        prepared = prepare(run, fact_map)
        plain = plain_check_of(prepared.run, prepared.bound)
        contents = [_pickled(prepared)] if plain is None else [_pickled(prepared), _pickled(plain)]
        names = [hashlib.sha256(content).hexdigest() for content in contents]
        header = RunHeader(
            names[0],
            "" if plain is None else names[1],
            found,
            list(dict.fromkeys(stamps)),
            not is_secret and _is_shared(prepared),
            hours_of(run.max_age, prepared.bound.max_age_hours),
            list(run.policy.properties) if run.policy.is_plain else None,
            run.policy.own_names,
            fact_map is not None,
            {language: run.policy.warnings(language) for language in LANGUAGES},
        )
        if is_secret:
            # Decrypted content is never written to disk, so each host prepares the policy itself.
            return header, prepared
        # The header is written last: it names contents that exist.
        stored = zip(names, contents, strict=True)
        if self._key and all(self._directory.write(name + ".pickle", content) for name, content in stored):
            self._directory.write(self._key + ".json", json.dumps(asdict(header)).encode())
        return header, prepared


def prepare(run: Run, fact_map: FactMap | None = None) -> PreparedRun:
    """Bind the policy of a run.

    Raises PolicyError ``host_pool`` for a pool over several subjects, ``host_map`` for a map that unites
    hosts: one host cannot be checked against them.
    """
    bound = bind_policy(run.policy, run.horizon, run.catalog)
    across = [pool.id for pool in bound.pools if SUBJECT not in pool.group_by]
    if across:
        raise PolicyError("host_pool", pools=across)
    if fact_map is not None and fact_map.system is not None:
        raise PolicyError("host_map", map=fact_map.id)
    policy = replace(
        run.policy, rules=_without_lines(run.policy.rules), pools=_without_lines(run.policy.pools), tests=()
    )
    return PreparedRun(replace(run, policy=policy, as_of=_NO_TIME, clock=None), bound, fact_map)


def _pickled(stored: PreparedRun | PlainCheck) -> bytes:
    return pickle.dumps(stored, pickle.HIGHEST_PROTOCOL)


def _own_names(stored: Mapping[str, Any] | None) -> OwnNames | None:
    if stored is None:
        return None
    found = [
        OpenKeyword(each["keyword"], each["place"], tuple(each["patterns"]))
        for each in stored["open_keywords"]
    ]
    return OwnNames(tuple(stored["names"]), tuple(found), tuple(stored["inner"]))


def _without_lines(entries: Mapping[str, Entry]) -> dict[str, Entry]:
    # Most of a policy is the lines of its documents, which only its own errors need.
    return {name: replace(entry, sources={}) for name, entry in entries.items()}


def _is_shared(prepared: PreparedRun) -> bool:
    if prepared.run.policy.is_plain:
        # Facts in the words of a site differ from host to host, and a schema takes less time than a file.
        return False
    waivers = prepared.run.waivers
    if (waivers is not None and waivers.waivers) or any(map(names_subject, prepared.bound.pools)):
        return False
    return not assessor_of(prepared.run, prepared.bound).reads_subject()


def _key(options: Mapping[str, object], searched: Sequence[str]) -> str:
    """Return the digest of the options and of where files are searched; empty for options without one."""
    try:
        return digest([normalize(options), list(searched), os.getcwd()])
    except (PolicyError, OSError):
        # Options that are not plain data are an error with a message of its own.
        return ""
