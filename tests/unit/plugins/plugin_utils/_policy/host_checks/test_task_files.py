# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the files of a task are searched, and which texts are templates."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import PolicyError
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.host_checks.task_files import (
    task_finder,
    template_check,
)


class MissingNeedle(Exception):
    """Raised like the error of Ansible for a file that it does not find."""


def test_a_file_is_searched_in_the_role_beside_the_playbook_and_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def needle(directory: str, name: str) -> str:
        if not (tmp_path / "role" / directory / name).exists():
            raise MissingNeedle
        return str(tmp_path / "role" / directory / name)

    find = task_finder(needle, MissingNeedle, lambda name: str(tmp_path / "play" / name))
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    with pytest.raises(PolicyError, match=r"a\.yml was not found"):
        find("a.yml")
    expected = []
    for path in ("here", "play", "role/policies", "role/files"):
        (tmp_path / path).mkdir(parents=True, exist_ok=True)
        (tmp_path / path / "a.yml").write_text("")
        expected.append("a.yml" if path == "here" else str(tmp_path / path / "a.yml"))
        assert find("a.yml") == expected[-1]


def test_a_directory_is_not_a_file(tmp_path: Path) -> None:
    find = task_finder(lambda _directory, _name: str(tmp_path), MissingNeedle, lambda _name: str(tmp_path))
    with pytest.raises(PolicyError):
        find("no-such-file.yml")


@pytest.mark.parametrize("text", ["{{ a }}", "{% if a %}", "{# a #}"])
def test_only_trusted_text_with_marks_is_a_template(text: str) -> None:
    assert template_check(lambda _text: True)(text)
    assert not template_check(lambda _text: False)(text)
    assert not template_check(lambda _text: True)("plain text")
