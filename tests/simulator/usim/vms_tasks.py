# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages about the asynchronous work of a VMS: numbers of 13 digits, and sentences instead of data."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
import time

from flask import Flask, Response

from usim import jobs
from usim.documents import Document
from usim.quirks import styled
from usim.simulation import Simulation
from usim.vms_answers import VmsAnswers
from usim.webapp import Refusal

FIRST_NUMBER = 1_700_000_000_000
_CHINA = dt.timezone(dt.timedelta(hours=8))
_EVENT_TYPES = {"power": 30, "connect": 21, "reconnect": 21}


def number_of(message: int) -> int:
    return FIRST_NUMBER + message


def _subject(row: sqlite3.Row, node: str) -> tuple[str, str, str]:
    """Return the name of the work, and number and name of what it is done to."""
    body = json.loads(row["body"])
    if row["kind"] == "power":
        done = "启动虚拟机" if body["state"] == "running" else "关闭虚拟机"
        return f"{done}\u201c{body['name']}\u201d", str(body["machine"]), str(body["name"])
    done = "连接License Server" if row["kind"] == "connect" else "重新连接License Server"
    return done, "1", node


def local_time(instant: float) -> str:
    """Return an instant as a VMS in China writes it, with milliseconds."""
    return dt.datetime.fromtimestamp(instant, _CHINA).isoformat(timespec="milliseconds")


def message_body(row: sqlite3.Row, node: str, simulation: Simulation) -> dict[str, object]:
    """Return a message; only what our own contract adds is no part of the documented one."""
    name, target, target_name = _subject(row, node)
    begun = {
        "msgId": number_of(row["id"]),
        "name": f"任务：{name}。",
        "targetId": target,
        "targetName": target_name,
        "completed": bool(row["completed"]),
        "progress": 100 if row["completed"] else 0,
        "eventType": _EVENT_TYPES[row["kind"]] if row["completed"] else 0,
    }
    if not row["completed"]:
        return begun
    good = f"任务：{name}完成。"
    ended = row["due"] + simulation.now() - time.time()
    body = {
        **begun,
        "start": local_time(ended - simulation.settings.task_ms / 1000),
        "complete": local_time(ended),
        "result": row["result"],
        "detail": f"任务：{name}失败。" if row["error_code"] else good,
        "failMsg": row["fail_message"] if row["error_code"] else good,
    }
    if row["error_code"]:
        body["errorCode"] = row["error_code"]
    told = json.loads(row["detail"])
    left_out = told.pop("leftOut", [])
    body["keyValue"] = [{"key": key, "value": value} for key, value in told.items()]
    body["refreshData"] = [{"key": item["licenseId"], "value": item["errorCode"]} for item in left_out]
    return body


def register(app: Flask, simulation: Simulation, node: str, base: str, answers: VmsAnswers) -> None:
    @app.get(f"{base}/message/<number>")
    def get_message(number: str) -> Response:
        known = number.isdecimal() and len(number) == len(str(FIRST_NUMBER))
        with simulation.store.transaction() as db:
            row = jobs.find_message(db, node, str(int(number) - FIRST_NUMBER)) if known else None
        if row is None:
            raise Refusal(404, "no_such_task", f"no task {number}")
        body = styled(message_body(row, node, simulation), True)
        assert isinstance(body, dict)
        return answers.send(Document("message", body))
