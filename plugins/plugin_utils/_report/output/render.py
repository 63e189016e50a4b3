# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Render a ComplianceResult in one of the report formats."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from ....module_utils._messages.catalog import LANGUAGES
from ..._policy.base.errors import PolicyError
from ..._policy.documents.schemas import brief, suggestion
from ..formats.as_text import text
from ..model.result_model import ComplianceResult, read_result

#: Report formats with the file name suffixes that select them.
FORMATS: dict[str, tuple[str, ...]] = {
    "json": (".json",),
    "ndjson": (".ndjson", ".jsonl"),
    "csv": (".csv",),
    "md": (".md",),
    "html": (".html", ".htm"),
    "junit": (".xml",),
    "sarif": (".sarif",),
    "prometheus": (".prom",),
    "text": (".txt",),
}
_MODULES = {
    "json": "as_json",
    "ndjson": "as_json",
    "csv": "as_csv",
    "md": "as_markdown",
    "html": "as_html",
    "junit": "as_junit",
    "sarif": "as_sarif",
    "prometheus": "as_prometheus",
}


def render_report(result: object, form: str, language: str = "en", detail: bool | None = None) -> str:
    """Return ``result`` in a format of FORMATS, with messages in ``en`` or ``zh``.

    ``detail`` applies to the format ``text`` (see as_text.report); the other formats always have all details.

    The output is reproducible: equal results give equal bytes. Raises PolicyError for another format or
    language, or for a value that is not a ComplianceResult.
    """
    if form not in FORMATS:
        hint = suggestion(form, list(FORMATS))
        raise PolicyError("report_format", expected=list(FORMATS), value=brief(str(form)), hint=hint)
    if language not in LANGUAGES:
        raise PolicyError("language_invalid", value=brief(str(language)))
    if form == "text":
        return text(read_result(result), language, detail)
    renderer: Callable[[ComplianceResult, str], str] = getattr(
        import_module(f"..formats.{_MODULES[form]}", __package__), form
    )
    return renderer(read_result(result), language)


def format_of(path: str) -> str:
    """Return the format of a file name (``report.html``). Raises PolicyError for an unknown suffix."""
    for form, suffixes in FORMATS.items():
        if path.lower().endswith(suffixes):
            return form
    expected = [suffix for suffixes in FORMATS.values() for suffix in suffixes]
    raise PolicyError("report_suffix", path=path, expected=expected)
