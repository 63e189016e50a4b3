# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the facts of a CVK node from its own files: release, architecture, CPU sockets.

What they do not contain (other hosts, licenses, features) is unknown, never absent.
"""

from __future__ import annotations

import os
import re
import time
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, FrozenSet, Mapping, Optional, Set, Tuple

from ..._facts import ABSENT, GATHER_ERROR, TYPE, FactTree
from ..._text import printable, split_version
from ..._time import format_epoch
from ..core.errors import InvalidRequest
from .site_overrides import FEATURES, merge_site_facts
from .vms import CONTROLLER

RELEASE_FILE = "/etc/cas_cvk-version"
CPUS = "/sys/devices/system/cpu"
# Public tools for CAS hosts read the release file in this way; Linux documents the CPU topology.
CERTAINTY = {"documented": ["cpu_topology"], "observed": ["release_file"]}

_MAX_BYTES = 4096
_CPU = re.compile(r"cpu([0-9]+)\Z")
_RELEASE = re.compile(r"[A-Z][0-9]{4}(?:[PHL][0-9]{2})*(?:-[A-Za-z0-9]+)?\Z")
_MACHINES = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "aarch64", "arm64": "aarch64"}


def _machine() -> str:
    return os.uname().machine


def _no_statements() -> Mapping[str, object]:
    return {}


@dataclass(frozen=True)
class NodeOptions:
    """Options for reading a node.

    ``root`` is prepended to paths; ``lscpu`` returns the output of that command or None.
    """

    subject_id: Optional[str] = None
    site: Mapping[str, object] = field(default_factory=_no_statements)
    root: str = ""
    machine: Callable[[], str] = _machine
    lscpu: Callable[[], Optional[str]] = lambda: None
    now: Callable[[], float] = time.time


def refuse_options(options: Mapping[str, Any]) -> None:
    """Raise InvalidRequest ``option_not_for_via`` for options of ``vms_facts`` that need a server."""
    servers = {
        "license_server": options["license_server"],
        "product_nodes": options.get("product_nodes"),
        "srm_sites": options["srm_sites"],
        "clock": options["clock"] != CONTROLLER,
        "catalog": options.get("catalog"),
    }
    for option, given in servers.items():
        if given:
            raise InvalidRequest("option_not_for_via", option=option)


def read_node(options: NodeOptions) -> Dict[str, Any]:
    """Return the HostFacts of the node that this code runs on, with the subject kind ``node``.

    Version and architecture are the node's own. Raises InvalidRequest for an invalid statement in ``site``.
    """
    tree = FactTree()
    tree.put("/subject", {"kind": "node", **({"id": options.subject_id} if options.subject_id else {})})
    tree.put("/source", {"via": "node", "certainty": CERTAINTY, "gathered_at": format_epoch(options.now())})
    release, series, reason = _release(options.root)
    tree.put_or_miss("/version/vms", release, reason)
    tree.put_or_miss("/version/series", series, reason)
    arch = _MACHINES.get(options.machine().lower())
    tree.put_or_miss("/architecture", arch, TYPE)
    sockets, sockets_reason = _sockets(options)
    _put_host(tree, options, release, reason, arch, sockets, sockets_reason)
    for pointer in ("/hot_standby", "/vms", "/license_totals", "/license_server"):
        tree.miss(pointer)
    tree.put("/licenses", {"complete": False, "items": []})
    for feature in FEATURES:
        tree.miss("/features/{0}/in_use".format(feature))
    tree.put("/features_wanted", [])
    tree.miss("/preinstalled/first_run_at")
    merge_site_facts(tree, options.site)
    return {"kind": "HostFacts", "schema_version": 1, **tree.document()}


def _put_host(
    tree: FactTree,
    options: NodeOptions,
    release: Optional[str],
    reason: str,
    arch: Optional[str],
    sockets: Optional[int],
    sockets_reason: str,
) -> None:
    name = _first_line(options.root + "/etc/hostname")[0] or os.uname().nodename or "node"
    values = {"id": name, "name": name, "arch": arch, "cpu_sockets": sockets, "version": release}
    unknown = {"status": ABSENT, "container_cluster": ABSENT, "added_at": ABSENT}
    if release is None:
        unknown["version"] = reason
    if arch is None:
        unknown["arch"] = TYPE
    if sockets is None:
        unknown["cpu_sockets"] = sockets_reason
    tree.put("/hosts", [tree.row("/hosts/0", values, unknown)])


def _release(root: str) -> Tuple[Optional[str], Optional[str], str]:
    """Return (release, series, reason of the unknown ones) from the first line of the release file.

    Older files have ``CAS V3.0 E0306``: product, series, release.
    """
    line, reason = _first_line(root + RELEASE_FILE)
    if line is None:
        return None, None, reason
    release, series = split_version(line)
    return (release if _RELEASE.match(release) else None), series, TYPE


def _first_line(path: str) -> Tuple[Optional[str], str]:
    try:
        with open(path, "rb") as stream:
            content = stream.read(_MAX_BYTES)
    except FileNotFoundError:
        return None, ABSENT
    except OSError:
        return None, GATHER_ERROR
    lines = content.decode("utf-8", "replace").splitlines()
    text = printable(lines[0]) if lines else ""
    return (text or None), TYPE


def _sockets(options: NodeOptions) -> Tuple[Optional[int], str]:
    """Return the number of CPU sockets (R31); None if the two sources differ."""
    counted, reason = _packages(options.root + CPUS)
    reported = _lscpu_sockets(options.lscpu())
    if counted is not None and reported is not None and counted != reported:
        return None, TYPE
    found = reported if counted is None else counted
    return found, reason


def _packages(folder: str) -> Tuple[Optional[int], str]:
    """Count the physical packages of all CPUs that are present, as the kernel numbers them."""
    try:
        names = os.listdir(folder)
    except FileNotFoundError:
        return None, ABSENT
    except OSError:
        return None, GATHER_ERROR
    numbers = {int(found.group(1)) for found in map(_CPU.match, names) if found}
    present = _present(folder) or frozenset(numbers)
    packages = set()
    for number in sorted(present):
        text, reason = _first_line("{0}/cpu{1}/topology/physical_package_id".format(folder, number))
        if text is None or not text.isdigit():
            # The CPU is offline, or the kernel reports no package (-1): the count would be too low.
            return None, reason
        packages.add(int(text))
    return (len(packages) or None), ABSENT


def _present(folder: str) -> FrozenSet[int]:
    """Return the numbers of the present CPUs, read from ``0-3,8-11``; empty if they are not stated."""
    text = _first_line(folder + "/present")[0] or ""
    found: Set[int] = set()
    for part in text.split(","):
        first, _dash, last = part.partition("-")
        if not first.isdigit() or not (last or first).isdigit() or int(last or first) > 65535:
            return frozenset()
        found.update(range(int(first), int(last or first) + 1))
    return frozenset(found)


def _lscpu_sockets(text: Optional[str]) -> Optional[int]:
    for line in (text or "").splitlines():
        name, _colon, value = line.partition(":")
        if name.strip() == "Socket(s)" and value.strip().isdigit() and int(value) > 0:
            return int(value)
    return None
