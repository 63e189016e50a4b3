# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of the source: one sentence for each wrong option, before anything is read."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._errors import UsphereError
from ansible_collections.unicloud.usphere.plugins.plugin_utils._events.options import Settings, read_settings
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import PolicyError

ACCOUNT = {"username": "automation", "password": "s3cret-pass"}
ONE = {"systems": [{"name": "hangzhou", "host": "10.1.0.10"}], **ACCOUNT}


def read(**args: Any) -> Settings:
    return read_settings(args, {})


def test_options_at_the_top_apply_to_systems_and_servers() -> None:
    settings = read(
        systems=[
            {"name": "hangzhou", "host": "10.1.0.10", "license_server": {"host": "10.1.0.5"}},
            {
                "name": "chengdu",
                "host": "10.2.0.10",
                "username": "other",
                "license_server": {"host": "10.2.0.5", "password": "for-ls"},
            },
        ],
        license_servers=[{"name": "ls-east", "host": "10.1.0.5"}],
        client_id="console",
        ca_path="/ca.pem",
        **ACCOUNT,
    )
    first, second = settings.systems
    assert (first["username"], first["ca_path"], first["validate_certs"]) == ("automation", "/ca.pem", True)
    assert first["license_server"]["client_id"] == "console"
    assert second["username"] == "other"
    assert second["license_server"]["username"] == "other", (
        "the account of the system has priority over the one at the top"
    )
    assert second["license_server"]["password"] == "for-ls"
    assert settings.license_servers[0]["client_id"] == "console"


def test_every_option_of_a_connection_arrives_and_is_inherited() -> None:
    settings = read(
        systems=[
            {"name": "a", "host": "[::1]", "timezone": "Z", "license_server": {"host": "10.1.0.5"}},
            {"name": "b", "host": "b", "no_proxy": "10.0.0.0/8, b", "license_server": {"host": "[::2]"}},
        ],
        proxy="http://proxy:3128",
        no_proxy=["a"],
        timezone="+08:00",
        scheme="http",
        **ACCOUNT,
    )
    first, second = settings.systems
    assert (first["host"], first["timezone"], first["no_proxy"]) == ("::1", "Z", ["a"])
    assert (second["timezone"], second["no_proxy"]) == ("+08:00", ["10.0.0.0/8", "b"])
    assert second["license_server"]["host"] == "::2"
    for server in (first["license_server"], second["license_server"]):
        assert (server["proxy"], server["scheme"]) == ("http://proxy:3128", "http")
    assert first["license_server"]["timezone"] == "Z"


@pytest.mark.parametrize(
    ("given", "option"),
    [
        ({"timezone": "Asia/Schanghai"}, "timezone"),
        ({"proxy": "proxy:3128"}, "proxy"),
        ({"proxy": "http://user:planted@proxy:3128"}, "proxy"),
        ({"no_proxy": ["http://a"]}, "no_proxy"),
        ({"no_proxy": [1]}, "no_proxy"),
    ],
)
def test_an_impossible_option_of_a_connection_is_named_with_its_place(
    given: dict[str, Any], option: str
) -> None:
    with pytest.raises(UsphereError) as caught:
        read(**ONE, **given)
    assert caught.value.fields["option"] == f"systems[0].{option}"
    assert "planted" not in str(caught.value.fields)


def test_the_environment_has_the_lowest_priority() -> None:
    environment = {"USPHERE_USERNAME": "env", "USPHERE_PASSWORD": "env-pass", "USPHERE_CA_PATH": "/env.pem"}
    args = {"systems": [{"name": "hangzhou", "host": "10.1.0.10", "username": "own"}], "ca_path": ""}
    (system,) = read_settings(args, environment).systems
    assert (system["username"], system["password"], system["ca_path"]) == ("own", "env-pass", "/env.pem")


def test_defaults_are_set() -> None:
    settings = read(**ONE)
    assert (settings.horizon, settings.look_back) == (30, 7)
    assert (settings.interval, settings.retry, settings.deadline) == (3600, 60, 120)
    assert (settings.clock, settings.state_file, settings.language) == ("controller", None, "en")
    assert settings.systems[0]["profile"] == "usphere_7"
    assert settings.systems[0]["timeout"] == 30


@pytest.mark.parametrize("empty", [None, ""])
def test_an_empty_option_is_unset(empty: object) -> None:
    settings = read(**ONE, state_file=empty, interval=empty, facts_files=empty, license_servers=empty)
    assert (settings.state_file, settings.interval, settings.facts_files) == (None, 3600, ())


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        ("90", 90),
        (90, 90),
        ("90s", 90),
        ("15m", 900),
        ("1h", 3600),
        ("2d", 172800),
        (0.5, 0.5),
        (" 2 h ", 7200),
    ],
)
def test_times_have_units(given: object, seconds: float) -> None:
    assert read(**ONE, interval=given).interval == seconds


@pytest.mark.parametrize(("given", "days"), [("30d", 30), (30, 30), ("30", 30)])
def test_days_have_a_unit(given: object, days: int) -> None:
    assert read(**ONE, horizon=given).horizon == days


@pytest.mark.parametrize("files", ["facts/*.json", ["facts/*.json"]])
def test_files_are_one_or_a_list(files: object) -> None:
    assert read(facts_files=files).facts_files == ("facts/*.json",)


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        ({}, "has nothing to read"),
        ({**ONE, "horizons": "30d"}, "no option horizons"),
        ({**ONE, "horizons": "30d"}, "did you mean horizon?"),
        ({"systems": [{"name": "a", "host": "h", "hots": 1}], **ACCOUNT}, "no option systems[0].hots"),
        ({"systems": [{"name": "a"}], **ACCOUNT}, "requires the option systems[0].host"),
        ({"systems": [{"name": "a", "host": "h"}]}, "requires the option systems[0].username"),
        (
            {"systems": [{"name": "a", "host": "h", "username": "u"}]},
            "requires the option systems[0].password",
        ),
        (
            {"systems": [{"name": "a", "host": "h", "license_server": {}}], **ACCOUNT},
            "systems[0].license_server.host",
        ),
        (
            {"systems": [{"name": "a", "host": "h", "license_server": "ls"}], **ACCOUNT},
            "must be a mapping",
        ),
        ({"systems": {"name": "a"}, **ACCOUNT}, "systems of license_expiry must be a list"),
        ({"systems": ["a"], **ACCOUNT}, "systems[0] of license_expiry must be a mapping"),
        ({"systems": [{"name": "all", "host": "h"}], **ACCOUNT}, "got all"),
        ({"systems": [{"name": "a:b", "host": "h"}], **ACCOUNT}, "got a:b"),
        ({"systems": [{"name": "*", "host": "h"}], **ACCOUNT}, "got *"),
        ({"systems": [{"name": "a", "host": "h"}] * 2, **ACCOUNT}, "a is listed twice in systems"),
        (
            {"license_servers": [{"name": "a", "host": "h", "clients": {"x": "all"}}], **ACCOUNT},
            "got all (license_servers[0].clients.x)",
        ),
        ({"license_servers": [{"name": "a", "host": "h", "product_node": "srm"}], **ACCOUNT}, "one of isc"),
        ({**ONE, "interval": "soon"}, "a time such as"),
        ({**ONE, "interval": 0}, "a time such as"),
        ({**ONE, "interval": float("nan")}, "a time such as"),
        ({**ONE, "interval": True}, "a time such as"),
        ({**ONE, "horizon": "0d"}, "a number of days such as 30d"),
        ({**ONE, "horizon": "1w"}, "a number of days such as 30d"),
        ({**ONE, "clock": "mine"}, "one of controller, license_server"),
        ({**ONE, "language": "fr"}, "one of en, zh"),
        ({**ONE, "validate_certs": "maybe"}, "true or false"),
        ({"systems": [{"name": "a", "host": "h", "port": "x"}], **ACCOUNT}, "a whole number"),
        ({**ONE, "facts_files": [1]}, "facts_files[0] of license_expiry must be a path"),
    ],
)
def test_wrong_options_are_one_sentence(args: dict[str, Any], sentence: str) -> None:
    with pytest.raises(PolicyError) as raised:
        read(**args)
    assert sentence in str(raised.value)
    assert "s3cret" not in str(raised.value)


@pytest.mark.parametrize("password", [123456, 1e5, True, ["s3cret"]])
def test_a_password_that_is_not_text_is_rejected(password: object) -> None:
    with pytest.raises(PolicyError) as raised:
        read(systems=ONE["systems"], username="automation", password=password)
    assert "USPHERE_PASSWORD" in str(raised.value)
    assert "123456" not in str(raised.value)


def test_booleans_can_be_text() -> None:
    assert read(**ONE, validate_certs="no").systems[0]["validate_certs"] is False


def test_options_of_the_engine_are_ignored() -> None:
    assert read(**ONE, eda_feedback_queue=object()).horizon == 30


def test_secrets_are_not_in_the_representation() -> None:
    assert "s3cret" not in repr(read(**ONE))


@pytest.mark.parametrize("at", ["systems[0]", "systems[0].license_server", "license_servers[0]"])
def test_an_address_with_an_account_is_rejected_without_showing_it(at: str) -> None:
    url = {"name": "x", "host": "https://user:planted@127.0.0.1"}
    system = {"name": "hangzhou", "host": "10.1.0.10"}
    args: dict[str, Any] = {
        "systems[0]": {"systems": [url]},
        "systems[0].license_server": {"systems": [{**system, "license_server": {"host": url["host"]}}]},
        "license_servers[0]": {"license_servers": [url]},
    }[at]
    with pytest.raises(UsphereError) as caught:
        read(**args, **ACCOUNT)
    assert (caught.value.code, caught.value.fields) == ("host_with_account", {"option": f"{at}.host"})
