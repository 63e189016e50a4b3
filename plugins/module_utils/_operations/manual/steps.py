# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Manual steps for operations that the profile does not have: prepared, then verified in the next run.

Manual steps never report success by themselves. They are done when a read shows the result or, where nothing
can be read, when the operator confirms it.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Any, Dict, Iterator, List, Mapping, Optional, Sequence, Tuple

from ..._messages.catalog import register
from ..._messages.operations.manual import MESSAGES
from ..._vms.profile.model import Profile
from ..core.errors import Cause, InvalidRequest
from ..core.proof import Proof, of_person
from ..core.write_errors import ArtifactError

register(MESSAGES)

Data = Dict[str, Any]

# How a run verified that the work is done.
BY_LICENSES = "licenses"
BY_TOTALS = "totals"
BY_PROOF = "uninstall_file"
BY_SIDES = "connection"
BY_PERSON = "person"

# A staged file is not an uninstall file, so its errors have their own codes.
_CODES = {
    "artifact_conflict": "handover_conflict",
    "artifact_not_saved": "handover_not_saved",
    "artifact_unreadable": "handover_unreadable",
    "artifacts_dir_unusable": "handover_dir_unusable",
}


@dataclass(frozen=True)
class Handover:
    """What the operator has to do, in order, and the files that were staged for that.

    ``required`` is False after it is done; ``verified_by`` is then the kind of verification, and ``proof``
    the items that show it, as far as ``license`` and ``license_client`` do not read them themselves.
    """

    required: bool
    steps: Tuple[Cause, ...] = ()
    files: Tuple[str, ...] = ()
    verified_by: str = ""
    warnings: Tuple[Cause, ...] = ()
    proof: Tuple[Proof, ...] = ()


@dataclass(frozen=True)
class ManualTerms:
    """The settings of manual steps: the server, the directory of files, the operator's confirmation."""

    endpoint: str
    directory: str = ""
    confirmed: bool = False


def needs_manual_step(profile: Profile, operations: Sequence[str], allowed: bool) -> bool:
    """Return whether manual steps are needed because ``profile`` does not support all of ``operations``.

    Raises OperationUnsupported, before anything is sent, if manual steps are not ``allowed``.
    """
    if allowed:
        return not profile.supports(*operations)
    for name in operations:
        profile.operation(name)
    return False


def step(code: str, rule: str = "", **fields: object) -> Cause:
    """Return a manual step or a warning about one."""
    return Cause(code, fields, rule)


def open_steps(
    steps: Sequence[Cause], verification: Optional[Cause], console: str = "", files: Sequence[str] = ()
) -> Handover:
    """Return steps that are still to be done: the login to ``console`` first, the verification last.

    Without a verification, the last step is the operator's confirmation.
    """
    login = [step("handover_log_in", endpoint=console)] if console else []
    last = verification or step("handover_confirm")
    return Handover(True, (*login, *steps, last), tuple(files))


def confirmed_steps(what: object, names: Sequence[str]) -> Handover:
    """Return steps that count as done because the operator confirmed them and nothing can be read."""
    warning = step("handover_on_trust", what=what)
    return Handover(False, verified_by=BY_PERSON, warnings=(warning,), proof=of_person(names))


def change_rows(changed: bool, steps: List[Data]) -> Data:
    """Return what this run does as result keys; it does not change the licenses themselves."""
    return {"changed": changed, "plan": steps, "diff": {"before": {"steps": []}, "after": {"steps": steps}}}


def staging_directory(options: Mapping[str, Any]) -> str:
    """Return the directory for staged files. Raises InvalidRequest ``handover_dir_needed``."""
    if options.get("handover_dir") is None:
        raise InvalidRequest("handover_dir_needed")
    return str(options["handover_dir"])


@contextlib.contextmanager
def staging_errors() -> Iterator[None]:
    """Raise the ArtifactError of a license file as one of a staged file, with the code ``handover_…``."""
    try:
        yield
    except ArtifactError as error:
        code = _CODES.get(error.code, error.code)
        raise ArtifactError(code, error.rule, (), False, **error.fields) from error
