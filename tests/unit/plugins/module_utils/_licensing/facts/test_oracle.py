# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare R4–R6, R14, R17 and R19–R22 for random licenses with a slow reference model.

The model shares no code with the collection: it filters the license list again for every question.
"""

from __future__ import annotations

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.unicloud.usphere.plugins.module_utils._licensing.facts.derive import derive

NOW = dt.datetime(2026, 11, 24, tzinfo=dt.timezone.utc)
FETCHED = NOW - dt.timedelta(days=2)
NEVER = "never"
ORDER = ["standard", "enterprise", "enhanced_enterprise"]
EDITION_OF = {"vms_standard": "standard", "vms_enterprise": "enterprise",
              "vms_enhanced_enterprise": "enhanced_enterprise"}  # fmt: skip
UPGRADES = {
    "vms_standard_to_enterprise": ("standard", "enterprise"),
    "vms_standard_to_enhanced_enterprise": ("standard", "enhanced_enterprise"),
    "vms_enterprise_to_enhanced_enterprise": ("enterprise", "enhanced_enterprise"),
}
PRODUCTS = [*EDITION_OF, *UPGRADES, "srm"]


def iso(time):
    return time if time == NEVER else time.strftime("%Y-%m-%dT%H:%M:%SZ")


# -- the model --


def group(license_):
    return "srm" if license_["product"] == "srm" else "edition"


def counted(licenses, at):
    """Active licenses; a preinstalled one only if nothing else of its group is active."""
    alive = [one for one in licenses if one["end"] == NEVER or at < one["end"]]
    return [
        one
        for one in alive
        if one["kind"] != "preinstalled"
        or not any(other["kind"] != "preinstalled" and group(other) == group(one) for other in alive)
    ]


def balance(licenses, arch):
    """Balance for one architecture: (quantity by edition, [(from, to, state)])."""
    held = dict.fromkeys(ORDER, 0)
    for one in licenses:
        if one["product"] in EDITION_OF and one["arch"] == arch:
            held[EDITION_OF[one["product"]]] += one["quantity"]
    states = []
    for source in ORDER[:2]:
        amounts = {}
        for one in licenses:
            if one["arch"] == arch and one["product"] in UPGRADES and UPGRADES[one["product"]][0] == source:
                target = UPGRADES[one["product"]][1]
                amounts[target] = amounts.get(target, 0) + one["quantity"]
        together = sum(amounts.values())
        if not amounts:
            continue
        if len(amounts) == 1 and together == held[source]:
            state = "balanced"
        elif held[source] == 0:
            state = "no_base"
        elif together != held[source]:
            state = "short" if together < held[source] else "over"
        else:
            state = "two_targets"
        states += [(source, target, state) for target in amounts]
        if state == "balanced":
            held[target] += held[source]
            held[source] = 0
    return held, states


def state(licenses, at):
    here = counted(licenses, at)
    both = {arch: balance(here, arch) for arch in ("x86_64", "aarch64")}
    lowest = [next((e for e in ORDER if held[e]), None) for held, _states in both.values()]
    present = [edition for edition in lowest if edition]
    dated = sorted((one["end"], one["id"]) for one in here if one["end"] != NEVER)
    permanent = sorted(one["id"] for one in here if one["end"] == NEVER)
    return {
        "edition": min(present, key=ORDER.index) if present else "none",
        "editions": [e for e in ORDER if any(held[e] for held, _states in both.values())],
        "quantity": {arch: sum(held.values()) for arch, (held, _states) in both.items()},
        "upgrades": sorted((arch, *row) for arch, (_held, states) in both.items() for row in states),
        "srm": sum(one["quantity"] for one in here if one["product"] == "srm" and one["arch"] == "x86_64"),
        "default": dated[0][1] if dated else permanent[0] if permanent else None,
        "until": iso(dated[0][0]) if dated else NEVER if permanent else None,
    }


def expiries(licenses):
    """Pairs (time, ids that counted until then), one for each expiry time."""
    found = {}
    for one in licenses:
        if one["end"] != NEVER and one["end"] > NOW:
            just_before = counted(licenses, one["end"] - dt.timedelta(seconds=1))
            if one in just_before:
                found.setdefault(one["end"], []).append(one["id"])
    return sorted((at, sorted(ids)) for at, ids in found.items())


def refused(licenses):
    """Whether an edition or upgrade license that was active at the fetch has expired since."""
    for one in licenses:
        if group(one) == "edition" and one["end"] != NEVER and FETCHED < one["end"] <= NOW:
            others = [x for x in licenses if group(x) == "edition" and x["kind"] != "preinstalled"]
            is_last = not any(x["end"] == NEVER or x["end"] > one["end"] for x in others)
            if one["kind"] != "preinstalled" or is_last:
                return True
    return False


# -- random systems --

_ends = st.one_of(
    st.just(NEVER),
    # Few distinct times, so that some licenses expire together, some in the past, some exactly now.
    st.sampled_from([-3, -1, 0, 1, 2, 2, 5, 30, 200]).map(lambda days: NOW + dt.timedelta(days=days)),
)
_licenses = st.lists(
    st.fixed_dictionaries({
        "product": st.sampled_from([*PRODUCTS, "vms_standard", "vms_standard_to_enterprise"]),
        "arch": st.sampled_from(["x86_64", "x86_64", "aarch64"]),
        "kind": st.sampled_from(["formal", "temporary", "preinstalled"]),
        "quantity": st.integers(1, 4),
        "end": _ends,
    }),
    max_size=8,
).map(lambda found: [dict(one, id=f"L{index}") for index, one in enumerate(found)])  # fmt: skip


def host_facts(licenses, sockets):
    return {
        "kind": "HostFacts",
        "version": {"vms": "E0760P03"},
        "architecture": "x86_64",
        "hosts": [
            {"id": arch, "arch": arch, "cpu_sockets": count, "container_cluster": False}
            for arch, count in sockets.items()
        ],
        "vms": {"total": 1},
        "hot_standby": {"state": "none"},
        "features": {name: {"in_use": False, "used": 0} for name in
                     ("isc", "srm", "container_engine", "disk_backup_dr", "heterogeneous_migration")},
        "license_server": {"id": "ls", "fetched_at": iso(FETCHED)},
        "preinstalled": {"first_run_at": "2020-01-01T00:00:00Z"},
        "licenses": {"complete": True, "items": [
            {"id": one["id"], "product": one["product"], "arch": one["arch"], "kind": one["kind"],
             "quantity": one["quantity"], "expires_at": iso(one["end"]), "status": "in_use"}
            for one in licenses
        ]},
        "unknown": {},
    }  # fmt: skip


def edition_rows(products):
    return {row["arch"]: row for row in products if row["product"].startswith("vms_")}


@settings(max_examples=100, deadline=None)
@given(_licenses, st.integers(1, 9), st.integers(0, 4))
def test_derived_facts_match_the_slow_model(licenses, x86, arm):
    sockets = {"x86_64": x86, **({"aarch64": arm} if arm else {})}
    derived = derive(host_facts(licenses, sockets), NOW)
    facts, truth = derived.facts, state(licenses, NOW)
    effective = facts["effective"]
    assert effective["edition"] == truth["edition"]
    assert effective["editions"] == truth["editions"]
    assert effective.get("valid_until") == truth["until"]
    assert effective.get("default_license") == truth["default"]
    rows = edition_rows(effective["products"])
    for arch, quantity in truth["quantity"].items():
        used = sockets.get(arch, 0)
        assert (rows[arch]["quantity"] if arch in rows else 0) == quantity
        if used:
            assert rows[arch]["used"] == used
            assert rows[arch]["missing"] == max(0, used - quantity)
    upgrades = sorted((r["arch"], r["from"], r["to"], r["state"].replace("arch_mismatch", "no_base"))
                      for r in facts["upgrades"])  # fmt: skip
    assert upgrades == truth["upgrades"]
    if not arm:
        assert facts["features"]["srm"]["quantity"] == truth["srm"]

    ahead = expiries(licenses)
    assert [(entry["at"], sorted(entry["ends"])) for entry in facts["forecast"]] == [
        (iso(at), ids) for at, ids in ahead
    ]
    by_id = {one["id"]: one for one in licenses}
    for entry, (at, ids) in zip(facts["forecast"], ahead, strict=True):
        then = state(licenses, at)
        assert entry["edition"] == then["edition"]
        assert entry["upgrades_ok"] is all(row[-1] == "balanced" for row in then["upgrades"])
        assert entry["login_interrupted"] is any(group(by_id[one]) == "edition" for one in ids)
        assert entry["missing"] == sum(max(0, sockets.get(a, 0) - q) for a, q in then["quantity"].items())

    login = facts["login"]
    assert login["state"] == ("refused" if refused(licenses) else "ok")
    first = next((at for at, ids in ahead if any(group(by_id[one]) == "edition" for one in ids)), None)
    assert login["interrupted_at"] == (iso(first) if first else NEVER)
    if first:
        then = state(licenses, first)
        missing = sum(max(0, sockets.get(a, 0) - q) for a, q in then["quantity"].items())
        assert login["missing_after"] == missing
        if missing or then["edition"] != truth["edition"]:
            assert login["covered"] is False
        if len(sockets) == 1 and list(truth["quantity"].values())[1] == 0 and not missing:
            assert login["covered"] is (then["edition"] == truth["edition"])


# -- definite facts stay the same when more facts are known --

_BLANKS = ("quantity", "expires_at", "kind", "assigned", "status", "product", "whole", "complete")


def blank(facts, choice):
    index, what = choice
    items = facts["licenses"]["items"]
    if what == "complete":
        facts["licenses"]["complete"] = False
        del items[index % (len(items) + 1) :]
    elif items and what == "whole":
        facts["unknown"][f"/licenses/items/{index % len(items)}"] = {"reason": "gather_error"}
    elif items:
        items[index % len(items)][what] = None


def leaves(value, pointer=""):
    if isinstance(value, dict):
        for name, child in value.items():
            yield from leaves(child, f"{pointer}/{name}")
    else:
        yield pointer, value


def by_key(facts):
    """Index the rows of lists by their key, because a list may be longer where less is known."""
    found = {}
    for row in facts.get("effective", {}).get("products", ()):
        if "arch" in row:
            kind = "edition" if row.get("product", "vms_").startswith("vms_") else row["product"]
            found.update({(kind, row["arch"], name): value for name, value in row.items()})
    for row in facts.get("upgrades", ()):
        found.update({(row["from"], row["to"], row["arch"], name): value for name, value in row.items()})
    return found


def check_forecast(entries, truth):
    """Check that each entry is true at its time, whether or not a license expires then."""
    now = {
        "edition": truth["effective"]["edition"],
        "missing": sum(row["missing"] for row in edition_rows(truth["effective"]["products"]).values()),
        "upgrades_ok": all(row["state"] == "balanced" for row in truth["upgrades"]),
    }
    for entry in entries:
        past = [one for one in truth["forecast"] if one["at"] <= entry["at"]]
        then = past[-1] if past else now
        for name in ("edition", "missing", "upgrades_ok"):
            assert entry.get(name, then[name]) == then[name], (entry["at"], name)
        if "login_interrupted" in entry:
            real = then.get("at") == entry["at"] and then["login_interrupted"]
            assert entry["login_interrupted"] is real


_choices = st.lists(st.tuples(st.integers(0, 7), st.sampled_from(_BLANKS)), min_size=1, max_size=3)


@settings(max_examples=100, deadline=None)
@given(_licenses, st.integers(1, 9), _choices, st.booleans())
def test_definite_facts_with_less_known_are_true_with_all_known(licenses, sockets, choices, blank_host):
    # Without a first run no expiry is computed that could differ from the server's own expiry.
    full, less = ({**host_facts(licenses, {"x86_64": sockets}), "preinstalled": {}} for _time in range(2))
    truth = derive(full, NOW).facts
    for choice in choices:
        blank(less, choice)
    if blank_host:
        less["hosts"][0]["cpu_sockets"] = None
    derived = derive(less, NOW)
    true_leaves = dict(leaves(truth))
    for pointer, value in leaves(derived.facts):
        if pointer not in (
            *("/effective/products", "/upgrades", "/forecast", "/effective/origin", "/terms"),
            # A contradiction is found only where both of its statements are known.
            "/contradictions",
        ):
            assert true_leaves.get(pointer) == value, pointer
    check_forecast(derived.facts.get("forecast", ()), truth)
    true_rows = by_key(truth)
    for key, value in by_key(derived.facts).items():
        if key in true_rows:
            assert true_rows[key] == value, key
        else:
            # A row that is not in the complete facts may only report zero held and zero missing.
            named = key[-1] in ("product", "arch", "used", "from", "to", "base")
            assert named or value in (0, [], "never"), (key, value)
    for pointer, entry in derived.unknown.items():
        value = true_leaves.get(pointer)
        if isinstance(value, int) and not isinstance(value, bool):
            assert entry.get("low", 0) <= value or "low" not in entry, pointer
            assert "high" not in entry or value <= entry["high"], pointer
        if value == NEVER:
            assert "high" not in entry, pointer
