# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs of the second API: a write is accepted with 202 and ``Location``, the job says what became of it."""

from __future__ import annotations

import json

from flask import Flask, Response

from usim import jobs
from usim.second_api.conventions import error_of, good
from usim.simulation import Simulation
from usim.webapp import Refusal

RUNNING, DONE, ERROR = "RUNNING", "DONE", "ERROR"


def accepted(base: str, number: int) -> Response:
    return good(None, 202, {"Location": f"{base}/jobs/{number}"})


def register(app: Flask, simulation: Simulation, node: str, base: str) -> None:
    @app.get(f"{base}/jobs/<number>")
    def get_job(number: str) -> Response:
        with simulation.store.transaction() as db:
            row = jobs.find_message(db, node, number)
        if row is None:
            raise Refusal(404, "message_not_found", f"no job {number}")
        if not row["completed"]:
            return good({"job": number, "state": RUNNING})
        # A good job has a sentence and the code 0, too.
        code, text = 0, "执行成功"
        if row["error_code"]:
            code, text = error_of(row["error_code"], row["fail_message"])
        outcome = {"entitlements": json.loads(row["detail"]).get("licenseIds", [])}
        body = {
            "job": number,
            "state": ERROR if row["error_code"] else DONE,
            "reason": {"code": code, "text": text},
            "outcome": outcome,
        }
        return good(body)
