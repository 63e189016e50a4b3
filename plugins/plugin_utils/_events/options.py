# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read and validate the options of the event source ``license_expiry``.

ansible-rulebook has no argument specs, and a template in a rulebook can produce a value of any type. All
options are validated before the first event is sent.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ...module_utils._licensing.values.periods import parse_days
from ...module_utils._messages.catalog import LANGUAGES
from ...module_utils._operations.core.given_connections import (
    check_connection,
    check_host,
)
from .._options.number_ranges import MOST_DAYS, RANGES, check_number
from .._policy.base.errors import PolicyError
from .._policy.documents.schemas import suggestion, type_name
from .notice import is_name

SECONDS, DAYS = "seconds", "days"
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"(\d{1,9})\s*([smhd]?)", re.ASCII)
_BOOLEANS = {"true": True, "yes": True, "false": False, "no": False}


@dataclass(frozen=True)
class Option:
    """One option: ``type`` is an Ansible type, or ``seconds`` or ``days`` (a number, or text like ``1h``)."""

    type: str = "str"
    required: bool = False
    default: object = None
    env: str = ""
    choices: tuple[str, ...] = ()
    options: Mapping[str, Option] = field(default_factory=dict)


#: Connection options. At the top level they are the defaults of every server.
ACCOUNT: Mapping[str, Option] = {
    "username": Option(required=True, env="USPHERE_USERNAME"),
    "password": Option(required=True, env="USPHERE_PASSWORD"),
    "client_id": Option(env="USPHERE_CLIENT_ID"),
    "client_secret": Option(env="USPHERE_CLIENT_SECRET"),
    "scheme": Option(default="https", choices=("https", "http")),
    "validate_certs": Option("bool", default=True),
    "ca_path": Option(env="USPHERE_CA_PATH"),
    "timeout": Option(SECONDS, default=30.0),
    "proxy": Option(),
    "no_proxy": Option("list"),
    "timezone": Option(),
    "profile": Option("raw", default="usphere_7"),
}
SERVER: Mapping[str, Option] = {"host": Option(required=True), "port": Option("int"), **ACCOUNT}
_LICENSE_SERVER_OPTIONS = {name: option for name, option in SERVER.items() if name != "profile"}
SYSTEM_OPTIONS: Mapping[str, Option] = {
    "name": Option(required=True),
    **SERVER,
    "license_server": Option("dict", options=_LICENSE_SERVER_OPTIONS),
    "site": Option("dict", default={}),
}
SERVER_OPTIONS: Mapping[str, Option] = {
    "name": Option(required=True),
    **SERVER,
    "product_node": Option(choices=("isc", "disk_backup_dr", "heterogeneous_migration")),
    "clients": Option("dict", default={}),
}
OPTIONS: Mapping[str, Option] = {
    "systems": Option("list", options=SYSTEM_OPTIONS),
    "license_servers": Option("list", options=SERVER_OPTIONS),
    "facts_files": Option("list"),
    **{name: Option(each.type, False, None, each.env, each.choices) for name, each in ACCOUNT.items()},
    "catalog": Option("raw"),
    "horizon": Option(DAYS, default=30),
    "look_back": Option(DAYS, default=7),
    "interval": Option(SECONDS, default=3600.0),
    "retry": Option(SECONDS, default=60.0),
    "deadline": Option(SECONDS, default=120.0),
    "clock": Option(default="controller", choices=("controller", "license_server")),
    "state_file": Option(),
    "language": Option(default="en", choices=LANGUAGES),
}
#: Arguments that ansible-rulebook adds.
_RUNNER_ARGUMENTS = ("eda_feedback_queue",)

Server = Mapping[str, Any]


@dataclass(frozen=True)
class Settings:
    """Validated options. Servers are dictionaries of connection options as in modules, with secrets."""

    systems: tuple[Server, ...] = field(repr=False)
    license_servers: tuple[Server, ...] = field(repr=False)
    facts_files: tuple[str, ...]
    catalog: object
    horizon: int
    look_back: int
    interval: float
    retry: float
    deadline: float
    clock: str
    state_file: str | None
    language: str


def read_settings(args: Mapping[str, Any], environment: Mapping[str, str] | None = None) -> Settings:
    """Read the arguments of the source.

    Raises PolicyError with the message of the first error, OptionError for an address that contains an
    account.
    """
    env = os.environ if environment is None else environment
    own = {name: value for name, value in args.items() if name not in _RUNNER_ARGUMENTS}
    _refuse_unknown(own, OPTIONS, "")
    shared = {name: own[name] for name in ACCOUNT if not _is_empty(own.get(name))}
    if "timeout" in shared:
        # Without a server of its own, no other check reads it.
        _seconds(shared["timeout"], "timeout")
    systems = tuple(_servers(own, "systems", SYSTEM_OPTIONS, shared, env))
    servers = tuple(_servers(own, "license_servers", SERVER_OPTIONS, shared, env))
    files = tuple(_files(own.get("facts_files")))
    if not systems and not servers and not files:
        raise PolicyError("event_nothing_to_read")
    values = {
        name: _option_value(own.get(name), OPTIONS[name], name, env)
        for name in OPTIONS
        if name not in ("systems", "license_servers", "facts_files", *ACCOUNT)
    }
    return Settings(systems=systems, license_servers=servers, facts_files=files, **values)


def _servers(
    args: Mapping[str, Any],
    name: str,
    options: Mapping[str, Option],
    shared: Mapping[str, Any],
    env: Mapping[str, str],
) -> Iterator[dict[str, Any]]:
    seen: set[str] = set()
    for index, given in enumerate(_list(args.get(name), name)):
        entry = _mapping(given, f"{name}[{index}]", options, shared, env)
        if not is_name(entry["name"]):
            raise PolicyError("event_name", name=str(entry["name"]))
        if entry["name"] in seen:
            raise PolicyError("event_name_twice", name=entry["name"], option=name)
        seen.add(entry["name"])
        if entry.get("license_server") is not None:
            # Connection options of the system are the defaults of its License Server.
            own = {key: value for key, value in _fields(given) if key in ACCOUNT and not _is_empty(value)}
            at = f"{name}[{index}].license_server"
            entry["license_server"] = _mapping(
                entry["license_server"], at, _LICENSE_SERVER_OPTIONS, {**shared, **own}, env
            )
        for client, system in entry.get("clients", {}).items():
            if not is_name(system):
                raise PolicyError("event_name", name=f"{system} ({name}[{index}].clients.{client})")
        yield entry


def _mapping(
    given: object,
    at: str,
    options: Mapping[str, Option],
    shared: Mapping[str, Any],
    env: Mapping[str, str],
) -> dict[str, Any]:
    if not isinstance(given, Mapping):
        raise _wrong(at, "a mapping", given)
    _refuse_unknown(given, options, at + ".")
    entry: dict[str, Any] = {}
    for name, option in options.items():
        value = shared.get(name) if _is_empty(given.get(name)) else given.get(name)
        entry[name] = _option_value(value, option, f"{at}.{name}", env)
    entry["host"] = check_host(f"{at}.host", entry["host"])
    check_connection(at, entry)
    return entry


def _fields(given: object) -> Iterator[tuple[str, object]]:
    yield from given.items() if isinstance(given, Mapping) else ()


def _files(value: object) -> Iterator[str]:
    for index, name in enumerate(
        [value] if isinstance(value, str) and value else _list(value, "facts_files")
    ):
        if not isinstance(name, str) or not name:
            raise _wrong(f"facts_files[{index}]", "a path", name)
        yield name


def _list(value: object, at: str) -> list[object]:
    if _is_empty(value):
        return []
    if not isinstance(value, (list, tuple)):
        raise _wrong(at, "a list", value)
    return list(value)


def _is_empty(value: object) -> bool:
    # A template with a default produces an empty text or null for an option that is not set.
    return value is None or value == ""


def _refuse_unknown(given: Mapping[str, Any], options: Mapping[str, Option], prefix: str) -> None:
    for name in given:
        if name not in options:
            hint = suggestion(name, options)
            raise PolicyError(
                "event_option_unknown", option=prefix + str(name), expected=sorted(options), hint=hint
            )


def _option_value(value: object, option: Option, at: str, env: Mapping[str, str]) -> Any:
    if _is_empty(value) and option.env:
        value = env.get(option.env)
    if _is_empty(value):
        if option.required:
            raise PolicyError("event_option_missing", option=at)
        return option.default
    return _converted(value, option, at)


def _converted(value: object, option: Option, at: str) -> object:
    if option.type == "raw":
        return value
    if option.type == "dict":
        if isinstance(value, Mapping):
            return dict(value)
        raise _wrong(at, "a mapping", value)
    if option.type == "list":
        return _texts(value, at)
    if option.type == "bool":
        return _boolean(value, at)
    if option.type == "int":
        check_number(at.rpartition(".")[2], value, at)
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
            return int(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        raise _wrong(at, "a whole number", value)
    if option.type == SECONDS:
        return _seconds(value, at)
    if option.type == DAYS:
        return _days(value, at)
    if not isinstance(value, str):
        # A number may differ from the text that was written (1e5, 0x10), and a wrong password locks accounts.
        raise PolicyError(
            "event_option_text", option=at, got=type_name(value), variable=option.env or "of your choice"
        )
    if option.choices and value not in option.choices:
        raise _wrong(at, "one of " + ", ".join(option.choices), value)
    return str.__str__(value)


def _texts(value: object, at: str) -> list[str]:
    items = value.split(",") if isinstance(value, str) else value
    if not isinstance(items, (list, tuple)) or not all(isinstance(item, str) for item in items):
        raise _wrong(at, "a list of texts", value)
    return [item.strip() for item in items]


def _boolean(value: object, at: str) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in _BOOLEANS:
        return _BOOLEANS[value.lower()]
    raise _wrong(at, "true or false", value)


def _seconds(value: object, at: str) -> float:
    seconds = 0.0
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        seconds = float(value)
    elif isinstance(value, str):
        match = _DURATION.fullmatch(value.strip())
        seconds = float(int(match.group(1)) * _UNITS[match.group(2)]) if match else 0.0
    limits = RANGES[at.rpartition(".")[2]]
    if not limits.contains(seconds):
        expected = f"a time such as 90, 15m or 1h, from {limits.least} to {limits.most} seconds"
        raise _wrong(at, expected, value)
    return seconds


def _days(value: object, at: str) -> int:
    days = parse_days(value)
    if days is None:
        raise _wrong(at, f"a number of days such as 30d, from 1 to {MOST_DAYS}", value)
    return days


def _wrong(at: str, expected: str, value: object) -> PolicyError:
    shown = repr(value)[:40] if isinstance(value, (bool, int, float)) else type_name(value)
    if isinstance(value, str) and not at.endswith(("password", "client_secret", "client_id")):
        shown = repr(value[:40])
    return PolicyError("event_option_type", option=at, expected=expected, got=shown)
