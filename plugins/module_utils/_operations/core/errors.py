# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults of the operations: what was asked cannot be done, was refused, or could not be proved."""

from __future__ import annotations

from typing import Mapping, NamedTuple, Tuple, Type, TypeVar

from ..._errors import UsphereError
from ..._messages.catalog import register
from ..._messages.operations.core import MESSAGES

register(MESSAGES)


Error = TypeVar("Error", bound="OperationError")


class Cause(NamedTuple):
    """One sentence behind a fault: its code in the message catalogue, its fields, its rule ('' or 'R6')."""

    code: str
    fields: Mapping[str, object]
    rule: str


class OperationError(UsphereError):
    """A fault of an operation.

    ``causes`` are the sentences that belong to it besides its own, in the order they are to be read;
    ``changed`` says whether the task had already changed something when it stopped.
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
        """Return a sentence as an error of its own."""
        return cls(cause.code, cause.rule, causes, changed, **cause.fields)


class ArtifactError(OperationError):
    """A licence file on disk cannot be read, kept or trusted."""


class InvalidRequest(OperationError):
    """What the task says contradicts itself, or says too little."""


class ChangeRefused(OperationError):
    """The vendor's rules or the state of the server forbid the change; nothing was sent."""


class NotVerified(OperationError):
    """The write was made, or may have been, and reading back does not show what it should."""


class ServerRefused(OperationError):
    """The other side understood the change and said no."""


class Unclear(OperationError):
    """The answer to a write was lost or it cannot be read back, and nothing shows its effect."""


def cause_of(error: UsphereError) -> Cause:
    """Return ``error`` as a sentence that another fault can carry."""
    return Cause(error.code, error.fields, error.rule)
