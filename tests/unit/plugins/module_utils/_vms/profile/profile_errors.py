# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The error of a profile that cannot be loaded."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._messages.catalog import render
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.profile.loader import load_profile
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import (
    ProfileError,
)


def caught(document: Any) -> ProfileError:
    with pytest.raises(ProfileError) as found:
        load_profile(document)
    return found.value


def sentence(document: Any) -> str:
    error = caught(document)
    return render(error.code, error.fields)
