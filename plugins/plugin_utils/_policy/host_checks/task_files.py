# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find the files that a task names, and recognize templates and names of Ansible, for plugins."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path as FilePath

from ..documents.files import Finder, find_here
from ..facts.deduplicate import TEMPLATE_MARKS

DIRECTORIES = ("files", "policies")
#: What Ansible sets itself, beside its internal and its reserved names, which differ between releases.
_MAGIC = frozenset(
    (
        "ansible_check_mode",
        "ansible_delegated_vars",
        "ansible_index_var",
        "ansible_loop",
        "ansible_loop_var",
        "ansible_parent_role_names",
        "ansible_parent_role_paths",
        "ansible_play_name",
        "ansible_search_path",
        "environment",
        "hostvars",
        "omit",
        "vars",
    )
)


def task_finder(
    find_needle: Callable[[str, str], str], not_found: type[Exception], beside_playbook: Callable[[str], str]
) -> Finder:
    """Return a Finder that searches like Ansible's own file lookup: in the role, then next to the playbook.

    ``find_needle`` is called with a directory and the name and raises ``not_found``. A playbook called by
    FQCN is in the collection, so the working directory, which has the documents of the site, is the last.
    """

    def find(name: str) -> str:
        for directory in DIRECTORIES:
            try:
                found = find_needle(directory, name)
            except not_found:
                continue
            if FilePath(found).is_file():
                return found
        found = beside_playbook(name)
        return found if FilePath(found).is_file() else find_here(name)

    return find


def template_check(is_trusted: Callable[[str], bool]) -> Callable[[str], bool]:
    """Return a function that returns whether Ansible would template a text. It must be trusted to be one."""

    def is_template(value: str) -> bool:
        return any(mark in value for mark in TEMPLATE_MARKS) and is_trusted(value)

    return is_template


def reserved_check(internal: Iterable[str], is_reserved_name: Callable[[str], bool]) -> Callable[[str], bool]:
    """Return a function that returns whether Ansible uses a name itself, so that it names no fact of a host.

    ``internal`` are the internal names of the release, ``is_reserved_name`` is its own function.
    """
    names = _MAGIC.union(internal)
    return lambda name: name in names or bool(is_reserved_name(name))


def without_empty(raw: object, resolved: object, is_template: Callable[[str], bool]) -> object:
    """Return ``resolved`` with null in place of each empty text that the template in ``raw`` resulted in.

    Before ansible-core 2.19, a template that results in nothing results in an empty text.
    """
    if isinstance(raw, str):
        return None if resolved == "" and is_template(raw) else resolved
    if isinstance(raw, Mapping) and isinstance(resolved, Mapping):
        return {
            name: without_empty(raw[name], value, is_template) if name in raw else value
            for name, value in resolved.items()
        }
    if isinstance(raw, (list, tuple)) and isinstance(resolved, (list, tuple)) and len(raw) == len(resolved):
        return [without_empty(*pair, is_template) for pair in zip(raw, resolved, strict=True)]
    return resolved
