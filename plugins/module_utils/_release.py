# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Version of the collection. A test compares it with ``galaxy.yml``."""

from __future__ import annotations

VERSION = "0.10.0"
