# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Site rows merged over the shipped catalog (R2): added, replaced and rejected rows."""

from __future__ import annotations

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._errors import LicensingError
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.catalog.catalog import Catalog
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.catalog.site_rows import (
    site_rows,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.values.model import Arch
from ansible_collections.unicloud.usphere.plugins.module_utils._messages.catalog import LANGUAGES, render

GPU = {"id": "gpu_service", "class": "feature", "metric": "cpu_socket", "installation": "remote"}
EDITION = {
    "id": "vms_standard",
    "class": "edition",
    "edition": "standard",
    "metric": "cpu_socket",
    "installation": "remote",
    "arch": "x86_64",
}
BACKUP = {
    "id": "disk_backup_dr",
    "class": "feature",
    "feature": "disk_backup_dr",
    "metric": "host",
    "installation": "local",
}


def refused(*rows: dict[str, object]) -> LicensingError:
    """Assert that the rows are rejected with a message that names the rule, in every language."""
    with pytest.raises(LicensingError) as caught:
        site_rows(rows)
    error = caught.value
    for language in LANGUAGES:
        sentence = render(error.code, error.fields, language)
        assert "R2" in sentence or "R39" in sentence
    return error


def test_without_site_rows_the_shipped_catalog_is_used() -> None:
    assert site_rows(()) is Catalog.builtin()


def test_site_rows_add_and_replace() -> None:
    catalog = site_rows([GPU, {**BACKUP, "packs": [7], "arch": None}])
    gpu, backup = catalog.product("gpu_service"), catalog.product("disk_backup_dr", Arch.AARCH64)
    assert gpu is not None
    assert gpu.feature is None
    assert backup is not None
    assert backup.packs == (7,)
    assert len(catalog.products) == len(Catalog.builtin().products) + 1
    assert Catalog.builtin().product("gpu_service") is None


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"class": "thing"}, "class"),
        ({"class": ["feature"]}, "class"),
        ({"id": None}, "id"),
        ({"id": {}}, "id"),
        ({"metric": "cup_socket"}, "metric"),
        ({"installation": None}, "installation"),
        ({"packs": "7"}, "packs"),
        ({"feature": "gpu"}, "feature"),
        ({"metrics": "vm"}, "metrics"),
        ({"id": ""}, "id"),
        ({"arch": "arm"}, "arch"),
        ({"family": "C"}, "family"),
        ({"family": []}, "family"),
        ({"packs": [0]}, "packs"),
        ({"name_en": 3}, "name_en"),
        ({"edition": "standard"}, "edition"),
        ({"edition": "ultimate"}, "edition"),
        ({"from": "standard"}, "from"),
        ({"to": "ultimate"}, "to"),
        ({"class": "upgrade", "from": "standard"}, "to"),
        ({"class": "upgrade", "to": "enterprise"}, "from"),
        ({"class": "edition", "edition": "standard", "feature": "isc"}, "feature"),
    ],
)
def test_an_unreadable_row_is_rejected(change: dict[str, object], field: str) -> None:
    error = refused({**GPU, **change})
    assert (error.code, error.rule, error.fields["field"]) == ("catalog_row_invalid", "R2", field)


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([GPU, GPU], "catalog_row_twice"),
        ([{**GPU, "arch": "x86_64"}, {**GPU, "arch": "aarch64", "metric": "vm"}], "catalog_rows_differ"),
        ([{**GPU, "id": "vms_standard"}], "catalog_role"),
        ([{**EDITION, "edition": "enterprise"}], "catalog_role"),
        ([{**BACKUP, "id": "our_backup"}], "catalog_taken"),
        ([{**GPU, "name_en": "X"}, {**GPU, "id": "fpga_service", "name_zh": "X"}], "catalog_name_taken"),
        ([GPU, {**GPU, "arch": "x86_64"}], "catalog_arch_mixed"),
        ([{**BACKUP, "arch": "x86_64"}], "catalog_arch_missing"),
        ([{**EDITION, "arch": "any"}], "catalog_arch_needed"),
    ],
)
def test_contradicting_rows_are_rejected(rows: list[dict[str, object]], code: str) -> None:
    assert refused(*rows).code == code
