# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Operations that profiles can define: their parameters, body fields and response fields.

An endpoint profile defines how an operation is called. The meaning of an operation is fixed here, so that a
profile cannot add an operation or read a field that no record has.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Tuple

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


@dataclass(frozen=True)
class OperationFields:
    """The fields of an operation.

    ``params`` fill path and query, ``body`` names the fields of a write, ``fields`` those of a response. A
    dotted field (``quota.product``) belongs to the rows of a list. A profile must map the ``required``
    fields. ``identity`` is the field that is unique within a list; without one, rows are distinguished by
    their complete content.
    """

    base: str
    params: Tuple[str, ...] = ()
    body: Tuple[str, ...] = ()
    fields: Tuple[str, ...] = ()
    required: Tuple[str, ...] = ()
    answer: str = JSON_ANSWER
    identity: str = ""


_LINK = ("address", "client_port", "console_port", "client_name", "contract_number")
_QUOTA = ("quota", "quota.product", "quota.arch", "quota.quantity")
_TASK = ("completed", "result", "error_code", "error_message", "detail", "detail.license_ids")
_WRITE = ("task_id", "license_ids")

SHAPES: Dict[str, OperationFields] = {
    "version": OperationFields(
        VMS,
        fields=("release", "features", "features.name", "features.support", "features.version"),
        required=("release",),
    ),
    "list_hosts": OperationFields(
        VMS,
        fields=("id", "name", "ip", "arch", "cpu_sockets", "version", "status", "cluster_id", "added_at"),
        required=("id", "arch", "cpu_sockets"),
        identity="id",
    ),
    "list_clusters": OperationFields(VMS, fields=("id", "name", "container"), required=("id", "container")),
    "manager": OperationFields(VMS, fields=("arch",), required=("arch",)),
    "platform": OperationFields(
        VMS,
        fields=("master_name", "master_ip", "slave_name", "slave_ip"),
        required=("master_ip", "slave_ip"),
    ),
    "vm_count": OperationFields(VMS),
    "license_totals": OperationFields(
        VMS,
        fields=("cpu_allowed", "cpu_managed", "vm_allowed", "edition", "edition_of_release", "ends_at"),
        required=("cpu_allowed",),
    ),
    "srm_plans": OperationFields(
        VMS, params=("main_site_ip", "spare_site_ip"), fields=("name",), required=("name",)
    ),
    # Documented rows have a name and no id; if a release returns ids, rows are counted by id.
    "srm_plan_vms": OperationFields(VMS, params=("plan_name",), fields=("id", "name")),
    "license_server_link": OperationFields(
        VMS,
        fields=(*_LINK, "state", "last_contact", "fetched_at", "server_id"),
        required=("address", "client_name", "state"),
    ),
    "connect_license_server": OperationFields(VMS, body=(*_LINK, "client_password"), fields=_WRITE),
    "disconnect_license_server": OperationFields(VMS, fields=_WRITE),
    "reconnect_license_server": OperationFields(VMS, fields=_WRITE),
    "vms_task": OperationFields(VMS, params=("task_id",), fields=_TASK, required=("completed", "result")),
    "token": OperationFields(
        LICENSE_SERVER,
        body=("username", "password"),
        fields=("access_token", "expires_in"),
        required=("access_token",),
    ),
    "statistics": OperationFields(
        LICENSE_SERVER,
        fields=("name", "amount", "used", "remaining"),
        required=("name", "amount"),
    ),
    "server": OperationFields(
        LICENSE_SERVER, fields=("id", "version", "time", "peer", "product"), required=("id",)
    ),
    "device_info": OperationFields(LICENSE_SERVER, answer=FILE_ANSWER),
    "list_licenses": OperationFields(
        LICENSE_SERVER,
        fields=(
            "id",
            "product",
            "arch",
            "kind",
            "code",
            "quantity",
            "issued_at",
            "installed_at",
            "expires_at",
            "assigned",
            "assigned.client",
            "assigned.quantity",
            "device",
            "status",
            "file_name",
            "sha256",
            "key",
            "packs",
        ),
        required=("id", "product", "kind", "quantity"),
        identity="id",
    ),
    "install_activation_file": OperationFields(LICENSE_SERVER, body=("file",), fields=_WRITE),
    "uninstall_license": OperationFields(LICENSE_SERVER, params=("license_id",), fields=_WRITE),
    "uninstall_file": OperationFields(LICENSE_SERVER, params=("license_id",), answer=FILE_ANSWER),
    "license_task": OperationFields(
        LICENSE_SERVER, params=("task_id",), fields=_TASK, required=("completed", "result")
    ),
    "list_clients": OperationFields(
        LICENSE_SERVER,
        fields=("name", "state", "last_contact", *_QUOTA),
        required=("name", "state"),
        identity="name",
    ),
    "client_assignments": OperationFields(
        LICENSE_SERVER,
        params=("client",),
        fields=("license_id", "product", "arch", "quantity", "fetched_at"),
        required=("license_id", "quantity"),
    ),
    "create_client": OperationFields(LICENSE_SERVER, body=("name", "password", *_QUOTA), fields=_WRITE),
    "update_client": OperationFields(
        LICENSE_SERVER, params=("client",), body=("password", *_QUOTA), fields=_WRITE
    ),
    "delete_client": OperationFields(LICENSE_SERVER, params=("client",), fields=_WRITE),
    "release_client": OperationFields(LICENSE_SERVER, params=("client",), fields=_WRITE),
}

# Fields that host reads return and that no profile may map.
SECRET_KEYS = frozenset(
    ("pwd", "password", "passwd", "user", "username", "ipmipw", "ipmiuser", "ipmipassword")
)

# The profile maps the codes of responses; the possible meanings are fixed.
CODE_VALUES: Dict[str, Tuple[object, ...]] = {
    "host_arch": ("x86_64", "aarch64"),
    "manager_arch": ("x86_64", "aarch64"),
    "host_status": ("ok", "bad"),
    "edition": ("standard", "enterprise", "enhanced_enterprise"),
}
