# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors of operations that write: refused, not verified, unclear."""

from __future__ import annotations

from typing import Callable, Mapping, Sequence, Tuple

from ..._errors import UsphereError
from .errors import Cause, OperationError

# Render manual steps: file name → content, one per language. A higher layer provides the texts.
StepRenderer = Callable[[Sequence[Cause]], Mapping[str, bytes]]


class ArtifactError(OperationError):
    """A license file on disk cannot be read, saved or trusted."""


class ChangeRefused(OperationError):
    """The vendor's rules or the state of the server forbid the change; nothing was sent."""


class NotVerified(OperationError):
    """The write was made, or may have been made, and reading back does not show the expected state."""


class ServerRefused(OperationError):
    """The server understood the change and rejected it."""


class Unclear(OperationError):
    """The response to a write was lost or it cannot be read back, and nothing shows its effect."""


def cause_of(error: UsphereError) -> Cause:
    """Return ``error`` as a cause that another error can carry."""
    return Cause(error.code, error.fields, error.rule)


def all_causes(error: UsphereError) -> Tuple[Cause, ...]:
    """Return ``error`` and its own causes as the causes of another error."""
    return (cause_of(error), *(error.causes if isinstance(error, OperationError) else ()))
