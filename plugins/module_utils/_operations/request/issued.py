# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find the activation files that the license platform issued for requests.

The operator puts each file into the directory of its bundle. An activation file is opaque, so its path shows
what it is for: ``BUNDLE/issued/NAME``. The bundle's ``request.json`` lists the requested licenses and the
device. The bundle is named after the digest of ``request.json``, so that a file that was edited or moved to
another bundle is detected. Hidden files (``.NAME``) are ignored: they may be incomplete copies.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, Optional, Tuple

from ..._decode import DecodeError, as_list, as_object, parse_document
from ..core import license_files
from ..core.errors import InvalidRequest
from .bundle import MANIFEST, bundle_name

ISSUED = "issued"
# Evidence of the request that a file answers.
PLACE = "place"
NAME = "name"
_OWN_NAME = re.compile(r"request-[0-9a-f]{12}\Z")
# Far above the size of a request; license_request did not write a larger file.
MAX_BYTES = 1 << 20


@dataclass(frozen=True)
class IssuedFile:
    """An activation file and what its request specifies; an empty ``expect`` specifies nothing.

    ``node`` is the product whose own node the file was made for, None for a License Server. ``bundle`` is the
    request that the file answers. ``recognized_by`` lists the evidence for that: the ``place`` of the file in
    the bundle, and also the ``name`` of the bundle if it confirms ``request.json``.
    """

    path: str
    node: Optional[str]
    expect: Tuple[Mapping[str, Any], ...] = ()
    bundle: str = ""
    recognized_by: Tuple[str, ...] = (PLACE,)

    def row(self) -> Dict[str, Any]:
        """Return the entry for the option ``activation_files``."""
        return {"path": self.path, "expect": [dict(item) for item in self.expect] or None}

    def request_row(self) -> Dict[str, Any]:
        """Return which request the file answers, and the properties of the file."""
        return {
            "bundle": self.bundle,
            "recognized_by": list(self.recognized_by),
            "sha256": license_files.digest_of(self.path),
        }


def issued(folder: str) -> Tuple[IssuedFile, ...]:
    """Return the issued files in the bundles of ``folder``, by path; none if it does not exist yet.

    Raises InvalidRequest ``issued_request_unreadable``, ``issued_folder_unreadable``,
    ``issued_entry_no_file``.
    """
    found: List[IssuedFile] = []
    for bundle in _names(folder):
        directory = os.path.join(folder, bundle)
        manifest = os.path.join(directory, MANIFEST)
        files = [os.path.join(directory, ISSUED, name) for name in _names(os.path.join(directory, ISSUED))]
        if files and os.path.lexists(manifest):
            _refuse_no_files(files)
            content = _content(manifest)
            request = _request(content, manifest)
            known_by = _recognized(request, content, bundle, manifest)
            _refuse_other_device(request, directory)
            found += _of_request(request, manifest, files, known_by)
    return tuple(found)


def _refuse_no_files(paths: List[str]) -> None:
    for path in paths:
        if not os.path.isfile(path):
            raise InvalidRequest("issued_entry_no_file", path=path)


def _recognized(request: Mapping[str, Any], content: bytes, bundle: str, manifest: str) -> Tuple[str, ...]:
    """Return the evidence that the file belongs to the request: its place, and the name of the bundle.

    Bundles that an earlier version wrote or that an operator renamed are recognized by the place only. Raises
    InvalidRequest ``issued_request_unreadable``.
    """
    if bundle == bundle_name(content):
        return (PLACE, NAME)
    if "files" in request and _OWN_NAME.match(bundle):
        raise _unreadable(manifest, "it was edited, or belongs to another request than its directory")
    return (PLACE,)


def _refuse_other_device(request: Mapping[str, Any], directory: str) -> None:
    """Raise InvalidRequest if the device information in the bundle is not what the request names."""
    named = request.get("device_information")
    path, sha256 = (named.get("path"), named.get("sha256")) if isinstance(named, dict) else (None, None)
    if not isinstance(path, str) or not isinstance(sha256, str):
        return
    file = os.path.join(directory, *path.split("/"))
    if os.path.lexists(file) and license_files.digest_of(file) != sha256:
        raise _unreadable(file, "it is not the device information that the request was made for")


def _of_request(
    request: Mapping[str, Any], manifest: str, files: List[str], known_by: Tuple[str, ...]
) -> List[IssuedFile]:
    node = request.get("product_node")
    try:
        expect = [_expected(as_object(key, "a key")) for key in as_list(request.get("keys"), "keys")]
    except DecodeError as error:
        raise _unreadable(manifest, error.reason) from error
    # With several files it is unknown which key each file contains.
    unambiguous = len(files) == 1 and all(expect)
    expected = tuple(item for item in expect if item is not None) if unambiguous else ()
    bundle = os.path.dirname(manifest)
    product_node = None if node is None else str(node)
    return [IssuedFile(path, product_node, expected, bundle, known_by) for path in files]


def _expected(key: Mapping[str, Any]) -> Optional[Mapping[str, Any]]:
    """Return the expected license for a key; None if the request leaves product or quantity open."""
    if key.get("product") is None or key.get("quantity") is None:
        return None
    names = ("product", "arch", "kind", "quantity", "code")
    return {name: key[name] for name in names if key.get(name) is not None}


def _content(manifest: str) -> bytes:
    try:
        with open(manifest, "rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise _unreadable(manifest, error.strerror or type(error).__name__) from error
    if len(content) > MAX_BYTES:
        raise _unreadable(manifest, "it is too large")
    return content


def _request(content: bytes, manifest: str) -> Mapping[str, Any]:
    try:
        tree = parse_document(content)
    except DecodeError as error:
        raise _unreadable(manifest, error.reason) from error
    if tree.get("kind") != "LicenseRequest":
        raise _unreadable(manifest, "it is not a LicenseRequest")
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
