# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Create license activation request bundles: decide, apply, verify by reading back.

The operator submits the bundle on the license platform to get an activation file for the license keys. The
bundle is named after the digest of its ``request.json``, which lists all its other files with their digests,
so the same request finds the same bundle again. Requests that violate the rules are refused before anything
is written (R11–R13, R16, R23–R27).
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
from dataclasses import dataclass, field
from typing import Dict, List, Mapping, Optional, Sequence, Tuple

from ..._licensing.catalog.catalog import Catalog
from ..._licensing.catalog.catalog_rules import forbidden_rule
from ..._licensing.catalog.code_class import CodeClass, code_class
from ..._licensing.values.model import Arch, Installation, Kind
from ..._messages.catalog import register
from ..._messages.operations.request import MESSAGES
from ..._text import masked_key
from ..bundles import whole_directory
from ..core import license_files
from ..core.errors import Cause, InvalidRequest
from ..core.write_errors import ArtifactError, ChangeRefused, NotVerified, StepRenderer
from .device_info import DeviceFile

register(MESSAGES)


MAX_KEY = 128
KEYS = "keys.txt"
MANIFEST = "request.json"
DEVICE = "device-information"
OWN_NAME = re.compile(r"request-[0-9a-f]{12}")
_ROUNDS = 20000


@dataclass(frozen=True)
class KeyRequest:
    """One license key and what is requested for it; None means not specified.

    ``quantity`` None means the complete remaining quantity. ``purchased`` is the quantity on the certificate,
    ``allocated`` the quantity requested before, here or elsewhere (R26).
    """

    key: str = field(repr=False)
    quantity: Optional[int] = None
    product: Optional[str] = None
    arch: Optional[Arch] = None
    kind: Kind = Kind.FORMAL
    code: Optional[str] = None
    purchased: Optional[int] = None
    allocated: int = 0
    term_days: Optional[int] = None

    @property
    def masked(self) -> str:
        return masked_key(self.key)

    @property
    def wanted(self) -> Optional[int]:
        """The requested quantity; None if it is unknown."""
        if self.quantity is not None or self.purchased is None:
            return self.quantity
        return self.purchased - self.allocated


@dataclass(frozen=True)
class LicenseRequest:
    """A request: license keys for one device. ``node`` is the product whose node the device is.

    ``catalog`` defines the known products (R2).
    """

    keys: Tuple[KeyRequest, ...]
    device: DeviceFile
    folder: str
    node: Optional[str] = None
    hot_standby: bool = False
    contract_number: Optional[str] = None
    write_keys: bool = False
    catalog: Catalog = field(default_factory=Catalog.builtin)


@dataclass(frozen=True)
class RequestPlan:
    """The bundle ``name`` in a directory: its files by path, and ``missing``, those that do not exist yet."""

    name: str
    path: str
    device: DeviceFile
    files: Mapping[str, bytes] = field(repr=False)
    missing: Tuple[str, ...]
    steps: Tuple[Cause, ...]
    unchecked: Tuple[Cause, ...] = ()
    warnings: Tuple[Cause, ...] = ()

    @property
    def changed(self) -> bool:
        return bool(self.missing)


def decide(request: LicenseRequest, render: StepRenderer) -> RequestPlan:
    """Check the rules and compare the request with the existing files of the bundle.

    Raises InvalidRequest, ChangeRefused (nothing was written), ArtifactError.
    """
    _check_keys(request.keys)
    violations, unchecked, warnings = _check_rules(request)
    if violations:
        keys = [key.masked for key in request.keys]
        raise ChangeRefused("request_refused", violations[0].rule, violations, keys=keys)
    steps = _steps(request)
    files: Dict[str, bytes] = {"{0}/{1}".format(DEVICE, request.device.name): request.device.content}
    files.update(render(steps))
    manifest = _manifest(request, files)
    files[MANIFEST] = manifest
    keys_file = "".join("{0}\n".format(key.key) for key in request.keys).encode("utf-8")
    if request.write_keys:
        files[KEYS] = keys_file
    name = bundle_name(manifest)
    path = os.path.join(os.path.abspath(request.folder), name)
    missing = tuple(file for file in files if not _is_kept(path, file, files[file]))
    _is_kept(path, KEYS, keys_file)
    _refuse_other_device(path, request.device.name)
    if missing:
        try:
            license_files.check_directory(request.folder)
        except ArtifactError as error:
            raise not_kept(request.folder, error) from error
    return RequestPlan(name, path, request.device, files, missing, steps, unchecked, warnings)


def apply(plan: RequestPlan) -> None:
    """Create the bundle, or complete an existing one; an incomplete bundle is never visible meanwhile.

    The caller holds the lock of the directory. Raises ArtifactError.
    """
    try:
        whole_directory.write_directory(plan.path, plan.files)
    except ArtifactError as error:
        raise not_kept(str(error.fields["path"]), error) from error


def verify(plan: RequestPlan, again: DeviceFile) -> None:
    """Verify that the bundle is on disk as planned, for the device information that was read ``again``.

    Raises NotVerified ``device_changed_meanwhile``, ArtifactError ``request_not_kept``.
    """
    if again != plan.device:
        raise NotVerified(
            "device_changed_meanwhile",
            changed=plan.changed,
            path=plan.path,
            sha256=plan.device.sha256,
            now=again.sha256,
        )
    for file, content in plan.files.items():
        if not _is_kept(plan.path, file, content):
            raise ArtifactError(
                "request_not_kept", path=os.path.join(plan.path, file), reason=os.strerror(errno.ENOENT)
            )
    _refuse_other_device(plan.path, plan.device.name)


def bundle_name(manifest: bytes) -> str:
    """Return the name of the bundle with this ``request.json``."""
    return "request-" + license_files.digest(manifest)[:12]


def _refuse_other_device(path: str, name: str) -> None:
    """Raise ArtifactError ``request_foreign_device``: the operator could submit the wrong file."""
    folder = os.path.join(path, DEVICE)
    try:
        others = sorted(other for other in os.listdir(folder) if other != name and other[:1] != ".")
    except FileNotFoundError:
        return
    except OSError as error:
        raise ArtifactError("request_not_kept", path=folder, reason=str(error.strerror)) from error
    if others:
        raise ArtifactError("request_foreign_device", path=os.path.join(folder, others[0]), own=name)


def _is_kept(path: str, file: str, content: bytes) -> bool:
    target = os.path.join(path, file)
    try:
        return license_files.is_kept(os.path.dirname(target), os.path.basename(target), content)
    except ArtifactError as error:
        raise not_kept(target, error) from error


def not_kept(path: str, error: ArtifactError) -> ArtifactError:
    """Return ``error`` about a license file as an error about the file ``path`` of a request."""
    reason = str(error.fields.get("reason", "other content"))
    return ArtifactError("request_not_kept", path=path, reason=reason)


def _check_keys(keys: Sequence[KeyRequest]) -> None:
    if not keys:
        raise InvalidRequest("request_keys_empty")
    seen = set()
    for number, key in enumerate(keys, 1):
        if not 0 < len(key.key) <= MAX_KEY or not key.key.isprintable() or " " in key.key:
            raise InvalidRequest("request_key_invalid", number=number, limit=MAX_KEY)
        if key.key in seen:
            raise InvalidRequest("request_key_twice", key=key.masked)
        seen.add(key.key)


# Rules


def _check_rules(
    request: LicenseRequest,
) -> Tuple[Tuple[Cause, ...], Tuple[Cause, ...], Tuple[Cause, ...]]:
    violations: List[Cause] = []
    unchecked: List[Cause] = []
    warnings: List[Cause] = []
    if request.hot_standby and not request.contract_number:
        violations.append(Cause("request_contract_number", {}, "R23"))
    if request.contract_number and not request.hot_standby:
        warnings.append(Cause("request_contract_number_alone", {}, "R23"))
    for key in request.keys:
        _check_product(key, request, violations, unchecked)
        _check_quantity(key, violations, unchecked)
        if key.kind is Kind.TEMPORARY and key.term_days is None:
            violations.append(Cause("request_term", {"key": key.masked}, "R12"))
    return tuple(violations), tuple(unchecked), tuple(warnings)


def _check_product(
    key: KeyRequest, request: LicenseRequest, violations: List[Cause], unchecked: List[Cause]
) -> None:
    if key.product is None:
        unchecked.append(Cause("request_product_unsaid", {"key": key.masked}, "R27"))
        return
    product = request.catalog.product(key.product, key.arch)
    if product is None:
        violations.append(
            Cause("request_product_unknown", {"key": key.masked, "product": key.product}, "R27")
        )
        return
    fields: Dict[str, object] = {
        "key": key.masked,
        "product": product.id,
        "kind": key.kind.value,
        "node": request.node or "-",
    }
    forbidden = forbidden_rule(product, key.kind)
    if forbidden:
        violations.append(Cause("request_kind_does_not_exist", fields, forbidden))
    local = product.installation is Installation.LOCAL
    if local and request.hot_standby:
        violations.append(Cause("request_standby_local", fields, "R23"))
    if local and request.node != product.id:
        violations.append(Cause("request_device_of_node", fields, "R27"))
    if not local and request.node is not None:
        violations.append(Cause("request_device_of_server", fields, "R27"))


def _check_quantity(key: KeyRequest, violations: List[Cause], unchecked: List[Cause]) -> None:
    kind = code_class(key.code)
    fields: Dict[str, object] = {
        "key": key.masked,
        "purchased": "?" if key.purchased is None else key.purchased,
        "allocated": key.allocated,
        "wanted": "?" if key.wanted is None else key.wanted,
    }
    partial = key.allocated > 0 or (key.quantity is not None and key.quantity != key.purchased)
    if kind is CodeClass.FIXED and key.allocated > 0:
        # A license with a fixed code is indivisible: an earlier request used the complete quantity.
        violations.append(Cause("request_fixed_allocated", fields, "R25"))
        return
    if key.purchased is None:
        if key.quantity is not None or key.allocated:
            unchecked.append(Cause("request_purchased_unsaid", fields, "R26"))
            return
    elif (key.wanted or 0) < 1 or key.allocated + (key.wanted or 0) > key.purchased:
        violations.append(Cause("request_too_many", fields, "R26"))
        return
    if not partial:
        return
    if kind is CodeClass.FIXED:
        violations.append(Cause("request_fixed_split", fields, "R25"))
    elif kind is CodeClass.UNKNOWN:
        unchecked.append(Cause("request_split_unknown", fields, "R24"))


# Content of the bundle


def _fingerprint(key: KeyRequest, device: DeviceFile) -> str:
    """Return a fingerprint that distinguishes keys with the same last four characters.

    A slow digest, salted with the device and cut to 24 bits, so that the key cannot be recovered from it.
    """
    salt = device.sha256.encode("ascii", "replace")
    return hashlib.pbkdf2_hmac("sha256", key.key.encode("utf-8"), salt, _ROUNDS).hex()[:6]


def _manifest(request: LicenseRequest, files: Mapping[str, bytes]) -> bytes:
    """Return ``request.json``, identical for the same request.

    Keys show their last four characters and a fingerprint only.
    """
    tree = {
        "kind": "LicenseRequest",
        "schema": 1,
        "keys": [
            {
                "key": key.masked,
                "fingerprint": _fingerprint(key, request.device),
                "quantity": key.wanted,
                "product": key.product,
                "arch": None if key.arch is None else key.arch.value,
                "kind": key.kind.value,
                "code": key.code,
                "term_days": key.term_days,
            }
            for key in request.keys
        ],
        "device_information": {
            "path": "{0}/{1}".format(DEVICE, request.device.name),
            "sha256": request.device.sha256,
        },
        "product_node": request.node,
        "hot_standby": request.hot_standby,
        "contract_number": request.contract_number,
        "files": {name: license_files.digest(content) for name, content in sorted(files.items())},
    }
    return (json.dumps(tree, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _steps(request: LicenseRequest) -> Tuple[Cause, ...]:
    steps: List[Cause] = [
        Cause(
            "step_request_device", {"device_information": "{0}/{1}".format(DEVICE, request.device.name)}, ""
        )
    ]
    for key in request.keys:
        fields: Dict[str, object] = {
            "key": key.masked,
            "quantity": "all" if key.wanted is None else key.wanted,
            "term_days": key.term_days,
        }
        steps.append(Cause("step_request_trial" if key.term_days else "step_request_key", fields, "R26"))
    if request.contract_number:
        steps.append(Cause("step_request_contract", {"contract_number": request.contract_number}, "R23"))
    steps.append(Cause("step_request_keep", {}, ""))
    steps.append(Cause("step_request_install", {}, ""))
    return tuple(steps)
