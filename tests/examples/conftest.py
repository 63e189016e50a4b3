# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the helpers of this directory, the unit tests, the tutorial and the playbooks importable."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
OTHERS = ("unit/docs", "unit/fakes", "tutorial", "integration")
sys.path[:0] = [str(HERE), *(str(HERE.parent / other) for other in OTHERS)]
