# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls of the license platform, on the control port under ``/platform``."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping

from flask import Blueprint, Response

from usim import license_platform
from usim.license_platform import ActivationFile, KeyRequest
from usim.simulation import Simulation
from usim.webapp import Refusal, json_body, json_response, optional_text_field, text_field, whole_number


def _bytes(body: Mapping[str, object], name: str) -> bytes:
    try:
        return base64.b64decode(text_field(body, name), validate=True)
    except binascii.Error as error:
        raise Refusal(400, "bad_request", f"{name} is not base64") from error


def _key_requests(body: Mapping[str, object]) -> list[KeyRequest]:
    rows = body.get("keys")
    if not isinstance(rows, list) or not rows:
        raise Refusal(400, "bad_request", "keys has to be a list of {key, quantity}")
    requests = []
    for row in rows:
        if not isinstance(row, dict):
            raise Refusal(400, "bad_request", "keys has to be a list of {key, quantity}")
        quantity = row.get("quantity")
        amount = None if quantity is None else whole_number(quantity, "quantity", 1)
        requests.append(KeyRequest(text_field(row, "key"), amount))
    return requests


def _answer(files: list[ActivationFile]) -> Response:
    """Return the first file at the top level of the response, and all files under ``files``."""
    bodies = [item.body() for item in files]
    return json_response({**bodies[0], "files": bodies})


def create_blueprint(simulation: Simulation) -> Blueprint:
    platform = Blueprint("platform", __name__, url_prefix="/platform")

    @platform.post("/activation")
    def activation() -> Response:
        body = json_body()
        term = body.get("term_days")
        files = license_platform.activate(
            simulation,
            _key_requests(body),
            _bytes(body, "device_information"),
            optional_text_field(body, "contract_number"),
            None if term is None else whole_number(term, "term_days", 1),
            body.get("split") is True,
        )
        return _answer(files)

    @platform.post("/transfer")
    def transfer() -> Response:
        body = json_body()
        quantities = body.get("quantities") or []
        if not isinstance(quantities, list):
            raise Refusal(400, "bad_request", "quantities has to be a list of integers")
        other = "remainder_device_information"
        files = license_platform.transfer(
            simulation,
            _bytes(body, "uninstall_file"),
            _bytes(body, "device_information"),
            [whole_number(quantity, "quantities", 1) for quantity in quantities],
            _bytes(body, other) if body.get(other) is not None else None,
        )
        return _answer(files)

    @platform.post("/examine")
    def examine() -> Response:
        return json_response(license_platform.examine(simulation, _bytes(json_body(), "file")))

    return platform
