# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make matrix` counts a part as passed only if it reports what it ran, and lists what was skipped."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

TESTS = Path(__file__).resolve().parents[2]


@pytest.fixture
def matrix(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    monkeypatch.syspath_prepend(str(TESTS))
    spec = importlib.util.spec_from_file_location("usphere_matrix", TESTS / "matrix.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "PLACE", tmp_path)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    return module


def stub_output(module: ModuleType, monkeypatch: pytest.MonkeyPatch, text: str, code: int = 0) -> None:
    """Let every part print ``text`` and exit with ``code``."""
    program = f"import sys; print({text!r}); sys.exit({code})"
    monkeypatch.setattr(module, "command", lambda part, core: [sys.executable, "-c", program])
    monkeypatch.setattr(module, "known_parts", lambda: ["sanity", "units", "docs"])


def test_run_checks_are_counted_and_skipped_ones_are_not(matrix: ModuleType) -> None:
    assert matrix.counted("units", "= 2 failed, 31 passed, 4 skipped, 1 error in 3.21s =") == 34
    assert matrix.counted("units", "tests that passed in an earlier life: 7 passed") == 0
    assert matrix.counted("sanity", 'Running sanity test "a"\nRunning sanity test "b" on Python 3.8\n') == 2
    step = "license_install ➜ verify: Executed: Successful\n"  # printed twice: at the end and in the summary
    assert matrix.counted("molecule", f"INFO     {step}DETAILS\n{step}") == 1


def test_every_part_and_core_is_in_the_table(
    matrix: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stub_output(
        matrix, monkeypatch, 'Running sanity test "a"\nnox > Session docs was successful.\n3 passed in 0.1s'
    )
    assert matrix.main(["2.16", "2.21"], []) == 0
    rows = (tmp_path / "table.md").read_text(encoding="utf-8").splitlines()[2:]
    assert [row.split("|")[1:5] for row in rows] == [
        [" sanity ", " 2.16 ", " passed ", " 1 "],
        [" sanity ", " 2.21 ", " passed ", " 1 "],
        [" units ", " 2.16 ", " passed ", " 3 "],
        [" units ", " 2.21 ", " passed ", " 3 "],
        [" docs ", " (default) ", " passed ", " 1 "],
    ]


def test_a_failure_does_not_stop_the_other_parts_and_is_reported(
    matrix: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stub_output(matrix, monkeypatch, "1 failed, 2 passed in 0.1s", code=1)
    assert matrix.main(["2.16", "2.21"], ["units"]) == 1
    assert "FAILED: units-2.16, units-2.21" in capsys.readouterr().out


def test_a_part_that_ran_nothing_has_not_passed(matrix: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    stub_output(matrix, monkeypatch, "no tests ran in 0.01s")
    assert matrix.main(["2.16"], ["units"]) == 1


def test_skipped_checks_are_listed(
    matrix: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lines = ['Running sanity test "a"', 'WARNING: Skipping sanity test "import" on Python 3.14']
    stub_output(matrix, monkeypatch, "\n".join(lines))
    assert matrix.main(["2.21"], ["sanity"]) == 0
    assert f"- sanity-2.21: {lines[1]}" in (tmp_path / "table.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(("java", "ran"), [("", False), ("/usr/bin/java", True)])
def test_without_java_the_events_are_skipped_and_listed(
    matrix: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, java: str, ran: bool
) -> None:
    stub_output(matrix, monkeypatch, "3 passed in 0.1s")
    monkeypatch.setattr(matrix, "known_parts", lambda: ["package", "eda"])
    monkeypatch.setenv("JAVA", java)
    assert matrix.main(["2.21"], []) == 0
    text = (tmp_path / "table.md").read_text(encoding="utf-8")
    assert ("| eda |" in text, "- eda: ansible-rulebook needs Java 17" in text) == (ran, not ran)


@pytest.mark.parametrize(("cores", "parts"), [([], []), (["2.16"], ["unit"])])
def test_unknown_cores_and_parts_are_rejected(
    matrix: ModuleType, monkeypatch: pytest.MonkeyPatch, cores: list[str], parts: list[str]
) -> None:
    stub_output(matrix, monkeypatch, "3 passed in 0.1s")
    assert matrix.main(cores, parts) == 2


def test_parts_are_read_from_the_makefile(matrix: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_text("units: x\nfaults-fast:\n", encoding="utf-8")
    assert matrix.known_parts() == ["units", "reuse", "docs", "galaxy", "faults-fast"]
