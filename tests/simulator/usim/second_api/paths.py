# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Base paths of the second API, and the absolute paths of login and logout."""

from __future__ import annotations

VMS = "/api/v3"
LICENSE_SERVER = "/lic/v2"
PRODUCT_NODE = "/lic/v2/own"
BASES = (PRODUCT_NODE, LICENSE_SERVER, VMS)  # the longest first
SIGN_IN, SIGN_OUT = "/portal/sign-in", "/portal/sign-out"
CONSOLE = "/console/session"  # POST opens a session, DELETE ends it
LOGINS = (SIGN_IN, SIGN_OUT, CONSOLE)
