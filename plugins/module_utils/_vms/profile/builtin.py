# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Built-in endpoint profiles: ``cas_e0710`` (documented or observed calls) and ``usphere_7`` (all calls).

A profile of the site has the same structure; ``profile/loader.py`` validates it. A call is observed if a
recorded response of a live system or public code that reads one shows it, even if the manual describes it.
"""

from __future__ import annotations

from typing import Any, Dict

from .operations import LOCAL_OPERATIONS

_OFFSET = {"style": "offset", "offset": "offset", "limit": "limit", "size": 1000}
_PAGE = {"style": "page", "page": "page", "limit": "pageSize", "size": 1000}
_PAGE_OF_TOTAL = {**_PAGE, "total": {"at": "total"}}
_TASK = {
    "completed": "completed",
    "result": {"at": "result", "values": "task_result"},
    "error_code": "errorCode",
    "error_message": "failMsg",
    "license_ids": ["detail.licenseIds", "licenseIds"],
}

_DOCUMENTED: Dict[str, Any] = {
    # The manual has the code in a response header and describes no body.
    "manager": {
        "method": "GET",
        "path": "/system/cvm",
        "fields": {"arch": {"at": [{"header": "type"}, "type"], "values": "manager_arch"}},
    },
    "platform": {
        "method": "GET",
        "path": "/system/platform",
        # The XML form spells the address of the master without an r.
        "fields": {
            "master_name": "masterName",
            "master_ip": ["masterIp", "masteIp"],
            "slave_name": "slaveName",
            "slave_ip": "slaveIp",
        },
    },
    # The manual does not state the unit of endTime; it is read as milliseconds.
    "license_totals": {
        "method": "GET",
        "path": "/cvm/license",
        "fields": {
            "cpu_allowed": "cpuNum",
            "cpu_managed": "mCpuNum",
            "vm_allowed": "vmNum",
            "edition": {"at": "cvmVer", "values": "edition"},
            "edition_of_release": {"at": "versionType", "values": "edition"},
            "ends_at": {"at": "endTime", "epoch": "ms"},
            "macs": "mac",
            "barcodes": "barcode",
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
    # Two public clients read casVersion; the manual spells the version of a feature verison.
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
    # Public clients and a client of the vendor read these names. No total is documented here; a server that
    # sends one is believed. Otherwise, the number of hosts of the call that is not paged shows whether the
    # list is complete.
    "list_hosts": {
        "method": "GET",
        "path": "/host/list",
        "paging": {**_OFFSET, "total": {"header": "Total"}, "count": "hosts_count"},
        "answer": ["host"],
        "fields": {
            "id": "id",
            "name": "name",
            "ip": "ip",
            "arch": {"at": "hostType", "values": "host_arch"},
            "cpu_sockets": "cpuSockets",
            "version": ["cvkVersion", "version"],
            "status": {"at": "status", "values": "host_status"},
            "cluster_id": "clusterId",
            "added_at": "addTime",
        },
    },
    # Recorded on CVK 2.0 (E0218): one host is an object, and rows have no sockets.
    "hosts_count": {"method": "GET", "path": "/host", "answer": ["host"]},
    # Recorded on CAS 3.0 and 5.0, where rows have no containerCluster.
    "list_clusters": {
        "method": "GET",
        "path": "/cluster/clusters",
        "answer": ["cluster"],
        "fields": {"id": "id", "name": "name", "container": "containerCluster"},
    },
    "vm_count": {
        "method": "GET",
        "path": "/vm/vmList",
        "paging": {**_OFFSET, "size": 1, "total": {"header": "Total"}},
        "answer": ["domain"],
    },
    # Recorded on CVK 2.0 (E0218). failMsg has the sentence of a task that succeeded, too.
    "vms_task": {"method": "GET", "path": "/message/{task_id}", "fields": _TASK},
    # Public code logs in to a License Server and reads its totals. Responses had rows and no total.
    "token": {
        "method": "POST",
        "path": "/oauth2/token",
        "auth": "oauth2_client",
        "encoding": "form",
        "body": {"grant_type": "password", "username": "{username}", "password": "{password}"},
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


# Nothing public describes or uses the calls below.
_WRITE = {"task_id": "msgId", "license_ids": "licenseIds"}
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
_QUOTA_ROW = {"productId": "{product}", "arch": "{arch}", "quantity": "{quantity}"}
_QUOTA_BODY = {"password": "{password}", "quota": {"each": "quota", "row": _QUOTA_ROW}}

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
        "body": {
            **{key: "{" + name + "}" for name, key in _LINK.items()},
            "clientPassword": "{client_password}",
        },
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
        "paging": _PAGE_OF_TOTAL,
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
            "expires_at": {"at": "expiresAt", "never": ["never"]},
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
        "body": {"file": "{file}"},
        "fields": _WRITE,
    },
    "license_task": {"method": "GET", "path": "/messages/{task_id}", "fields": _TASK},
    "uninstall_license": {"method": "POST", "path": "/licenses/{license_id}/uninstall", "fields": _WRITE},
    "uninstall_file": {"method": "GET", "path": "/licenses/{license_id}/uninstall-file"},
    "list_clients": {
        "method": "GET",
        "path": "/clients",
        "paging": _PAGE_OF_TOTAL,
        "answer": ["rows"],
        "fields": {"name": "name", "state": "state", "last_contact": "lastContact", **_QUOTA},
    },
    "client_assignments": {
        "method": "GET",
        "path": "/clients/{client}/assignments",
        "paging": _PAGE_OF_TOTAL,
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
        "body": {"name": "{name}", **_QUOTA_BODY},
        "fields": _WRITE,
    },
    "update_client": {
        "method": "PUT",
        "path": "/clients/{client}",
        "encoding": "json",
        "body": _QUOTA_BODY,
        "fields": _WRITE,
    },
    "delete_client": {"method": "DELETE", "path": "/clients/{client}", "fields": _WRITE},
    "release_client": {"method": "POST", "path": "/clients/{client}/release", "fields": _WRITE},
}


def _with_certainty(operations: Dict[str, Any], certainty: str) -> Dict[str, Any]:
    return {name: {**operation, "certainty": certainty} for name, operation in operations.items()}


# The console of a License Server returns a token with DELETE.
_OAUTH2 = {"type": "oauth2", "logout": {"method": "DELETE", "path": "/oauth2/token"}}
_ERROR = {"code": "errorCode", "message": "errorMessage"}
_BASES = {
    # Some releases ignore Accept and respond in XML. Errors have a number and a sentence in headers.
    "vms": {
        "path": "/cas/casrs",
        "auth": "digest",
        "format": "any",
        "error": {
            "code": [{"header": "Error-Code"}, "errorCode"],
            "message": [{"header": "Error-Message"}, "errorMessage", "message"],
        },
        "envelope": {
            "keys": ["data", "state", "message", "errorCode"],
            "data": "data",
            "success": {"at": "state", "in": [0]},
        },
        "lapsed_codes": ["license_lapsed"],
    },
    "license_server": {"path": "/licsmgr/api/v1", "auth": _OAUTH2, "error": _ERROR},
}

_CODES = {
    "host_arch": {"17": "aarch64", "16": "x86_64", "0": "x86_64"},
    "manager_arch": {"1": "aarch64", "16": "x86_64"},
    "host_status": {"0": "bad", "1": "ok"},
    "edition": {"1": "standard", "2": "enterprise", "3": "enhanced_enterprise"},
    "task_result": {"0": "good", "1": "failed", "2": "partial"},
}

_READS = {**_with_certainty(_DOCUMENTED, "documented"), **_with_certainty(_OBSERVED, "observed")}

# A product node is assumed to provide the calls of a License Server under /local-license.
_NODE_OPERATIONS = {name: {**_OBSERVED, **_ASSUMED}[name] for name in LOCAL_OPERATIONS}
_LOCAL = {
    "base": {"path": "/licsmgr/api/v1/local-license", "auth": _OAUTH2, "error": _ERROR},
    "operations": _with_certainty(_NODE_OPERATIONS, "assumed"),
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
