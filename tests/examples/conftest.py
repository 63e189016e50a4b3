# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The folder's own helpers lie beside the tests; others with units, the newcomer's path and playbooks."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
OTHERS = ("unit/docs", "newcomer", "integration")
sys.path[:0] = [str(HERE), *(str(HERE.parent / other) for other in OTHERS)]
