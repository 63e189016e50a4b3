# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Helpers of modules that write: server locks, manual steps in results, and the target of a result."""

from __future__ import annotations

import contextlib
from typing import Any, Dict, Iterator, Mapping, Optional, Sequence, Tuple

from ansible.module_utils.basic import AnsibleModule

from ._messages.catalog import LANGUAGES
from ._module import Result, sentences
from ._operations.core.endpoints import LICENSE_SERVER_PORT
from ._operations.core.lock import locks_of
from ._operations.manual.steps import Handover


@contextlib.contextmanager
def hold_locks(
    module: AnsibleModule,
    what: str,
    targets: Sequence[Tuple[str, int]],
    file: Optional[Tuple[str, str]] = None,
) -> Iterator[None]:
    """Lock ``file`` (path, name in messages) and ``targets`` (host, port) during the task.

    A task in check mode takes no lock because it does not write.
    """
    locks = locks_of(module.params, what)
    with contextlib.ExitStack() as stack:
        if not module.check_mode:
            if file is not None:
                stack.enter_context(locks.file(*file))
            stack.enter_context(locks.targets(targets))
        yield


def warn(module: AnsibleModule, causes: Sequence[Any], language: str = "en") -> None:
    """Emit a warning for each cause."""
    for cause in sentences(causes, language):
        module.warn(cause["message"])


def build_result(
    module: AnsibleModule,
    result: Result,
    certainty: Dict[str, str],
    targets: Sequence[Dict[str, Any]],
    over: Optional[Handover] = None,
) -> Result:
    """Return ``result`` with the keys that every result has, and with its diff only in diff mode."""
    done = {**result, "certainty": certainty, "targets": list(targets), **manual_step_result(module, over)}
    if not module._diff:
        del done["diff"]
    return done


def manual_step_result(module: AnsibleModule, over: Optional[Handover]) -> Result:
    """Return the result keys for manual steps, and emit their warnings. None means that there are none."""
    if over is None:
        return {"handover_required": False}
    language = module.params["language"]
    warn(module, over.warnings, language)
    steps = [step["message"] for step in sentences(over.steps, language)]
    manual = {"steps": steps, "files": list(over.files), "verified_by": over.verified_by or None}
    return {"handover_required": over.required, "handover": manual}


def steps_files(causes: Sequence[Any]) -> Dict[str, bytes]:
    """Return the manual steps of a bundle as text files for the operator, one per language, by file name."""
    files = {}
    for language in LANGUAGES:
        steps = [step["message"] for step in sentences(causes, language)]
        text = "".join("{0}. {1}\n".format(number, step) for number, step in enumerate(steps, 1))
        files["STEPS.{0}.txt".format(language)] = text.encode("utf-8")
    return files


def target(kind: str, params: Mapping[str, Any], port: int = LICENSE_SERVER_PORT) -> Dict[str, Any]:
    """Return the result keys that identify the target server: ``kind``, ``host`` and ``port``.

    ``kind`` is ``vms``, ``license_server`` or ``product_node``. Node counting (``extensions/audit``) reads
    these keys, so they must be the same for every module that works on the server.
    """
    host = str(params["host"]).strip().rstrip(".").lower()
    return {"kind": kind, "host": host, "port": port if params.get("port") is None else params["port"]}


def handover_spec() -> Dict[str, Any]:
    """Return the options of ``unicloud.usphere._handover``."""
    return {
        "handover": {"type": "bool", "default": False},
        "handover_confirmed": {"type": "bool", "default": False},
        "language": {"type": "str", "choices": ["en", "zh"], "default": "en"},
    }


def lock_spec() -> Dict[str, Any]:
    """Return the options of ``unicloud.usphere._lock``."""
    return {
        "lock_dir": {"type": "path", "default": "~/.ansible/unicloud.usphere/locks"},
        "lock_timeout": {"type": "float", "default": 60.0},
    }
