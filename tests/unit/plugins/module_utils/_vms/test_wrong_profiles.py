# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Profiles that do not fit the server: a sentence, no traceback, and never a wrong fact."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._errors import UsphereError
from ansible_collections.unicloud.usphere.plugins.module_utils._messages.catalog import render
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.license_server_api import (
    LicenseServerApi,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.tasks import (
    ConnectRequest,
    LicenseServerWriter,
    VmsWriter,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.vms_api import VmsApi
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.loader import load_profile
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import ProfileError

from ....simulator.conftest import PASSWORD
from ....simulator.second_client import SCENARIO
from .second_servers import connection, running, second_profile, sign_ins

REMOVED = object()
WAIT = (2, 0.05)


@pytest.fixture(scope="module")
def simulation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with running(tmp_path_factory.mktemp("wrong") / "state", SCENARIO) as started:
        yield started


def changed(place: str, value: Any) -> dict[str, Any]:
    """Return the document with another value at a place; steps are separated by ``/``.

    The document is copied on the way, because its anchors make sections one object.
    """
    document = second_profile()
    inner: Any = document
    *steps, last = place.split("/")
    for step in steps:
        inner[step] = dict(inner[step])
        inner = inner[step]
    if value is REMOVED:
        del inner[last]
    else:
        inner[last] = value
    return document


def sentences(error: UsphereError) -> list[str]:
    """Return the error in both languages."""
    found = [render(error.code, error.fields, language) for language in ("en", "zh")]
    for text in found:
        assert text
        assert "Traceback" not in text
        assert PASSWORD not in text
    return found


def hosts(simulation: Any, document: dict[str, Any]) -> Any:
    return VmsApi(connection(simulation, "many"), load_profile(document)).hosts()


def licenses(simulation: Any, document: dict[str, Any]) -> Any:
    return LicenseServerApi(connection(simulation, "ls"), load_profile(document)).licenses()


def clients(simulation: Any, document: dict[str, Any]) -> Any:
    return LicenseServerApi(connection(simulation, "ls"), load_profile(document)).clients()


def reconnected(simulation: Any, document: dict[str, Any]) -> Any:
    api = VmsWriter(connection(simulation, "many"), load_profile(document))
    return api.reconnect_license_server().wait(*WAIT)


def connected(simulation: Any, document: dict[str, Any]) -> Any:
    node = simulation.node("spare")
    request = ConnectRequest("127.0.0.1", node["client_port"], node["port"], "many", "word", "SC-1")
    api = VmsWriter(connection(simulation, "many"), load_profile(document))
    return api.connect_license_server(request).wait(*WAIT)


def installed(simulation: Any, document: dict[str, Any]) -> Any:
    api = LicenseServerWriter(connection(simulation, "ls"), load_profile(document))
    return api.install("a.ak", b"not a file of the platform").wait(*WAIT)


OPERATIONS = "operations"
HOSTS, LICENSES = f"{OPERATIONS}/list_hosts", f"{OPERATIONS}/list_licenses"
CONNECT = f"{OPERATIONS}/connect_license_server"
TASK_FIELDS = f"{OPERATIONS}/vms_task/fields"
VMS_AUTH = "bases/vms/auth"

# What is wrong, where, the wrong value, and the call that meets it.
ERRORS: list[tuple[str, str, Any, Callable[..., Any]]] = [
    ("misspelt path", f"{HOSTS}/path", "/machine", hosts),
    ("wrong base path", "bases/vms/path", "/api/v4", hosts),
    ("wrong key of the list", f"{HOSTS}/answer", ["obj", "page", "rows"], hosts),
    ("wrong key on the way to the list", f"{HOSTS}/answer", ["obj", "pages", "records"], hosts),
    ("data instead of a list", f"{HOSTS}/answer", ["obj"], hosts),
    ("wrong authentication", VMS_AUTH, "basic", hosts),
    ("no authentication", VMS_AUTH, "none", hosts),
    ("wrong CSRF header", f"{VMS_AUTH}/csrf/send", "X-XSRF-TOKEN", hosts),
    ("no CSRF header", f"{VMS_AUTH}/csrf", REMOVED, hosts),
    ("wrong place of the CSRF token", f"{VMS_AUTH}/csrf/token", {"at": "obj.token"}, hosts),
    ("wrong cookie", f"{VMS_AUTH}/token", {"cookie": "JSESSIONID"}, hosts),
    ("another cookie of the server", f"{VMS_AUTH}/token", {"cookie": "theme"}, hosts),
    ("wrong rule of a good login", f"{VMS_AUTH}/login/success", {"at": "code", "in": [0]}, hosts),
    ("wrong path of the login", f"{VMS_AUTH}/login/path", "/portal/login", hosts),
    ("wrong method of the login", f"{VMS_AUTH}/login/method", "PUT", hosts),
    ("wrong prefix of the token", "bases/license_server/auth/send/prefix", "Bearer ", licenses),
    ("wrong header of the token", "bases/license_server/auth/token", {"header": "X-Token"}, licenses),
    ("wrong rule of success", "bases/license_server/success", {"at": "ret", "in": [200]}, clients),
    ("no path to the id", f"{LICENSES}/fields/id", "number", licenses),
    ("inner rows elsewhere", f"{LICENSES}/fields/assigned.client", "client", licenses),
    ("wrong part of the upload", f"{OPERATIONS}/install_activation_file/body", {"file": "{file}"}, installed),
    ("wrong method of a write", f"{OPERATIONS}/install_activation_file/method", "PUT", installed),
    ("fields without a place", f"{CONNECT}/body", {"source": {"host": "{address}"}}, connected),
    ("JSON where XML is due", f"{CONNECT}/encoding", "json", connected),
    (
        "job elsewhere",
        f"{OPERATIONS}/reconnect_license_server/fields",
        {"task_id": {"header": "X-Job"}},
        reconnected,
    ),
    (
        "no text before the job",
        f"{OPERATIONS}/reconnect_license_server/fields",
        {"task_id": {"header": "Location", "after": "/tasks/"}},
        reconnected,
    ),
    ("job at another path", f"{OPERATIONS}/vms_task/path", "/tasks/{task_id}", reconnected),
    (
        "job that never ends",
        f"{TASK_FIELDS}/completed",
        {"at": "state", "values": {"RUNNING": False, "FINISHED": True}},
        reconnected,
    ),
    (
        "job without a result",
        f"{TASK_FIELDS}/result",
        {"at": "state", "values": {"OK": "good", "ERROR": "failed"}},
        reconnected,
    ),
]


@pytest.mark.parametrize(
    ("place", "value", "call"), [row[1:] for row in ERRORS], ids=[row[0] for row in ERRORS]
)
def test_a_profile_that_does_not_fit_is_a_sentence(
    simulation: Any, place: str, value: Any, call: Callable[..., Any]
) -> None:
    simulation.control("DELETE", "/requests")
    with pytest.raises(UsphereError) as caught:
        call(simulation, changed(place, value))
    sentences(caught.value)
    # No account is locked by a profile that does not fit.
    assert max(sign_ins(simulation, node) for node in ("many", "ls")) <= 2


def test_a_login_with_the_wrong_body_is_sent_once(simulation: Any) -> None:
    simulation.control("DELETE", "/requests")
    body = {"login": {"account": "{username}", "password": "{password}"}}
    with pytest.raises(UsphereError) as caught:
        hosts(simulation, changed(f"{VMS_AUTH}/login/body", body))
    sentences(caught.value)
    assert sign_ins(simulation, "many") == 1


UNKNOWN: list[tuple[str, str, Any, Callable[..., Any], str]] = [
    ("path to nothing", f"{HOSTS}/fields/cpu_sockets", "hw.cpu.sockets", hosts, "cpu_sockets"),
    ("path to an object", f"{HOSTS}/fields/cpu_sockets", "hw.cpu", hosts, "cpu_sockets"),
    ("path to a text", f"{HOSTS}/fields/cpu_sockets", "label", hosts, "cpu_sockets"),
    ("wrong table", f"{HOSTS}/fields/arch", {"at": "hw.isa", "values": {"17": "aarch64"}}, hosts, "arch"),
    ("no table", f"{HOSTS}/fields/arch", "hw.isa", hosts, "arch"),
    (
        "table of other words",
        f"{HOSTS}/fields/status",
        {"at": "state", "values": {"ok": "ok"}},
        hosts,
        "status",
    ),
    ("wrong unit of a time", f"{HOSTS}/fields/added_at", {"at": "joined", "epoch": "ms"}, hosts, "added_at"),
    ("no word for never", f"{LICENSES}/fields/expires_at", "span.until", licenses, "expires_at"),
    ("text as a time", f"{LICENSES}/fields/issued_at", "kind", licenses, "issued_at"),
    ("text as a number", f"{LICENSES}/fields/quantity", "goods", licenses, "quantity"),
    ("kind without a table", f"{LICENSES}/fields/kind", "kind", licenses, "kind"),
    (
        "standing of another table",
        f"{LICENSES}/fields/status",
        {"at": "state", "values": "kinds"},
        licenses,
        "status",
    ),
]


@pytest.mark.parametrize(
    ("place", "value", "call", "field"), [row[1:] for row in UNKNOWN], ids=[row[0] for row in UNKNOWN]
)
def test_a_value_that_cannot_be_read_is_unknown(
    simulation: Any, place: str, value: Any, call: Callable[..., Any], field: str
) -> None:
    try:
        rows = call(simulation, changed(place, value))
    except UsphereError as error:
        sentences(error)
        return
    # The first row has a value that cannot be read so.
    assert getattr(rows[0], field) is None
    assert field in rows[0].unknown


def test_a_next_link_that_is_never_found_is_no_whole_list(simulation: Any) -> None:
    document = changed(f"{HOSTS}/paging/next", {"at": "/obj.next"})
    document["operations"]["list_hosts"]["paging"]["size"] = 2
    try:
        rows = hosts(simulation, document)
    except UsphereError as error:
        sentences(error)
        return
    assert len(rows) == 5 or rows.incomplete


def test_a_total_that_is_never_found_is_read_to_the_end(simulation: Any) -> None:
    paging = {
        **second_profile()["operations"]["list_licenses"]["paging"],
        "size": 1,
        "total": {"at": "/total"},
    }
    assert len(licenses(simulation, changed(f"{LICENSES}/paging", paging))) == 3


def test_a_refusal_is_no_empty_list_without_rules_of_success(tmp_path: Any) -> None:
    """Without ``success`` the refusal is a 200 whose ``obj`` is null; the key of the list is not there."""
    document = changed("bases/vms/success", REMOVED)
    del document["bases"]["vms"]["error"], document["bases"]["vms"]["lapsed_codes"]
    with running(tmp_path / "state", SCENARIO) as lapsed:
        lapsed.advance(40)
        with pytest.raises(UsphereError) as caught:
            hosts(lapsed, document)
        sentences(caught.value)


@pytest.mark.parametrize(
    ("place", "value", "shown"),
    [
        ("bases/vms/succes", {"status": [200]}, "success"),
        (f"{OPERATIONS}/list_host", {}, "list_hosts"),
        (f"{HOSTS}/fields/cpu_socket", "hw.cpu.packages", "cpu_sockets"),
        (f"{HOSTS}/fields/arch", {"at": "hw.isa", "values": "machine_isas"}, "machine_isa"),
        (f"{HOSTS}/fields/name", "login.user", "user"),
        (f"{HOSTS}/paging/style", "pages", "page"),
        (f"{HOSTS}/paging/count", "host_count", "hosts_count"),
        (f"{VMS_AUTH}/type", "sessions", "session"),
        (f"{CONNECT}/body", {"a": {}, "b": "{address}"}, "body"),
        (f"{OPERATIONS}/update_client/body", {"tenant": "{pasword}"}, "password"),
        ("timezone", "Asia/Shangai", "timezone"),
    ],
)
def test_a_misspelt_profile_is_refused_with_what_is_meant(place: str, value: Any, shown: str) -> None:
    with pytest.raises(ProfileError) as caught:
        load_profile(changed(place, value))
    assert all(shown in text for text in sentences(caught.value))
