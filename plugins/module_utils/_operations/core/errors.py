# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors of the operations: invalid request, refused change, result not verified."""

from __future__ import annotations

from typing import Mapping, NamedTuple, Tuple, Type, TypeVar

from ..._errors import UsphereError

Error = TypeVar("Error", bound="OperationError")


class Cause(NamedTuple):
    """One message behind an error: its code in the message catalog, its fields, its rule ('' or 'R6')."""

    code: str
    fields: Mapping[str, object]
    rule: str


class OperationError(UsphereError):
    """Base class of the errors of an operation.

    ``causes`` are further messages, in order; ``changed`` is whether the task had already changed something.
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


class InvalidRequest(OperationError):
    """The options of the task are invalid, incomplete or contradict each other."""
