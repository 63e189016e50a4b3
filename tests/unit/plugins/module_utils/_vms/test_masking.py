# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mask a secret in a server's text in every encoding in which it is sent."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import replace
from typing import Any
from urllib.parse import quote, quote_plus, urlencode

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._masking import MASK, Mask
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.tasks import (
    ConnectRequest,
    LicenseServerWriter,
    VmsWriter,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.loader import load_profile
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import (
    BusinessError,
    TaskFailed,
)

SECRETS = ["planted", "pl a+nt/e?d", "pflanzé>>>???", "密码-planted", 'a"b\\c planted%2F', "planted&x=1"]


def lower_hex(text: str) -> str:
    return re.sub("%[0-9A-F]{2}", lambda found: found.group().lower(), text)


@pytest.mark.parametrize("secret", SECRETS)
def test_every_form_is_masked_alike(secret: str) -> None:
    mask = Mask([secret], ["console"])
    pair = f"console:{secret}".encode()
    forms = [
        secret,
        quote(secret),
        quote(secret, safe=""),
        lower_hex(quote(secret, safe="")),
        quote_plus(secret),
        lower_hex(quote_plus(secret)),
        "".join(f"%{byte:02X}" for byte in secret.encode()),
        base64.b64encode(secret.encode()).decode(),
        base64.b64encode(secret.encode()).decode().rstrip("="),
        base64.urlsafe_b64encode(secret.encode()).decode(),
        base64.urlsafe_b64encode(secret.encode()).decode().rstrip("="),
        base64.b64encode(pair).decode(),
        base64.urlsafe_b64encode(pair).decode().rstrip("="),
        secret.encode().decode("latin-1"),
    ]
    for form in forms:
        assert mask.text(f"you sent <{form}>").rstrip("=>") == f"you sent <{MASK}", form


@pytest.mark.parametrize("secret", ["planted-secret", "pflanzé>>>???-1"])
@pytest.mark.parametrize("before", ["", "a", "ab", "abc", "someone else:"])
@pytest.mark.parametrize("after", ["", "z", "zz", "zzz"])
def test_a_secret_inside_a_longer_base64_text_is_masked(secret: str, before: str, after: str) -> None:
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        shown = Mask([secret]).text("Basic " + encode((before + secret + after).encode()).decode())
        assert MASK in shown
        left = shown.removeprefix("Basic ").replace(MASK, "")
        assert len(left) <= len(encode((before + after).encode())) + 4


def test_a_form_that_was_sent_is_masked_in_place() -> None:
    sent = urlencode({"grant_type": "password", "username": "u", "password": "p l/a+n&ted"})
    assert Mask(["p l/a+n&ted"]).text(sent) == f"grant_type=password&username=u&password={MASK}"


def test_data_is_masked_at_every_depth_and_keeps_its_keys() -> None:
    value = {"planted": ["a planted", {"b": ("planted", 7, None, True)}]}
    assert Mask(["planted"]).data(value) == {"planted": [f"a {MASK}", {"b": [MASK, 7, None, True]}]}


def test_without_secrets_nothing_is_masked() -> None:
    assert Mask(["", ""], ["admin"]).text("admin: a") == "admin: a"


def test_text_without_secrets_is_unchanged() -> None:
    text = "the license LS-1 on hangzhou lapses on 2027-01-01 (R17)"
    assert Mask(["planted-secret", "pl"], ["admin"]).text(text) == text


def test_the_repr_of_a_mask_shows_no_secret() -> None:
    assert "planted" not in repr(Mask(["planted"]))


def test_a_token_that_a_server_repeats_is_masked(server: Any, connect: Any, json_answer: Any) -> None:
    def script(request: Any) -> Any:
        if request.path.endswith("/token"):
            return json_answer({"access_token": "planted-token", "expires_in": 60})
        return json_answer({"errorCode": "no", "errorMessage": f"you sent {request.authorization}"}, 409)

    server.script = script
    with pytest.raises(BusinessError) as caught:
        LicenseServerWriter(connect(), load_profile("usphere_7")).licenses()
    assert caught.value.fields["error_message"] == f"you sent Bearer {MASK}"


def test_a_password_that_was_sent_with_a_write_is_masked_in_the_answer_and_the_task(
    server: Any, connect: Any, json_answer: Any
) -> None:
    def script(request: Any) -> Any:
        if request.method == "GET":
            return json_answer(
                {"completed": True, "result": 1, "errorCode": "no", "failMsg": f"no {sent[0]}"}
            )
        sent.append(json.loads(request.body)["clientPassword"])
        return json_answer({"msgId": "1"}, 202)

    sent: list[str] = []
    server.script = script
    profile = load_profile("usphere_7")
    profile = replace(
        profile, operations={name: replace(call, auth="none") for name, call in profile.operations.items()}
    )
    request = ConnectRequest("10.0.0.5", 5093, 28443, "hangzhou", "planted-client")
    with pytest.raises(TaskFailed) as caught:
        VmsWriter(connect(), profile).connect_license_server(request).wait(5, 0.01)
    assert sent == ["planted-client"]
    assert caught.value.fields["error_message"] == f"no {MASK}"
