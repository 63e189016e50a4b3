# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Operations that profiles can define: their parameters, body fields and response fields.

An endpoint profile defines how an operation is called. The meaning of an operation is fixed here, so that a
profile cannot add an operation or read a field that no record has.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Dict, Mapping, Tuple

from . import fields
from .fields import ALREADY_INSTALLED
from .model import BASIC, BEARER, DIGEST, NEXT, OAUTH2, OAUTH2_CLIENT, OFFSET, SESSION


class FieldType(enum.Enum):
    """The type of a field of a response; a profile can give value tables to all but times and rows."""

    TEXT = "text"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    # A time in ISO 8601, in a format of the profile, or as a number.
    TIME = "time"
    # A time, or ``never``.
    END = "end"
    # One of ``choices``.
    CHOICE = "choice"
    ROWS = "rows"
    TEXTS = "texts"
    INTEGERS = "integers"


@dataclass(frozen=True)
class FieldKind:
    """The type of a field, and the values that a CHOICE can have."""

    type: FieldType
    choices: Tuple[str, ...] = ()


TEXT = FieldKind(FieldType.TEXT)
INTEGER = FieldKind(FieldType.INTEGER)
BOOLEAN = FieldKind(FieldType.BOOLEAN)
TIME = FieldKind(FieldType.TIME)
END = FieldKind(FieldType.END)
ROWS = FieldKind(FieldType.ROWS)
TEXTS = FieldKind(FieldType.TEXTS)
INTEGERS = FieldKind(FieldType.INTEGERS)
HOST_ARCH = FieldKind(FieldType.CHOICE, fields.HOST_ARCHES)
LICENSE_ARCH = FieldKind(FieldType.CHOICE, fields.LICENSE_ARCHES)
HOST_STATUS = FieldKind(FieldType.CHOICE, fields.HOST_STATUSES)
EDITION = FieldKind(FieldType.CHOICE, fields.EDITIONS)
LICENSE_KIND = FieldKind(FieldType.CHOICE, fields.LICENSE_KINDS)
LICENSE_STATUS = FieldKind(FieldType.CHOICE, fields.LICENSE_STATUSES)
CLIENT_STATE = FieldKind(FieldType.CHOICE, fields.CLIENT_STATES)
# ``never`` and ``none`` are the states of a VMS without a License Server.
LINK_STATE = FieldKind(FieldType.CHOICE, ("connected", "disconnected", "never", "none"))
TASK_RESULT = FieldKind(FieldType.CHOICE, fields.TASK_RESULTS)

VMS = "vms"
LICENSE_SERVER = "license_server"
BASES = (VMS, LICENSE_SERVER)

# Products whose licenses are managed by their own node (installation `local` of the catalog), and the
# operations of such a node. It has the API of a License Server without clients.
LOCAL_PRODUCTS = ("isc", "disk_backup_dr", "heterogeneous_migration")
LOCAL_OPERATIONS = (
    "token",
    "server",
    "statistics",
    "device_info",
    "list_licenses",
    "install_activation_file",
    "license_task",
    "uninstall_license",
    "uninstall_file",
)

JSON_ANSWER = "json"
FILE_ANSWER = "file"


# Errors of a server that this collection acts on or explains. A profile maps the server's own codes to them.
ERROR_NAMES = (
    ALREADY_INSTALLED,
    *("activation_file_spent", "activation_file_invalid", "device_mismatch", "expired"),
    *("product_not_remote", "wrong_product"),
    *("edition_mixed", "upgrade_base_missing", "upgrade_exceeds_base"),
    *("not_uninstallable", "license_expired", "license_assigned", "base_in_use"),
    *("client_exists", "client_connected", "client_in_use", "client_credentials_invalid"),
    *("quota_exceeds_supply", "license_server_unreachable", "contract_number_missing"),
)


def _no_fields() -> Mapping[str, FieldKind]:
    return {}


@dataclass(frozen=True)
class OperationFields:
    """The fields of an operation.

    ``params`` fill path, query and headers, ``body`` names the fields of a write, ``fields`` those of a
    response with their type. A dotted field (``quota.product``) belongs to the rows of a list. A profile must
    map the ``required`` fields. ``identity`` is the field that is unique within a list; without one, rows are
    distinguished by their complete content. ``lists`` is True for an operation that returns rows.
    """

    base: str
    params: Tuple[str, ...] = ()
    body: Tuple[str, ...] = ()
    fields: Mapping[str, FieldKind] = field(default_factory=_no_fields)
    required: Tuple[str, ...] = ()
    answer: str = JSON_ANSWER
    identity: str = ""
    lists: bool = False

    @property
    def writes(self) -> bool:
        """Whether the operation changes something on the server."""
        return "task_id" in self.fields

    @property
    def may_be_empty(self) -> bool:
        """Whether a profile can state a form of a response that has no data: no rows, or no object."""
        is_task = "completed" in self.fields
        return self.lists or (bool(self.required) and not self.body and not is_task)


_LINK = ("address", "client_port", "console_port", "client_name", "contract_number")
_QUOTA = ("quota", "quota.product", "quota.arch", "quota.quantity")
_QUOTA_FIELDS = {
    "quota": ROWS,
    "quota.product": TEXT,
    "quota.arch": LICENSE_ARCH,
    "quota.quantity": INTEGER,
}
_TASK = {
    "completed": BOOLEAN,
    "result": TASK_RESULT,
    "error_code": TEXT,
    "error_message": TEXT,
    "license_ids": TEXTS,
}
_WRITE = {"task_id": TEXT, "license_ids": TEXTS}

SHAPES: Dict[str, OperationFields] = {
    "version": OperationFields(
        VMS,
        fields={
            "release": TEXT,
            "features": ROWS,
            "features.name": TEXT,
            "features.support": BOOLEAN,
            "features.version": TEXT,
        },
        required=("release",),
    ),
    "list_hosts": OperationFields(
        VMS,
        fields={
            "id": TEXT,
            "name": TEXT,
            "ip": TEXT,
            "arch": HOST_ARCH,
            "cpu_sockets": INTEGER,
            "version": TEXT,
            "status": HOST_STATUS,
            "cluster_id": TEXT,
            "added_at": TIME,
        },
        required=("id", "arch", "cpu_sockets"),
        identity="id",
        lists=True,
    ),
    # The number of hosts, from a call that is not paged: the field ``count``, or else the number of rows.
    "hosts_count": OperationFields(VMS, fields={"count": INTEGER}, lists=True),
    "list_clusters": OperationFields(
        VMS,
        fields={"id": TEXT, "name": TEXT, "container": BOOLEAN},
        required=("id",),
        identity="id",
        lists=True,
    ),
    "manager": OperationFields(VMS, fields={"arch": HOST_ARCH}, required=("arch",)),
    "platform": OperationFields(
        VMS,
        fields={"master_name": TEXT, "master_ip": TEXT, "slave_name": TEXT, "slave_ip": TEXT},
        required=("master_ip", "slave_ip"),
    ),
    "vm_count": OperationFields(VMS, fields={"count": INTEGER}, lists=True),
    "license_totals": OperationFields(
        VMS,
        fields={
            "cpu_allowed": INTEGER,
            "cpu_managed": INTEGER,
            "vm_allowed": INTEGER,
            "edition": EDITION,
            "edition_of_release": EDITION,
            "ends_at": TIME,
            "macs": TEXTS,
            "barcodes": TEXTS,
        },
        required=("cpu_allowed",),
    ),
    "srm_plans": OperationFields(
        VMS,
        params=("main_site_ip", "spare_site_ip"),
        fields={"name": TEXT},
        required=("name",),
        lists=True,
    ),
    # Documented rows have a name and no id; if a release returns ids, rows are counted by id.
    "srm_plan_vms": OperationFields(
        VMS, params=("plan_name",), fields={"id": TEXT, "name": TEXT}, lists=True
    ),
    "license_server_link": OperationFields(
        VMS,
        fields={
            "address": TEXT,
            "client_port": INTEGER,
            "console_port": INTEGER,
            "client_name": TEXT,
            "contract_number": TEXT,
            "state": LINK_STATE,
            "last_contact": TIME,
            "fetched_at": TIME,
            "server_id": TEXT,
        },
        required=("address", "client_name", "state"),
    ),
    "connect_license_server": OperationFields(VMS, body=(*_LINK, "client_password"), fields=_WRITE),
    "disconnect_license_server": OperationFields(VMS, fields=_WRITE),
    "reconnect_license_server": OperationFields(VMS, fields=_WRITE),
    "vms_task": OperationFields(VMS, params=("task_id",), fields=_TASK, required=("completed", "result")),
    "token": OperationFields(
        LICENSE_SERVER,
        body=("username", "password"),
        fields={"access_token": TEXT, "expires_in": INTEGER},
        required=("access_token",),
    ),
    "statistics": OperationFields(
        LICENSE_SERVER,
        fields={"name": TEXT, "amount": INTEGER, "used": INTEGER, "remaining": INTEGER},
        required=("name", "amount"),
        lists=True,
    ),
    "server": OperationFields(
        LICENSE_SERVER,
        fields={"id": TEXT, "version": TEXT, "time": TIME, "peer": TEXT, "product": TEXT},
        required=("id",),
    ),
    "device_info": OperationFields(LICENSE_SERVER, answer=FILE_ANSWER),
    "list_licenses": OperationFields(
        LICENSE_SERVER,
        fields={
            "id": TEXT,
            "product": TEXT,
            "arch": LICENSE_ARCH,
            "kind": LICENSE_KIND,
            "code": TEXT,
            "quantity": INTEGER,
            "issued_at": TIME,
            "installed_at": TIME,
            "expires_at": END,
            "assigned": ROWS,
            "assigned.client": TEXT,
            "assigned.quantity": INTEGER,
            "device": TEXT,
            "status": LICENSE_STATUS,
            "file_name": TEXT,
            "sha256": TEXT,
            "key": TEXT,
            "packs": INTEGERS,
        },
        required=("id", "product", "kind", "quantity"),
        identity="id",
        lists=True,
    ),
    "install_activation_file": OperationFields(LICENSE_SERVER, body=("file",), fields=_WRITE),
    "uninstall_license": OperationFields(LICENSE_SERVER, params=("license_id",), fields=_WRITE),
    "uninstall_file": OperationFields(LICENSE_SERVER, params=("license_id",), answer=FILE_ANSWER),
    "license_task": OperationFields(
        LICENSE_SERVER, params=("task_id",), fields=_TASK, required=("completed", "result")
    ),
    "list_clients": OperationFields(
        LICENSE_SERVER,
        fields={"name": TEXT, "state": CLIENT_STATE, "last_contact": TIME, **_QUOTA_FIELDS},
        required=("name", "state"),
        identity="name",
        lists=True,
    ),
    "client_assignments": OperationFields(
        LICENSE_SERVER,
        params=("client",),
        fields={
            "license_id": TEXT,
            "product": TEXT,
            "arch": LICENSE_ARCH,
            "quantity": INTEGER,
            "fetched_at": TIME,
        },
        required=("license_id", "quantity"),
        lists=True,
    ),
    "create_client": OperationFields(LICENSE_SERVER, body=("name", "password", *_QUOTA), fields=_WRITE),
    "update_client": OperationFields(
        LICENSE_SERVER, params=("client",), body=("password", *_QUOTA), fields=_WRITE
    ),
    "delete_client": OperationFields(LICENSE_SERVER, params=("client",), fields=_WRITE),
    "release_client": OperationFields(LICENSE_SERVER, params=("client",), fields=_WRITE),
}

# Fields that host reads return and that no profile may map: these keys, and those with one of these parts.
SECRET_KEYS = frozenset(
    (
        *("pwd", "password", "passwd", "ipmipw", "ipmipassword", "user", "username"),
        *(each + name for each in ("ipmi", "ssh", "bmc", "login") for name in ("user", "username")),
        "loginname",
    )
)
PASSWORD_PARTS = ("pwd", "password", "passwd", "passphrase", "passcode", "ipmipw")
# Keys of tokens, which only logins may read.
TOKEN_PARTS = ("token", "secret", "credential", "privatekey", "accesskey", "apikey", "sessionid", "cookie")
# Fields of a request that are sent as they are, and never shown.
ACCOUNT_FIELDS = ("username", "password", "client_password")


NO_AUTH = "none"


BASE_AUTHS = (DIGEST, BASIC, BEARER, OAUTH2, SESSION, NO_AUTH)


AUTHS = (DIGEST, BASIC, BEARER, OAUTH2, NO_AUTH, OAUTH2_CLIENT)


CERTAINTIES = ("documented", "observed", "assumed")


ENCODINGS = ("none", "json", "form", "multipart", "xml")


FORMATS = ("json", "xml", "any")


METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


# Value in place of ``paging``: the server returns all rows of a list at once.
NO_PAGING = "none"


PAGE = "page"


PAGING_STYLES = (OFFSET, PAGE, NEXT)
