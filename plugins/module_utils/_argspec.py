# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shared argument specs: one function per documentation fragment that several modules use."""

from __future__ import annotations

from typing import Any, Dict

from ansible.module_utils.basic import env_fallback

from ._operations.core.endpoints import LICENSE_SERVER_PORT, VMS_PORT


def connection_spec(port: int) -> Dict[str, Any]:
    """Return the options of ``unicloud.usphere._connection``; ``port`` is the module's default port."""
    return {
        "host": {"type": "str", "required": True, "fallback": (env_fallback, ["USPHERE_HOST"])},
        "port": {"type": "int", "default": port, "fallback": (env_fallback, ["USPHERE_PORT"])},
        "username": {"type": "str", "required": True, "fallback": (env_fallback, ["USPHERE_USERNAME"])},
        "password": {
            "type": "str",
            "required": True,
            "no_log": True,
            "fallback": (env_fallback, ["USPHERE_PASSWORD"]),
        },
        "scheme": {"type": "str", "choices": ["https", "http"], "default": "https"},
        "validate_certs": {"type": "bool", "default": True},
        "ca_path": {"type": "path", "fallback": (env_fallback, ["USPHERE_CA_PATH"])},
        "timeout": {"type": "float", "default": 30.0},
        "proxy": {"type": "str"},
        "no_proxy": {"type": "list", "elements": "str"},
        "timezone": {"type": "str"},
        "profile": {"type": "raw", "default": "usphere_7"},
    }


def nested_connection_spec() -> Dict[str, Any]:
    """Return the options that a server inside another option inherits from the module's own connection."""
    return {
        "scheme": {"type": "str", "choices": ["https", "http"]},
        "validate_certs": {"type": "bool"},
        "ca_path": {"type": "path"},
        "timeout": {"type": "float"},
        "proxy": {"type": "str"},
        "no_proxy": {"type": "list", "elements": "str"},
        "timezone": {"type": "str"},
    }


def client_spec() -> Dict[str, Any]:
    """Return the options of ``unicloud.usphere._connection.oauth2_client``: the console's OAuth2 client."""
    return {
        "client_id": {"type": "str", "fallback": (env_fallback, ["USPHERE_CLIENT_ID"])},
        "client_secret": {
            "type": "str",
            "no_log": True,
            "fallback": (env_fallback, ["USPHERE_CLIENT_SECRET"]),
        },
    }


def license_server_spec() -> Dict[str, Any]:
    """Return the option ``license_server`` of a module whose own connection is a VMS."""
    options: Dict[str, Any] = {
        "host": {"type": "str", "required": True},
        "port": {"type": "int", "default": LICENSE_SERVER_PORT},
        "username": {"type": "str", "required": True},
        "password": {"type": "str", "required": True, "no_log": True},
        "client_id": {"type": "str"},
        "client_secret": {"type": "str", "no_log": True},
        **nested_connection_spec(),
    }
    return {"type": "dict", "options": options}


def product_nodes_spec() -> Dict[str, Any]:
    """Return the option ``product_nodes``: nodes that hold licenses for the system that is read."""
    options = {
        **license_server_spec()["options"],
        "product": {**node_spec()["product_node"], "required": True},
    }
    return {"type": "list", "elements": "dict", "options": options, "default": []}


def system_spec() -> Dict[str, Any]:
    """Return the options that select the system to read and how to read it, including the connection."""
    sites = {
        "main_site_ip": {"type": "str", "required": True},
        "spare_site_ip": {"type": "str", "required": True},
    }
    return {
        **connection_spec(VMS_PORT),
        **catalog_spec(),
        "license_server": license_server_spec(),
        "product_nodes": product_nodes_spec(),
        "site": {"type": "dict", "default": {}},
        "srm_sites": {"type": "list", "elements": "dict", "options": sites, "default": []},
        "clock": {"type": "str", "choices": ["controller", "license_server"], "default": "controller"},
        "gather_timeout": {"type": "float", "default": 120.0},
    }


def node_spec() -> Dict[str, Any]:
    """Return the option ``product_node`` of ``unicloud.usphere._handover.node``."""
    products = ["isc", "disk_backup_dr", "heterogeneous_migration"]
    return {"product_node": {"type": "str", "choices": products}}


def catalog_spec() -> Dict[str, Any]:
    """Return the option of ``unicloud.usphere._catalog``."""
    return {"catalog": {"type": "list", "elements": "dict"}}


def make_connection_optional(spec: Dict[str, Any]) -> None:
    """Change ``spec`` so that address and account are not required."""
    for name in ("host", "username", "password"):
        spec[name]["required"] = False
