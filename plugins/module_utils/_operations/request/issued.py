# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find the activation files that the license platform issued for requests.

The operator puts each file into the directory of its bundle. An activation file is opaque, so its path shows
what it is for: ``BUNDLE/issued/NAME``. The bundle's ``request.json`` lists the requested licenses and the
device. The bundle is named after the digest of ``request.json``, so that a file that was edited or moved to
another bundle is detected. Hidden files (``.NAME``) are ignored: they may be incomplete copies.

An entry that cannot be used is a problem of its own: it is named, and the other files are returned.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from typing import Any, Collection, Dict, Iterable, List, Mapping, Optional, Tuple

from ..._decode import DecodeError, as_list, as_object, parse_document
from ..._errors import LicensingError
from ..._licensing.catalog.catalog import Catalog
from ..._messages.catalog import LANGUAGES, register, render
from ..._messages.operations.issued import MESSAGES
from ..bundles.whole_directory import REPAIR, hidden_directories
from ..checks.expectation import parse_expect
from ..core import license_files
from ..core.errors import Cause, InvalidRequest
from ..core.write_errors import ArtifactError, cause_of
from .bundle import MANIFEST, OWN_NAME, bundle_name

register(MESSAGES)

ISSUED = "issued"
# Evidence of the request that a file answers.
PLACE = "place"
NAME = "name"
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
    sha256: str
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
            "product_node": self.node,
            "recognized_by": list(self.recognized_by),
            "sha256": self.sha256,
        }


@dataclass(frozen=True)
class IssuedFiles:
    """The usable activation files, by path, and the entries that cannot be used; each cause has ``path``."""

    files: Tuple[IssuedFile, ...]
    problems: Tuple[Cause, ...] = ()


def issued(folder: str, catalog: Optional[Catalog] = None) -> IssuedFiles:
    """Return the issued files in the bundles of ``folder``; nothing if it does not exist yet.

    ``catalog`` has the products that a request may name; None is the built-in one (R2).
    """
    found: List[IssuedFile] = []
    problems: List[Cause] = []
    for bundle in _names(folder, problems):
        directory = os.path.join(folder, bundle)
        place = os.path.join(directory, ISSUED)
        names = _names(place, problems) if os.path.isdir(directory) else []
        if os.path.isdir(directory) and os.path.lexists(place) and not os.path.isdir(place):
            problems.append(Cause("issued_not_directory", {"path": place}, ""))
        if not names:
            continue
        try:
            files = _read_files([os.path.join(place, name) for name in names], problems)
            found += _of_bundle(directory, files, len(names), catalog)
        except InvalidRequest as error:
            problems.append(cause_of(error))
    return IssuedFiles(tuple(found), (*problems, *_hidden_bundles(folder)))


def without_copies(files: Iterable[IssuedFile]) -> IssuedFiles:
    """Return the files of one server without those that share their name or content with another one.

    A server identifies activation files by both, and which bundle such a file belongs to is unknown.
    """
    given = tuple(files)
    by_mark: Dict[str, List[str]] = {}
    for file in given:
        for mark in (file.sha256, os.path.basename(file.path)):
            by_mark.setdefault(mark, []).append(file.path)
    kept: List[IssuedFile] = []
    problems: List[Cause] = []
    for file in given:
        same = by_mark[file.sha256] + by_mark[os.path.basename(file.path)]
        others = sorted({path for path in same if path != file.path})
        if others:
            problems.append(Cause("issued_file_twice", {"path": file.path, "others": others}, ""))
        else:
            kept.append(file)
    return IssuedFiles(tuple(kept), tuple(problems))


def without_device(files: Iterable[IssuedFile], devices: Collection[str]) -> Tuple[Cause, ...]:
    """Return a problem for each file whose device is not one of ``devices``.

    A device is the product of a product node, or an empty string for the License Server.
    """
    return tuple(
        Cause("issued_device_unknown", {"path": file.path, "device": file.node or "License Server"}, "R27")
        for file in files
        if (file.node or "") not in devices
    )


def problem_row(problem: Cause) -> Dict[str, Any]:
    """Return a problem as data: the path, the code of the message, and the message by language."""
    messages = {language: render(problem.code, problem.fields, language) for language in LANGUAGES}
    return {"path": str(problem.fields["path"]), "code": problem.code, "message": messages}


def _read_files(paths: List[str], problems: List[Cause]) -> List[Tuple[str, str]]:
    """Return path and SHA-256 of each entry that can be an activation file."""
    found = []
    for path in paths:
        try:
            if not path.isprintable():
                # Such as a name in another encoding: no result, report or message could show it unchanged.
                raise InvalidRequest("issued_name_unprintable", path=_escaped(path))
            if not os.path.isfile(path):
                raise InvalidRequest("issued_entry_no_file", path=path)
            found.append((path, license_files.read_activation_file(path).sha256))
        except (ArtifactError, InvalidRequest) as error:
            problems.append(cause_of(error))
    return found


def _hidden_bundles(folder: str) -> List[Cause]:
    """Return a problem for each bundle with files that an interrupted repair of license_request hides."""
    try:
        hidden = hidden_directories(folder, OWN_NAME)
    except OSError:
        return []
    places = [os.path.join(each.path, ISSUED) for each in hidden if each.kind == REPAIR]
    return [Cause("issued_bundle_hidden", {"path": place}, "") for place in places if _names(place, [])]


def _of_bundle(
    directory: str, files: List[Tuple[str, str]], entries: int, catalog: Optional[Catalog]
) -> List[IssuedFile]:
    """Return the issued files of one bundle, which has this number of ``entries``. Raises InvalidRequest."""
    manifest = os.path.join(directory, MANIFEST)
    if not directory.isprintable():
        raise InvalidRequest("issued_name_unprintable", path=_escaped(directory))
    if not os.path.lexists(manifest):
        raise InvalidRequest("issued_request_missing", path=manifest)
    content = _content(manifest)
    request = _request(content, manifest)
    known_by = _recognized(request, content, os.path.basename(directory), manifest)
    _refuse_other_device(request, directory, manifest)
    node = request.get("product_node")
    if not isinstance(node, (str, type(None))):
        raise _unreadable(manifest, "product_node is not text")
    expect = _expect(request, manifest, catalog)
    # With several files it is unknown which key each file contains.
    expected = expect if entries == 1 else ()
    return [IssuedFile(path, sha256, node or None, expected, directory, known_by) for path, sha256 in files]


def _expect(
    request: Mapping[str, Any], manifest: str, catalog: Optional[Catalog]
) -> Tuple[Mapping[str, Any], ...]:
    """Return the requested licenses; none if the request leaves one of them open."""
    try:
        expect = [_expected(as_object(key, "a key")) for key in as_list(request.get("keys"), "keys")]
        for item in expect:
            parse_expect(item, manifest, catalog)
    except DecodeError as error:
        raise _unreadable(manifest, error.reason) from error
    except (InvalidRequest, LicensingError) as error:
        raise _unreadable(manifest, render(error.code, error.fields)) from error
    return tuple(item for item in expect if item is not None) if all(expect) else ()


def _recognized(request: Mapping[str, Any], content: bytes, bundle: str, manifest: str) -> Tuple[str, ...]:
    """Return the evidence that the file belongs to the request: its place, and the name of the bundle.

    Bundles that an earlier version wrote or that an operator renamed are recognized by the place only. Raises
    InvalidRequest ``issued_request_edited``.
    """
    if bundle == bundle_name(content):
        return (PLACE, NAME)
    if "files" in request and OWN_NAME.fullmatch(bundle):
        raise InvalidRequest("issued_request_edited", path=manifest)
    return (PLACE,)


def _refuse_other_device(request: Mapping[str, Any], directory: str, manifest: str) -> None:
    """Raise InvalidRequest if the device information in the bundle is not what the request names."""
    named = request.get("device_information")
    path, sha256 = (named.get("path"), named.get("sha256")) if isinstance(named, dict) else (None, None)
    if not isinstance(path, str) or not isinstance(sha256, str):
        return
    file = os.path.join(directory, *path.split("/"))
    if not os.path.lexists(file):
        return
    try:
        device = license_files.read_activation_file(file)
    except ArtifactError as error:
        raise _unreadable(manifest, render(error.code, error.fields)) from error
    if device.sha256 != sha256:
        raise InvalidRequest("issued_other_device", path=file, request=manifest)


def _expected(key: Mapping[str, Any]) -> Optional[Mapping[str, Any]]:
    """Return the expected license for a key; None if the request leaves product or quantity open."""
    if key.get("product") is None or key.get("quantity") is None:
        return None
    names = ("product", "arch", "kind", "quantity", "code")
    return {name: key[name] for name in names if key.get(name) is not None}


def _content(manifest: str) -> bytes:
    try:
        # Checked before opening, because opening a pipe blocks until its other end is opened.
        if not stat.S_ISREG(os.stat(manifest).st_mode):
            raise _unreadable(manifest, "it is not a file")
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


def _escaped(path: str) -> str:
    """Return ``path`` as text that every output can show."""
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else "\\x{0:02x}".format(ord(c)) for c in text)


def _names(folder: str, problems: List[Cause]) -> List[str]:
    try:
        return sorted(name for name in os.listdir(folder) if not name.startswith("."))
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        reason = error.strerror or type(error).__name__
        problems.append(Cause("issued_folder_unreadable", {"path": _escaped(folder), "reason": reason}, ""))
        return []
