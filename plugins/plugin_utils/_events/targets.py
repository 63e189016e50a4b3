# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the targets of the event source: systems, License Servers, product nodes and facts files."""

from __future__ import annotations

import glob
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from functools import partial
from pathlib import Path

from ...module_utils._errors import LicensingError, UsphereError
from ...module_utils._licensing.catalog.catalog import Catalog
from ...module_utils._licensing.values.periods import read_fact_time
from ...module_utils._messages.catalog import render
from ...module_utils._operations.core.given_connections import (
    is_refused,
)
from ...module_utils._operations.facts.controller_reads import store_facts, system_facts
from ...module_utils._operations.facts.refused_accounts import RefusedAccounts
from ...module_utils._operations.facts.vms import ReadOptions
from .._policy.base.errors import PolicyError
from .._policy.facts import host_facts
from .backoff import ReadStatus
from .facts_files import HOST, read_documents
from .notice import FILE, LICENSE_SERVER, NODE, SYSTEM, UNREAD, EventSubject, Notice, Window, is_name
from .options import Server, Settings
from .payload import Words, at, start
from .server_expiries import ServerLook
from .system_expiries import system_notices

Now = Callable[[], float]


@dataclass(frozen=True)
class TargetReading:
    """Result of a read: subjects that were read, and their notices. ``problems`` are parts not read."""

    subjects: frozenset[EventSubject]
    notices: tuple[Notice, ...]
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class Round:
    """Result of a read with its outcome, also of a failed one. ``problems`` are messages for the log."""

    subjects: frozenset[EventSubject]
    notices: tuple[Notice, ...]
    outcome: ReadStatus
    was_read: bool
    as_of: datetime
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class Target:
    """One target to read. ``read`` blocks; it raises UsphereError or LicensingError."""

    subject: EventSubject
    read: Callable[[], TargetReading]


@dataclass(frozen=True)
class _ReadContext:
    """Common parameters of all reads."""

    settings: Settings = field(repr=False)
    catalog: Catalog = field(repr=False)
    now: Now
    words: Words
    accounts: RefusedAccounts

    @property
    def as_of(self) -> datetime:
        return datetime.fromtimestamp(int(self.now()), timezone.utc)

    def window(self, subject: EventSubject, server_time: object) -> Window:
        """Return the window of a read; ``server_time`` is the time of the License Server's own clock."""
        as_of: datetime | None = self.as_of
        if self.settings.clock == "license_server":
            as_of = read_fact_time(server_time)
        if as_of is None:
            raise PolicyError("event_clock_unread", subject=subject.name)
        return Window(as_of, self.settings.horizon, self.settings.look_back)


def targets_of(settings: Settings, catalog: Catalog, now: Now) -> list[Target]:
    """Return all targets of ``settings``."""
    # The next read of a target is after an interval, and then a password is tried again.
    accounts = RefusedAccounts(settings.interval / 2, now)
    context = _ReadContext(settings, catalog, now, Words(settings.language), accounts)
    watched = frozenset(str(server["name"]) for server in settings.systems)
    targets = [
        Target(EventSubject(SYSTEM, server["name"]), partial(_read_system, context, server))
        for server in settings.systems
    ]
    for server in settings.license_servers:
        subject = EventSubject(NODE if server["product_node"] else LICENSE_SERVER, server["name"])
        targets.append(Target(subject, partial(_read_server, context, server, subject, watched)))
    for pattern in settings.facts_files:
        targets.append(Target(EventSubject(FILE, pattern), partial(_read_files, context, pattern)))
    return targets


def read_target(target: Target, now: Now, words: Words) -> Round:
    """Read a target once. A failed read becomes a notice of type ``unread``."""
    as_of = datetime.fromtimestamp(int(now()), timezone.utc)
    try:
        reading = target.read()
    except (UsphereError, LicensingError) as error:
        notice = _unread_notice(target.subject, as_of, error, words)
        outcome = ReadStatus.REFUSED if is_refused(error) else ReadStatus.FAILED
        messages = (str(notice.event()["message"]),)
        return Round(frozenset({target.subject}), (notice,), outcome, False, as_of, messages)
    outcome = ReadStatus.FAILED if reading.problems else ReadStatus.READ
    return Round(reading.subjects, reading.notices, outcome, True, as_of, reading.problems)


def sentence(error: UsphereError | LicensingError, language: str) -> str:
    """Return the message of an error, followed by its causes."""
    if isinstance(error, PolicyError):
        return "; ".join(error.text(language).splitlines())
    causes = [render(cause.code, cause.fields, language) for cause in getattr(error, "causes", ())]
    return " ".join([render(error.code, error.fields, language), "; ".join(causes)]).rstrip()


def _unread_notice(
    subject: EventSubject, as_of: datetime, error: UsphereError | LicensingError, words: Words
) -> Notice:
    message = words.say("event_unread", subject=subject.name, problem=sentence(error, words.language))
    more: dict[str, object] = {"code": error.code, "message": message}
    if subject.kind == SYSTEM:
        more["system"] = subject.name
    body = start(UNREAD, subject, Window(as_of, 0, 0), more)
    return Notice(subject, (UNREAD, subject.kind, subject.name), body, False)


def _read_system(context: _ReadContext, server: Server) -> TargetReading:
    subject = EventSubject(SYSTEM, server["name"])
    problems: list[str] = []
    options = ReadOptions(
        subject_id=subject.name,
        site=server["site"],
        clock=context.settings.clock,
        now=context.now,
        note=lambda error: problems.append(sentence(error, context.words.language)),
        catalog=context.catalog,
    )
    facts = system_facts(
        server, server["license_server"], options, context.settings.deadline, context.accounts
    )
    window = context.window(subject, at(facts, "source", "gathered_at"))
    notices = system_notices(facts, subject, window, context.catalog, context.words)
    return TargetReading(frozenset({subject}), tuple(notices), tuple(problems))


def _read_server(
    context: _ReadContext, server: Server, subject: EventSubject, watched: frozenset[str]
) -> TargetReading:
    wanted = ("server", "licenses")
    found = store_facts(server, wanted, context.catalog, context.settings.deadline, context.accounts)
    window = context.window(subject, at(found, "server", "time"))
    evaluation = ServerLook(subject, window, context.words, server["clients"], watched)
    return TargetReading(frozenset({subject}), tuple(evaluation.notices(found)))


def _read_files(context: _ReadContext, pattern: str) -> TargetReading:
    paths = sorted(path for path in glob.glob(pattern, recursive=True) if _may_be_file(path))
    if not paths:
        raise PolicyError("event_files_none", pattern=pattern)
    found: list[tuple[EventSubject, list[Notice]]] = []
    errors: list[UsphereError | LicensingError] = []
    for path in paths:
        try:
            for each in _from_file(context, path):
                found.append(each)
        except (UsphereError, LicensingError) as error:
            # A file that cannot be read hides no other one.
            subject = EventSubject(FILE, path)
            found.append((subject, [_unread_notice(subject, context.as_of, error, context.words)]))
            errors.append(error)
    if len(errors) == len(paths) and len(paths) == 1:
        raise errors[0]
    subjects = {EventSubject(FILE, pattern), *(subject for subject, _notices in found)}
    return TargetReading(
        frozenset(subjects),
        tuple(each for _subject, notices in found for each in notices),
        tuple(sentence(error, context.words.language) for error in errors),
    )


def _may_be_file(path: str) -> bool:
    """Return whether the path is a file, or cannot be examined: reading it then says why."""
    try:
        return stat.S_ISREG(Path(path).stat().st_mode)
    except OSError:
        return True


def _from_file(context: _ReadContext, path: str) -> Iterator[tuple[EventSubject, list[Notice]]]:
    for kind, name, content in read_documents(path):
        if not is_name(name):
            error = PolicyError("event_name", name=f"{name} ({path})")
            subject = EventSubject(FILE, path)
            yield subject, [_unread_notice(subject, context.as_of, error, context.words)]
            continue
        kind_of_subject = SYSTEM if kind == HOST else LICENSE_SERVER
        if kind == HOST and at(content, "subject", "kind") == "node":
            kind_of_subject = NODE
        subject = EventSubject(kind_of_subject, name)
        try:
            notices = _notices_of(context, subject, content)
        except (UsphereError, LicensingError) as error:
            # Only the facts of this subject are invalid; those of the others in the file are usable.
            notices = [_unread_notice(subject, context.as_of, error, context.words)]
        yield subject, notices


def _notices_of(context: _ReadContext, subject: EventSubject, content: Mapping[str, object]) -> list[Notice]:
    if subject.kind == LICENSE_SERVER:
        window = context.window(subject, at(content, "server", "time"))
        return ServerLook(subject, window, context.words).notices(content)
    if content:
        content = host_facts.read({"kind": host_facts.KIND, **content}, context.catalog).document()
    window = context.window(subject, at(content, "source", "gathered_at"))
    return system_notices(content, subject, window, context.catalog, context.words)
