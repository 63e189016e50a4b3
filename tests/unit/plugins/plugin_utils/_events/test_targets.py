# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""One look, however it goes."""

from __future__ import annotations

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._errors import UsphereError
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.values.errors import LicensingError
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import (
    AuthenticationFailed,
    CertificateError,
    Unreachable,
)
from ansible_collections.unicloud.usphere.plugins.plugin_utils._events.backoff import Outcome
from ansible_collections.unicloud.usphere.plugins.plugin_utils._events.notice import Subject
from ansible_collections.unicloud.usphere.plugins.plugin_utils._events.payload import Words
from ansible_collections.unicloud.usphere.plugins.plugin_utils._events.targets import (
    Look,
    Round,
    Target,
    look_at,
)

from .conftest import NOW

HZ = Subject("system", "hangzhou")
WHERE = {"endpoint": "https://x:1", "username": "automation", "reason": "self-signed"}


def look(result: Look | Exception) -> Round:
    def work() -> Look:
        if isinstance(result, Exception):
            raise result
        return result

    return look_at(Target(HZ, work), NOW.timestamp, Words())


@pytest.mark.parametrize(
    ("result", "outcome", "was_read"),
    [
        (Look(frozenset({HZ}), ()), Outcome.READ, True),
        (Look(frozenset({HZ}), (), ("the License Server is down",)), Outcome.FAILED, True),
        (Unreachable("unreachable_refused", **WHERE), Outcome.FAILED, False),
        (AuthenticationFailed("authentication_failed", "R20", **WHERE), Outcome.REFUSED, False),
        (CertificateError("certificate_untrusted", **WHERE), Outcome.REFUSED, False),
        (LicensingError("instant_unparseable", text="soon"), Outcome.FAILED, False),
    ],
)
def test_how_a_look_went(result: Look | Exception, outcome: Outcome, was_read: bool) -> None:
    seen = look(result)
    assert (seen.outcome, seen.was_read) == (outcome, was_read)
    assert seen.as_of == NOW
    assert bool(seen.problems) == (outcome is not Outcome.READ)
    if was_read:
        assert seen.notices == ()
        return
    assert isinstance(result, (UsphereError, LicensingError))
    (notice,) = seen.notices
    assert (notice.body["type"], notice.body["system"], notice.lasting) == ("unread", "hangzhou", False)
    assert notice.body["code"] == result.code


def test_what_nobody_foresaw_is_not_swallowed() -> None:
    with pytest.raises(ZeroDivisionError):
        look(ZeroDivisionError())
