# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The message catalog: every message in English and Chinese, by its code.

A package registers its own table, so that a module ships only the messages that it can print. A controller
reads every table when a code without a registered message is rendered.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from typing import Dict, Mapping, Tuple

from .._text import one_line

LANGUAGES = ("en", "zh")
#: What is between the items of a list in a message.
SEPARATORS = {"en": ", ", "zh": "、"}
#: The vendor's Chinese names of license kinds.
KINDS = {"preinstalled": "预授权", "temporary": "临时授权", "formal": "正式授权"}

Messages = Mapping[str, Tuple[str, str]]

MESSAGES: Dict[str, Tuple[str, str]] = {}


def register(table: Messages) -> None:
    """Add the messages of a package: code → (English, Chinese).

    Raises ValueError for a code that another table has defined with other texts.
    """
    for code, texts in table.items():
        if MESSAGES.setdefault(code, texts) != texts:
            raise ValueError("the message code {0} is defined twice".format(code))


def load_tables() -> None:
    """Register every available table: on a controller all of them, on a node those that a module ships."""
    package = __name__.rpartition(".")[0]
    for found in pkgutil.walk_packages(sys.modules[package].__path__, package + "."):
        if not found.ispkg and found.name != __name__:
            register(importlib.import_module(found.name).MESSAGES)


def render(code: str, fields: Mapping[str, object], language: str = "en") -> str:
    """Return the message of ``code`` with ``fields`` filled in.

    A Chinese message has the vendor's name of a license ``kind``. ``language`` is ``en`` or ``zh``.
    """
    if code not in MESSAGES:
        load_tables()
    text = MESSAGES[code][LANGUAGES.index(language)]
    texts = {name: _plain(value, SEPARATORS[language]) for name, value in fields.items()}
    if language == "zh" and "kind" in texts:
        texts["kind"] = KINDS.get(texts["kind"], texts["kind"])
    return text.format_map(texts)


def _plain(value: object, separator: str) -> str:
    if isinstance(value, (list, tuple, set, frozenset)):
        return separator.join(one_line(str(item)) for item in value)
    return one_line(str(value))
