# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lookup misspelt_variables: raw variables of every host, extra variables of the run."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleLookupError
from ansible.parsing.dataloader import DataLoader

from ansible_collections.unicloud.usphere.plugins.lookup import misspelt_variables


class HostVars(dict[str, Any]):
    """Raw values only, like those of Ansible; access to templated values fails."""

    def raw_get(self, host: str) -> object:
        return self.get(host)

    def __getitem__(self, host: str) -> object:
        raise AssertionError("the variables must not be templated")


def run(
    monkeypatch: pytest.MonkeyPatch, hosts: dict[str, Any], extra: dict[str, Any], *terms: str, **options: str
) -> list[str]:
    plugin = misspelt_variables.LookupModule(loader=DataLoader())
    # The plugin loader, which sets options, is not used here.
    monkeypatch.setattr(plugin, "set_options", lambda **_options: None)
    monkeypatch.setattr(plugin, "get_option", {"language": "en", **options}.get)
    monkeypatch.setattr(misspelt_variables, "load_extra_vars", lambda _loader: extra)
    variables = {"hostvars": HostVars(hosts), "ansible_play_hosts_all": list(hosts), **extra}
    return list(plugin.run(list(terms), variables))


def test_similar_names_of_hosts_are_returned_once(monkeypatch: pytest.MonkeyPatch) -> None:
    hosts = {"a": {"usphere_hots": "{{ undefined }}"}, "b": {"usphere_hots": 1}, "c": None}
    assert len(run(monkeypatch, hosts, {})) == 1
    assert run(monkeypatch, {"a": {"usphere_host": 1, "usphere_contact": 2}}, {"usphere_hosts": "vms"}) == []


@pytest.mark.parametrize(
    ("hosts", "extra", "sentence"),
    [
        ({"a": {"license_install_stat": 1}}, {}, "did you mean license_install_state"),
        ({"a": {}}, {"usphere_hots": 1}, "the variable usphere_hots differs from usphere_host"),
        ({"a": {}}, {"__license_install_shared": 1}, "is an internal variable of this collection"),
        ({"a": {}}, {"usphere_hosts": ""}, "usphere_hosts is empty"),
    ],
)
def test_other_names_are_errors(
    hosts: dict[str, Any], extra: dict[str, Any], sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(AnsibleLookupError, match="misspelt_variables: ") as caught:
        run(monkeypatch, hosts, extra)
    assert sentence in str(caught.value)


def test_the_language_is_an_option_and_there_are_no_terms(monkeypatch: pytest.MonkeyPatch) -> None:
    (warning,) = run(monkeypatch, {"a": {"usphere_hots": 1}}, {}, language="zh")
    assert warning.startswith("变量 usphere_hots")
    with pytest.raises(AnsibleLookupError, match="has no terms"):
        run(monkeypatch, {}, {}, "usphere_hots")
