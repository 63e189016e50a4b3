# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Create license transfer request bundles."""

from __future__ import annotations

import json
from typing import Dict, List, Mapping, Tuple

from ..._vms.api.license_server_api import LicenseServerApi
from ..core import license_files
from ..core.errors import Cause
from ..core.write_errors import ArtifactError, StepRenderer
from ..journal.journal import Journal
from ..journal.record import End, KeptFile, MigrationRecord, Transfer
from .transfer_steps import steps_at

BUNDLE = "transfer"
MANIFEST = "request.json"


def write_bundle(
    record: MigrationRecord,
    journal: Journal,
    destination: LicenseServerApi,
    source: LicenseServerApi,
    render: StepRenderer,
) -> Transfer:
    """Read the current device information (it can change) and keep the bundle; ``request.json`` is last.

    Raises ArtifactError, JournalError, VmsError.
    """
    files: Dict[str, bytes] = {}
    proofs = [(file, journal.content_of(record, file)) for file in record.uninstall_files]
    for file, content in proofs:
        files["uninstall-file/" + file.name] = content
    names = {End.DESTINATION: _device(destination, End.DESTINATION, files)}
    if any(part.end is End.SOURCE for part in record.parts):
        kept = None if record.transfer is None else record.transfer.source
        waits = any(part.end is End.SOURCE and part.file is None for part in record.parts)
        if kept is not None and not waits:
            # The activation file for the source is already kept, so the source need not answer.
            names[End.SOURCE] = "{0}/{1}".format(End.SOURCE.value, kept.name)
            files[names[End.SOURCE]] = journal.content_of(record, kept)
        else:
            names[End.SOURCE] = _device(source, End.SOURCE, files)
    files.update(render(_platform_steps(record, names)))
    digests = {path: license_files.digest(content) for path, content in files.items()}
    files[MANIFEST] = _manifest(record, names, digests)
    folder = journal.keep_bundle(record, BUNDLE, files)
    return Transfer(
        folder=folder,
        destination=_kept(folder, names[End.DESTINATION], files),
        source=None if End.SOURCE not in names else _kept(folder, names[End.SOURCE], files),
    )


def bundle_files(record: MigrationRecord) -> List[KeptFile]:
    """Return the files of the bundle as the journal recorded them; empty without a bundle."""
    transfer = record.transfer
    if transfer is None:
        return []
    folder = transfer.folder + "/uninstall-file"
    found = [KeptFile(folder, file.name, file.sha256) for file in record.uninstall_files]
    names = {}
    for end, file in ((End.DESTINATION, transfer.destination), (End.SOURCE, transfer.source)):
        if file is not None:
            names[end] = "{0}/{1}".format(end.value, file.name)
            found.append(file)
    digests = {file.folder[len(transfer.folder) + 1 :] + "/" + file.name: file.sha256 for file in found}
    manifest = _manifest(record, names, digests)
    return [*found, KeptFile(transfer.folder, MANIFEST, license_files.digest(manifest))]


def _device(server: LicenseServerApi, end: End, files: Dict[str, bytes]) -> str:
    device_file = server.device_info()
    if not device_file.content:
        raise ArtifactError("device_information_empty", server=end.value)
    name = "{0}/{1}".format(end.value, license_files.safe_name(device_file.file_name, "device-information"))
    files[name] = device_file.content
    return name


def _kept(folder: str, path: str, files: Mapping[str, bytes]) -> KeptFile:
    inner, name = path.split("/")
    return KeptFile("{0}/{1}".format(folder, inner), name, license_files.digest(files[path]))


def _manifest(record: MigrationRecord, names: Mapping[End, str], digests: Mapping[str, str]) -> bytes:
    """Return ``request.json``, identical for the same request, so that a repetition changes nothing."""
    tree = {
        "kind": "TransferRequest",
        "schema": 1,
        "migration": record.id,
        "licenses": [
            {
                "product": license_.product,
                "arch": license_.arch,
                "kind": license_.kind,
                "code": license_.code,
                "quantity": license_.quantity,
                "activation_file": license_.file_name,
            }
            for license_ in record.licenses
        ],
        "uninstall_files": [_entry(path, digests) for path in digests if path.startswith("uninstall-file/")],
        "parts": [
            {
                "quantity": part.quantity,
                "to": part.end.value,
                "device_information": _entry(names[part.end], digests),
            }
            for part in record.parts
        ],
    }
    return (json.dumps(tree, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _entry(path: str, digests: Mapping[str, str]) -> Dict[str, str]:
    return {"path": path, "sha256": digests[path]}


def _platform_steps(record: MigrationRecord, names: Mapping[End, str]) -> Tuple[Cause, ...]:
    """Return the manual steps with the paths of the files inside the bundle."""
    proofs = ["uninstall-file/" + file.name for file in record.uninstall_files]
    return steps_at(record, proofs, names)
