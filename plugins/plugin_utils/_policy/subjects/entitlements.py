# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Entitlements: purchased grants, their allocations to systems and nodes, and their facts (R24–R26)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from ....module_utils._licensing.catalog.catalog import Catalog, Product
from ....module_utils._licensing.catalog.code_class import grant_split
from ....module_utils._licensing.values.model import Arch, Installation
from ....module_utils._licensing.values.periods import NEVER_TEXT
from ....module_utils._pointer import Path
from ....module_utils._time import format_time
from ..base.canonical_json import canonical, digest
from ..base.errors import InvalidDocument, PolicyError, Problem
from ..documents.files import Finder, find_here, read_documents
from ..documents.schemas import suggestion
from ..documents.yaml_reader import Document
from ..facts.facts import Facts
from ..policy.model import GRANT, Subject, day
from .host_reading import Reading


@dataclass(frozen=True)
class GrantedSystem:
    """A system and its License Server (R23: a hot-standby pair is one system)."""

    id: str
    license_server: str
    hot_standby: bool = False
    contract_number: str = ""


@dataclass(frozen=True)
class Allocation:
    """Part of a grant used by a system of a License Server or on a node; the other fields are None."""

    quantity: int
    license_server: str | None = None
    system: str | None = None
    node: str | None = None


@dataclass(frozen=True)
class Grant:
    """One license certificate, valid from ``begins`` until before ``ends``; ``ends`` None means no expiry."""

    id: str
    product: str
    arch: str
    kind: str
    code: str | None
    quantity: int
    packs: tuple[int, ...]
    certificate: str | None
    begins: datetime
    ends: datetime | None
    allocations: tuple[Allocation, ...]
    place: str

    def alive(self, as_of: datetime) -> bool:
        """Return whether the grant is valid at ``as_of``."""
        return self.begins <= as_of and (self.ends is None or as_of < self.ends)

    def facts(self, as_of: datetime) -> Facts:
        """Return the facts of the grant, below ``/grant``; ``split_ok`` needs a known code (R24)."""
        split = grant_split(
            self.code,
            self.quantity,
            [each.quantity for each in self.allocations],
            [each.system for each in self.allocations],
        )
        tree: dict[str, Any] = {
            "product": self.product,
            "arch": self.arch,
            "kind": self.kind,
            "code_class": split.code_class.value,
            "quantity": self.quantity,
            "ends_at": NEVER_TEXT if self.ends is None else format_time(self.ends),
            "days": NEVER_TEXT if self.ends is None else (self.ends - as_of) // timedelta(days=1),
            "alive": self.alive(as_of),
            "allocated": split.allocated,
            "unallocated": split.unallocated,
            "overdrawn": split.overdrawn,
            "allocations": split.allocations,
            "systems": split.systems,
        }
        if self.code is not None:
            tree["code"] = self.code
        if self.packs:
            tree["packs"] = list(self.packs)
        if split.splits_ok is None:
            return Facts(
                {"grant": tree}, {"/grant/split_ok": "absent"}, because={"/grant/split_ok": (_CODE,)}
            )
        return Facts({"grant": {**tree, "split_ok": split.splits_ok}})


_CODE = "/grant/code"


@dataclass(frozen=True)
class Entitlements:
    """All systems and grants of a run; ``digest`` covers their documents."""

    systems: Mapping[str, GrantedSystem] = field(default_factory=dict)
    grants: tuple[Grant, ...] = ()
    digest: str = ""

    def alive(self, as_of: datetime) -> tuple[Grant, ...]:
        """Return the grants that are valid at ``as_of``."""
        return tuple(grant for grant in self.grants if grant.alive(as_of))

    def readings(
        self, as_of: datetime, readings: Mapping[Subject, tuple[Reading, ...]]
    ) -> dict[Subject, tuple[Reading, ...]]:
        """Return grants as subjects. Their hosts are those of the systems and nodes they are allocated to."""
        hosts: dict[str, set[str]] = {}
        for (ident, _kind), found in readings.items():
            hosts.setdefault(ident, set()).update(host for reading in found for host in reading.hosts)
        subjects: dict[Subject, tuple[Reading, ...]] = {}
        for grant in self.grants:
            users = {each.system or each.node or "" for each in grant.allocations}
            concerned = tuple(sorted({host for user in users for host in hosts.get(user, ())}))
            facts = grant.facts(as_of)
            content = digest([facts.tree, dict(facts.unknown)])
            subjects[grant.id, GRANT] = (Reading(GRANT, grant.id, concerned, facts, content),)
        return subjects


def load_entitlements(
    argument: object, find: Finder = find_here, catalog: Catalog | None = None
) -> Entitlements:
    """Read and check entitlements: a path, an Entitlements document as data, or a list; None for none.

    Products are those of ``catalog``, by default the built-in one.

    Raises InvalidDocument with every error: duplicate ids, allocations to systems that are not listed or to a
    License Server other than the system's, products, architectures and packs that do not exist, dates out of
    order. Allocating more than was purchased is not an error but a finding (R26).
    """
    if argument is None:
        return Entitlements()
    if argument in ([], ()):
        raise PolicyError("input_empty", name="entitlements")
    documents = read_documents(argument, "Entitlements", "entitlements", find)
    reader = _Reader(catalog or Catalog.builtin())
    for document in documents:
        reader.systems_of(document)
    for document in documents:
        reader.grants_of(document)
    if reader.problems:
        raise InvalidDocument(reader.problems)
    content = sorted(canonical(document.value) for document in documents)
    grants = tuple(sorted(reader.grants.values(), key=lambda grant: grant.id))
    return Entitlements(dict(sorted(reader.systems.items())), grants, digest(content))


class _Reader:
    def __init__(self, catalog: Catalog) -> None:
        self.systems: dict[str, GrantedSystem] = {}
        self.grants: dict[str, Grant] = {}
        self.problems: list[Problem] = []
        self._catalog = catalog

    def _add_problem(self, code: str, document: Document, path: Path, **fields: object) -> None:
        self.problems.append(Problem(code, fields, document.place(path)))

    def systems_of(self, document: Document) -> None:
        content: Any = document.value
        for ident, raw in content["systems"].items():
            path: Path = ("systems", ident)
            system = GrantedSystem(ident, **raw)
            if self.systems.setdefault(ident, system) != system:
                self._add_problem("system_duplicate", document, path, id=ident)
            if system.contract_number and not system.hot_standby:
                self._add_problem("contract_without_pair", document, (*path, "contract_number"), id=ident)

    def grants_of(self, document: Document) -> None:
        content: Any = document.value
        for index, raw in enumerate(content["grants"]):
            path: Path = ("grants", index)
            existing = self.grants.get(raw["id"])
            if existing is not None:
                self._add_problem(
                    "grant_duplicate", document, (*path, "id"), id=raw["id"], first=existing.place
                )
                continue
            term = self._term(raw, document, (*path, "covers"))
            self._product(raw, document, (*path, "covers"))
            allocations = tuple(
                self._allocation(raw, each, document, (*path, "allocations", at))
                for at, each in enumerate(raw.get("allocations", ()))
            )
            if term is not None:
                self.grants[raw["id"]] = _grant(raw, term, allocations, document.place(path))

    def _term(
        self, raw: dict[str, Any], document: Document, path: Path
    ) -> tuple[datetime, datetime | None] | None:
        covers = raw["covers"]
        days: dict[str, datetime | None] = {}
        for name in ("from", "until"):
            try:
                days[name] = None if covers[name] == NEVER_TEXT else day(covers[name])
            except ValueError:
                self._add_problem("date_invalid", document, (*path, name), id=raw["id"], date=covers[name])
        begins, ends = days.get("from"), days.get("until")
        if len(days) < 2 or begins is None:
            return None
        if ends is not None and ends <= begins:
            self._add_problem("grant_order", document, (*path, "until"), id=raw["id"], until=covers["until"])
        return begins, ends

    def _product(self, raw: dict[str, Any], document: Document, path: Path) -> None:
        covers, ident = raw["covers"], raw["id"]
        rows = [each for each in self._catalog.products if each.id == covers["product"]]
        if not rows:
            known = sorted({each.id for each in self._catalog.products})
            fields = {"id": ident, "product": covers["product"], "hint": suggestion(covers["product"], known)}
            self._add_problem("grant_product", document, (*path, "product"), **fields)
            return
        arches = [Arch.ANY.value if each.arch is Arch.ANY else each.arch.value for each in rows]
        if covers["arch"] not in arches:
            fields = {"id": ident, "product": covers["product"], "expected": arches, "arch": covers["arch"]}
            self._add_problem("grant_arch", document, (*path, "arch"), **fields)
        self._packs(raw, rows[0], document, (*path, "packs"))
        local = rows[0].installation is Installation.LOCAL
        for at, each in enumerate(raw.get("allocations", ())):
            if local is not ("node" in each):
                code = "grant_local" if local else "grant_remote"
                place = (*path[:-1], "allocations", at)
                self._add_problem(code, document, place, id=ident, product=covers["product"])

    def _packs(self, raw: dict[str, Any], row: Product, document: Document, path: Path) -> None:
        covers = raw["covers"]
        if "packs" not in covers:
            return
        if not row.packs:
            self._add_problem("grant_no_packs", document, path, id=raw["id"], product=row.id)
        elif sum(covers["packs"]) != covers["quantity"]:
            fields = {"id": raw["id"], "total": sum(covers["packs"]), "quantity": covers["quantity"]}
            self._add_problem("grant_pack_sum", document, path, **fields)

    def _allocation(
        self, grant: dict[str, Any], raw: dict[str, Any], document: Document, path: Path
    ) -> Allocation:
        name = raw.get("system")
        system = self.systems.get(name) if name is not None else None
        if name is not None and system is None:
            hint = suggestion(name, sorted(self.systems))
            self._add_problem(
                "grant_system", document, (*path, "system"), id=grant["id"], system=name, hint=hint
            )
        elif system is not None and raw["license_server"] != system.license_server:
            fields = {"system": name, "expected": system.license_server, "actual": raw["license_server"]}
            self._add_problem("grant_server", document, (*path, "license_server"), id=grant["id"], **fields)
        return Allocation(**raw)


def _grant(
    raw: dict[str, Any],
    term: tuple[datetime, datetime | None],
    allocations: Iterable[Allocation],
    place: str,
) -> Grant:
    covers = raw["covers"]
    return Grant(
        id=raw["id"],
        product=covers["product"],
        arch=covers["arch"],
        kind=covers["kind"],
        code=covers.get("code"),
        quantity=covers["quantity"],
        packs=tuple(covers.get("packs", ())),
        certificate=covers.get("certificate"),
        begins=term[0],
        ends=term[1],
        allocations=tuple(allocations),
        place=place,
    )
