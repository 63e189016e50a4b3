# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Match regular expressions as Python's ``re`` does, but within a limit of time.

The automaton of ``constraints`` decides wherever its result is the same. Other patterns and texts are matched
in a child process that is ended after one second, because ``re`` backtracks and cannot be interrupted.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import warnings
from collections.abc import Iterable
from functools import lru_cache

from ..base.errors import PolicyError
from ..constraints.linear_regex import Pattern, PatternError, compile_pattern

LIMIT_S = 1.0
MAX_LENGTH = 4000
_CHILD = (
    "import json, re, sys, warnings\n"
    "warnings.simplefilter('ignore')\n"
    "pattern, texts = json.load(sys.stdin)\n"
    "search = re.compile(pattern).search\n"
    "print(json.dumps([search(text) is not None for text in texts]))\n"
)
# Characters that \s of ``re`` matches and \s of the automaton does not.
_SEPARATORS = re.compile("[\x1c-\x1f]")


def pattern_problem(pattern: str) -> str:
    """Return why a pattern cannot be used; an empty string if it can."""
    if len(pattern) > MAX_LENGTH:
        return f"longer than {MAX_LENGTH} characters"
    if _linear(pattern) is not None:
        return ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        return str(error) or type(error).__name__
    return ""


def matching(pattern: str, texts: Iterable[str]) -> frozenset[str]:
    """Return the texts in which ``pattern`` occurs.

    Raises PolicyError ``json_schema_pattern_limit`` if matching takes longer than one second.
    """
    linear = _linear(pattern)
    found: list[str] = []
    left: list[str] = []
    for text in texts:
        if linear is None or not _same_as_re(pattern, text):
            left.append(text)
        elif linear.search(text):
            found.append(text)
    if left:
        found.extend(_in_child(pattern, tuple(left)))
    return frozenset(found)


@lru_cache(maxsize=512)
def _linear(pattern: str) -> Pattern | None:
    try:
        return compile_pattern(pattern)
    except PatternError:
        return None


def _same_as_re(pattern: str, text: str) -> bool:
    # ``re`` knows Unicode digits, letters and spaces, and its $ also matches before a final line break.
    if text.endswith("\n") and "$" in pattern:
        return False
    return "\\" not in pattern or (text.isascii() and not _SEPARATORS.search(text))


@lru_cache(maxsize=4096)
def _in_child(pattern: str, texts: tuple[str, ...]) -> tuple[str, ...]:
    # Isolated mode, because the directory and the environment of the play must not change what is imported.
    command = [sys.executable, "-I", "-S", "-c", _CHILD]
    try:
        child = subprocess.run(  # noqa: S603 - a fixed program; pattern and texts are its input
            command,
            input=json.dumps([pattern, texts]),
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=LIMIT_S,
            check=True,
        )
        answers = json.loads(child.stdout)
    except subprocess.TimeoutExpired:
        raise PolicyError("json_schema_pattern_limit", pattern=pattern[:80], limit=LIMIT_S) from None
    except (OSError, subprocess.CalledProcessError, ValueError) as error:
        raise PolicyError("json_schema_pattern_failed", pattern=pattern[:80], reason=str(error)) from error
    return tuple(text for text, answer in zip(texts, answers, strict=True) if answer)
