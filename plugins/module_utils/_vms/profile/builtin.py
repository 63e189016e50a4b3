# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Built-in endpoint profiles: ``cas_e0710`` (documented or observed calls) and ``usphere_7`` (all calls).

A profile of the site has the same structure; ``profile/loader.py`` validates it.
"""

from __future__ import annotations

from typing import Any, Dict

_OFFSET = {"style": "offset", "offset": "offset", "limit": "limit", "size": 1000, "total_header": "Total"}
_PAGE = {"style": "page", "page": "page", "limit": "pageSize", "size": 1000, "total": ["total"]}

_DOCUMENTED: Dict[str, Any] = {
    "version": {
        "method": "GET",
        "path": "/version",
        "fields": {
            "release": "casVersion",
            "features": "featureInfos",
            "features.name": "name",
            "features.support": "support",
            "features.version": ["verison", "version"],
        },
    },
    "list_hosts": {
        "method": "GET",
        "path": "/host/list",
        "paging": _OFFSET,
        "answer": ["host"],
        "fields": {
            "id": "id",
            "name": "name",
            "ip": "ip",
            "arch": "hostType",
            "cpu_sockets": "cpuSockets",
            "version": ["cvkVersion", "version"],
            "status": "status",
            "cluster_id": "clusterId",
            "added_at": "addTime",
        },
    },
    "list_clusters": {
        "method": "GET",
        "path": "/cluster/clusters",
        "answer": ["cluster"],
        "fields": {"id": "id", "name": "name", "container": "containerCluster"},
    },
    "manager": {"method": "GET", "path": "/system/cvm", "fields": {"arch": "type"}},
    "platform": {
        "method": "GET",
        "path": "/system/platform",
        "fields": {
            "master_name": "masterName",
            "master_ip": ["masterIp", "masteIp"],
            "slave_name": "slaveName",
            "slave_ip": "slaveIp",
        },
    },
    "vm_count": {
        "method": "GET",
        "path": "/vm/vmList",
        "paging": {**_OFFSET, "size": 1},
        "answer": ["domain"],
    },
    "license_totals": {
        "method": "GET",
        "path": "/cvm/license",
        "fields": {
            "cpu_allowed": "cpuNum",
            "cpu_managed": "mCpuNum",
            "vm_allowed": "vmNum",
            "edition": "cvmVer",
            "edition_of_release": "versionType",
            "ends_at": "endTime",
        },
    },
    # The manual shows plain lists here. Every other list of this interface has its rows under a key, named as
    # in its XML form, so these lists may have such a key, too.
    "srm_plans": {
        "method": "GET",
        "path": "/cloudSrm/recoveryPlan",
        "query": {"mainSiteIp": "{main_site_ip}", "spareSiteIp": "{spare_site_ip}"},
        "alternatives": ["RsSrmRecovery", "recoveryPlan"],
        "fields": {"name": ["name", "planName"]},
    },
    "srm_plan_vms": {
        "method": "GET",
        "path": "/cloudSrm/recoveryPlan/vmList",
        "query": {"planName": "{plan_name}"},
        "alternatives": ["vm"],
        "fields": {"id": "id", "name": "name"},
    },
}

_OBSERVED: Dict[str, Any] = {
    "token": {
        "method": "POST",
        "path": "/oauth2/token",
        "query": {},
        "auth": "oauth2_client",
        "encoding": "form",
        "constants": {"grant_type": "password"},
        "body": {"username": "username", "password": "password"},
        "fields": {"access_token": "access_token", "expires_in": "expires_in"},
    },
    "statistics": {
        "method": "GET",
        "path": "/licenses/statistic",
        "query": {"pdtName": "", "licAlias": ""},
        "paging": _PAGE,
        "answer": ["rows"],
        "fields": {
            "name": "licName",
            "amount": "licAmount",
            "used": "licUsedAmount",
            "remaining": "licRemainAmount",
        },
    },
}

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
_WRITE = {"task_id": "msgId", "license_ids": "licenseIds"}
_TASK = {
    "completed": "completed",
    "result": "result",
    "error_code": "errorCode",
    "error_message": "failMsg",
    "detail": "detail",
    "detail.license_ids": "licenseIds",
}

_ASSUMED: Dict[str, Any] = {
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
        "body": {**_LINK, "client_password": "clientPassword"},
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
        "paging": _PAGE,
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
            "expires_at": "expiresAt",
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
        "body": {"file": "file"},
        "fields": _WRITE,
    },
    "license_task": {"method": "GET", "path": "/messages/{task_id}", "fields": _TASK},
    "uninstall_license": {"method": "POST", "path": "/licenses/{license_id}/uninstall", "fields": _WRITE},
    "uninstall_file": {"method": "GET", "path": "/licenses/{license_id}/uninstall-file"},
    "list_clients": {
        "method": "GET",
        "path": "/clients",
        "paging": _PAGE,
        "answer": ["rows"],
        "fields": {"name": "name", "state": "state", "last_contact": "lastContact", **_QUOTA},
    },
    "client_assignments": {
        "method": "GET",
        "path": "/clients/{client}/assignments",
        "paging": _PAGE,
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
        "body": {"name": "name", "password": "password", **_QUOTA},
        "fields": _WRITE,
    },
    "update_client": {
        "method": "PUT",
        "path": "/clients/{client}",
        "encoding": "json",
        "body": {"password": "password", **_QUOTA},
        "fields": _WRITE,
    },
    "delete_client": {"method": "DELETE", "path": "/clients/{client}", "fields": _WRITE},
    "release_client": {"method": "POST", "path": "/clients/{client}/release", "fields": _WRITE},
}

# The task call itself is documented for VMS; only the writes that need it are a contract of this collection.
_DOCUMENTED_TASK = {"vms_task": {"method": "GET", "path": "/message/{task_id}", "fields": _TASK}}


def _with_certainty(operations: Dict[str, Any], certainty: str) -> Dict[str, Any]:
    return {name: {**operation, "certainty": certainty} for name, operation in operations.items()}


_BASES = {
    "vms": {"path": "/cas/casrs", "auth": "digest", "lapsed_code": "license_lapsed"},
    "license_server": {"path": "/licsmgr/api/v1", "auth": "oauth2"},
}

_CODES = {
    "host_arch": {"17": "aarch64", "16": "x86_64", "0": "x86_64"},
    "manager_arch": {"1": "aarch64", "16": "x86_64"},
    "host_status": {"0": "bad", "1": "ok"},
    "edition": {"1": "standard", "2": "enterprise", "3": "enhanced_enterprise"},
}

_READS = {
    **_with_certainty({**_DOCUMENTED, **_DOCUMENTED_TASK}, "documented"),
    **_with_certainty(_OBSERVED, "observed"),
}

# A product node is assumed to provide the calls of a License Server under /local-license.
_NODE_CALLS = (
    "server",
    "device_info",
    "list_licenses",
    "install_activation_file",
    "license_task",
    "uninstall_license",
    "uninstall_file",
)
_NODE_BASE = {"path": "/licsmgr/api/v1/local-license", "auth": "oauth2"}
_LOCAL = {
    "base": _NODE_BASE,
    "operations": _with_certainty({**_OBSERVED, **{name: _ASSUMED[name] for name in _NODE_CALLS}}, "assumed"),
}

PROFILES: Dict[str, Dict[str, Any]] = {
    "cas_e0710": {"name": "cas_e0710", "bases": _BASES, "codes": _CODES, "operations": _READS},
    "usphere_7": {
        "name": "usphere_7",
        "bases": _BASES,
        "codes": _CODES,
        "operations": {**_READS, **_with_certainty(_ASSUMED, "assumed")},
        "local": {"isc": _LOCAL, "disk_backup_dr": _LOCAL, "heterogeneous_migration": _LOCAL},
    },
}
