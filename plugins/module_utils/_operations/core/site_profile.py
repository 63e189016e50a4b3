# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Validate the endpoint profile of a task on the controller.

It imports nothing of the API clients, because every task on a controller loads it.
"""

from __future__ import annotations

import functools
from typing import Any, Dict, Mapping, Union

from ..._vms.profile.document import is_path
from ..._vms.profile.loader import compile_profile, load_profile
from ..._vms.profile.model import DEFAULT_PROFILE

__all__ = ("DEFAULT_PROFILE", "compiled", "is_path", "with_profile")

# Shipped profiles do not change, so each is compiled once in a process.
_compiled_name = functools.lru_cache(maxsize=4)(compile_profile)


def compiled(profile: Union[str, Mapping[str, object], None]) -> Dict[str, str]:
    """Return a profile as modules read it; None is the default profile. Raises ProfileError."""
    if profile is None:
        profile = DEFAULT_PROFILE
    if isinstance(profile, str) and not is_path(profile):
        # A value of a template is a tagged subclass of str.
        return _compiled_name(str.__str__(profile))
    return compile_profile(profile)


def with_profile(params: Mapping[str, Any]) -> Dict[str, Any]:
    """Return the options with their endpoint profile validated. Raises ProfileError."""
    return {**params, "profile": load_profile(params["profile"])}
