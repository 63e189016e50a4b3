# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The scenario: the initial state as typed values. The README beside this package lists the keys."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import yaml

from usim.answer_options import VMS, AnswerOptions, parse_options
from usim.catalog import ARCHES, KINDS, LOCAL_PRODUCTS, PACKED, PREINSTALLED_DAYS, find_product
from usim.reading import ScenarioError, Section, parse_instant

DEFAULT_USER = "admin"
# The interface of all servers of a scenario: that of the vendor, or one with conventions of its own.
FIRST_API, SECOND_API = "first", "second"
APIS = (FIRST_API, SECOND_API)
ARCH_NEUTRAL = "any"  # how people write "no architecture" for isc, container_service and the DR packs


@dataclass(frozen=True)
class Account:
    username: str | None
    password: str | None


@dataclass(frozen=True)
class LicenseSeed:
    product: str
    arch: str | None
    kind: str
    code: str | None
    quantity: int
    packs: tuple[int, ...] | None
    key: str | None
    issued_at: int | None
    issued_days_ago: int
    installed_at: int | None
    term_days: int | None
    expires_at: int | None
    file: str | None


@dataclass(frozen=True)
class QuotaRow:
    product: str
    arch: str | None
    quantity: int


@dataclass(frozen=True)
class ClientSeed:
    name: str
    password: str | None
    quota: tuple[QuotaRow, ...]


@dataclass(frozen=True)
class ServerSeed:
    name: str
    account: Account
    client_id: str | None
    client_secret: str | None
    version: str
    peer: str | None
    licenses: tuple[LicenseSeed, ...]
    clients: tuple[ClientSeed, ...]
    answers: AnswerOptions


@dataclass(frozen=True)
class ProductNodeSeed:
    """A node that holds the licenses of its own product."""

    name: str
    product: str
    account: Account
    client_id: str | None
    client_secret: str | None
    version: str
    used: int
    licenses: tuple[LicenseSeed, ...]
    answers: AnswerOptions


@dataclass(frozen=True)
class HostSeed:
    name: str | None
    count: int
    cpu_sockets: int
    cpu_cores: int
    arch: str
    host_type: int | None
    status: str
    version: str | None
    container_cluster: bool
    clustered: bool
    maintenance: bool
    vms: int
    added_days_ago: int


@dataclass(frozen=True)
class Srm:
    protected_vms: int
    main_site_ip: str
    spare_site_ip: str


@dataclass(frozen=True)
class VmsSeed:
    name: str
    account: Account
    version: str
    arch: str
    ip: str
    slave_ip: str | None
    vm_allowed: int
    hosts: tuple[HostSeed, ...]
    srm: Srm | None
    server: str | None
    client: str | None
    contract_number: str | None
    answers: AnswerOptions


@dataclass(frozen=True)
class KeySeed:
    key: str
    product: str
    arch: str | None
    kind: str
    code: str | None
    quantity: int
    term_days: int | None
    expires_at: int | None
    hot_standby: bool
    contract_number: str | None
    packs: tuple[int, ...] | None


@dataclass(frozen=True)
class Scenario:
    digest: str
    clock: int | None
    task_ms: int
    token_seconds: int
    nonce_seconds: int
    session_requests: int
    api: str
    servers: tuple[ServerSeed, ...]
    product_nodes: tuple[ProductNodeSeed, ...]
    vms: tuple[VmsSeed, ...]
    keys: tuple[KeySeed, ...]


def load_scenario(path: Path) -> Scenario:
    """Read and check a scenario file. Raises ScenarioError with the place of the error."""
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ScenarioError(f"{path}: cannot be read: {error.strerror}.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ScenarioError(f"{path}: is not YAML: {error}.") from error
    return parse_scenario(document)


def parse_scenario(document: object) -> Scenario:
    root = Section(document, "")
    clock = root.take("clock")
    default = _account(root.section("credentials"), Account(None, None))
    scenario = Scenario(
        digest=hashlib.sha256(json.dumps(document, sort_keys=True, default=str).encode()).hexdigest(),
        clock=None if clock in (None, "now") else parse_instant(clock, "clock"),
        task_ms=root.integer("task_ms", 150),
        token_seconds=root.integer("token_seconds", 600, minimum=1),
        nonce_seconds=root.integer("nonce_seconds", 300, minimum=1),
        session_requests=root.integer("session_requests", 0),
        api=root.text("api", FIRST_API, choices=APIS),
        servers=tuple(_server(name, item, default) for name, item in root.named("license_servers")),
        product_nodes=tuple(_product_node(name, item, default) for name, item in root.named("product_nodes")),
        vms=tuple(_vms(name, item, default) for name, item in root.named("vms")),
        keys=tuple(_key(item) for item in root.listed("keys")),
    )
    root.done()
    _check_references(scenario)
    return scenario


def _account(section: Section, default: Account) -> Account:
    account = Account(
        section.optional_text("username") or default.username,
        section.optional_text("password") or default.password,
    )
    section.done()
    return account


def _product(section: Section) -> tuple[str, str | None]:
    product = section.text("product")
    arch = section.optional_text("arch", (*ARCHES, ARCH_NEUTRAL))
    if arch == ARCH_NEUTRAL:
        arch = None
    if find_product(product, arch) is None:
        raise ScenarioError(
            f"{section.where}: table 1-1 has no product {product!r} of architecture {arch or ARCH_NEUTRAL!r}."
        )
    return product, arch


def _amount(section: Section, product: str) -> tuple[int, tuple[int, ...] | None]:
    """Return the quantity, and its packs if the scenario lists them."""
    packs = section.integers("packs", minimum=1)
    if packs is None:
        return section.integer("quantity", minimum=1), None
    if product not in PACKED:
        raise ScenarioError(f"{section.path('packs')}: {product} is not sold in packs (R32).")
    if section.integer("quantity", sum(packs)) != sum(packs):
        raise ScenarioError(f"{section.path('quantity')}: is not the sum of the packs; leave it out.")
    return sum(packs), packs


def _license(section: Section) -> LicenseSeed:
    product, arch = _product(section)
    quantity, packs = _amount(section, product)
    kind = section.text("kind", choices=KINDS)
    term = section.optional_integer("term_days", minimum=1)
    if kind == "preinstalled" and term is None:
        term = PREINSTALLED_DAYS
    seed = LicenseSeed(
        product=product,
        arch=arch,
        kind=kind,
        code=section.optional_text("code"),
        quantity=quantity,
        packs=packs,
        key=section.optional_text("key"),
        issued_at=section.instant("issued_at"),
        issued_days_ago=section.integer("issued_days_ago", 0),
        installed_at=section.instant("installed_at"),
        term_days=term,
        expires_at=section.instant("expires_at"),
        file=section.optional_text("file"),
    )
    if kind == "temporary" and term is None and seed.expires_at is None:
        raise ScenarioError(f"{section.where}: a temporary license needs term_days or expires_at (R12).")
    section.done()
    return seed


def _quota(rows: list[Section]) -> tuple[QuotaRow, ...]:
    """Return the quota rows of the scenario: product, arch, quantity."""
    quota = []
    for row in rows:
        product, arch = _product(row)
        quota.append(QuotaRow(product, arch, row.integer("quantity")))
        row.done()
    return tuple(quota)


def _server(name: str, section: Section, default: Account) -> ServerSeed:
    clients = []
    for item in section.listed("clients"):
        clients.append(
            ClientSeed(item.text("name"), item.optional_text("password"), _quota(item.listed("quota")))
        )
        item.done()
    seed = ServerSeed(
        name=name,
        account=_account(section.section("credentials"), default),
        client_id=section.optional_text("client_id"),
        client_secret=section.optional_text("client_secret"),
        version=section.text("version", "E1209"),
        peer=section.optional_text("peer"),
        licenses=tuple(_license(item) for item in section.listed("licenses")),
        clients=tuple(clients),
        answers=parse_options(section, "license_server"),
    )
    section.done()
    return seed


def _product_node(name: str, section: Section, default: Account) -> ProductNodeSeed:
    seed = ProductNodeSeed(
        name=name,
        product=section.text("product", choices=LOCAL_PRODUCTS),
        account=_account(section.section("credentials"), default),
        client_id=section.optional_text("client_id"),
        client_secret=section.optional_text("client_secret"),
        version=section.text("version", "E0760P03"),
        used=section.integer("used", 0),
        licenses=tuple(_license(item) for item in section.listed("licenses")),
        answers=parse_options(section, "product_node"),
    )
    section.done()
    for index, item in enumerate(seed.licenses):
        if item.product != seed.product:
            raise ScenarioError(
                f"{section.path('licenses')}[{index}]: this node is licensed for {seed.product} only."
            )
    return seed


def parse_host(section: Section) -> HostSeed:
    """Parse ``count`` equal hosts, of the scenario or of the control call that adds hosts."""
    seed = HostSeed(
        name=section.optional_text("name"),
        count=section.integer("count", 1, minimum=1),
        cpu_sockets=section.integer("cpu_sockets", 2, minimum=1),
        cpu_cores=section.integer("cpu_cores", 16, minimum=1),
        arch=section.text("arch", "x86_64", choices=ARCHES),
        host_type=section.optional_integer("host_type"),
        status=section.text("status", "ok", choices=("ok", "bad")),
        version=section.optional_text("version"),
        container_cluster=section.boolean("container_cluster"),
        clustered=section.boolean("clustered", True),
        maintenance=section.boolean("maintenance"),
        vms=section.integer("vms", 0),
        added_days_ago=section.integer("added_days_ago", 100),
    )
    section.done()
    if seed.container_cluster and not seed.clustered:
        raise ScenarioError(f"{section.path('clustered')}: a host of a container cluster is in a cluster.")
    return seed


def _vms(name: str, section: Section, default: Account) -> VmsSeed:
    srm = None
    if section.has("srm"):
        inner = section.section("srm")
        srm = Srm(inner.integer("protected_vms"), inner.text("main_site_ip"), inner.text("spare_site_ip"))
        inner.done()
    link = section.section("license_server")
    server, client = link.optional_text("server"), link.optional_text("client")
    contract = link.optional_text("contract_number")
    link.done()
    if (server is None) != (client is None):
        raise ScenarioError(f"{link.where}: server and client go together.")
    inner = section.section("hot_standby")
    standby = inner.optional_text("slave_ip")
    inner.done()
    seed = VmsSeed(
        name=name,
        account=_account(section.section("credentials"), default),
        version=section.text("version", "E0760P03"),
        arch=section.text("arch", "x86_64", choices=ARCHES),
        ip=section.text("ip", "10.1.0.10"),
        slave_ip=standby,
        vm_allowed=section.integer("vm_allowed", 500),
        hosts=tuple(parse_host(item) for item in section.listed("hosts")),
        srm=srm,
        server=server,
        client=client,
        contract_number=contract,
        answers=parse_options(section, VMS),
    )
    section.done()
    return seed


def _key(section: Section) -> KeySeed:
    product, arch = _product(section)
    quantity, packs = _amount(section, product)
    seed = KeySeed(
        key=section.text("key"),
        product=product,
        arch=arch,
        kind=section.text("kind", "formal", choices=KINDS),
        code=section.optional_text("code"),
        quantity=quantity,
        term_days=section.optional_integer("term_days", minimum=1),
        expires_at=section.instant("expires_at"),
        hot_standby=section.boolean("hot_standby"),
        contract_number=section.optional_text("contract_number"),
        packs=packs,
    )
    section.done()
    return seed


def _check_references(scenario: Scenario) -> None:
    names = [node.name for node in scenario.servers] + [node.name for node in scenario.product_nodes]
    names += [node.name for node in scenario.vms]
    names += [server.peer for server in scenario.servers if server.peer is not None]
    for name in names:
        if names.count(name) > 1:
            raise ScenarioError(f"{name}: two nodes have this name.")
    for node in scenario.vms:
        if node.server is not None and node.server not in [server.name for server in scenario.servers]:
            raise ScenarioError(
                f"vms.{node.name}.license_server.server: no License Server {node.server!r} here."
            )
    keys = [key.key for key in scenario.keys]
    if len(keys) != len(set(keys)):
        raise ScenarioError("keys: the same key stands there twice.")
