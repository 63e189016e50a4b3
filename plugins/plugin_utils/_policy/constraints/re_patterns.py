# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Match regular expressions as Python's ``re`` does, but within a limit of time.

The automaton of ``linear_regex`` decides every pattern that it knows. Other patterns are matched in a child
process that is ended at the limit, because ``re`` backtracks and cannot be interrupted.
"""

from __future__ import annotations

import atexit
import json
import os
import re
import selectors
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterable
from functools import lru_cache

from ..base.errors import PolicyError
from .linear_regex import Pattern, PatternError, compile_pattern

LIMIT_S = 1.0
#: What all patterns of one evaluation may take together in the child process.
TOTAL_LIMIT_S = 2.0
MAX_LENGTH = 4000
_CHILD = (
    "import json, re, sys, warnings\n"
    "warnings.simplefilter('ignore')\n"
    "for line in sys.stdin:\n"
    "    pattern, texts = json.loads(line)\n"
    "    search = re.compile(pattern).search\n"
    "    print(json.dumps([search(text) is not None for text in texts]), flush=True)\n"
)
# Characters that \s of ``re`` matches and \s of the automaton for ASCII does not.
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
    """Return the texts in which ``pattern`` occurs, as Matcher does for one evaluation."""
    return Matcher(lambda _steps: None).matching(pattern, texts)


class Matcher:
    """Matches the patterns of one evaluation. ``spend`` is called with the steps of each match."""

    def __init__(self, spend: Callable[[int], None]) -> None:
        self._spend = spend
        self._left_s = TOTAL_LIMIT_S

    def matching(self, pattern: str, texts: Iterable[str]) -> frozenset[str]:
        """Return the texts in which ``pattern`` occurs.

        Raises PolicyError ``json_schema_pattern_limit`` if matching in the child process takes longer than
        one second, or than two seconds together with all that this object has matched before.
        """
        linear = _linear(pattern)
        if linear is None:
            return frozenset(self._in_child(pattern, list(texts)))
        found: list[str] = []
        for text in texts:
            known = linear if _is_ascii(text) or "\\" not in pattern else compile_pattern(pattern, True)
            self._spend(1 + known.cost(text) // 20)
            if known.search(text, final_line=True):
                found.append(text)
        return frozenset(found)

    def _in_child(self, pattern: str, texts: list[str]) -> list[str]:
        self._spend(len(texts))
        if not texts:
            return []
        started = time.monotonic()
        limit = min(LIMIT_S, self._left_s)
        try:
            answers = _child().ask(json.dumps([pattern, texts]), limit)
        except TimeoutError:
            raise PolicyError("json_schema_pattern_limit", pattern=pattern[:80], limit=LIMIT_S) from None
        except (OSError, ValueError) as error:
            raise PolicyError(
                "json_schema_pattern_failed", pattern=pattern[:80], reason=str(error)
            ) from error
        self._left_s -= time.monotonic() - started
        return [text for text, answer in zip(texts, answers, strict=True) if answer]


@lru_cache(maxsize=512)
def _linear(pattern: str) -> Pattern | None:
    try:
        return compile_pattern(pattern)
    except PatternError:
        return None


def _is_ascii(text: str) -> bool:
    return text.isascii() and not _SEPARATORS.search(text)


class _Child:
    """A process that matches patterns until it is ended; it ends by itself with the process that asks."""

    def __init__(self) -> None:
        # Isolated mode, because the directory and the environment of the play must not change the imports.
        self._process = subprocess.Popen(  # noqa: S603 - a fixed program; pattern and texts are its input
            [sys.executable, "-I", "-S", "-c", _CHILD],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self.owner = os.getpid()
        self.is_alive = True

    def ask(self, question: str, limit_s: float) -> list[bool]:
        """Return the answer. Raises TimeoutError past the limit; the process is then ended."""
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise OSError("the process has no pipes")
        ends_at = time.monotonic() + limit_s
        answer = b""
        try:
            stdin.write(question.encode() + b"\n")
            stdin.flush()
            with selectors.DefaultSelector() as selector:
                selector.register(stdout, selectors.EVENT_READ)
                while not answer.endswith(b"\n"):
                    if not selector.select(max(0.0, ends_at - time.monotonic())):
                        raise TimeoutError
                    part = os.read(stdout.fileno(), 65536)
                    if not part:
                        raise OSError("the process has ended")
                    answer += part
        except OSError:
            # TimeoutError is one of them.
            self.end()
            raise
        found: list[bool] = json.loads(answer)
        return found

    def end(self) -> None:
        """End the process, if it is one of this process."""
        if self.is_alive and self.owner == os.getpid():
            self.is_alive = False
            self._process.kill()
            self._process.communicate()


_children: list[_Child] = []


def _child() -> _Child:
    """Return the child of this process; a process that Ansible has forked starts its own."""
    if not _children or not _children[0].is_alive or _children[0].owner != os.getpid():
        _children[:] = [_Child()]
        atexit.register(_children[0].end)
    return _children[0]
