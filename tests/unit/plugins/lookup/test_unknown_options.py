# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""No lookup, filter or test accepts an option that it does not have."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleError, AnsibleLookupError
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import filter_loader, lookup_loader, test_loader
from ansible.template import Templar

ROOT = Path(__file__).resolve().parents[4]
NEAR = {
    "license_activation_files": ("license_ids", "licence_id"),
    "license_catalog": ("version", "vresion"),
    "license_issued_files": ("product_node", "product_nod"),
    "license_migrations": ("states", "state"),
    "license_policy": ("catalog", "catalgo"),
    "license_policy_test": ("language", "langage"),
    "misspelt_variables": ("language", "languag"),
}
REQUIRED = {"license_activation_files": {"license_ids": ["LS-1"]}}


def names(kind: str) -> list[str]:
    return sorted(path.stem for path in (ROOT / "plugins" / kind).glob("[a-z]*.py"))


@pytest.fixture(scope="module", autouse=True)
def _loader() -> None:
    # As beside a playbook: the collection loader cannot load a package that pytest has imported.
    for kind, loader in (("filter", filter_loader), ("lookup", lookup_loader), ("test", test_loader)):
        loader.add_directory(str(ROOT / "plugins" / kind))


@pytest.mark.parametrize("name", names("lookup"))
def test_a_lookup_refuses_an_option_that_it_does_not_have(name: str, tmp_path: Path) -> None:
    plugin = lookup_loader.get(name, loader=DataLoader())
    right, misspelt = NEAR[name]
    with pytest.raises(AnsibleLookupError) as raised:
        plugin.run([], {}, **REQUIRED.get(name, {}), **{misspelt: None})
    assert str(raised.value).startswith(
        f"{name}: the lookup has no option {misspelt}; did you mean {right}? Correct the name, or remove"
    )


def template(text: str) -> None:
    from_template: Any = "{{ " + text + " }}"
    try:
        from ansible.template import trust_as_template

        from_template = trust_as_template(from_template)
    except ImportError:
        pass  # before 2.19 every text is a template
    Templar(DataLoader(), variables={}).template(from_template)


@pytest.mark.parametrize("name", names("filter"))
def test_a_filter_refuses_an_option_that_it_does_not_have(name: str) -> None:
    with pytest.raises(AnsibleError, match="unexpected keyword argument 'no_such_option'"):
        template(f"{{}} | {name}(no_such_option=1)")


@pytest.mark.parametrize("name", names("test"))
def test_a_test_refuses_an_option_that_it_does_not_have(name: str) -> None:
    with pytest.raises(AnsibleError, match="unexpected keyword argument 'no_such_option'"):
        template(f"{{}} is {name}(no_such_option=1)")
