# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Decrypt documents that were encrypted by ansible-vault, where Ansible's vault secrets are at hand.

Actions and lookups have the secrets; filters, tests and callbacks do not. Decrypted content stays in memory,
and errors in it show no value.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from ..base.errors import InvalidDocument, PolicyError, Problem

HEADER = b"$ANSIBLE_VAULT"
#: What is in place of a value of an encrypted document.
MASK = "********"
#: Fields of messages that are the same for every document: limits, positions, and names of the schema.
_OF_SCHEMA = frozenset(("expected", "keyword", "kind", "limit", "line", "position"))
_SCHEMA_CODES = ("document_", "schema_", "source_")

#: Returns the decrypted content. Raises PolicyError ``document_vault_refused``; the name is for its message.
Decrypt = Callable[[bytes, str], bytes]


@dataclass
class _Vault:
    decrypt: Decrypt
    names: set[str] = field(default_factory=set)


_VAULT: ContextVar[_Vault | None] = ContextVar("vault", default=None)


def is_encrypted(content: bytes) -> bool:
    """Return whether this is the content of a file that ansible-vault has encrypted."""
    return content.startswith(HEADER)


def decrypter(decrypt: Callable[[bytes], tuple[Any, Any]], refused: type[Exception]) -> Decrypt:
    """Return a Decrypt of Ansible's loader.

    ``decrypt`` returns the decrypted content first; it raises ``refused`` without the right secret.
    """

    def decrypted(content: bytes, name: str) -> bytes:
        try:
            found: bytes = decrypt(content)[0]
        except refused as error:
            reason = str(error).strip().split("\n", 1)[0]
            raise PolicyError("document_vault_refused", name=name, reason=reason) from None
        return found

    return decrypted


@contextmanager
def decrypting(decrypt: Decrypt) -> Iterator[None]:
    """Decrypt the files that are read within the ``with`` block.

    An error in one of them is raised without the values of the document.
    """
    vault = _Vault(decrypt)
    token = _VAULT.set(vault)
    try:
        yield
    except PolicyError as error:
        if not vault.names:
            raise
        problems = [_without_values(problem, vault.names) for problem in error.problems]
        if problems == list(error.problems):
            raise
        raise InvalidDocument(problems) from None
    finally:
        _VAULT.reset(token)


def readable(content: bytes, name: str) -> bytes:
    """Return the content of the file ``name``, decrypted if it is encrypted.

    Raises PolicyError ``document_vaulted`` for an encrypted file outside of ``decrypting``.
    """
    if not is_encrypted(content):
        return content
    vault = _VAULT.get()
    if vault is None:
        raise PolicyError("document_vaulted", name=name)
    found = vault.decrypt(content, name)
    vault.names.add(posixpath.basename(name))
    return found


def has_decrypted() -> bool:
    """Return whether a file was decrypted since the ``with`` block of ``decrypting`` began."""
    vault = _VAULT.get()
    return vault is not None and bool(vault.names)


def _without_values(problem: Problem, names: set[str]) -> Problem:
    # A place is the name of the document, and a line, a pointer or nothing.
    if not any(name in problem.place for name in names):
        return problem
    known = problem.code.startswith(_SCHEMA_CODES)
    fields = {
        name: value if known and name in _OF_SCHEMA else MASK
        for name, value in problem.fields.items()
        if name != "hint"
    }
    return Problem(problem.code, fields, problem.place)
