# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every answer of a node goes through: its clock, times without a zone, refusals in a 200, echoes."""

from __future__ import annotations

import datetime as dt
import json
import re
from email.utils import formatdate

from flask import Response, g, request

from usim.answer_options import AnswerOptions
from usim.simulation import Simulation

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
_NO_PERMISSION = "没有权限"
_BODIES: dict[str, dict[str, object]] = {
    "code": {"code": 403, "msg": _NO_PERMISSION},
    "success": {"success": False, "message": _NO_PERMISSION},
    "status_type": {"statusType": "ERROR", "message": _NO_PERMISSION},
    "error_code": {"errorCode": 403, "errorMessage": _NO_PERMISSION},
    "state": {"data": None, "state": 1, "message": _NO_PERMISSION, "errorCode": 403},
}


def refusal_in_body(options: AnswerOptions) -> Response | None:
    """Return a refusal with status 200 if this request gets one; nothing of the request is done then."""
    errors = options.in_body_errors
    if errors is None or not errors.meets(request.path):
        return None
    g.refused_in_body = True
    return Response(json.dumps(_BODIES[errors.form], ensure_ascii=False), 200, mimetype="application/json")


def finish(simulation: Simulation, node: str, response: Response) -> Response:
    """Apply the options of a node to a response that is about to be sent."""
    options = simulation.answers.of(node)
    response.headers["Date"] = formatdate(simulation.clock_of(node), usegmt=True)
    if options.zone is not None and response.mimetype in ("application/json", "application/xml"):
        zone = dt.timezone(dt.timedelta(minutes=options.zone))
        response.set_data(_INSTANT.sub(lambda found: _without_zone(found[0], zone), _text(response)))
    if options.echo and (response.status_code >= 400 or g.get("refused_in_body")):
        _echo(response)
    return response


def _text(response: Response) -> str:
    return str(response.get_data(as_text=True))


def _without_zone(instant: str, zone: dt.timezone) -> str:
    """Return an instant as the wall clock of the zone shows it, without the zone."""
    moment = dt.datetime.fromisoformat(instant.replace("Z", "+00:00")).astimezone(zone)
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds" if "." in instant else "seconds")


def _echo(response: Response) -> None:
    """Repeat in the error what the request said, with its credentials, as careless servers do."""
    login = request.authorization
    asked = {
        "url": request.url,
        "authorization": request.headers.get("Authorization", ""),
        "username": login.username if login is not None and login.type in ("basic", "digest") else None,
        "password": login.password if login is not None and login.type == "basic" else None,
        "cookie": request.headers.get("Cookie", ""),
        "body": request.form.to_dict() or request.get_data(as_text=True),
    }
    body = response.get_json(silent=True)
    told = {**body, "request": asked} if isinstance(body, dict) else {"request": asked}
    response.set_data(json.dumps(told, ensure_ascii=False))
    response.mimetype = "application/json"
    message = response.headers.get("Error-Message")
    if message is not None:
        question = request.query_string.decode("latin-1")
        response.headers["Error-Message"] = f"{message} ({asked['authorization']} {question})"
