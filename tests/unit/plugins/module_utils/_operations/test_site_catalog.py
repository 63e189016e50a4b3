# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Site products (R2) are unknown without the site rows and handled like other products with them."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._facts import FactTree
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.catalog.catalog import (
    Catalog,
    site_catalog,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.rules.change import Expectation
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.values.model import Kind
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.checks.end_state import (
    check_end_state,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.client import options as client_io
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.errors import InvalidRequest
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.write_and_verify import Waits
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.write_errors import (
    ChangeRefused,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.facts import license_server, node
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.facts.license_items import (
    grants_sockets,
    license_items,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.license import install, remove
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.license import (
    options as license_io,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.license.file_groups import (
    removal_order,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.request import bundle
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.request.device_info import (
    DeviceFile,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.license_server_api import (
    ClientRecord,
    StatisticRecord,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.records import (
    Share,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.loader import load_profile
from ansible_collections.unicloud.usphere.plugins.module_utils._write_module import steps_files

ROW = {
    "id": "gpu_service",
    "class": "feature",
    "metric": "cpu_socket",
    "installation": "remote",
    "name_en": "Our GPU service",
}
SHIPPED = Catalog.builtin()
SITE = site_catalog({"catalog": [ROW]})
GPU = {"product": "gpu_service", "kind": "formal", "quantity": 4}


def options(folder: Path, **more: Any) -> dict[str, Any]:
    path = folder / "G.ak"
    path.write_bytes(b"G")
    return {"activation_file": str(path), "expect": GPU, **more}


@pytest.fixture
def server(fake: Any) -> Any:
    return fake.Server(contents={b"G": [fake.license("LS-G", product="gpu_service", arch=None)]})


def test_a_site_product_is_installed_only_with_the_site_rows(
    server: Any, tmp_path: Path, waits: Waits
) -> None:
    with pytest.raises(InvalidRequest) as caught:
        license_io.install_request(options(tmp_path), SHIPPED)
    assert caught.value.code == "expect_product"
    plan = install.decide(license_io.install_request(options(tmp_path), SITE), server)
    assert (plan.unchecked, plan.warnings) == ((), ())
    outcome = install.apply(plan, server, waits)
    assert [record.id for item in outcome.files for record in item.licenses] == ["LS-G"]


def test_a_site_product_is_checked_like_the_others(server: Any, tmp_path: Path) -> None:
    wrong = options(tmp_path, product_node="isc")
    with pytest.raises(ChangeRefused) as caught:
        install.decide(license_io.install_request(wrong, SITE), server)
    assert [cause.code for cause in caught.value.causes] == ["product_is_remote"]
    assert server.writes == []


def test_a_site_product_is_unchecked_where_it_is_unknown(server: Any) -> None:
    adding = (Expectation("gpu_service", None, Kind.FORMAL, 4),)
    known = check_end_state(server, (), adding=adding, catalog=SITE)
    unknown = check_end_state(server, (), adding=adding)
    assert known.unchecked == ()
    assert [cause.code for cause in unknown.unchecked] == ["product_unrecognised"]


def test_a_site_product_is_not_an_edition_of_a_shared_server(server: Any) -> None:
    server.registered = [ClientRecord(name, "connected", None) for name in ("hangzhou", "chengdu")]
    adding = (Expectation("gpu_service", None, Kind.FORMAL, 4),)
    assert check_end_state(server, (), adding=adding, catalog=SITE).unchecked == ()


def test_a_site_product_can_be_uninstalled(fake: Any, tmp_path: Path, waits: Waits) -> None:
    server = fake.Server([fake.license("LS-G", product="gpu_service", arch=None)])
    wanted = {"license_id": "LS-G", "artifacts_dir": str(tmp_path / "proofs")}
    plan = remove.decide(license_io.remove_request(wanted, SITE), server)
    assert plan.unchecked == ()
    assert [record.status for record in remove.apply(plan, server, waits).licenses] == ["uninstalled"]


def test_install_order_uses_site_products(fake: Any) -> None:
    row = {
        **ROW,
        "id": "vms_standard_to_enterprise",
        "class": "upgrade",
        "from": "standard",
        "to": "enterprise",
        "arch": "x86_64",
    }
    base, upgrade = (fake.license(product=name) for name in ("vms_standard", row["id"]))
    catalog = site_catalog({"catalog": [row]})
    assert removal_order([(base,), (upgrade,)], catalog) == ((upgrade,), (base,))
    # Without the upgrade in the catalog it would be ordered as a feature, which comes first.
    feature = fake.license(product="gpu_service", arch=None)
    assert removal_order([(base,), (feature,)], SITE) == ((feature,), (base,))


def test_quotas_use_site_products() -> None:
    wanted: dict[str, Any] = {
        "license_server": {"host": "10.1.0.5", "client_port": 5555, "port": 28443},
        "client_name": "hangzhou",
        "reconnect": "never",
        "quota": [{"product": "gpu_service", "quantity": 4}],
    }
    with pytest.raises(InvalidRequest) as caught:
        client_io.wanted_connection(wanted, SHIPPED)
    assert caught.value.code == "quota_product"
    quota = client_io.wanted_connection(wanted, SITE).quota
    assert quota is not None
    assert [(row.product, row.arch, row.quantity) for row in quota] == [("gpu_service", None, 4)]


def test_display_names_use_site_products() -> None:
    api: Any = SimpleNamespace(
        profile=load_profile("usphere_7"),
        statistics=lambda: (StatisticRecord("Our GPU-Service", 8, 4, 4),),
    )
    wanted = license_server.LicenseQuery()
    shipped = license_server.read_license_server(api, ["statistics"], wanted)
    site = license_server.read_license_server(api, ["statistics"], wanted, SITE)
    rows = [found["statistics"][0] for found in (shipped, site)]
    assert [(row["product"], row["arch"]) for row in rows] == [(None, None), ("gpu_service", "any")]
    assert license_server.totals_by_product(api, SHIPPED) == {}
    assert license_server.totals_by_product(api, SITE) == {("gpu_service", "any"): 8}


def test_facts_use_site_products(fake: Any) -> None:
    records = [fake.license(product="gpu_service", arch=None, assigned=(Share("hangzhou", 4),))]
    trees = [FactTree(), FactTree()]
    for tree, catalog, arch in zip(trees, (SHIPPED, SITE), (None, "any"), strict=True):
        (item,) = license_items(tree, records, "hangzhou", "ls-east", catalog)
        assert item.get("arch") == arch
    assert grants_sockets(records, "hangzhou", SHIPPED)  # an unrecognized product may be an edition
    assert not grants_sockets(records, "hangzhou", SITE)


def test_requests_use_site_products(tmp_path: Path) -> None:
    asked = {
        "keys": (bundle.KeyRequest("INT-GPU-7Q2A", product="gpu_service"),),
        "device": DeviceFile("ls-east.did", "0" * 64, b"device"),
        "folder": str(tmp_path),
    }
    with pytest.raises(ChangeRefused) as caught:
        bundle.decide(bundle.LicenseRequest(**asked), steps_files)
    assert [cause.code for cause in caught.value.causes] == ["request_product_unknown"]
    plan = bundle.decide(bundle.LicenseRequest(**asked, catalog=SITE), steps_files)
    assert plan.unchecked == ()


def test_a_node_is_read_without_a_catalog() -> None:
    asked = {"license_server": None, "srm_sites": [], "clock": "controller", "catalog": [ROW]}
    with pytest.raises(InvalidRequest) as caught:
        node.refuse_options(asked)
    assert caught.value.fields["option"] == "catalog"
