# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Empty texts: "not given" for optional inputs, an error by name for inputs that decide what is checked."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import PolicyError
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents.plain_data import kind_of
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.options import (
    optional,
    read_as_of,
    read_fail_on,
    read_horizon,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.evaluation.run import read_run
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.subjects.sources import (
    read_facts_files,
)

AS_OF = "2026-11-24T08:00:00Z"
BLANK = ["", "  ", "\n", [""], ["", " "]]


class TaggedText(str):
    """A text of a subclass, as Ansible has several."""

    __slots__ = ()


@pytest.mark.parametrize("blank", [*BLANK, TaggedText("")])
@pytest.mark.parametrize("name", ["waivers", "catalog"])
def test_an_empty_optional_document_is_not_given(name: str, blank: Any) -> None:
    assert read_run({"policy": "vendor", "as_of": AS_OF, name: blank}) == read_run(
        {"policy": "vendor", "as_of": AS_OF}
    )


@pytest.mark.parametrize("blank", [*BLANK, []])
def test_empty_facts_files_are_not_given(blank: Any) -> None:
    assert read_facts_files(blank) == []


def test_an_empty_time_and_horizon_are_not_given() -> None:
    assert read_horizon(" ") is None
    assert read_as_of(" ").tzinfo is not None


@pytest.mark.parametrize("blank", [*BLANK, TaggedText("")])
@pytest.mark.parametrize("name", ["policy", "entitlements", "fail_on"])
def test_an_empty_input_that_decides_is_an_error_by_name(name: str, blank: Any) -> None:
    with pytest.raises(PolicyError) as caught:
        read_run({"policy": "vendor", "as_of": AS_OF, name: blank})
    assert caught.value.text() == f"{name} is empty; give it a value, or leave the option out"
    assert caught.value.text("zh") == f"{name} 为空；请赋值，或不设置该选项"


def test_an_empty_list_of_entitlements_is_an_error() -> None:
    with pytest.raises(PolicyError, match="entitlements is empty"):
        read_run({"policy": "vendor", "as_of": AS_OF, "entitlements": []})
    with pytest.raises(PolicyError, match="fail_on is empty"):
        read_fail_on([])


def test_an_empty_text_among_documents_is_an_error() -> None:
    assert optional(["w.yml", ""]) == ["w.yml", ""]
    with pytest.raises(PolicyError, match="got string") as caught:
        read_run({"policy": "vendor", "as_of": AS_OF, "waivers": [TaggedText(""), {}]})
    assert "TaggedText" not in caught.value.text()


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (None, "null"),
        (True, "boolean"),
        (7, "integer"),
        (0.5, "number"),
        (TaggedText("a"), "string"),
        (b"a", "binary data"),
        (date(2026, 11, 24), "date"),
        ({}, "object"),
        ((), "array"),
        ([], "array"),
        (object(), "object"),
    ],
)
def test_a_kind_is_never_the_name_of_a_class(value: object, kind: str) -> None:
    assert kind_of(value) == kind
