# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls of the profile ``usphere_7`` that are assumed, because nothing public describes or uses them."""

from __future__ import annotations

from typing import Any, Dict

PAGE = {"style": "page", "page": "page", "limit": "pageSize", "size": 1000}
_PAGE_OF_TOTAL = {**PAGE, "total": {"at": "total"}}
TASK = {
    "completed": "completed",
    "result": {"at": "result", "values": "task_result"},
    "error_code": "errorCode",
    "error_message": "failMsg",
    "license_ids": ["detail.licenseIds", "licenseIds"],
}
_WRITE = {"task_id": "msgId", "license_ids": "licenseIds"}
_LINK = {
    "address": "address",
    "client_port": "clientPort",
    "console_port": "consolePort",
    "client_name": "clientName",
    "contract_number": "contractNumber",
}
_QUOTA = {
    "quota": "quota",
    "quota.product": "productId",
    "quota.arch": "arch",
    "quota.quantity": "quantity",
}
_QUOTA_ROW = {"productId": "{product}", "arch": "{arch}", "quantity": "{quantity}"}
_QUOTA_BODY = {"password": "{password}", "quota": {"each": "quota", "row": _QUOTA_ROW}}

ASSUMED: Dict[str, Any] = {
    "license_server_link": {
        "method": "GET",
        "path": "/licenseServer",
        "fields": {
            **_LINK,
            "state": "state",
            "last_contact": "lastContact",
            "fetched_at": "fetchedAt",
            "server_id": "serverId",
        },
    },
    "connect_license_server": {
        "method": "PUT",
        "path": "/licenseServer",
        "encoding": "json",
        "body": {
            **{key: "{" + name + "}" for name, key in _LINK.items()},
            "clientPassword": "{client_password}",
        },
        "fields": _WRITE,
    },
    "disconnect_license_server": {"method": "DELETE", "path": "/licenseServer", "fields": _WRITE},
    "reconnect_license_server": {"method": "POST", "path": "/licenseServer/reconnect", "fields": _WRITE},
    "server": {
        "method": "GET",
        "path": "/server",
        "fields": {"id": "id", "version": "version", "time": "time", "peer": "peer", "product": "product"},
    },
    "device_info": {"method": "GET", "path": "/device-info"},
    "list_licenses": {
        "method": "GET",
        "path": "/licenses",
        "paging": _PAGE_OF_TOTAL,
        "answer": ["rows"],
        "fields": {
            "id": "id",
            "product": "productId",
            "arch": "arch",
            "kind": "kind",
            "code": "code",
            "quantity": "quantity",
            "issued_at": "issuedAt",
            "installed_at": "installedAt",
            "expires_at": {"at": "expiresAt", "never": ["never"]},
            "assigned": "assigned",
            "assigned.client": "client",
            "assigned.quantity": "quantity",
            "device": "device",
            "status": "status",
            "file_name": "fileName",
            "sha256": "sha256",
            "key": "key",
            "packs": "packs",
        },
    },
    "install_activation_file": {
        "method": "POST",
        "path": "/activation-files",
        "encoding": "multipart",
        "body": {"file": "{file}"},
        "fields": _WRITE,
    },
    "license_task": {"method": "GET", "path": "/messages/{task_id}", "fields": TASK},
    "uninstall_license": {"method": "POST", "path": "/licenses/{license_id}/uninstall", "fields": _WRITE},
    "uninstall_file": {"method": "GET", "path": "/licenses/{license_id}/uninstall-file"},
    "list_clients": {
        "method": "GET",
        "path": "/clients",
        "paging": _PAGE_OF_TOTAL,
        "answer": ["rows"],
        "fields": {"name": "name", "state": "state", "last_contact": "lastContact", **_QUOTA},
    },
    "client_assignments": {
        "method": "GET",
        "path": "/clients/{client}/assignments",
        "paging": _PAGE_OF_TOTAL,
        "answer": ["rows"],
        "fields": {
            "license_id": "licenseId",
            "product": "productId",
            "arch": "arch",
            "quantity": "quantity",
            "fetched_at": "fetchedAt",
        },
    },
    "create_client": {
        "method": "POST",
        "path": "/clients",
        "encoding": "json",
        "body": {"name": "{name}", **_QUOTA_BODY},
        "fields": _WRITE,
    },
    "update_client": {
        "method": "PUT",
        "path": "/clients/{client}",
        "encoding": "json",
        "body": _QUOTA_BODY,
        "fields": _WRITE,
    },
    "delete_client": {"method": "DELETE", "path": "/clients/{client}", "fields": _WRITE},
    "release_client": {"method": "POST", "path": "/clients/{client}/release", "fields": _WRITE},
}

# The calls of a product node, which has the interface of a License Server without clients.
NODE_CALLS = (
    *("token", "statistics", "server", "device_info", "list_licenses", "install_activation_file"),
    *("license_task", "uninstall_license", "uninstall_file"),
)
