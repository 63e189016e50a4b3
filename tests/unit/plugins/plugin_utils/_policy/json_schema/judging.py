# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Short forms for the tests: load a schema from data, evaluate it, and name what was found."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.base.errors import (
    InvalidDocument,
    Problem,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.documents.yaml_reader import (
    Document,
    load_bytes,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.json_schema.evaluate import (
    evaluate_schema,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.json_schema.model import (
    AbsentMode,
    PreparedSchema,
    SchemaResult,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._policy.json_schema.prepare import load_schema

AS_OF = datetime(2026, 11, 30, 12, 0, tzinfo=timezone.utc)
COMPLIANT, NON_COMPLIANT, UNDETERMINED = "compliant", "non_compliant", "undetermined"


def prepared(schema: Any, **options: Any) -> PreparedSchema:
    """Prepare a schema that is data."""
    return load_schema(Document("inline", schema), **options)


def prepared_text(text: str, name: str = "node.yml", **options: Any) -> PreparedSchema:
    """Prepare a schema that is YAML text, so that errors have lines."""
    return load_schema(load_bytes(text.encode(), name), name, **options)


def prepared_file(path: Path, directory: Path | None = None, **options: Any) -> PreparedSchema:
    """Prepare a schema file below ``directory``, by default the directory of the file."""
    root = directory or path.parent
    name = path.relative_to(root).as_posix()
    return load_schema(load_bytes(path.read_bytes(), name), name, root, **options)


def judged(
    schema: Any, facts: Any, absent: str = "undetermined", coerce: bool = False, **options: Any
) -> SchemaResult:
    """Evaluate a schema that is data."""
    ready = schema if isinstance(schema, PreparedSchema) else prepared(schema, **options)
    return evaluate_schema(ready, facts, as_of=AS_OF, absent=AbsentMode(absent), coerce=coerce)


def verdict(schema: Any, facts: Any, **options: Any) -> str:
    """Return the verdict as text."""
    return judged(schema, facts, **options).verdict.value


def violations(schema: Any, facts: Any, **options: Any) -> list[tuple[str, str]]:
    """Return pointer and keyword of every violation."""
    return [(found.pointer, found.keyword) for found in judged(schema, facts, **options).violations]


def gaps(schema: Any, facts: Any, **options: Any) -> list[tuple[str, str]]:
    """Return pointer and reason of every gap."""
    return [(found.pointer, found.reason.value) for found in judged(schema, facts, **options).gaps]


def problems(schema: Any, **options: Any) -> list[Problem]:
    """Return the errors of a schema; fail if it has none."""
    try:
        prepared(schema, **options)
    except InvalidDocument as error:
        return list(error.problems)
    raise AssertionError("the schema was accepted")


def codes(schema: Any, **options: Any) -> list[str]:
    """Return the codes of the errors of a schema."""
    return [problem.code for problem in problems(schema, **options)]
