# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong when talking to VMS and License Servers.

Every error carries the code of its sentence (``_messages/vms.py``) and the fields that sentence needs.
Credentials, query strings and raw bodies are never among them.
"""

from __future__ import annotations

from typing import Any, Optional, Tuple

from ..._errors import UsphereError
from ..._messages.catalog import register
from ..._messages.vms import MESSAGES

register(MESSAGES)


class VmsError(UsphereError):
    """Any fault of the other side or of the way there.

    ``sent`` is True if the request may have reached the server: a write that failed so may have been carried
    out, which only reading again can tell. ``retriable`` is True where the same read may go well a moment
    later.
    """

    def __init__(
        self, code: str, rule: str = "", sent: bool = False, retriable: bool = False, **fields: Any
    ) -> None:
        super().__init__(code, rule, **fields)
        self.sent = sent
        self.retriable = retriable


class ProfileError(UsphereError):
    """An endpoint profile that does not say what it has to."""


class OptionError(UsphereError):
    """A connection option that cannot be what was meant."""


class Unreachable(VmsError):
    """No answer: unknown host, refused, reset, timed out, or TLS that does not come about."""


class CertificateError(VmsError):
    """The server's certificate is not trusted, or the CA file cannot be read."""


class AuthenticationFailed(VmsError):
    """The credentials were not taken. They were sent once."""


class LoginRefused(VmsError):
    """VMS refuses every login because a licence lapsed (R20, R22)."""


class HttpError(VmsError):
    """A status that nothing else here explains; ``retry_after`` is what the server asked for, in seconds."""

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
    """An answer that is cut off, too large, not JSON, or of the wrong shape."""


class ListIncomplete(BadAnswer):
    """A list that was read and of which further rows are possible; ``seen`` counts its different rows."""

    def __init__(self, code: str, seen: int, **fields: Any) -> None:
        super().__init__(code, "", True, False, **fields)
        self.seen = seen


class CountUncertain(VmsError):
    """What was read may be the same or different things: there are from ``low`` to ``high`` of them."""

    def __init__(self, code: str, low: int, high: int, **fields: Any) -> None:
        super().__init__(code, "", True, False, low=low, high=high, **fields)
        self.low = low
        self.high = high


class BusinessError(VmsError):
    """The server understood and refused (HTTP 409, 400 or 403, or an answer that says so itself).

    ``error_code`` and ``error_message`` are the server's own; ``license_ids`` names licences that it gave
    with them, such as those of an activation file that is installed already.
    """

    def __init__(
        self,
        code: str,
        rule: str = "",
        error_code: str = "",
        error_message: str = "",
        license_ids: Tuple[str, ...] = (),
        **fields: Any,
    ) -> None:
        said = _said(error_code, error_message)
        super().__init__(
            code, rule, True, False, said=said, error_code=error_code, error_message=error_message, **fields
        )
        self.error_code = error_code
        self.error_message = error_message
        self.license_ids = license_ids


class NotFound(VmsError):
    """HTTP 404: no such resource, or no such call on this release."""


class TaskFailed(VmsError):
    """A task ended badly (result 1), in part (result 2), or is not known to the server any more."""

    def __init__(
        self, code: str, rule: str = "", error_code: str = "", error_message: str = "", **fields: Any
    ) -> None:
        said = _said(error_code, error_message)
        super().__init__(
            code, rule, True, False, said=said, error_code=error_code, error_message=error_message, **fields
        )
        self.error_code = error_code
        self.error_message = error_message


class TaskTimeout(VmsError):
    """A task had not ended by the deadline; it may still end well."""


class OperationUnsupported(VmsError):
    """The endpoint profile has no such operation; nothing was sent."""


def _said(error_code: str, error_message: str) -> str:
    # Servers leave out the one or the other.
    return ": ".join(part for part in (error_code, error_message) if part) or "-"
