# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later

# Converts a ComplianceResult of unicloud.usphere into a decision for policy enforcement.
# Input: the result itself, or an object with the result under "result" and a language ("en" or "zh") under
# "language". Query: data.usphere.license.decision. The filter unicloud.usphere.to_opa returns the same decision.
package usphere.license

default language := "en"

language := input.language if input.language in {"en", "zh"}

default result := {}

result := input if input.kind == "ComplianceResult"

result := input.result if input.result.kind == "ComplianceResult"

makes := {"error": "error", "fail": "non_compliant", "unknown": "undetermined"}

# Allowed only if there is a result whose decision does not stop the play. A missing result is never allowed.
default allowed := false

allowed if {
	result.decision
	not result.decision in result.fail_on
}

# Findings that block a subject, as pairs of the subject and a message.
stops contains [subject, sentence] if {
	some finding in result.findings
	finding.effect == "block"
	makes[finding.verdict] in result.fail_on
	subject := [finding.subject.kind, finding.subject.id]
	sentence := sprintf("%s: %s %s", [finding.subject.id, label(finding), finding.message[language]])
}

label(finding) := finding.references[0] if count(finding.references) > 0

label(finding) := finding.rule if count(finding.references) == 0

explained contains subject if some [subject, _] in stops

said contains sentence if some [_, sentence] in stops

said contains error.message[language] if some error in result.errors

said contains sentence if {
	some entry in result.subjects
	entry.decision in result.fail_on
	not [entry.subject.kind, entry.subject.id] in explained
	sentence := sprintf("%s: %s", [entry.subject.id, entry.decision])
}

violations := [] if allowed

violations := sort(said) if {
	not allowed
	count(said) > 0
}

violations := [result.decision] if {
	not allowed
	count(said) == 0
	result.decision
}

violations := ["the input is not a ComplianceResult"] if not result.decision

decision := {"allowed": allowed, "violations": violations}
