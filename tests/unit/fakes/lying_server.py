# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random VMS systems whose servers tell the truth in one of many ways, or answer one list wrongly.

The model knows the true system and decides itself what each answer has; it shares no code with the client.
"""

from __future__ import annotations

import base64
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.builtin import PROFILES
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.loader import load_profile
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.model import Profile

PASSWORD = "planted/secret+1"
BASIC = base64.b64encode(f"automation:{PASSWORD}".encode()).decode()
ECHOES = (PASSWORD, quote(PASSWORD, safe=""), quote(PASSWORD, safe="").lower(), BASIC)

HONEST_WAYS = (
    *("total", "empty_page", "page_total", "unpaged", "links", "link_header", "count", "at_once"),
    *("error_beyond_end", "moved_once", "empty_clusters"),
    *("shuffled", "refused_beyond_end", "full_total", "full_links", "quoted_link"),
)
LIES = (
    *("repeats", "ends_early", "low_total", "total_changes", "loop", "foreign_link", "last_link"),
    *("high_count", "refusal", "status", "other_key", "cut_off", "echo_of_row", "echo_of_link"),
    *("echo_in_refusal", "licenses_early", "licenses_repeat", "licenses_refusal"),
    *("clusters_early", "clusters_refusal", "vm_total"),
    *("page_total_only", "total_is_limit", "no_link", "bad_link_header", "page_gaps", "offset_of_pages"),
    *("limit_of_offset", "hosts_denied", "clusters_denied", "licenses_denied"),
)

_VMS, _LICENSES = "/cas/casrs", "/licsmgr/api/v1"
_OFFSET = {"style": "offset", "offset": "offset", "limit": "limit", "size": 1000}
_TOTAL = {**_OFFSET, "total": {"header": "Total"}}
_BODY_TOTAL = {"total": {"at": "all"}}
_PAGE = {"style": "page", "page": "no", "limit": "limit", "size": 1000}
_LINKS = {"style": "next", "next": {"at": "links.next"}, "limit": "limit", "size": 1000}
_PAGING: dict[str, Any] = {
    "empty_page": _OFFSET,
    "unpaged": _OFFSET,
    "page_total": {**_PAGE, **_BODY_TOTAL, "first": 0},
    "links": _LINKS,
    "link_header": {**_LINKS, "next": {"header": "Link"}},
    "last_link": {**_LINKS, **_BODY_TOTAL},
    "count": {**_OFFSET, "count": "hosts_count"},
    "at_once": "none",
    "error_beyond_end": _OFFSET,
    "high_count": {**_OFFSET, "count": "hosts_count"},
    **dict.fromkeys(("refusal", "status", "other_key", "cut_off", "echo_in_refusal"), _OFFSET),
}
_PAGING.update(
    shuffled=_OFFSET,
    refused_beyond_end=_OFFSET,
    full_total={**_TOTAL, "size": 3},
    page_total_only={**_TOTAL, "size": 3},
    total_is_limit={**_TOTAL, "size": 3},
    full_links={**_LINKS, "size": 3},
    no_link={**_LINKS, "size": 3},
    quoted_link={**_LINKS, "next": {"header": "Link"}},
    bad_link_header={**_LINKS, "next": {"header": "Link"}},
    page_gaps={**_PAGE, "first": 0},
    offset_of_pages=_OFFSET,
    limit_of_offset=_OFFSET,
    hosts_denied=_OFFSET,
)
_PAGING["loop"] = _PAGING["foreign_link"] = _PAGING["echo_of_link"] = _PAGING["links"]


def _paging(way: str) -> Any:
    return _PAGING.get(way, _TOTAL)


@cache
def _profile(way: str) -> Profile:
    operations = PROFILES["usphere_7"]["operations"]
    clusters = {**_PAGE, **_BODY_TOTAL}
    return load_profile(
        {
            "extends": "usphere_7",
            "name": "open",
            "bases": {
                "vms": {"path": _VMS, "auth": "none"},
                "license_server": {"path": _LICENSES, "auth": "none"},
            },
            "operations": {
                "list_hosts": {**operations["list_hosts"], "paging": _paging(way)},
                "list_clusters": {**operations["list_clusters"], "paging": clusters},
            },
        }
    )


@dataclass(frozen=True)
class Truth:
    """The system as it is: sockets by host id, hosts in container clusters, licenses by id, number of VMs."""

    sockets: Mapping[str, int]
    containers: frozenset[str]
    has_container_cluster: bool
    licenses: Mapping[str, int]
    vms: int


def _truth(dice: random.Random, ids: list[str]) -> Truth:
    has_container_cluster = dice.random() < 0.5
    return Truth(
        {ident: dice.choice((1, 2, 4, 8)) for ident in ids},
        frozenset(ident for ident in ids if has_container_cluster and dice.random() < 0.4),
        has_container_cluster,
        {f"LS-{number}": dice.randint(1, 50) for number in range(dice.randint(3, 6))},
        dice.randint(2, 900),
    )


@dataclass
class Sequence:
    """One system, and how its server answers: ``way`` is one of HONEST_WAYS or LIES."""

    number: int
    seed: int
    answer: Callable[..., Any]
    port: int
    dice: random.Random = field(init=False)
    way: str = field(init=False)
    truth: Truth = field(init=False)

    def __post_init__(self) -> None:
        self.dice = random.Random(f"{self.seed}/{self.number}")  # noqa: S311  not used for secrets
        self.honest = self.number % 2 == 0
        self.way = self.dice.choice(HONEST_WAYS if self.honest else LIES)
        ids = [str(number) for number in range(1, self.dice.randint(3, 9) + 1)]
        if self.way == "unpaged" and self.dice.random() < 0.3:
            ids = ids[:1]
        if self.way == "echo_of_row":
            ids[0] = PASSWORD
        self.truth = _truth(self.dice, ids)
        self.cap = self.dice.randint(2, max(2, len(ids) - 1))
        if self.way in ("full_total", "full_links", "page_total_only", "total_is_limit", "no_link"):
            self.cap = 1000
        if self.way in ("page_total_only", "total_is_limit", "no_link", "page_gaps", "offset_of_pages"):
            # The first page does not have all hosts.
            ids = [str(number) for number in range(1, self.dice.randint(5, 9) + 1)]
            self.truth = _truth(self.dice, ids)
            self.cap = 3 if self.way == "offset_of_pages" else 2 if self.way == "page_gaps" else 1000
        self.hidden = self.dice.choice(ids[1:] or ids)
        self.started = 0
        self.states_managed = self.way == "error_beyond_end" or self.dice.random() < 0.5
        self.echo = self.dice.choice(ECHOES)

    @property
    def profile(self) -> Profile:
        return _profile(self.way)

    def respond(self, request: Any) -> Any:
        """Return the answer to a request of the client."""
        url = urlsplit(request.target)
        query = {name: values[-1] for name, values in parse_qs(url.query).items()}
        name = url.path.removeprefix(_VMS).removeprefix(_LICENSES)
        return {
            "/host/list": self._hosts,
            "/host": self._count,
            "/cluster/clusters": self._clusters,
            "/licenses": self._licenses,
            "/vm/vmList": self._vms,
        }.get(name, lambda query: self.answer(self._fixed(name)))(query)

    def _fixed(self, name: str) -> object:
        managed = {"mCpuNum": sum(self.truth.sockets.values())} if self.states_managed else {}
        return {
            "/system/cvm": {"type": 16},
            "/version": {"casVersion": "V7.0 (E0760)"},
            "/system/platform": {"masterIp": "10.0.0.1"},
            "/cvm/license": {"cpuNum": 4, "vmNum": 5, **managed},
            "/licenseServer": {"address": "10.0.0.5", "clientName": "hangzhou", "serverId": "ls"},
            "/server": {"id": "ls"},
        }[name]

    def _row(self, ident: str) -> dict[str, object]:
        return {
            "id": ident,
            "cpuSockets": self.truth.sockets[ident],
            "hostType": 16,
            "clusterId": "2" if ident in self.truth.containers else "1",
        }

    def _refusal(self) -> Any:
        text = self.echo if self.way == "echo_in_refusal" else "no permission"
        bodies: list[object] = [
            {"code": 403, "msg": text},
            {"success": False, "host": [], "message": text},
            {"statusType": "ERROR", "message": text},
            {"errorCode": 1105, "errorMessage": text},
            {text: 1},
            text,
        ]
        return self.answer(self.dice.choice(bodies))

    def _denied(self, key: str) -> Any:
        """Return a list without rows that is none: no body, an element of an error, a refusal beside it."""
        made = self.answer({})
        made.body = self.dice.choice(
            (b"", b"<error/>", b"<accessDenied/>", b"<fault><%s/></fault>" % key.encode())
        )
        bodies: list[dict[str, object]] = [
            {key: [], "msg": "no permission"},
            {key: None, "status": 403, "message": "Forbidden"},
            {key: {}, "state": "1", "message": "no permission"},
            {key: "", "errorMessage": "session expired"},
            {key: [], "resultCode": 403},
        ]
        return self.dice.choice((made, *(self.answer(body) for body in bodies)))

    def _count(self, query: Mapping[str, str]) -> Any:
        return self.answer({"host": [self._row(ident) for ident in self.truth.sockets]})

    def _hosts(self, query: Mapping[str, str]) -> Any:
        ids = list(self.truth.sockets)
        size = min(int(query.get("limit", 1000)), self.cap)
        start = int(query["no"]) * size if "no" in query else int(query.get("offset", query.get("at", 0)))
        self.started += start == 0
        if self.way in ("unpaged", "at_once", "shuffled"):
            start, size = 0, len(ids)
        if self.way == "shuffled":
            ids = self.dice.sample(ids, len(ids))
        if self.way == "page_gaps":
            start = int(query["no"]) * 4
        if self.way == "offset_of_pages":
            start *= size
        shown = self._shown(ids, start)
        part = shown[start : start + size]
        wrong = self._wrong_page(start, ids, part)
        if wrong is not None:
            return wrong
        body: dict[str, object] = {"host": [self._row(ident) for ident in part], "all": len(ids)}
        paging = _paging(self.way)
        states_total = paging != "none" and "header" in paging.get("total", ())
        headers = {"Total": str(self._total(len(ids), start, len(part)))} if states_total else {}
        link = self._link(start + size, len(shown))
        if link and self.way == "link_header":
            headers["Link"] = f'<?x=1>; rel="prev", <{link}>; rel="next"'
        elif link and self.way == "quoted_link":
            headers["Link"] = f'<{link}>;title="a, <b>; rel=\\"prev\\"";rel=next'
        elif link and self.way == "bad_link_header":
            headers["Link"] = self.dice.choice(
                (
                    f"{link}; rel=next",
                    f"<{link}>; rel='next'",
                    f"<{link}>; title=a,b; rel=next",
                    f"<<{link}>; rel=next",
                )
            )
        elif link and self.way == "no_link":
            body["paging"] = {"next": link}
        elif link:
            body["links"] = {"next": link}
        return self.answer(body, **headers)

    def _shown(self, ids: list[str], start: int) -> list[str]:
        """Return the rows that the server has for a reading; a lie hides one host."""
        if self.way == "moved_once" and self.started == 1 and start:
            # One host was sorted to the front after the first page.
            return [ids[-1], *ids[:-1]]
        if self.way in ("repeats", "echo_of_row"):
            other = next(ident for ident in ids if ident != self.hidden)
            return [other if ident == self.hidden else ident for ident in ids]
        if self.way in ("ends_early", "low_total", "total_changes", "last_link", "high_count"):
            return [ident for ident in ids if ident != self.hidden]
        return ids

    def _total(self, number: int, start: int, shown: int) -> int:
        if self.way == "low_total":
            return 1
        if self.way in ("page_total_only", "total_is_limit"):
            return shown if self.way == "page_total_only" else 3
        return number + (start > 0) if self.way == "total_changes" else number

    def _wrong_page(self, start: int, ids: list[str], part: list[str]) -> Any:
        if self.way == "error_beyond_end" and start >= len(ids):
            return self.answer({"errorCode": 7, "errorMessage": "offset"}, 409)
        if self.way == "hosts_denied":
            return self._denied("host")
        if self.way == "limit_of_offset" and start >= self.cap and self.cap < len(ids):
            return self.answer({}, self.dice.choice((400, 404)))
        if self.way == "refused_beyond_end" and start >= len(ids):
            return self.answer({}, self.dice.choice((400, 404)))
        if start == 0 and (self.cap >= len(ids) or self.number % 3):
            return None
        if self.way in ("refusal", "echo_in_refusal"):
            return self._refusal()
        if self.way == "status":
            return self.answer({}, self.dice.choice((400, 403, 404, 500, 503)))
        if self.way == "other_key":
            return self.answer({"list": [self._row(ident) for ident in part]})
        if self.way == "cut_off":
            made = self.answer({"host": [self._row(ident) for ident in part]})
            made.body = made.body[:-3]
            return made
        return None

    def _link(self, after: int, number: int) -> str:
        if self.way == "echo_of_link":
            return f"http://198.51.100.1/?token={self.echo}"
        if self.way == "foreign_link":
            return self.dice.choice(
                ("https://127.0.0.1/x", "//198.51.100.1/x", f"http://localhost:{self.port}/x")
            )
        if self.way == "loop":
            return "?at=0"
        linked = (
            "links",
            "link_header",
            "last_link",
            "full_links",
            "no_link",
            "quoted_link",
            "bad_link_header",
        )
        if self.way not in linked or after >= number:
            return ""
        path = f"{_VMS}/host/list?at={after}&limit={3 if self.way == 'full_links' else 1000}"
        return self.dice.choice((path, f"http://127.0.0.1:{self.port}{path}", f"?at={after}"))

    def _clusters(self, query: Mapping[str, str]) -> Any:
        if self.way == "clusters_refusal":
            return self._refusal()
        if self.way == "clusters_denied":
            return self._denied("cluster")
        rows = [{"id": 1, "containerCluster": 0}]
        if self.truth.has_container_cluster:
            rows.append({"id": 2, "containerCluster": 1})
        elif self.way == "clusters_early":
            rows.append({"id": 3, "containerCluster": 0})
        shown = rows[:1] if self.way == "clusters_early" else rows
        return self.answer({"cluster": shown if query["no"] == "1" else [], "all": len(rows)})

    def _licenses(self, query: Mapping[str, str]) -> Any:
        if self.way == "licenses_refusal":
            return self._refusal()
        if self.way == "licenses_denied":
            return self._denied("rows")
        rows = [
            {
                "id": ident,
                "productId": "vms_standard",
                "arch": "x86_64",
                "kind": "formal",
                "quantity": quantity,
                "expiresAt": "never",
                "status": "in_use",
                "assigned": [{"client": "hangzhou", "quantity": quantity}],
            }
            for ident, quantity in self.truth.licenses.items()
        ]
        shown = rows[:-1] if self.way == "licenses_early" else rows
        if self.way == "licenses_repeat":
            shown = [*rows[:-1], rows[0]]
        start = (int(query["page"]) - 1) * self.cap
        return self.answer({"rows": shown[start : start + self.cap], "total": len(rows)})

    def _vms(self, query: Mapping[str, str]) -> Any:
        total = self.truth.vms
        if self.way != "vm_total":
            return self.answer({"domain": {"id": 1}}, Total=str(total))
        wrong = self.dice.choice((f"{total}, {total}", "-1", "0", "many", ""))
        return self.answer({"domain": {"id": 1}}, Total=wrong)
