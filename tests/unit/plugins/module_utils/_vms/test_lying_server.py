# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random servers over HTTP: no lie becomes a complete list, a known fact or a shown secret; no truth is lost.

``make lying-server`` runs 2,000 sequences and prints the figures.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.unicloud.usphere.plugins.module_utils._errors import UsphereError
from ansible_collections.unicloud.usphere.plugins.module_utils._messages.catalog import render
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.facts.read_system import (
    read_system,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._operations.facts.vms import ReadOptions
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api import client
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.license_server_api import (
    LicenseServerApi,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._vms.api.vms_api import VmsApi

from ....fakes.lying_findings import figures, findings, report
from ....fakes.lying_server import HONEST_WAYS, LIES, PASSWORD, Sequence

SEQUENCES = int(os.environ.get("LYING_SEQUENCES", "200"))
SEED = int(os.environ.get("LYING_SEED", "1"))

Judge = Callable[[int], tuple[Sequence, list[str]]]


@pytest.fixture
def judge(server: Any, connect: Any, json_answer: Any, monkeypatch: pytest.MonkeyPatch) -> Judge:
    # Waits between retries do not change what is read.
    monkeypatch.setattr(client, "ATTEMPTS", 1)
    connection = connect(password=PASSWORD)

    def run(number: int) -> tuple[Sequence, list[str]]:
        sequence = Sequence(number, SEED, json_answer, server.port)
        server.script = sequence.respond
        messages: list[str] = []

        def note(error: UsphereError) -> None:
            messages.extend(render(error.code, error.fields, language) for language in ("en", "zh"))

        vms = VmsApi(connection, sequence.profile)
        license_server = LicenseServerApi(connection, sequence.profile)
        facts: dict[str, Any] = {}
        try:
            facts = read_system(vms, license_server, ReadOptions(note=note, now=lambda: 1795507200.0))
        except UsphereError as error:
            note(error)
        finally:
            vms.close()
            license_server.close()
        return sequence, findings(sequence, facts, " ".join(messages))

    return run


def test_no_lie_is_believed_and_no_truth_is_lost(judge: Judge) -> None:
    found: list[str] = []
    ways: Counter[str] = Counter()
    for number in range(SEQUENCES):
        sequence, more = judge(number)
        found += more
        ways[sequence.way] += 1
    print("\n" + report(SEQUENCES, found))
    assert found == []
    assert set(ways) == {*HONEST_WAYS, *LIES}


def test_every_kind_of_finding_is_found(json_answer: Any) -> None:
    """Facts that a client without any check could return have findings of each kind."""
    honest, liar = Sequence(0, SEED, json_answer, 1), Sequence(1, SEED, json_answer, 1)
    short = {
        "hosts": [{"id": "1", "cpu_sockets": 3, "container_cluster": None}],
        "licenses": {"complete": True, "items": []},
        "vms": {"total": -1},
        "unknown": {},
    }
    found = findings(liar, short, PASSWORD)
    assert figures(found)["missed"] == 0
    assert all(figures(found)[kind] for kind in ("complete", "fact", "secret"))
    assert figures(findings(honest, {}, ""))["missed"] >= 4
