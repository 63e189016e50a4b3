# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Data of table 1-1 and of the recommended schemes (R27, R33–R38), with their source.

A row consists of: number in the table, family, product id, class, metric, installation, arch, feature,
editions (one for an edition, from and to for an upgrade), packs, source of the arch (``stated``, or
``silent``: the table does not mention ARM), Chinese name, English name, Chinese short name.
"""

from __future__ import annotations

from typing import Dict, Optional, Tuple

SOURCE = "UniCloud Usphere License 支持情况说明, table 1-1"

FAMILIES: Dict[str, Tuple[str, str]] = {
    # family → (name in the source, first series that it applies to; empty: all versions)
    "A": ("云计算_UniCloud Usphere（适用于 License Server 授权）", "7.0"),
    "B": ("云计算_UniCloud Usphere容灾迁移（数腾）", ""),
}

PACKS: Tuple[int, ...] = (1, 10, 50, 100)

Row = Tuple[
    int, str, str, str, str, str, str, Optional[str], Tuple[str, ...], Tuple[int, ...], str, str, str, str
]

# fmt: off
_EDITION_ROWS = (
    ("vms_standard", "edition", ("standard",), "标准版", "Standard Edition"),
    ("vms_standard_to_enterprise", "upgrade", ("standard", "enterprise"),
     "标准版升级企业版", "upgrade from Standard to Enterprise Edition"),
    ("vms_standard_to_enhanced_enterprise", "upgrade", ("standard", "enhanced_enterprise"),
     "标准版升级企业增强版", "upgrade from Standard to Enhanced Enterprise Edition"),
    ("vms_enterprise", "edition", ("enterprise",), "企业版", "Enterprise Edition"),
    ("vms_enterprise_to_enhanced_enterprise", "upgrade", ("enterprise", "enhanced_enterprise"),
     "企业版升级企业增强版", "upgrade from Enterprise to Enhanced Enterprise Edition"),
    ("vms_enhanced_enterprise", "edition", ("enhanced_enterprise",),
     "企业增强版", "Enhanced Enterprise Edition"),
)


def _vms_rows(first: int, arch: str) -> Tuple[Row, ...]:
    """Return rows 4–9 (x86) or 11–16 (ARM), which list the same six products."""
    arm = arch == "aarch64"
    system = "UniCloud Usphere VMS ARM虚拟化管理系统" if arm else "UniCloud Usphere VMS虚拟化管理系统"
    english = "UniCloud Usphere VMS virtualization management system{0}, ".format(" for ARM" if arm else "")
    short, arch_wording = ("ARM版 VMS", "stated") if arm else ("VMS", "silent")
    return tuple(
        (first + index, "A", product, class_, "cpu_socket", "remote", arch, None, editions, (), arch_wording,
         system + chinese + "软件", english + name, short + chinese)
        for index, (product, class_, editions, chinese, name) in enumerate(_EDITION_ROWS)
    )


ROWS: Tuple[Row, ...] = (
    (1, "A", "isc", "feature", "vm", "local", "any", "isc", (), (), "silent",
     "UniCloud Usphere ISC云业务管理中心软件",
     "UniCloud Usphere ISC cloud service management center", "ISC"),
    (2, "A", "srm", "feature", "vm", "remote", "x86_64", "srm", (), (), "silent",
     "UniCloud Usphere VMS虚拟化管理系统SRM软件",
     "UniCloud Usphere VMS virtualization management system, SRM", "SRM"),
    (3, "A", "container_service", "feature", "cpu_socket", "remote", "any", "container_engine", (), (),
     "silent", "UniCloud Usphere-容器服务",
     "UniCloud Usphere container service", "云容器引擎"),
    *_vms_rows(4, "x86_64"),
    (10, "A", "srm", "feature", "vm", "remote", "aarch64", "srm", (), (), "stated",
     "UniCloud Usphere VMS ARM虚拟化管理系统SRM软件",
     "UniCloud Usphere VMS virtualization management system for ARM, SRM", "ARM版 SRM"),
    *_vms_rows(11, "aarch64"),
    (17, "B", "disk_backup_dr", "feature", "host", "local", "any", "disk_backup_dr", (), PACKS, "silent",
     "UniCloud Usphere容灾功能授权",
     "UniCloud Usphere disaster recovery function license", "磁盘备份容灾"),
    (18, "B", "heterogeneous_migration", "feature", "host", "local", "any", "heterogeneous_migration", (),
     PACKS, "silent", "UniCloud Usphere融合迁移功能授权",
     "UniCloud Usphere converged migration function license", "异构平台迁移"),
)
# fmt: on
