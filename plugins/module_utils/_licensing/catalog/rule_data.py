# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Data of the vendor's rules: schemes, kinds that are not available, releases of migration."""

from __future__ import annotations

from typing import Optional, Tuple

# Scheme id, rule, feature that it adds, editions that the table lists. None: depends on the version (R37).
SCHEMES: Tuple[Tuple[str, str, Optional[str], Optional[Tuple[str, ...]]], ...] = (
    ("vms_only", "R33", None, ("standard", "enterprise", "enhanced_enterprise")),
    ("vms_isc", "R34", "isc", ("enhanced_enterprise",)),
    ("storage_replication_dr", "R35", "srm", ("enterprise", "enhanced_enterprise")),
    ("disk_backup_dr", "R36", "disk_backup_dr", ("enterprise", "enhanced_enterprise")),
    ("heterogeneous_migration", "R37", "heterogeneous_migration", None),
    ("container_service", "R38", "container_engine", ("enterprise", "enhanced_enterprise")),
)


# R11 and R13: (feature, kind) combinations that are not available; the quantity of such a license is 0.
FORBIDDEN_KINDS: Tuple[Tuple[str, str, str], ...] = (
    ("container_engine", "preinstalled", "R11"),
    ("disk_backup_dr", "preinstalled", "R11"),
    ("heterogeneous_migration", "preinstalled", "R11"),
    ("heterogeneous_migration", "temporary", "R13"),
)


# R28 and R37: the two ranges cover all versions. In the low-confidence range no release is known.
MIGRATION_STANDARD = ">=E0730P06,<E0750 || >=E0760"


MIGRATION_ENHANCED = "<E0730P06 || >=E0750,<E0760"


MIGRATION_LOW_CONFIDENCE = ">=E0731,<E0750"
