# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""One reading of a target: its outcome and its notices."""

from __future__ import annotations

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._errors import LicensingError, UsphereError
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import (
    AuthenticationFailed,
    CertificateError,
    Unreachable,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._events.backoff import ReadStatus
from ansible_collections.unicloud.usphere.plugins.plugin_utils._events.notice import EventSubject
from ansible_collections.unicloud.usphere.plugins.plugin_utils._events.payload import Words
from ansible_collections.unicloud.usphere.plugins.plugin_utils._events.targets import (
    Round,
    Target,
    TargetReading,
    read_target,
)

from .conftest import NOW

HZ = EventSubject("system", "hangzhou")
WHERE = {"endpoint": "https://x:1", "username": "automation", "reason": "self-signed"}


def read(result: TargetReading | Exception) -> Round:
    def work() -> TargetReading:
        if isinstance(result, Exception):
            raise result
        return result

    return read_target(Target(HZ, work), NOW.timestamp, Words())


@pytest.mark.parametrize(
    ("result", "outcome", "was_read"),
    [
        (TargetReading(frozenset({HZ}), ()), ReadStatus.READ, True),
        (TargetReading(frozenset({HZ}), (), ("the License Server is down",)), ReadStatus.FAILED, True),
        (Unreachable("unreachable_refused", **WHERE), ReadStatus.FAILED, False),
        (AuthenticationFailed("authentication_failed", "R20", **WHERE), ReadStatus.REFUSED, False),
        (CertificateError("certificate_untrusted", **WHERE), ReadStatus.REFUSED, False),
        (LicensingError("instant_unparseable", text="soon"), ReadStatus.FAILED, False),
    ],
)
def test_the_outcome_of_a_reading(
    result: TargetReading | Exception, outcome: ReadStatus, was_read: bool
) -> None:
    seen = read(result)
    assert (seen.outcome, seen.was_read) == (outcome, was_read)
    assert seen.as_of == NOW
    assert bool(seen.problems) == (outcome is not ReadStatus.READ)
    if was_read:
        assert seen.notices == ()
        return
    assert isinstance(result, (UsphereError, LicensingError))
    (notice,) = seen.notices
    assert (notice.body["type"], notice.body["system"], notice.lasting) == ("unread", "hangzhou", False)
    assert notice.body["code"] == result.code


def test_an_unexpected_exception_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        read(ZeroDivisionError())
