# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Use the jsonschema library: its keyword functions decide about values, its meta-schemas about schemas.

The library is imported when it is first used, because importing it takes longer than an evaluation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from ....module_utils._pointer import Path, join
from ..base.errors import PolicyError
from ..documents.schemas import as_written, brief
from .dialects import Dialect

_CLASSES = {
    Dialect.DRAFT4: "Draft4Validator",
    Dialect.DRAFT6: "Draft6Validator",
    Dialect.DRAFT7: "Draft7Validator",
    Dialect.DRAFT2019_09: "Draft201909Validator",
    Dialect.DRAFT2020_12: "Draft202012Validator",
}
#: The distribution that brings the checker of a format to the library.
FORMAT_PACKAGES = {
    "color": "webcolors",
    "date-time": "rfc3339-validator",
    "duration": "isoduration",
    "hostname": "fqdn",
    "idn-hostname": "idna",
    "iri": "rfc3987-syntax",
    "iri-reference": "rfc3987-syntax",
    "json-pointer": "jsonpointer",
    "relative-json-pointer": "jsonpointer",
    "time": "rfc3339-validator",
    "uri": "rfc3986-validator",
    "uri-reference": "rfc3986-validator",
    "uri-template": "uri-template",
}


@cache
def _validator(dialect: Dialect) -> Any:
    try:
        import jsonschema
    except ImportError as error:
        raise PolicyError("jsonschema_missing", reason=str(error)) from error
    return getattr(jsonschema, _CLASSES[dialect])({})


def holds(
    dialect: Dialect, keyword: str, argument: object, value: object, schema: Mapping[str, object]
) -> bool:
    """Return whether ``value`` meets a keyword that contains no schema, as the library decides it."""
    validator = _validator(dialect)
    if keyword == "format":
        try:
            return bool(validator.FORMAT_CHECKER.conforms(value, argument))
        except (OverflowError, RecursionError, ValueError):
            # Checkers let some errors of their parsers through, such as a repetition that is too large.
            return False
    errors = validator.VALIDATORS[keyword](validator, argument, value, schema)
    return next(iter(errors or ()), None) is None


def has_format(dialect: Dialect, name: str) -> bool:
    """Return whether the library has a checker for a format; without one, every value would pass."""
    return name in _validator(dialect).FORMAT_CHECKER.checkers


def schema_errors(dialect: Dialect, schema: object) -> Iterator[tuple[Path, Mapping[str, object]]]:
    """Yield the path and the message fields of each error against the meta-schema of the draft."""
    validator = _validator(dialect)
    # Imported after the library itself, whose absence has a message of its own.
    from jsonschema.exceptions import best_match

    for error in type(validator)(validator.META_SCHEMA).iter_errors(schema):
        deepest: Any = best_match([error])
        path: Path = tuple(deepest.absolute_path)
        yield (
            path,
            {
                "pointer": join(path) or "/",
                "value": as_written(deepest.instance),
                "rule": str(deepest.validator),
                "expected": brief(deepest.validator_value),
                "draft": dialect.label,
            },
        )


def published_schema(uri: str) -> object | None:
    """Return a meta-schema by its URI; None if the specifications do not contain it."""
    try:
        from jsonschema_specifications import REGISTRY  # type: ignore[import-untyped]  # has no annotations
    except ImportError as error:
        raise PolicyError("jsonschema_missing", reason=str(error)) from error
    for known in (uri, uri + "#"):
        if known in REGISTRY:
            contents: object = REGISTRY.contents(known)
            return contents
    return None
