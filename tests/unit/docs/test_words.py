# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""All tracked texts use American spelling and none of the phrases that readers do not search for."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]

#: Files and directories that are not checked, each with its reason.
EXCLUDED = {
    "LICENSE": "the text of the license is not ours",
    "LICENSES/": "the texts of the licenses are not ours",
    "CHANGELOG.rst": "released texts do not change",
    "changelogs/changelog.yaml": "released texts do not change",
    "tests/unit/docs/test_words.py": "this file lists the words",
}
#: Texts that are removed before the check, each with its reason.
ALLOWED = {
    r"[\w/-]*unrecognised\w*": "keys and codes of this spelling are public",
    r"\.?\bcancelled\(\)": "method of asyncio and function of GitHub Actions",
    r"[\"'=\[(*]nobody\b|\b(?:username:|no node) nobody\b|\bNOBODY-KNOWS\b": "value of a test",
    r"[\"/.](?:licence|colour)\b": "misspelled or unknown key of a test",
}
BRITISH = (
    r"licence|catalogue|cancell(?:ed|ing)|unrecognised|recognis(?:e|ed|es|ing)|normalis(?:e|ed|es|ing|ation)"
    r"|behaviours?|colours?|organis(?:e|ed|ation)s?|initialis(?:e|ed|ing)|serialis(?:e|ed|ing)|favour(?:ite)?"
    r"|summaris(?:e|ed|es)|labell(?:ed|ing)|modell(?:ed|ing)|honour(?:s|ed)?|judgement|analys(?:ed|ing)"
)
PHRASES = (
    r"hand(?:s|ed|ing)? (?:in|over)|hand-overs?|is lacking|(?:holds|is held) against|laid over"
    r"|put(?:s|ting)? right|g(?:ives?|ave|iven|iving) up|t(?:akes?|ook|aken) down|worth it"
    r"|newcomer'?s? path|what there is|the other side|the whole of|came|lacks|nobody|newcomer"
)
FORBIDDEN = re.compile(rf"\b(?:{BRITISH}|{PHRASES})\b", re.IGNORECASE)
EXCEPTIONS = re.compile("|".join(ALLOWED))
#: A title asks no question and begins with a noun or an imperative.
RIDDLE = re.compile(r"^(?:Why one|How sure|What (?:there|it)|Beside|Whom|Who|Nobody|Tell)\b")


def tracked() -> list[str]:
    """Return the files that git tracks; skip outside of a git repository."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if done.returncode != 0:
        pytest.skip("the checkout is not a git repository")
    return [name for name in done.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def texts() -> Iterator[tuple[str, str]]:
    """Return the names and contents of all text files that are checked."""
    for name in tracked():
        if name.startswith(tuple(EXCLUDED)):
            continue
        content = (ROOT / name).read_bytes()
        if b"\0" not in content:
            yield name, content.decode(errors="replace")


def forbidden(line: str) -> list[str]:
    """Return the forbidden words and phrases of a line."""
    return [match.group() for match in FORBIDDEN.finditer(EXCEPTIONS.sub(" ", line))]


def titles(name: str, text: str) -> Iterator[str]:
    """Return titles of sections, descriptions of targets, names of tasks and short descriptions."""
    if name.endswith(".md"):
        yield from re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    elif name.endswith(".rst"):
        yield from re.findall(r"^(.+)\n(?:={3,}|-{3,}|~{3,})$", text, re.MULTILINE)
    elif name == "Makefile":
        yield from re.findall(r"^[a-z-]+:.*## (.+)$", text, re.MULTILINE)
    else:
        yield from re.findall(r"^\s*(?:- name|short_description): (.+)$", text, re.MULTILINE)


def test_no_text_has_a_forbidden_word() -> None:
    found = [
        f"{name}:{number}: {word}"
        for name, text in texts()
        for number, line in enumerate(text.splitlines(), 1)
        for word in forbidden(line)
    ]
    assert found == []


def test_titles_are_nouns_or_imperatives() -> None:
    found = [(name, title) for name, text in texts() for title in titles(name, text)]
    assert [(name, title) for name, title in found if RIDDLE.search(title)] == []
    assert len(found) > 100


@pytest.mark.parametrize(
    "line", ["a licence", "Nobody reads it", "the whole of it", "It gave up", "x came", "colour"]
)
def test_a_forbidden_word_is_found(line: str) -> None:
    assert forbidden(line)


@pytest.mark.parametrize(
    "line", ["r27-unrecognised", "task.cancelled()", "usphere_hosts=nobody", "a license", "became"]
)
def test_an_allowed_word_passes(line: str) -> None:
    assert forbidden(line) == []


def test_a_riddle_is_found() -> None:
    assert RIDDLE.search("Why one wants it")
    assert list(titles("a.md", "# Why one wants it\n")) == ["Why one wants it"]
    assert list(titles("a.yml", "- name: Tell it\n")) == ["Tell it"]
