# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which version of the collection this is; a test holds it against ``galaxy.yml``."""

from __future__ import annotations

VERSION = "0.9.0"
