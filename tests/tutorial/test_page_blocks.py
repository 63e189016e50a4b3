# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Blocks are read with their files and exit codes, and output that differs is found."""

from __future__ import annotations

from pathlib import Path

import pytest
from page_blocks import Block, PageError, Step, missing, steps_of

GUIDE = """\
Title
=====

Text.

Step
----

``a/b.yml``:

.. code-block:: yaml

    a:

      - b

It ends with exit code 2:

.. code-block:: shell

    run a/b.yml

.. code-block:: text

    done
"""
README = """\
# Title

The play. `a.yml`:

```yaml
- hosts: all
```

```console
$ run a.yml
ok: [a]
```

## Installation

```shell
install
```
"""


def steps(tmp_path: Path, name: str, text: str) -> tuple[Step, ...]:
    page = tmp_path / name
    page.write_text(text, encoding="utf-8")
    return steps_of(page)


def test_a_guide_has_files_commands_and_output(tmp_path: Path) -> None:
    assert steps(tmp_path, "guide.rst", GUIDE) == (
        Step(
            "Step",
            (
                Block("yaml", "a:\n\n  - b\n", 11, name="a/b.yml"),
                Block("shell", "run a/b.yml\n", 19, code=2),
                Block("text", "done\n", 23),
            ),
        ),
    )


def test_a_readme_has_blocks_before_its_first_section(tmp_path: Path) -> None:
    assert steps(tmp_path, "README.md", README) == (
        Step(
            "",
            (
                Block("yaml", "- hosts: all\n", 5, name="a.yml"),
                Block("console", "$ run a.yml\nok: [a]\n", 9),
            ),
        ),
        Step("Installation", (Block("shell", "install\n", 16),)),
    )


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("Text.\n\n```yaml\na: 1\n```\n", "line 3: the sentence before a file"),
        ("Text.\n\n```ruby\na\n```\n", "must be shell, console, text, yaml, ini or json; got 'ruby'"),
    ],
)
def test_a_block_of_another_form_is_an_error(tmp_path: Path, text: str, error: str) -> None:
    with pytest.raises(PageError, match=error):
        steps(tmp_path, "README.md", text)


@pytest.mark.parametrize(
    ("expected", "seen", "lost"),
    [
        ("hangzhou: compliant (… rules)", "x\n - 'hangzhou: compliant (14\n   rules)'", None),
        (
            "hangzhou: compliant (… rules)",
            "hangzhou: NOT COMPLIANT (14 rules)",
            "hangzhou: compliant (… rules)",
        ),
        ("one\ntwo", "two one", "two"),
        ("changed=1", "unchanged=1", "changed=1"),
        ("ls-west : ok=2 changed=0", "ls-west    : ok=2    changed=0    failed=0", None),
        ("ls-west : ok=2 changed=0", "ls-west : ok=2 changed=02", "ls-west : ok=2 changed=0"),
        ("first … last", "first " + "word " * 60 + "last", "first … last"),
    ],
)
def test_what_one_does_not_see_is_noticed(expected: str, seen: str, lost: str | None) -> None:
    assert missing(expected, seen) == lost
