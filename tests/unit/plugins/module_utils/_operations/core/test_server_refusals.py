# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A write that a server refuses in its task is the same refusal as one in the response itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.server_refusals import (
    write_at_once,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.write_and_verify import Waits
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.write_errors import (
    ServerRefused,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.tasks import Task, TaskState
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.wire.errors import BusinessError


def in_its_task() -> Task:
    return Task("5", lambda: TaskState(True, "failed", "3140", "there", error_name="client_exists"))


def in_its_response() -> Task:
    where = {"endpoint": "https://10.1.0.5", "method": "POST", "path": "/clients"}
    refused = BusinessError("business_error", error_code="3140", error_message="there", **where)
    refused.error_code = "client_exists"
    raise refused


@pytest.mark.parametrize("write", [in_its_task, in_its_response])
def test_a_refused_write_is_named_by_the_error_of_the_server(write: Callable[[], Task]) -> None:
    with pytest.raises(ServerRefused) as caught:
        write_at_once(write, lambda: True, "hangzhou", Waits(1, 0.05))
    assert caught.value.fields["what"] == "hangzhou"
    assert (caught.value.fields["error_code"], caught.value.fields["error_message"]) == ("3140", "there")
