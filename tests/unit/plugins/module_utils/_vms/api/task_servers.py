# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A client of one write and its task."""

from __future__ import annotations

from typing import Any

from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.client import Client
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.loader import load_profile

JOB = {
    "completed": {"status": True, "values": {"202": False, "200": True}},
    "result": {"at": "outcome", "values": {"ok": "good", "bad": "failed", "some": "partial"}},
    "error_code": "/rc",
    "error_message": "text",
    "license_ids": "detail.licenseIds",
}


def client_of(connect: Any, sleeps: list[float], **fields: Any) -> Client:
    write = {"task_id": {"header": "Location", "after": "/jobs/"}, "license_ids": "ids"}
    profile = load_profile(
        {
            "name": "jobs",
            "bases": {"license_server": {"path": "/api", "auth": "none"}},
            "operations": {
                "uninstall_license": {
                    "certainty": "assumed",
                    "method": "DELETE",
                    "path": "/licenses/{license_id}",
                    "fields": write,
                },
                "license_task": {
                    "certainty": "assumed",
                    "method": "GET",
                    "path": "/jobs/{task_id}",
                    "fields": {**JOB, **fields},
                },
            },
        }
    )
    return Client(connect(), profile, sleep=sleeps.append)


def script(server: Any, replies: list[Any]) -> None:
    server.script = lambda request: replies.pop(0)
