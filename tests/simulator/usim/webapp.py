# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shared parts of the apps of all nodes: dry-run guard, request log, format of errors."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from usim import answers, paths
from usim.disturbances import AFTER, BEFORE, LOGIN, REQUEST, Fault, Visit
from usim.faulty import FAULT, PAUSE, Environment, WsgiApp
from usim.simulation import LoggedRequest, Simulation

_READS = ("GET", "HEAD", "OPTIONS")
DRY_RUN_MESSAGE = "the dry-run guard is on: this request would have changed something and was refused"


class Refusal(Exception):
    """A refused request; the response is an error in the format of the node."""

    def __init__(self, status: int, code: str, message: str, **more: object) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.more = more


Renderer = Callable[[Refusal], Response]


def json_response(body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text, status, headers=dict(headers or {}), mimetype="application/json")


def create_node_app(
    simulation: Simulation, node: str, refuse: Renderer, authenticate: Callable[[], Response | None]
) -> Flask:
    """Create the Flask app of a node. ``authenticate`` returns a response to reject a request, else None."""
    app = Flask(f"usim.{node}", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = 16 * 1024 * 1024
    app.wsgi_app = _TidyPaths(app.wsgi_app)  # type: ignore[method-assign]  # how Flask documents a layer below it

    @app.before_request
    def guard() -> Response | None:
        # Before the login: a write that is merely attempted counts, and is counted once.
        if simulation.dry_run and request.method not in _READS and not is_login_request():
            simulation.record_refused(node, request.method, request.path)
            return refuse(Refusal(409, "dry_run", DRY_RUN_MESSAGE))
        answer = authenticate()
        if answer is None and not is_login_request():
            answer = answers.refusal_in_body(simulation.answers.of(node))
        is_login = is_login_request() or bool(g.get("auth_challenge"))
        visit = Visit(LOGIN if is_login else REQUEST, node, request.method, request.path)
        return disturbed(simulation, visit, answer)

    @app.after_request
    def log(response: Response) -> Response:
        response = answers.finish(simulation, node, response)
        auth = is_login_request() or bool(g.get("auth_challenge"))
        query = request.query_string.decode("utf-8", "replace")
        fault: Fault | None = request.environ.get(FAULT)
        status, kind = response.status_code, None
        if fault is not None:
            status, kind = fault.status(status), fault.kind
        simulation.log(LoggedRequest(node, request.method, request.path, query, status, auth, kind))
        return response

    @app.errorhandler(Refusal)
    def refused(error: Refusal) -> Response:
        return refuse(error)

    @app.errorhandler(HTTPException)
    def failed(error: HTTPException) -> Response:
        status = error.code or 500
        return refuse(Refusal(status, error.name.lower().replace(" ", "_"), error.description or error.name))

    return app


def disturbed(simulation: Simulation, visit: Visit, answer: Response | None) -> Response | None:
    """Hold the request for a pause, and pass a fault to the layer below.

    If a response is returned, the request is not handled.
    """
    pause, fault = simulation.disturbances.pause(visit), simulation.disturbances.fault(visit)
    request.environ[PAUSE], request.environ[FAULT] = pause, fault
    if pause is not None and pause.target.when == BEFORE:
        simulation.disturbances.hold(pause)
    if fault is None or fault.target.when == AFTER:
        return answer
    request.get_data(cache=False)  # it has arrived whole; only then nothing comes of it
    return Response(status=500)


def is_login_request() -> bool:
    return request.path.endswith((paths.TOKEN, paths.LOGIN, paths.LOGOUT, *paths.SECOND_LOGINS))


class _TidyPaths:
    """Takes trailing and doubled slashes, as the real servers do; the Digest URI remains what was sent."""

    def __init__(self, app: WsgiApp) -> None:
        self._app = app

    def __call__(self, environ: Environment, start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = re.sub("/{2,}", "/", environ.get("PATH_INFO", ""))
        # In place, because the layer of the faults reads what is put into it.
        environ["PATH_INFO"] = path.rstrip("/") or "/"
        return self._app(environ, start_response)


def json_body() -> dict[str, object]:
    """Return the body as an object; anything else is a 400."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise Refusal(400, "bad_request", "the body has to be a JSON object")
    return body


def optional_json_body() -> dict[str, object]:
    return json_body() if request.get_data() else {}


def text_field(body: Mapping[str, object], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise Refusal(400, "bad_request", f"{name} has to be a text that is not empty")
    return value


def optional_text_field(body: Mapping[str, object], name: str) -> str | None:
    return text_field(body, name) if body.get(name) is not None else None


def whole_number(value: object, name: str, minimum: int = 0) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < minimum:
        raise Refusal(400, "bad_request", f"{name} has to be an integer of at least {minimum}")
    return value


def query_number(name: str, default: int, minimum: int = 0) -> int:
    text = request.args.get(name, "")
    if not text:
        return default
    if not text.isdecimal() or len(text) > 9 or int(text) < minimum:
        raise Refusal(400, "bad_request", f"{name} has to be an integer of at least {minimum}")
    return int(text)
