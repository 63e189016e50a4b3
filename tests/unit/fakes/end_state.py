# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check license rules over an expected end state."""

from __future__ import annotations

import datetime as dt
import re

from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.rules.change import (
    Expectation,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.rules.change import (
    LicenseChange as Change,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.rules.preconditions import (
    assess_change,
)
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.values.license_row import License
from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.values.model import Arch, Kind
from ansible_collections.unicloud.usphere.plugins.module_utils._messages.catalog import render
from ansible_collections.unicloud.usphere.plugins.module_utils._time import NEVER

UTC = dt.timezone.utc


NOW = dt.datetime(2026, 11, 24, tzinfo=UTC)


END = dt.datetime(2026, 12, 6, tzinfo=UTC)


SECOND = dt.timedelta(seconds=1)


S2E, S2H = "vms_standard_to_enterprise", "vms_standard_to_enhanced_enterprise"


def expect(product, quantity=4, arch=Arch.X86_64, kind=Kind.FORMAL, **more):
    return Expectation(product, arch, kind, quantity, **more)


def held(ident, product, quantity=4, arch=Arch.X86_64, kind=Kind.FORMAL, expires_at=NEVER, **more):
    return License(ident, product, arch, kind, quantity=quantity, expires_at=expires_at, **more)


def assess(licenses=(), adding=(), removing=(), **more):
    """Assess; assert that every finding has a message in both languages that names its rule."""
    change = Change(NOW, tuple(licenses), tuple(adding), tuple(removing), **more)
    result = assess_change(change)
    for finding in result.violations + result.warnings + result.unchecked:
        for language in ("en", "zh"):
            sentence = render(finding.code, finding.fields, language)
            assert not finding.rule or finding.rule in sentence, sentence
            assert not re.search(r"None|<.*>|frozenset|Edition\.", sentence), sentence
    assert result.allowed is (result.violations == ())
    return result


def codes(findings):
    return [(finding.rule, finding.code) for finding in findings]


def refused(*arguments, **more):
    return codes(assess(*arguments, **more).violations)
