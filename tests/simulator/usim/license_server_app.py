# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP API of a License Server: totals and login as observed, all other calls assumed."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Sequence
from urllib.parse import quote

from flask import Flask, Response, request

from usim import assignment, clients, jobs, paths, tokens
from usim.answer_options import AnswerOptions
from usim.catalog import PRODUCTS
from usim.license_server import (
    check_uninstall,
    license_body,
    own_product,
    refuse_known_file,
    siblings,
    standing,
    uninstall_file,
)
from usim.reading import iso
from usim.simulation import Simulation
from usim.store import in_force, licenses_of, node_row
from usim.webapp import Refusal, create_node_app, json_response, query_number


def _refuse(error: Refusal) -> Response:
    return json_response({"errorCode": error.code, "errorMessage": error.message, **error.more}, error.status)


def rows_response(rows: Sequence[object], options: AnswerOptions, total: str = "body") -> Response:
    """Return one page of a list; ``page`` is counted from 1. ``total`` is what the list states by default."""
    page, size = query_number("page", 1, 1), query_number("pageSize", 100, 1)
    if options.page_cap is not None:
        size = min(size, options.page_cap)
    listed = list(rows)
    if options.moving_lists and page > 1:
        listed = listed[-1:] + listed[:-1]
    body: dict[str, object] = {"rows": listed[(page - 1) * size : page * size]}
    mode = options.total or total
    if mode != "none":
        body["total"] = len(listed) + (mode == "wrong")
    return json_response(body)


def file_response(name: str, content: bytes) -> Response:
    disposition = f"attachment; filename=\"{quote(name)}\"; filename*=UTF-8''{quote(name)}"
    return Response(
        content, mimetype="application/octet-stream", headers={"Content-Disposition": disposition}
    )


def create_app(simulation: Simulation, node: str) -> Flask:
    """Create the app of a License Server or product node; the latter has no calls for clients."""
    app = create_node_app(simulation, node, _refuse, lambda: tokens.check(simulation, node))
    with simulation.store.transaction() as db:
        row = node_row(db, node)
    is_server = own_product(row) is None

    def page(rows: Sequence[object]) -> Response:
        return rows_response(rows, simulation.answers.of(node))

    base = paths.LICENSE_SERVER if is_server else paths.PRODUCT_NODE
    tokens.register(app, simulation, row, base)
    _register_server(app, simulation, node, base)
    _register_licenses(app, simulation, node, base, page)
    if is_server:
        clients.register(app, simulation, node, base, page)
    return app


def _register_server(app: Flask, simulation: Simulation, node: str, base: str) -> None:
    @app.get(f"{base}/server")
    def server() -> Response:
        with simulation.store.transaction() as db:
            row = node_row(db, node)
        details = json.loads(row["details"])
        body = {
            "id": details.get("active", node),
            "version": row["version"],
            "time": iso(simulation.clock_of(node)),
            "peer": details.get("standby"),
        }
        product = own_product(row)
        return json_response(body if product is None else {**body, "product": product})

    @app.get(f"{base}/device-info")
    def device_info() -> Response:
        with simulation.store.transaction() as db:
            return file_response(f"{node}.did", node_row(db, node)["device"])

    @app.get(f"{base}/messages/<number>")
    def get_message(number: str) -> Response:
        with simulation.store.transaction() as db:
            row = jobs.find_message(db, node, number)
        if row is None:
            raise Refusal(404, "message_not_found", f"no message {number}")
        body = {
            "completed": bool(row["completed"]),
            "result": row["result"] if row["completed"] else None,
            "failMsg": row["fail_message"],
            "errorCode": row["error_code"],
            "detail": json.loads(row["detail"]),
        }
        return json_response(body)


def _register_licenses(
    app: Flask, simulation: Simulation, node: str, base: str, page: Callable[[Sequence[object]], Response]
) -> None:
    def bodies(db: sqlite3.Connection) -> list[dict[str, object]]:
        where = standing(db, node, simulation.now())
        return [license_body(item, where) for item in licenses_of(db, node)]

    @app.get(f"{base}/licenses/statistic")
    def statistic() -> Response:
        wanted = (request.args.get("pdtName", ""), request.args.get("licAlias", ""))
        with simulation.store.transaction() as db:
            held = assignment.assigned_of(db, node)
            alive = in_force(db, node, simulation.now())
            details = json.loads(node_row(db, node)["details"])
        totals: dict[str, list[int]] = {}
        for item in alive:
            name = PRODUCTS[item.product, item.arch].display_name
            line = totals.setdefault(name, [0, 0])
            line[0] += item.quantity
            line[1] += sum(held.get(item.id, {}).values())
        if "used" in details:  # a product node counts what its product does
            for line in totals.values():
                line[1] = min(line[0], details["used"])
        rows = [
            {"licName": name, "licAmount": amount, "licUsedAmount": used, "licRemainAmount": amount - used}
            for name, (amount, used) in totals.items()
            if all(part in name for part in wanted)
        ]
        # The recorded answer of a live server has no total.
        return rows_response(rows, simulation.answers.of(node), total="none")

    @app.get(f"{base}/licenses")
    def list_licenses() -> Response:
        with simulation.store.transaction() as db:
            rows = bodies(db)
        return page(rows)

    @app.get(f"{base}/licenses/<license_id>")
    def get_license(license_id: str) -> Response:
        with simulation.store.transaction() as db:
            found = [row for row in bodies(db) if row["id"] == license_id]
        if not found:
            raise Refusal(404, "license_not_found", f"no license {license_id}")
        return json_response(found[0])

    @app.post(f"{base}/activation-files")
    def post_activation_file() -> Response:
        upload = request.files.get("file")
        if upload is None or not upload.filename:
            raise Refusal(
                400, "bad_request", "send the file as multipart/form-data, in the field 'file', with its name"
            )
        if "/" in upload.filename or "\\" in upload.filename:
            raise Refusal(400, "bad_request", "the file's name must not be a path")
        content = upload.stream.read()
        body: dict[str, str | int | None] = {
            "file_name": upload.filename,
            "sha256": hashlib.sha256(content).hexdigest(),
        }
        with simulation.store.transaction() as db:
            refuse_known_file(db, node, content)
            pending = db.execute(
                "SELECT id FROM messages WHERE node = ? AND kind = 'install' AND NOT completed"
                " AND json_extract(body, '$.sha256') = ?",
                (node, body["sha256"]),
            ).fetchone()
            # The same bytes again while they are being worked on: the same message, no second installation.
            message = pending["id"] if pending else jobs.post(db, simulation, node, "install", body, content)
        return json_response({"msgId": str(message)}, 202)

    @app.post(f"{base}/licenses/<license_id>/uninstall")
    def uninstall(license_id: str) -> Response:
        with simulation.store.transaction() as db:
            family = siblings(licenses_of(db, node), license_id)
            if all(item.uninstalled for item in family):
                return json_response({"licenseIds": [item.id for item in family]})
            check_uninstall(db, simulation, node, license_id)
            message = jobs.post(db, simulation, node, "uninstall", {"license": license_id})
        return json_response({"msgId": str(message)}, 202)

    @app.get(f"{base}/licenses/<license_id>/uninstall-file")
    def get_uninstall_file(license_id: str) -> Response:
        with simulation.store.transaction() as db:
            return file_response(*uninstall_file(db, node, license_id))
