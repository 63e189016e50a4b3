# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was measured: samples with machine, versions and date, kept as JSON between runs."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path

from ansible.release import __version__ as core_version
from measure import Sample, median


@dataclass(frozen=True)
class Conditions:
    """The machine and the versions, the UTC date, and the load of the machine before the first run."""

    machine: str
    versions: str
    core: tuple[int, int]
    date: str
    load: float


@dataclass(frozen=True)
class Record:
    """The samples of one part: by size of the fleet and name of what ran."""

    conditions: Conditions
    samples: Mapping[int, Mapping[str, list[Sample]]]

    def medians(self) -> dict[int, dict[str, Sample]]:
        """Return the median of each."""
        return {
            size: {name: median(found) for name, found in runs.items() if found}
            for size, runs in self.samples.items()
        }

    def rounds(self, size: int, name: str) -> str:
        """Return the number of samples behind one median; sizes may have different ones."""
        return str(len(self.samples[size][name]))


def conditions() -> Conditions:
    """Return the conditions of now."""
    installed = [f"{name} {version(name)}" for name in ("ansible-core", "ansible", "jsonschema")]
    major, minor = core_version.split(".")[:2]
    source = Path("/proc/cpuinfo")
    lines = source.read_text(encoding="utf-8").splitlines() if source.exists() else []
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return Conditions(
        f"{os.cpu_count()} CPUs ({model or platform.machine()}), {platform.system()} {platform.release()}",
        ", ".join([f"Python {platform.python_version()}", *installed]),
        (int(major), int(minor)),
        f"{datetime.now(timezone.utc):%Y-%m-%d}",
        round(os.getloadavg()[0], 1),
    )


def revision(root: Path) -> str:
    """Return the short commit that is measured, for the output of a run."""
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=root, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or "no commit"


def merged(old: Record | None, new: Record) -> Record:
    """Return ``new`` and the sizes that only ``old`` has, if machine and versions are the same."""
    if old is None or (old.conditions.machine, old.conditions.versions) != (
        new.conditions.machine,
        new.conditions.versions,
    ):
        return new
    return Record(new.conditions, {**old.samples, **new.samples})


def save(path: Path, records: Mapping[str, Record]) -> None:
    """Write records by the name of their part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {part: asdict(record) for part, record in records.items()}
    path.write_text(json.dumps(content, indent=1), encoding="utf-8")


def load(path: Path) -> dict[str, Record]:
    """Read what save wrote; without a file, there are no records."""
    if not path.exists():
        return {}
    return {
        part: Record(
            Conditions(**{**given["conditions"], "core": tuple(given["conditions"]["core"])}),
            {
                int(size): {name: [Sample(**each) for each in found] for name, found in runs.items()}
                for size, runs in given["samples"].items()
            },
        )
        for part, given in json.loads(path.read_text(encoding="utf-8")).items()
    }
