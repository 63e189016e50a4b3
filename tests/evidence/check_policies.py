# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two policies beside the vendor's: a site's own with many constraints, and a plain JSON Schema."""

from __future__ import annotations

from typing import Any

_ARCH = {"enum": ["x86_64", "aarch64"]}


def _rule(ident: str, require: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "id": ident,
        "severity": "high",
        "require": require,
        "message": {"en": ident, "zh": ident},
        **more,
    }


def _rows(require: dict[str, Any]) -> dict[str, Any]:
    return {"properties": {"licenses": {"properties": {"items": {"items": require}}}}}


SITE: dict[str, Any] = {
    "kind": "LicensePolicy",
    "id": "site",
    "version": "1.0.0",
    "rules": [
        _rule("release", {"properties": {"version": {"properties": {"vms": {"versionRange": ">=E0700"}}}}}),
        _rule("architecture", {"properties": {"architecture": {"const": "x86_64"}}}),
        _rule(
            "small-hosts",
            {"properties": {"hosts": {"items": {"properties": {"cpu_sockets": {"maximum": 4}}}}}},
        ),
        _rule("two-hosts", {"properties": {"hosts": {"minItems": 1, "maxItems": 8}}}),
        _rule("no-preinstalled", _rows({"properties": {"kind": {"not": {"const": "preinstalled"}}}})),
        _rule("complete", {"properties": {"licenses": {"properties": {"complete": {"const": True}}}}}),
        _rule(
            "connected",
            {
                "properties": {
                    "license_server": {"properties": {"state": {"not": {"enum": ["never", "none"]}}}}
                }
            },
        ),
        _rule("few-vms", {"properties": {"vms": {"properties": {"total": {"maximum": 1000}}}}}),
        _rule(
            "edition", {"properties": {"effective": {"properties": {"edition": {"not": {"const": "none"}}}}}}
        ),
        _rule("login", {"properties": {"login": {"properties": {"state": {"const": "ok"}}}}}),
        _rule(
            "srm-licensed",
            {
                "properties": {
                    "features": {"properties": {"srm": {"properties": {"missing": {"maximum": 0}}}}}
                }
            },
            when={
                "properties": {
                    "features": {"properties": {"srm": {"properties": {"in_use": {"const": True}}}}}
                }
            },
        ),
        _rule("no-surprise", {"properties": {"features_wanted": {"not": {"contains": {"const": "isc"}}}}}),
        _rule("no-expired-rows", _rows({"properties": {"status": {"not": {"const": "unusable"}}}})),
    ],
}
PLAIN: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {
        "architecture": _ARCH,
        "version": {"type": "object", "properties": {"vms": {"type": "string", "minLength": 1}}},
        "hosts": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "properties": {
                    "cpu_sockets": {"type": "integer", "minimum": 1, "maximum": 4},
                    "arch": _ARCH,
                    "container_cluster": {"type": "boolean"},
                },
            },
        },
        "licenses": {
            "properties": {
                "complete": {"const": True},
                "items": {
                    "items": {
                        "properties": {
                            "quantity": {"type": "integer", "minimum": 1},
                            "kind": {"enum": ["formal", "temporary", "preinstalled"]},
                        }
                    }
                },
            }
        },
        "license_server": {"properties": {"state": {"enum": ["connected", "disconnected"]}}},
        "features": {"properties": {"srm": {"properties": {"in_use": {"type": "boolean"}}}}},
    },
}
