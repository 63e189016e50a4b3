# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The interfaces that a simulator's servers can have, and which of their requests is which operation.

Operations, faults and checks are the same for both. Only what names a request by its path is here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_PROFILE = Path(__file__).resolve().parents[1] / "simulator" / "second_profile.yml"
_READING, _WRITING = "GET", "POST"


@cache
def _second_profile() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(_PROFILE.read_text(encoding="utf-8"))
    return document


@dataclass(frozen=True)
class Api:
    """One interface. Ends of paths are those of its requests, on whatever base.

    ``logins``: method, end and whether it opens (else ends) a session or token. ``works``: method, end and
    the simulator's name of the work that the request starts. ``ids``: the part of a path before an id.
    ``polled``: a task that is read until it is over.
    """

    name: str
    logins: tuple[tuple[str, str, bool], ...]
    works: tuple[tuple[str, str, str], ...]
    ids: re.Pattern[str]
    polled: re.Pattern[str]
    has_profile: bool = False

    @property
    def options(self) -> dict[str, Any]:
        """The options of modules that name this interface."""
        return {"profile": _second_profile()} if self.has_profile else {}

    def is_login(self, path: str) -> bool:
        return any(path.endswith(end) for _method, end, _opens in self.logins)

    def opens(self, method: str, path: str) -> bool:
        return any(method == wanted and path.endswith(end) for wanted, end, opens in self.logins if opens)

    def ends(self, method: str, path: str) -> bool:
        return any(method == wanted and path.endswith(end) for wanted, end, opens in self.logins if not opens)

    def writes(self, method: str, path: str) -> bool:
        return method != _READING and not self.is_login(path)

    def work_of(self, method: str, path: str) -> str:
        """The work that a request starts, "" if it starts none."""
        return next((work for wanted, end, work in self.works if method == wanted and path.endswith(end)), "")

    def end_of(self, work: str) -> str:
        """The end of the path of the request that starts a work."""
        return next(end for _method, end, named in self.works if named == work)

    def shown(self, path: str) -> str:
        """The path with a pattern in place of each id."""
        return self.ids.sub(r"\1/*", path)

    def sends_license(self, method: str, path: str) -> str:
        """``install`` or ``uninstall`` if a request does so to a license, else ""."""
        work = self.work_of(method, path)
        return work if method == _WRITING and work in ("install", "uninstall") else ""


FIRST = Api(
    "first",
    # A VMS has Digest, whose challenge is no request of its own kind.
    logins=(("POST", "/oauth2/token", True), ("DELETE", "/oauth2/token", False)),
    works=(
        ("POST", "/activation-files", "install"),
        ("POST", "/uninstall", "uninstall"),
        ("PUT", "/licenseServer", "connect"),
        ("POST", "/licenseServer/reconnect", "reconnect"),
    ),
    ids=re.compile(r"(/licenses|/messages|/message|/clients)/(?!statistic)[^/]+"),
    polled=re.compile(r"/messages?/[^/]+$"),
)
SECOND = Api(
    "second",
    logins=(
        ("POST", "/portal/sign-in", True),
        ("POST", "/portal/sign-out", False),
        ("POST", "/console/session", True),
        ("DELETE", "/console/session", False),
    ),
    works=(
        ("POST", "/packages", "install"),
        ("POST", "/retire", "uninstall"),
        ("PUT", "/licensing/source", "connect"),
        ("POST", "/licensing/source/sync", "reconnect"),
    ),
    ids=re.compile(r"(/entitlements|/jobs|/tenants)/[^/]+"),
    polled=re.compile(r"/jobs/[^/]+$"),
    has_profile=True,
)
APIS = {api.name: api for api in (FIRST, SECOND)}
