# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The states that the other side reports and the operations act on."""

from __future__ import annotations

# A licence that works. One that is "unusable" or "expired" is installed, but of no use to anybody.
LIVE = ("in_use", "usable")
# Installed and without effect: for another device, or in no system's share.
UNUSABLE = "unusable"
# Installed, and past its end.
EXPIRED = "expired"
# A licence that has left, with its uninstall file waiting.
GONE = "uninstalled"
# A link or a client that stands.
CONNECTED = "connected"
