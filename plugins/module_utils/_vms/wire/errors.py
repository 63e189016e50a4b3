# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Typed errors of the communication with VMS and License Servers.

Credentials, query strings and raw bodies are never among the fields of an error.
"""

from __future__ import annotations

from typing import Any, Optional, Tuple

from ..._errors import UsphereError
from ..._messages.catalog import register
from ..._messages.vms import MESSAGES

register(MESSAGES)


class VmsError(UsphereError):
    """Any error of the server or of the connection to it.

    ``sent`` is True if the request may have reached the server, so that a write may have been carried out.
    ``retriable`` is True if the same read may succeed later.
    """

    def __init__(
        self, code: str, rule: str = "", sent: bool = False, retriable: bool = False, **fields: Any
    ) -> None:
        super().__init__(code, rule, **fields)
        self.sent = sent
        self.retriable = retriable


class ProfileError(UsphereError):
    """An endpoint profile is invalid."""


class OptionError(UsphereError):
    """A connection option has an invalid value."""


class Unreachable(VmsError):
    """No response: unknown host, connection refused, reset or timed out, or the TLS handshake failed."""


class CertificateError(VmsError):
    """The server's certificate is not trusted, or the CA file cannot be read."""


class AuthenticationFailed(VmsError):
    """The server rejected the credentials. They were sent once."""


class LoginRefused(VmsError):
    """VMS refuses every login because a license expired (R20, R22)."""


class HttpError(VmsError):
    """An HTTP status without a more specific error; ``retry_after`` is the server's delay in seconds."""

    def __init__(
        self,
        code: str,
        rule: str = "",
        retriable: bool = False,
        status: int = 0,
        retry_after: Optional[float] = None,
        **fields: Any,
    ) -> None:
        super().__init__(code, rule, True, retriable, status=status, **fields)
        self.status = status
        self.retry_after = retry_after


class BadAnswer(VmsError):
    """A response that is cut off, too large, not JSON, or of the wrong structure."""


class ListIncomplete(BadAnswer):
    """A list that was read but may have more rows; ``seen`` counts its different rows.

    ``cause`` is the error of the request that ended the reading, None if every request succeeded.
    """

    def __init__(self, code: str, seen: int, **fields: Any) -> None:
        super().__init__(code, "", True, False, **fields)
        self.seen = seen
        self.cause: Optional[VmsError] = None


class CountUncertain(VmsError):
    """The rows may be the same or different items: their number is between ``low`` and ``high``."""

    def __init__(self, code: str, low: int, high: int, **fields: Any) -> None:
        super().__init__(code, "", True, False, low=low, high=high, **fields)
        self.low = low
        self.high = high


class _ReportedError(VmsError):
    """A failure that the server reported; ``error_code`` and ``error_message`` are the server's own."""

    def __init__(
        self, code: str, rule: str = "", error_code: str = "", error_message: str = "", **fields: Any
    ) -> None:
        reported = _error_text(error_code, error_message)
        super().__init__(
            code,
            rule,
            True,
            False,
            said=reported,
            error_code=error_code,
            error_message=error_message,
            **fields,
        )
        self.error_code = error_code
        self.error_message = error_message


class BusinessError(_ReportedError):
    """The server refused the request (HTTP 409, 400 or 403, or a response that reports a failure).

    ``license_ids`` are licenses in the response, such as those of an activation file that is already
    installed; a write reads them from its ``scope``.
    """

    scope: Any = None

    def __init__(
        self,
        code: str,
        rule: str = "",
        error_code: str = "",
        error_message: str = "",
        license_ids: Tuple[str, ...] = (),
        **fields: Any,
    ) -> None:
        super().__init__(code, rule, error_code, error_message, **fields)
        self.license_ids = license_ids


class NotFound(VmsError):
    """HTTP 404: the resource does not exist, or this release does not have the call."""


class TaskFailed(_ReportedError):
    """A task failed (result 1), failed in part (result 2), or is no longer known to the server."""


class TaskTimeout(VmsError):
    """A task had not ended by the deadline; it may still succeed."""


class OperationUnsupported(VmsError):
    """The endpoint profile does not have the operation; nothing was sent."""


def _error_text(error_code: str, error_message: str) -> str:
    # Servers omit one or the other.
    return ": ".join(part for part in (error_code, error_message) if part) or "-"
