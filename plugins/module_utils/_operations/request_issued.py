# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the licence platform issued for requests: files that a person put into the folder of a bundle.

An activation file is opaque, so its place says what it is for: ``BUNDLE/issued/NAME``. The bundle's
``request.json`` then says what is in it, and for which device it was made. What hides (``.NAME``) is
somebody's copy under way.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, Optional, Tuple

from .errors import InvalidRequest

FOLDER = "issued"
MANIFEST = "request.json"
# Far above what a request has; a file that is larger was not written by license_request.
MAX_BYTES = 1 << 20


@dataclass(frozen=True)
class IssuedFile:
    """An activation file and what its request says; an empty ``expect`` says nothing.

    ``node`` is the product whose own node the file was made for, None for a License Server.
    """

    path: str
    node: Optional[str]
    expect: Tuple[Mapping[str, Any], ...] = ()

    def row(self) -> Dict[str, Any]:
        """Return the entry for the option ``activation_files``."""
        return {"path": self.path, "expect": [dict(item) for item in self.expect] or None}


def issued(folder: str) -> Tuple[IssuedFile, ...]:
    """Return what lies in the bundles of ``folder``, by path; none if there is no such folder yet.

    Raises InvalidRequest ``issued_request_unreadable``, ``issued_folder_unreadable``.
    """
    found: List[IssuedFile] = []
    for bundle in _names(folder):
        place = os.path.join(folder, bundle)
        manifest = os.path.join(place, MANIFEST)
        files = [os.path.join(place, FOLDER, name) for name in _names(os.path.join(place, FOLDER))]
        if files and os.path.lexists(manifest):
            found += _of_request(_read(manifest), manifest, files)
    return tuple(found)


def _of_request(request: Mapping[str, Any], manifest: str, files: List[str]) -> List[IssuedFile]:
    keys = request.get("keys")
    node = request.get("product_node")
    if not isinstance(keys, list) or not all(isinstance(key, dict) for key in keys):
        raise _unreadable(manifest, "it has no list of keys")
    expect = [_expected(key) for key in keys]
    # Of several files nobody can say which key went into which.
    told = len(files) == 1 and all(expect)
    said = tuple(item for item in expect if item is not None) if told else ()
    return [IssuedFile(path, None if node is None else str(node), said) for path in files]


def _expected(key: Mapping[str, Any]) -> Optional[Mapping[str, Any]]:
    """What a key of a request yields, None if the request leaves product or quantity open."""
    if key.get("product") is None or key.get("quantity") is None:
        return None
    names = ("product", "arch", "kind", "quantity", "code")
    return {name: key[name] for name in names if key.get(name) is not None}


def _read(manifest: str) -> Mapping[str, Any]:
    try:
        with open(manifest, "rb") as stream:
            content = stream.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise _unreadable(manifest, "it is too large")
        tree = json.loads(content.decode("utf-8"))
    except OSError as error:
        raise _unreadable(manifest, error.strerror or type(error).__name__) from error
    except (ValueError, RecursionError) as error:
        raise _unreadable(manifest, "it is no JSON") from error
    if not isinstance(tree, dict) or tree.get("kind") != "LicenseRequest":
        raise _unreadable(manifest, "it is no LicenseRequest")
    return tree


def _unreadable(path: str, reason: str) -> InvalidRequest:
    return InvalidRequest("issued_request_unreadable", path=path, reason=reason)


def _names(folder: str) -> List[str]:
    try:
        return sorted(name for name in os.listdir(folder) if not name.startswith("."))
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InvalidRequest("issued_folder_unreadable", path=folder, reason=reason) from error
