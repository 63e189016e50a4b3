# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Inputs of a run: what its hosts are evaluated against, and at which time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone

from ....module_utils._licensing.catalog.catalog import Catalog
from ..documents.files import Finder, find_here
from ..facts.max_age import DEFAULT_MAX_AGE_HOURS, MaxAge, hours_of, read_max_age
from ..findings.decision import FAIL_ON, check_fail_on
from ..findings.override import Override, read_override
from ..findings.waivers import WaiverSet, load_waivers
from ..fleet.coverage import REPORT_COVERAGE, CoverageOptions, read_coverage
from ..json_schema.model import AbsentMode
from ..policy.load import load_policy
from ..policy.model import PolicySet
from ..policy.site_catalog import load_catalog
from ..subjects.entitlements import Entitlements, load_entitlements
from ..subjects.fact_age import AgeLimit
from ..subjects.license_servers import Servers, read_servers, without_foreign_products
from .options import (
    optional,
    read_absent,
    read_as_of,
    read_coerce,
    read_fail_on,
    read_horizon,
    required,
)


@dataclass(frozen=True)
class Run:
    """Everything but the hosts that a result depends on. ``as_of`` is aware (UTC), ``horizon`` is in days.

    ``waivers`` accept findings for a limited time. The grants of ``entitlements`` and the License Servers
    (``servers``) are evaluated as well. Products are those of ``catalog``, the site's catalog (R2), else of
    the built-in catalog. ``fail_on`` are the decisions that stop a play. ``evidence`` adds the facts that
    passed checks depend on, and the balance of every pool. ``absent`` is what a missing property means to
    plain JSON Schemas; with ``coerce``, decimal text counts as a number where they ask for one. ``coverage``
    is what happens to systems that are named and not judged. Facts may be as old as ``max_age`` says, else
    the policy, else ``default_max_age``, at the earlier of ``as_of`` and ``clock``, the time at which the run
    began (None: ``as_of``). ``override`` is recorded in the result. Raises PolicyError ``fail_on_invalid``.
    """

    policy: PolicySet
    as_of: datetime
    horizon: int | None = None
    waivers: WaiverSet | None = None
    entitlements: Entitlements | None = None
    servers: Servers | None = None
    catalog: Catalog | None = None
    fail_on: Sequence[str] = FAIL_ON
    evidence: bool = True
    absent: AbsentMode = AbsentMode.UNDETERMINED
    coerce: bool = False
    coverage: CoverageOptions = REPORT_COVERAGE
    max_age: MaxAge = None
    default_max_age: MaxAge = None
    clock: datetime | None = field(default=None, compare=False)
    override: Override | None = None

    def __post_init__(self) -> None:
        check_fail_on(self.fail_on)

    def age_limit(self, policy: MaxAge) -> AgeLimit:
        """Return the limit of the age of facts; ``policy`` is what the policy states."""
        at = self.as_of if self.clock is None else min(self.as_of, self.clock)
        stated = self.max_age is not None or policy is not None
        hours = hours_of(self.max_age, policy, self.default_max_age)
        return AgeLimit(at.replace(microsecond=0), hours, stated)


def read_run(
    options: Mapping[str, object], find: Finder = find_here, default_max_age: MaxAge = DEFAULT_MAX_AGE_HOURS
) -> Run:
    """Read the inputs of a run from the options of a filter, test or action, by their names.

    ``default_max_age`` is the greatest age of facts if neither option nor policy states one. Only ``policy``
    is required. Raises PolicyError or InvalidDocument for an option that is not valid.
    """
    now = datetime.now(timezone.utc)
    as_of = read_as_of(options.get("as_of"))
    catalog = load_catalog(optional(options.get("catalog")), find)
    servers = without_foreign_products(options.get("license_servers"), catalog)
    return Run(
        load_policy(required("policy", options["policy"]), find, catalog),
        as_of,
        read_horizon(options.get("horizon")),
        load_waivers(optional(options.get("waivers")), find),
        load_entitlements(required("entitlements", options.get("entitlements")), find, catalog),
        read_servers(servers, as_of),
        catalog,
        read_fail_on(options.get("fail_on")),
        absent=read_absent(options.get("absent")),
        coerce=read_coerce(options.get("coerce")),
        coverage=read_coverage(options.get("coverage"), options.get("coverage_exclude"), servers),
        max_age=read_max_age(options.get("max_age")),
        default_max_age=default_max_age,
        clock=now,
        override=read_override(options.get("override"), now),
    )
