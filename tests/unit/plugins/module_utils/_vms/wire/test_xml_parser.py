# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""XML has the structure of JSON; document types, entities and oversized documents are rejected."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire import xml_parser
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.xml_parser import (
    DEEPEST,
    MOST_ATTRIBUTES,
    NotXml,
    parse_xml,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<list><cluster><id>1</id></cluster></list>", {"cluster": {"id": "1"}}),
        ("<list><c>1</c><c>2</c></list>", {"c": ["1", "2"]}),
        ("<list><c/><d></d></list>", {"c": None, "d": None}),
        ("<list/>", None),
        ("<list>\n  </list>", None),
        ("<version>7.0</version>", "7.0"),
        ('<h type="kvm"><id>1</id></h>', {"@type": "kvm", "id": "1"}),
        ('<h type="kvm">text<id>1</id></h>', {"@type": "kvm", "$": "text", "id": "1"}),
        ("<h><![CDATA[a < b & c]]></h>", "a < b & c"),
        ("<h>&lt;&gt;&amp;&quot;&apos;&#20013;&#x4e2d;</h>", "<>&\"'中中"),
        ("<!-- c --><?pi x?><h><!-- c -->1</h>", "1"),
        ('<n:h xmlns:n="urn:x"><n:id>1</n:id></n:h>', {"id": "1"}),
        (
            '<h xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><id xsi:nil="true"/></h>',
            {"id": None},
        ),
        ('<?xml version="1.0" encoding="GBK"?><h>中文</h>', "中文"),
    ],
)
def test_elements_become_the_structures_of_json(text: str, expected: object) -> None:
    assert parse_xml(text)[1] == expected


BILLION = "".join(f'<!ENTITY l{n} "{("&l" + str(n - 1) + ";") * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (f'<!DOCTYPE lolz [<!ENTITY l0 "lol">{BILLION}]><h>&l9;</h>', "the document type lolz"),
        ('<!DOCTYPE h [<!ENTITY x SYSTEM "file:///etc/passwd">]><h>&x;</h>', "the document type h"),
        ('<!DOCTYPE h SYSTEM "http://192.0.2.1/x.dtd"><h/>', "the document type h"),
        ("<h>\n<a>&amp;&nbsp;</a></h>", "the entity nbsp"),
        ("<h>" + "<a>" * 10_000 + "</a>" * 10_000 + "</h>", "elements deeper than 64"),
        ("<h " + " ".join(f'a{n}="1"' for n in range(MOST_ATTRIBUTES + 1)) + "/>", "more than 64 attributes"),
        ("<" + "a" * 1000 + "/>", "a name of 1000 characters"),
        ("<h><b></h>", "mismatched tag"),
        ("<h/><h/>", "junk after document element"),
        ("<h>\x00</h>", "not well-formed"),
        ("<h>\ud800</h>", "an invalid character"),
        ("garbage", "syntax error"),
    ],
)
def test_what_is_not_read_is_named(text: str, named: str) -> None:
    with pytest.raises(NotXml) as caught:
        parse_xml(text)
    assert named in caught.value.reason
    assert not caught.value.cut_off


@pytest.mark.parametrize("text", ["<h>", "<h><a>1</a>", "<h", "<h><![CDATA[x", "<h><a>1</"])
def test_a_document_that_ends_early_is_cut_off(text: str) -> None:
    with pytest.raises(NotXml) as caught:
        parse_xml(text)
    assert caught.value.cut_off


def test_the_deepest_elements_are_read() -> None:
    assert parse_xml("<a>" * DEEPEST + "</a>" * DEEPEST)[1] is not None


def test_the_number_of_elements_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_parser, "MOST_ELEMENTS", 10)
    assert len(parse_xml("<h>" + "<a/>" * 9 + "</h>")[1]["a"]) == 9
    with pytest.raises(NotXml, match="more than 10 elements"):
        parse_xml("<h>" + "<a/>" * 10 + "</h>")


@given(st.text(max_size=60) | st.text(alphabet="<>/ab &;=\"'![]?-", max_size=60))
def test_no_text_crashes_the_parser(text: str) -> None:
    try:
        parse_xml(text)
    except NotXml as error:
        assert error.reason  # noqa: PT017  other exceptions fail the test
