# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors of the operations: invalid request, refused change, result not verified."""

from __future__ import annotations

from typing import Callable, Mapping, NamedTuple, Sequence, Tuple, Type, TypeVar

from ..._errors import UsphereError

Error = TypeVar("Error", bound="OperationError")


class Cause(NamedTuple):
    """One message behind an error: its code in the message catalog, its fields, its rule ('' or 'R6')."""

    code: str
    fields: Mapping[str, object]
    rule: str


# Render manual steps: file name → content, one per language. A higher layer provides the texts.
StepRenderer = Callable[[Sequence[Cause]], Mapping[str, bytes]]


class OperationError(UsphereError):
    """Base class of the errors of an operation.

    ``causes`` are further messages that belong to the error, in the order in which they are shown;
    ``changed`` is whether the task had already changed something when it stopped.
    """

    def __init__(
        self,
        code: str,
        rule: str = "",
        causes: Tuple[Cause, ...] = (),
        changed: bool = False,
        **fields: object,
    ) -> None:
        super().__init__(code, rule, **fields)
        self.causes = causes
        self.changed = changed

    @classmethod
    def of(cls: Type[Error], cause: Cause, changed: bool = False, causes: Tuple[Cause, ...] = ()) -> Error:
        """Return an error of this class made from ``cause``."""
        return cls(cause.code, cause.rule, causes, changed, **cause.fields)


class ArtifactError(OperationError):
    """A license file on disk cannot be read, saved or trusted."""


class InvalidRequest(OperationError):
    """The options of the task are invalid, incomplete or contradict each other."""


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
