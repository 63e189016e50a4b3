# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Licenses that have expired by only one of two clocks: the controller's and that of the License Server."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Iterable, Optional, Tuple

from ..._facts import (
    CONFLICT,
)
from ..._interval import (
    Unknown,
)
from ..catalog.catalog import Catalog
from ..values.license_row import Status
from ..values.model import Installation, Kind
from .fact_reader import Reader
from .holdings import Item

SKEW = "/license_server/clock_skew_s"
#: Clocks that are not further apart than this, in seconds, agree.
CLOCKS_AGREE_S = 300


def between_clocks(
    items: Iterable[Item], reader: Reader, as_of: dt.datetime, catalog: Catalog
) -> Tuple[Item, ...]:
    """Return the licenses; those that expire between the two clocks have an unknown end (``conflict``).

    The License Server judges its licenses by its own clock, which is ``clock_skew_s`` ahead of the
    controller's. Licenses that no License Server holds are judged by neither.
    """
    ahead = reader.read(SKEW, _as_seconds).value
    if ahead is None or abs(ahead) <= CLOCKS_AGREE_S:
        return tuple(items)
    try:
        server = as_of + dt.timedelta(seconds=ahead)
    except OverflowError:
        server = (dt.datetime.max if ahead > 0 else dt.datetime.min).replace(tzinfo=as_of.tzinfo)
    first, last = min(as_of, server), max(as_of, server)
    return tuple(
        _without_end(item) if _on_server(item, catalog) and _is_between(item, first, last) else item
        for item in items
    )


def _as_seconds(value: object) -> Optional[int]:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _on_server(item: Item, catalog: Catalog) -> bool:
    product = catalog.product(item.license.product)
    local = product is not None and product.installation is Installation.LOCAL
    installed = item.license.status is not Status.UNINSTALLED
    return installed and not local and item.license.kind is not Kind.PREINSTALLED


def _is_between(item: Item, first: dt.datetime, last: dt.datetime) -> bool:
    end = item.license.expires_at
    return isinstance(end, dt.datetime) and first < end <= last


def _without_end(item: Item) -> Item:
    cause = Unknown(CONFLICT, (item.pointer + "/expires_at", SKEW))
    return replace(item, license=replace(item.license, expires_at=None), causes=(*item.causes, cause))
