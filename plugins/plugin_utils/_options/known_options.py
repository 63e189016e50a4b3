# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reject options that a plugin does not have.

ansible-core validates the options of modules. The options of lookups and the keys of an inventory source
reach the plugin unchecked, so that a misspelt one would leave its default in force.
"""

from __future__ import annotations

from collections.abc import Iterable

from .._policy.documents.schemas import suggestion
from .number_ranges import InvalidOption


def refuse_unknown(given: Iterable[object], known: Iterable[str], where: str) -> None:
    """Raise InvalidOption ``option_unknown`` for the first name in ``given`` that is not in ``known``.

    ``where`` names the plugin or the file in the message, which has the nearest known name, if there is one.
    """
    names = sorted(known)
    for name in sorted(map(str, set(given))):
        if name not in names:
            near = suggestion(name, names)
            if near:
                raise InvalidOption("option_misspelt", name=name, where=where, near=near)
            raise InvalidOption("option_unknown", name=name, where=where, known=names)
