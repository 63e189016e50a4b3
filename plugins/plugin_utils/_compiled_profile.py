# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Validate numbers, the endpoint profile and the catalog of a task, for the actions of all modules."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..module_utils._errors import LicensingError, UsphereError
from ..module_utils._licensing.catalog.site_rows import check_rows
from ..module_utils._messages.catalog import render
from ..module_utils._operations.core.site_profile import DEFAULT_PROFILE, compiled, is_path
from ..module_utils._operations.facts.absent_fields import absent_fields
from ._options.number_ranges import check_numbers

DIRECTORIES = ("files", "profiles")
_VAULT_HEADER = b"$ANSIBLE_VAULT"


class EncryptedProfileError(UsphereError):
    """A profile that is encrypted and cannot be decrypted or read."""


def is_encrypted_file(path: str) -> bool:
    """Return whether ansible-vault has encrypted the file; False if it cannot be read."""
    try:
        with open(path, "rb") as stream:
            return stream.read(len(_VAULT_HEADER)) == _VAULT_HEADER
    except OSError:
        return False


# Forks inherit what was compiled before them, and nearly every task uses this profile.
compiled(DEFAULT_PROFILE)


class CompiledProfile:
    """A mixin before the action ``normal``: the module gets its ``profile`` compiled.

    The task itself keeps its option, because Ansible runs the action of one task several times (``until``).
    A profile that is invalid, an invalid row of ``catalog``, or a number outside the range of its option
    fails the task before anything is sent.
    """

    #: The error of ``_find_needle`` for a file that is not found; set by the action.
    not_found: type[Exception] = OSError
    _ready: Any = None

    def run(self, tmp: Any = None, task_vars: Any = None) -> Any:
        """Check numbers and the catalog, compile the profile, run the module, and warn of absent fields."""
        arguments = self._task.args  # type: ignore[attr-defined]  # of the action
        self._ready = {}
        try:
            check_numbers(arguments)
            # A module that reads no server ignores the profile.
            if arguments.get("via") != "node":
                self._ready = {
                    "profile": self._compiled(arguments.get("profile")),
                    **self._checked_rows(arguments),
                }
        except (LicensingError, UsphereError) as error:
            failure = {**error.fields, "code": error.code, **({"rule": error.rule} if error.rule else {})}
            message = render(error.code, error.fields)
            return {"failed": True, "changed": False, "msg": message, "failure": failure}
        result = super().run(tmp, task_vars)  # type: ignore[misc]  # of the action
        facts = (result.get("ansible_facts") or {}).get("usphere")
        if facts and "profile" in self._ready:
            warnings = list(absent_fields(self._ready["profile"], facts))
            if warnings:
                result["warnings"] = [*(result.get("warnings") or ()), *warnings]
        return result

    def _execute_module(self, module_name: Any = None, module_args: Any = None, **options: Any) -> Any:
        given = self._task.args if module_args is None else module_args  # type: ignore[attr-defined]
        return super()._execute_module(  # type: ignore[misc]  # of the action
            module_name, {**given, **self._ready}, **options
        )

    def _compiled(self, given: Any) -> dict[str, str]:
        if not isinstance(given, str) or not is_path(given):
            return compiled(given)
        path = self._found(str.__str__(given))
        return self._decrypted(path) if is_encrypted_file(path) else compiled(path)

    def _decrypted(self, path: str) -> dict[str, str]:
        """Return the profile in a file that ansible-vault has encrypted; errors show no value of it."""
        # Few profiles are encrypted, and every task loads this module.
        from ._policy.base.errors import PolicyError
        from ._policy.documents import files, vault
        from ._policy.documents.yaml_reader import load_bytes

        loader = self._loader  # type: ignore[attr-defined]  # of the action
        name = Path(path).name
        document: Any = None
        try:
            with vault.decrypting(vault.decrypter(loader._decrypt_if_vault_data, self.not_found)):
                document = load_bytes(files.read_bytes(Path(path)), name).value
            return compiled(document or {})
        except PolicyError as error:
            raise EncryptedProfileError("profile_vault", path=name, reason=error.text()) from None
        except (LicensingError, UsphereError) as error:
            reason = render(error.code, dict.fromkeys(error.fields, vault.MASK))
            raise EncryptedProfileError("profile_vault", path=name, reason=reason) from None

    def _checked_rows(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """Return the rows of the option ``catalog`` as the module would read them. Raises LicensingError."""
        if arguments.get("catalog") is None:
            return {}
        spec = {name: {"type": "raw"} for name in arguments}
        _result, read = self.validate_argument_spec(  # type: ignore[attr-defined]  # of the action
            {**spec, "catalog": {"type": "list", "elements": "dict"}}
        )
        check_rows(read["catalog"])
        return {"catalog": read["catalog"]}

    def _found(self, name: str) -> str:
        """Return the path of a file as Ansible searches it: in the role, then next to the playbook."""
        for directory in DIRECTORIES:
            try:
                found: str = self._find_needle(directory, name)  # type: ignore[attr-defined]  # of the action
            except self.not_found:
                continue
            if Path(found).is_file():
                return found
        return name
