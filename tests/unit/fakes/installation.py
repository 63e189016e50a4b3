# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Install activation files on a License Server in memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._operations.checks.expectation import (
    parse_expect,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.errors import (
    OperationError,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.license_files import (
    ActivationFile,
    digest,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.core.write_and_verify import Waits
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.license import install
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.license.install import (
    InstallRequest,
    WantedFile,
)

BASE = {"product": "vms_standard", "arch": "x86_64", "kind": "formal", "quantity": 4}


UPGRADE = {**BASE, "product": "vms_standard_to_enterprise"}


def wanted(name: str, expect: Any = None) -> WantedFile:
    content = name.encode()
    file = ActivationFile(f"/files/{name}.ak", f"{name}.ak", digest(content), content)
    return WantedFile(file, parse_expect(expect, file.name))


def request(*files: WantedFile, **options: Any) -> InstallRequest:
    return InstallRequest(files, **options)


def run(server: Any, waits: Waits, *files: WantedFile, **options: Any) -> install.InstallOutcome:
    return install.apply(install.decide(request(*files, **options), server), server, waits)


def refused(server: Any, *files: WantedFile, **options: Any) -> OperationError:
    with pytest.raises(OperationError) as caught:
        install.decide(request(*files, **options), server)
    assert server.writes == []
    return caught.value


def codes(causes: Sequence[Any]) -> list[tuple[str, str]]:
    return [(cause.rule, cause.code) for cause in causes]
