# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Base paths of each interface."""

from __future__ import annotations

# The second API: bases, and the absolute paths of login and logout.
SECOND_VMS = "/api/v3"
SECOND_LICENSE_SERVER = "/lic/v2"
SECOND_PRODUCT_NODE = "/lic/v2/own"
SECOND_SIGN_IN, SECOND_SIGN_OUT = "/portal/sign-in", "/portal/sign-out"
SECOND_CONSOLE = "/console/session"  # POST opens a session, DELETE ends it
SECOND_LOGINS = (SECOND_SIGN_IN, SECOND_SIGN_OUT, SECOND_CONSOLE)
# The first API.
VMS = "/cas/casrs"
LICENSE_SERVER = "/licsmgr/api/v1"
PRODUCT_NODE = "/licsmgr/api/v1/local-license"
CLIENT_PORT = "/licsmgr/client/v1"
TOKEN = "/oauth2/token"  # behind LICENSE_SERVER and PRODUCT_NODE
LOGIN = "/cas/spring_check"  # of a VMS: not behind its base
LOGOUT = "/cas/logout"
