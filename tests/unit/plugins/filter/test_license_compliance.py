# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter license_compliance: results for facts of one or more hosts, errors of one sentence."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from jinja2 import StrictUndefined

from ansible_collections.unicloud.usphere.plugins.filter.license_compliance import FilterModule

HostFacts = Callable[..., dict[str, Any]]

AS_OF = "2026-11-24T08:00:00Z"
compliance = FilterModule().filters()["license_compliance"]


def test_one_system_complies(host_facts: HostFacts) -> None:
    result = compliance(host_facts(), "vendor", as_of=AS_OF)
    assert (result["kind"], result["decision"]) == ("ComplianceResult", "compliant")


def test_many_systems_are_counted(host_facts: HostFacts) -> None:
    result = compliance([host_facts(), host_facts("lapsing")], "vendor", as_of=AS_OF, horizon="5d")
    assert result["counts"]["decisions"] == {"compliant": 1, "non_compliant": 1}
    result = compliance({"a": host_facts(), "b": None}, "vendor", as_of=AS_OF, expected_hosts=["a", "c"])
    assert [each["hosts"] for each in result["subjects"]] == [["b"], ["c"], ["a"]]


def test_facts_without_a_subject_need_a_host(host_facts: HostFacts) -> None:
    facts = host_facts(changes={"/subject": None})
    with pytest.raises(AnsibleFilterError, match="do not name their system"):
        compliance(facts, "vendor", as_of=AS_OF)
    result = compliance(facts, "vendor", as_of=AS_OF, host="hangzhou")
    assert result["subjects"][0]["subject"] == {"kind": "system", "id": "hangzhou"}


def test_no_hosts_are_an_error_and_not_a_pass() -> None:
    assert compliance([], "vendor")["decision"] == "error"
    assert compliance({}, "vendor")["decision"] == "error"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"policy": "nowhere.yml"}, "the policy nowhere.yml was not found"),
        ({"policy": []}, "the list of policies is empty"),
        ({"policy": {"kind": "LicensePolicy"}}, "the key id is missing"),
        ({"as_of": "tomorrow"}, "as_of must be a time"),
        ({"horizon": "soon"}, "horizon must be a number of days"),
        ({"horizon": 0}, "horizon must be a number of days"),
        ({"horizon": True}, "horizon must be a number of days"),
        ({"horizon": 99999}, "horizon must be a number of days"),
        ({"fail_on": ["error"]}, "fail_on must contain error and non_compliant"),
        ({"fail_on": 3}, "fail_on must contain error and non_compliant"),
    ],
)
def test_wrong_input_is_one_sentence(options: dict[str, Any], sentence: str, host_facts: HostFacts) -> None:
    with pytest.raises(AnsibleFilterError) as caught:
        compliance(host_facts(), **{"policy": "vendor", **options})
    assert str(caught.value).startswith("license_compliance: ")
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        (StrictUndefined(name="usphere"), "the facts are undefined at /"),
        ({"kind": "HostFacts", "version": {"vms": StrictUndefined(name="x")}}, "undefined at /version/vms"),
        (None, "HostFacts, a list of them or a mapping"),
        ("text", "HostFacts, a list of them or a mapping"),
        ([None], "HostFacts, a list of them or a mapping"),
        ({"kind": "HostFacts", "subject": {"id": "a"}, "x": float("nan")}, "not finite"),
    ],
)
def test_unreadable_facts_are_an_error(facts: object, sentence: str) -> None:
    with pytest.raises(AnsibleFilterError, match=sentence):
        compliance(facts, "vendor")


PACKAGE = "ansible_collections.unicloud.usphere.plugins"
PLUGINS = Path(__file__).resolve().parents[4] / "plugins"


def python(code: str) -> str:
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_loading_filters_and_tests_does_not_import_jsonschema() -> None:
    found = [*PLUGINS.glob("filter/*.py"), *PLUGINS.glob("test/*.py")]
    names = [f"{path.parent.name}.{path.stem}" for path in found]
    loads = "".join(f"importlib.import_module('{PACKAGE}.{name}')\n" for name in names)
    assert len(names) >= 3
    report = "print([name for name in ('jsonschema', 'referencing') if name in sys.modules])"
    assert python(f"import importlib, sys\n{loads}{report}") == "[]\n"


def test_without_jsonschema_the_error_has_the_install_command() -> None:
    output = python(
        "import sys\n"
        "sys.modules['jsonschema'] = None\n"
        f"from {PACKAGE}.filter.license_compliance import license_compliance\n"
        "try:\n"
        # A valid policy needs no library, one with an error does.
        "    license_compliance({'kind': 'HostFacts', 'subject': {'id': 'a'}}, 'vendor')\n"
        "    license_compliance({'kind': 'HostFacts'}, {'kind': 'LicensePolicy', 'rulez': []})\n"
        "except Exception as error:\n"
        "    print(error)\n"
    )
    assert output.startswith("license_compliance: policies are checked with the Python library jsonschema")
    assert output.endswith("install it: python3 -m pip install 'jsonschema>=4.21,<5'\n")
