# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Map the error codes of a License Server to messages and rules."""

from __future__ import annotations

from typing import Any, Callable, Dict, Optional, Tuple, Union

from ..._messages.catalog import register
from ..._messages.operations.refusals import MESSAGES
from ..._vms.api.tasks import Task
from ..._vms.wire.errors import BusinessError, TaskFailed
from .errors import Cause, OperationError
from .write_and_verify import Proof, Waits, WriteResult, write_and_verify
from .write_errors import NotVerified, ServerRefused, Unclear, cause_of

register(MESSAGES)


# Name of an error of the server (see ERROR_NAMES of profiles) → (message code, rule).
REFUSALS: Dict[str, Tuple[str, str]] = {
    "activation_file_spent": ("refused_activation_file_spent", ""),
    "product_not_remote": ("refused_product_not_remote", "R27"),
    "wrong_product": ("refused_wrong_product", "R27"),
    "activation_file_invalid": ("refused_activation_file_invalid", ""),
    "device_mismatch": ("refused_device_mismatch", ""),
    "expired": ("refused_expired", "R12"),
    "edition_mixed": ("refused_edition_mixed", "R4"),
    "upgrade_base_missing": ("refused_upgrade_base_missing", "R5"),
    "upgrade_exceeds_base": ("refused_upgrade_exceeds_base", "R6"),
    "not_uninstallable": ("refused_not_uninstallable", "R16"),
    "license_expired": ("refused_license_expired", "R16"),
    "license_assigned": ("refused_license_assigned", ""),
    "base_in_use": ("refused_base_in_use", "R5"),
    "client_exists": ("refused_client_exists", ""),
    "client_connected": ("refused_client_connected", ""),
    "quota_exceeds_supply": ("refused_quota_exceeds_supply", "R26"),
    "client_credentials_invalid": ("refused_client_credentials", ""),
    "client_in_use": ("refused_client_in_use", ""),
    "license_server_unreachable": ("refused_server_unreachable", ""),
    "contract_number_missing": ("refused_contract_number_missing", "R23"),
}


def refusal_error(error: Union[BusinessError, TaskFailed], what: str) -> Optional[ServerRefused]:
    """Return the refusal of ``what`` (a file name, a license id, a client) as an error with its rule.

    None if the server sent no code: then ``error`` itself is all the information.
    """
    if not error.error_code:
        return None
    code, rule = REFUSALS.get(error.error_code, ("refused_otherwise", ""))
    return ServerRefused(
        code,
        rule,
        what=what,
        # The server's own code, even if the profile has a name for it.
        error_code=error.fields["error_code"],
        error_message=error.error_message,
    )


def not_verified(code: str, result: WriteResult[Any], **fields: Any) -> OperationError:
    """Return the error of a write without visible effect: Unclear if its response was lost."""
    if result.doubt is not None:
        causes = (Cause(code, fields, ""), cause_of(result.doubt))
        return Unclear("write_unclear", "", causes, changed=True)
    return NotVerified(code, "", changed=True, **fields)


def write_at_once(
    write: Callable[[], Task], prove: Callable[[], Optional[Proof]], what: str, waits: Waits
) -> WriteResult[Proof]:
    """Make a write, which most servers carry out at once, and verify it.

    Raises ServerRefused, or VmsError if it was not carried out.
    """
    try:
        return write_and_verify(write, lambda _detail: prove(), waits)
    except (BusinessError, TaskFailed) as error:
        raise refusal_error(error, what) or error from error
