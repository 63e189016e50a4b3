# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""How far the work on a client got before it stopped."""

from __future__ import annotations

import contextlib
from typing import Iterator, List

from ..._vms.wire.errors import VmsError
from ..core.errors import OperationError, cause_of


@contextlib.contextmanager
def interruptible(client: str, done: List[str]) -> Iterator[None]:
    """Let no error out that hides what was written before it. ``done`` names those steps as they are proved.

    Raises OperationError ``connection_interrupted`` in place of a VmsError; other errors state the change.
    """
    try:
        yield
    except OperationError as error:
        error.changed = error.changed or bool(done)
        raise
    except VmsError as error:
        if not done:
            raise
        causes = (cause_of(error),)
        raise OperationError(
            "connection_interrupted", error.rule, causes, changed=True, client=client, done=tuple(done)
        ) from error
