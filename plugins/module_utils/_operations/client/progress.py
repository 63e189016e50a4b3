# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Report the steps that were done on a client before an error."""

from __future__ import annotations

import contextlib
from typing import Iterator, List

from ..._vms.wire.errors import VmsError
from ..core.errors import OperationError
from ..core.write_errors import cause_of


@contextlib.contextmanager
def interruptible(client: str, done: List[str]) -> Iterator[None]:
    """Make every error report what was written before it; ``done`` lists the steps verified so far.

    Raises OperationError ``connection_interrupted`` in place of a VmsError; other errors get ``changed``.
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
