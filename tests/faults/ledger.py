# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ledger: where every formal license is, by the servers, the platform and the files on disk.

Results and journals of the collection are no source. A license is named by the digest of the activation file
in which it was bought: the platform knows which file it issued in the place of which, however often it moved.
"""

from __future__ import annotations

import base64
import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from simulator import Simulator

# What a server lists and no longer has.
GONE = "uninstalled"
FILES = (".uak", ".ak")


@dataclass(frozen=True)
class Copy:
    """A license that is live on a server."""

    server: str
    id: str
    quantity: int
    sha256: str


@dataclass
class Sight:
    """The state of one license: where it is live, and which files restore it."""

    live: list[Copy] = field(default_factory=list)
    restored_by: list[str] = field(default_factory=list)

    @property
    def sites(self) -> list[str]:
        return [copy.server for copy in self.live]

    @property
    def quantity(self) -> int:
        return sum(copy.quantity for copy in self.live)


class Ledger:
    """Follows the licenses of one simulator; ``folders`` are where people and the collection keep files."""

    def __init__(self, simulator: Simulator, *folders: Path) -> None:
        self._simulator = simulator
        self._folders = folders
        self._kinds: dict[str, dict[str, Any]] = {}

    def look(self) -> dict[str, Sight]:
        """Every license there ever was, by the digest of the file in which it was bought."""
        state = self._simulator.call("GET", "/state")
        issued = {row["sha256"]: row for row in state["platform"]["issued_files"]}
        used = {row["origin"] for row in issued.values()}
        found: dict[str, Sight] = defaultdict(Sight)
        for sha256 in issued:
            found[_bought(sha256, issued)]  # a license that is nowhere is known, too
        spent: set[tuple[str, str]] = set()
        devices: dict[str, str] = {}
        for name, node in state["nodes"].items():
            devices |= {node["device"]: name} if "device" in node else {}
            for row in node.get("licenses", ()):
                if row["sha256"] not in issued:
                    continue
                spent.add((name, row["sha256"]))
                if row["status"] != GONE:
                    copy = Copy(name, row["id"], row["quantity"], row["sha256"])
                    found[_bought(row["sha256"], issued)].live.append(copy)
            for sha256 in node.get("uninstall_files", ()):
                if sha256 not in used:
                    found[_bought(sha256, issued)].restored_by.append(f"the uninstall file that {name} keeps")
        for file, sha256 in self._files():
            kind = self._kind_of(file, sha256)
            if kind["kind"] == "uninstall_file" and kind["origin"] not in used:
                found[_bought(kind["origin"], issued)].restored_by.append(str(file))
            if kind["kind"] == "activation_file" and sha256 in issued:
                server = devices.get(issued[sha256]["device"])
                if server is not None and (server, sha256) not in spent and sha256 not in used:
                    found[_bought(sha256, issued)].restored_by.append(str(file))
        return dict(found)

    def _files(self) -> Iterable[tuple[Path, str]]:
        for folder in self._folders:
            for file in sorted(folder.rglob("[!.]*")):
                if file.suffix in FILES and file.is_file():
                    yield file, hashlib.sha256(file.read_bytes()).hexdigest()

    def _kind_of(self, file: Path, sha256: str) -> dict[str, Any]:
        """The platform's word for what a file is; it does not change."""
        if sha256 not in self._kinds:
            body = {"file": base64.b64encode(file.read_bytes()).decode()}
            self._kinds[sha256] = self._simulator.call("POST", "/platform/examine", body)
        return self._kinds[sha256]


def _bought(sha256: str, issued: dict[str, dict[str, Any]]) -> str:
    """The file in which the license of a file was bought."""
    while issued[sha256]["origin"] is not None:
        sha256 = issued[sha256]["origin"]
    return sha256
