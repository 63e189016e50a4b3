# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recovery table, rows 13 to 23: from the request to an aborted or truncated record."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.errors import OperationError
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.write_errors import (
    NotVerified,
    Unclear,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.journal.record import (
    End,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.migration import run

from .....fakes.migration_run import arrived, finish, fresh, killed, state


def test_row_13_requested_and_not_yet_reported(site: Any, kit: Any) -> None:
    killed(site, kit, "rename request.json", after=True)
    site.run()
    assert state(site) == "waiting_for_activation_file"


def test_row_14_waiting_changes_nothing(site: Any) -> None:
    site.run()
    before = site.record
    plan = site.plan()
    assert (plan.changed, plan.tasks[0].actions, plan.source_checked) == (False, (), True)
    site.source.calls.clear()
    site.run()
    assert site.record == before
    assert site.source.writes == []


def test_row_14_waiting_while_no_server_is_reachable(site: Any) -> None:
    site.run()
    site.source.down = site.destination.down = True
    plan = site.plan()
    assert not plan.changed
    assert not plan.source_checked
    assert [cause.code for cause in plan.warnings] == [
        "migration_source_unread",
        "unreachable_refused",
        "migration_device_not_asked",
        "unreachable_refused",
    ]


def test_row_14_the_device_has_changed(site: Any) -> None:
    site.run()
    site.destination.device = 2
    plan = site.plan()
    assert plan.tasks[0].actions == ("request_transfer",)
    assert [cause.code for cause in plan.warnings] == ["migration_device_changed"]
    site.run()
    assert site.record.transfer.folder == "transfer-2"
    assert not site.plan().changed
    site.run(site.platform(site.record))
    arrived(site)


def test_rows_15_to_17_the_installation(site: Any, kit: Any, tmp_path: Path) -> None:
    for number, (after, writes) in enumerate([(False, 1), (True, 0)]):
        again = fresh(site, tmp_path / str(number))
        again.run()
        killed(again, kit, "west: install", after, again.platform(again.record))
        assert state(again) == "waiting_for_activation_file"
        again.destination.calls.clear()
        # The file need not be given again, because the journal has it.
        again.run()
        assert len(again.destination.writes) == writes
        arrived(again)


def test_row_17_the_answer_was_lost(site: Any, kit: Any) -> None:
    site.run()
    site.destination.failures.append(kit.Failure("install", kit.LOST, after=True))
    site.run(site.platform(site.record))
    arrived(site)
    assert len(site.destination.writes) == 1


def test_row_16_a_lost_request_is_not_repeated_blindly(site: Any, kit: Any) -> None:
    site.run()
    site.destination.failures.append(kit.Failure("install", kit.LOST))
    with pytest.raises(OperationError) as caught:
        site.run(site.platform(site.record))
    assert "write_unclear" in [cause.code for cause in caught.value.causes]
    assert len(site.destination.writes) == 1
    site.run()
    arrived(site)


def test_row_18_the_file_is_for_another_device(site: Any) -> None:
    site.run()
    wrong = site.platform(site.record, device="north/1")
    with pytest.raises(OperationError) as caught:
        site.run(wrong)
    assert [cause.code for cause in caught.value.causes] == ["refused_device_mismatch"]
    assert (state(site), site.record.parts[0].file) == ("waiting_for_activation_file", None)
    assert site.record.history[-1].step == "activation_file_refused"
    assert [cause.code for cause in site.plan(wrong).warnings] == ["activation_file_refused_before"]
    site.run(wrong)
    assert state(site) == "waiting_for_activation_file"
    site.run(site.platform(site.record))
    arrived(site)
    assert len(list((site.folder / "journal").rglob("*.ak"))) == 2, "the refused one stays"


def test_row_18_the_file_was_edited(site: Any) -> None:
    site.run()
    path = site.platform(site.record)
    content = path.read_bytes()
    path.write_bytes(content[:-4])
    with pytest.raises(OperationError) as caught:
        site.run(path)
    assert [cause.code for cause in caught.value.causes] == ["refused_activation_file_invalid"]
    path.write_bytes(content)
    site.run(path)
    arrived(site)


@pytest.mark.parametrize("run", [1, 2])
def test_row_19_the_file_has_another_quantity(site: Any, run: int) -> None:
    site.run()
    path = site.platform(site.record, licenses=[["srm", "x86_64", "formal", "3132A0XY", 9]])
    for _turn in range(run):
        with pytest.raises(OperationError) as caught:
            site.run(path)
        codes = [caught.value.code, *(cause.code for cause in caught.value.causes)]
        assert "migration_yield_differs" in codes or "expectation_not_met" in codes
    assert state(site) == "waiting_for_activation_file"
    assert len(site.destination.writes) == 1


def test_row_20_installed(site: Any, kit: Any) -> None:
    site.run()
    path = site.platform(site.record)
    original = run._Run._verify

    def die(self: Any, index: int) -> None:
        raise kit.Killed("verify")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run._Run, "_verify", die)
        with pytest.raises(kit.Killed):
            site.run(path)
    assert original is run._Run._verify
    assert state(site) == "installed"
    site.destination.records[0] = type(site.destination.records[0])(
        **{**site.destination.records[0].__dict__, "status": "unusable"}
    )
    with pytest.raises(NotVerified) as caught:
        site.run()
    assert caught.value.code == "migration_not_live"
    site.destination.records[0] = type(site.destination.records[0])(
        **{**site.destination.records[0].__dict__, "status": "usable"}
    )
    site.run()
    arrived(site)


def test_row_21_verified_changes_nothing(site: Any) -> None:
    finish(site)
    before = site.record
    plan = site.plan()
    assert (plan.changed, plan.warnings, plan.source_checked) == (False, (), True)
    site.run(*(path for path in site.folder.glob("issued*.ak")))
    assert site.record == before
    assert site.source.writes == ["uninstall east-1"]


def test_row_21_verified_while_the_source_is_unreachable(site: Any) -> None:
    finish(site)
    site.source.down = True
    plan = site.plan()
    assert (plan.changed, plan.source_checked) == (False, False)
    assert [cause.code for cause in plan.warnings] == ["migration_source_unread", "unreachable_refused"]


def test_row_22_aborted(site: Any, kit: Any) -> None:
    killed(site, kit, "rename record.json", after=True)
    site.abort()
    assert state(site) == "aborted"
    site.abort()
    finish(site)
    arrived(site)


def test_row_23_a_truncated_record(site: Any) -> None:
    site.run()
    path = site.folder / "journal" / site.record.id / "record.json"
    complete = path.read_bytes()
    writes = list(site.source.writes)
    for length in (0, 1, len(complete) // 2, len(complete) - 3):
        path.write_bytes(complete[:length])
        with pytest.raises(OperationError) as caught:
            site.run()
        assert caught.value.code == "journal_record_invalid"
    assert site.source.writes == writes


def test_an_unclear_uninstallation_is_not_repeated_blindly(site: Any, kit: Any) -> None:
    site.source.failures.append(kit.Failure("uninstall", kit.LOST))
    with pytest.raises(OperationError) as caught:
        site.run()
    assert isinstance(caught.value.__cause__, Unclear)
    assert site.source.writes == ["uninstall east-1"]
    finish(site)
    arrived(site)


def test_the_remainder_is_installed_on_the_source(site: Any, given: Any) -> None:
    """R26: the complete file is uninstalled, and two files are requested."""
    site.options["quantities"] = (4,)
    record = site.run().records[0]
    assert [(part.end, part.quantity) for part in record.parts] == [(End.DESTINATION, 4), (End.SOURCE, 6)]
    part, rest = site.platform(record, 0), site.platform(record, 1)
    site.run(given(part, quantity=4))
    assert state(site) == "waiting_for_activation_file"
    assert not site.plan().changed
    site.run(given(rest, end=End.SOURCE))
    assert state(site) == "verified"
    assert [r.quantity for r in site.destination.live()] == [4]
    assert [r.quantity for r in site.source.live()] == [6]
