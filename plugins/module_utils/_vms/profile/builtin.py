# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Built-in endpoint profiles: ``cas_e0710`` (documented or observed calls) and ``usphere_7`` (all calls).

A profile of the site has the same structure; ``profile/loader.py`` validates it. A call is observed if a
recorded response of a live system or public code that reads one shows it, even if the manual describes it.
"""

from __future__ import annotations

from typing import Any, Dict

from .builtin_assumed import ASSUMED, NODE_CALLS, PAGE, TASK

_OFFSET = {"style": "offset", "offset": "offset", "limit": "limit", "size": 1000}

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
    # Public clients and a client of the vendor read these names. No release is known to send a total here, so
    # the number of hosts of the call that is not paged shows whether the list is complete.
    "list_hosts": {
        "method": "GET",
        "path": "/host/list",
        "paging": {**_OFFSET, "count": "hosts_count"},
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
    "vms_task": {"method": "GET", "path": "/message/{task_id}", "fields": TASK},
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
        "paging": PAGE,
        "answer": ["rows"],
        "fields": {
            "name": "licName",
            "amount": "licAmount",
            "used": "licUsedAmount",
            "remaining": "licRemainAmount",
        },
    },
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
_NODE_OPERATIONS = {name: ASSUMED.get(name, _OBSERVED.get(name)) for name in NODE_CALLS}
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
        "operations": {**_READS, **_with_certainty(ASSUMED, "assumed")},
        "local": {"isc": _LOCAL, "disk_backup_dr": _LOCAL, "heterogeneous_migration": _LOCAL},
    },
}
