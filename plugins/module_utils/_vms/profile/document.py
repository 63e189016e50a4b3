# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the document of an endpoint profile: a file in JSON or YAML, or a mapping."""

from __future__ import annotations

import errno
import importlib
import json
import os
import re
import stat
from typing import Any, Dict, Iterator, List, Mapping, NoReturn, Tuple

from ..._errors import shown
from ..wire.errors import ProfileError
from .checks import below, fail, mapping, plain_text

MOST_BYTES = 1000000
MOST_NODES = 100000
MOST_LEVELS = 40
_PLACES = ("headers", "query", "body")
_BRACES = re.compile(r"(\{\{|\}\})|\{[^{}]*\}")
_WITH_DIGIT = re.compile(r"(?=.*[0-9])(?=.*[A-Za-z])")
_SECRET_NAME = re.compile("key|token|secret|auth|pass|pwd|sign|credential|session", re.IGNORECASE)
_LONG_VALUE, _SHORT_VALUE = 8, 4
_KINDS = (
    (list, "a list"),
    (str, "a text"),
    (bool, "a boolean"),
    ((int, float), "a number"),
    (type(None), "nothing"),
)
_FILE = re.compile(r"\.(ya?ml|json)\Z", re.IGNORECASE)
# Opening a pipe or a device could wait without end.
_OPEN = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
# What PyYAML finds, by the name of its error. The texts of its errors quote the file.
_YAML_PROBLEMS = {
    "ReaderError": "a character that YAML does not allow",
    "ComposerError": "a second document, or an alias without its anchor",
    "ConstructorError": "a tag that is not plain YAML, or a key that is not a single value",
}


def is_path(value: str) -> bool:
    """Return whether a text names a file, and not a built-in profile."""
    return "/" in value or _FILE.search(value) is not None


def plain(document: Mapping[Any, Any]) -> Dict[str, Any]:
    """Return a document with the keys of its first level as text; its size is limited."""
    _check_size(document)
    return mapping(document, "")


def fixed_secrets(item: object, place: str = "", name: str = "") -> Iterator[str]:
    """Yield the fixed values of requests that may be secret, such as the key of an API in a header.

    These are long values of headers, values of headers, queries and bodies with the name of a secret, and
    long values with letters and digits. Of a template it is the text around its placeholders.
    """
    if isinstance(item, Mapping):
        for key, value in item.items():
            yield from fixed_secrets(value, place or (key if key in _PLACES else ""), str(key))
    elif isinstance(item, (list, tuple)):
        for value in item:
            yield from fixed_secrets(value, place, name)
    elif place and isinstance(item, (str, int, float)):
        for value in _fixed_parts(plain_text(item)):
            is_long = place == "headers" or _WITH_DIGIT.match(value)
            least = _SHORT_VALUE if _SECRET_NAME.search(name) else _LONG_VALUE if is_long else len(value) + 1
            if len(value) >= least:
                yield from (value, *(part for part in value.split(" ", 1)[1:] if len(part) >= _SHORT_VALUE))


def _fixed_parts(template: str) -> Iterator[str]:
    """Yield what stands between the placeholders of a template; ``{{`` and ``}}`` are braces."""
    part, at = "", 0
    for match in _BRACES.finditer(template):
        part += template[at : match.start()]
        at = match.end()
        if match[1]:
            part += match[1][0]
        else:
            yield part
            part = ""
    yield part + template[at:]


def _check_size(document: object) -> None:
    nodes = 0
    level: List[object] = [document]
    for _depth in range(MOST_LEVELS):
        inner: List[object] = []
        for item in level:
            if isinstance(item, Mapping):
                inner.extend(item.values())
            elif isinstance(item, (list, tuple)):
                inner.extend(item)
            if nodes + len(inner) > MOST_NODES:
                fail("too_deep", "", nodes=MOST_NODES, depth=MOST_LEVELS)
        if not inner:
            return
        nodes += len(inner)
        level = inner
    fail("too_deep", "", nodes=MOST_NODES, depth=MOST_LEVELS)


def read(path: str) -> Mapping[str, Any]:
    """Return the mapping in a file. JSON is always read, YAML only where PyYAML is installed.

    A wrong path may name any file, such as one with a password, so no error repeats what is in it.
    """
    name = os.path.expanduser(path)
    try:
        with open(name, "rb", opener=_opener) as stream:
            content = stream.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise ProfileError("profile_file_missing", path=shown(path, 200), reason=reason) from None
    if len(content) > MOST_BYTES:
        raise ProfileError("profile_file_large", path=path, limit=MOST_BYTES)
    try:
        document = _parsed(content.decode("utf-8-sig"), path)
    except UnicodeDecodeError:
        _refuse(path, "another encoding")
    except RecursionError:
        _refuse(path, "a document that is nested too deeply")
    if not isinstance(document, Mapping):
        _refuse(path, next((word for kind, word in _KINDS if isinstance(document, kind)), "another value"))
    return document


def _opener(name: str, _flags: int) -> int:
    opened = os.open(name, _OPEN)
    if stat.S_ISREG(os.fstat(opened).st_mode):
        return opened
    os.close(opened)
    raise OSError(errno.EINVAL, "not a regular file")


def _refuse(path: str, reason: str) -> NoReturn:
    raise ProfileError("profile_file_unreadable", path=shown(path, 200), reason=reason) from None


def _line(number: int, problem: str) -> str:
    return "{0} in line {1}".format(problem, number)


def _parsed(content: str, path: str) -> object:
    try:
        return json.loads(content, object_pairs_hook=_once)
    except ValueError as error:
        if path.lower().endswith(".json"):
            number = getattr(error, "lineno", None)
            problem = "text that is not JSON"
            _refuse(path, problem if number is None else _line(number, problem))
    try:
        # PyYAML is optional, because modules need the standard library only.
        yaml: Any = importlib.import_module("yaml")
    except ImportError:
        raise ProfileError("profile_file_yaml", path=path) from None
    loader = None
    try:
        loader = yaml.SafeLoader(content)
        node = loader.get_single_node()
        if node is None:
            return None
        _fix_keys(node, loader, yaml.ScalarNode, path)
        return loader.construct_document(node)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        problem = _YAML_PROBLEMS.get(type(error).__name__, "text that is not YAML")
        _refuse(path, problem if mark is None else _line(mark.line + 1, problem))
    except (ValueError, TypeError, AttributeError, OverflowError):
        # A value that its tag or its form promises, such as the date 2026-02-30.
        _refuse(path, "a date, number or tagged value that does not exist")
    finally:
        if loader is not None:
            loader.dispose()


def _fix_keys(root: Any, loader: Any, node_of: Any, path: str) -> None:
    """Make every key of a YAML document the text that it has in the file.

    Python would take keys such as 17 and 0x11, or 1 and true, as one key, whose last value counts. Refused
    are a key that YAML reads as another text, one that occurs twice in a mapping, and merge keys.
    """
    waiting, seen = [(root, "")], set()
    while waiting:
        node, at = waiting.pop()
        if id(node) in seen or node.id == "scalar":
            continue
        seen.add(id(node))
        if node.id == "sequence":
            waiting.extend((item, below(at, index)) for index, item in enumerate(node.value))
            continue
        names = set()
        for index, (key, value) in enumerate(node.value):
            # Merge keys of merge keys make a small file grow without limit.
            if key.tag == "tag:yaml.org,2002:merge":
                _refuse(path, _line(key.start_mark.line + 1, "the merge key <<"))
            if key.id != "scalar":
                # The constructor refuses it.
                continue
            read_as = loader.construct_object(key)
            name = plain_text(read_as)
            if not isinstance(read_as, str) and name != key.value:
                text = "nothing" if read_as is None else shown(read_as)
                fail("key_read", at, key.value, read=name if isinstance(read_as, (bool, float)) else text)
            if name in names:
                fail("key_twice", at, name)
            names.add(name)
            node.value[index] = (node_of("tag:yaml.org,2002:str", name, key.start_mark, key.end_mark), value)
            waiting.append((value, below(at, name)))


def _once(pairs: List[Tuple[str, Any]]) -> Dict[str, Any]:
    found: Dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            fail("key_twice", "", key)
        found[key] = value
    return found
