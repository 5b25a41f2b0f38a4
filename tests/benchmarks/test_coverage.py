"""The organisation that the benchmark proves is one in which there is work to do."""

from datetime import timedelta

from benchmarks.coverage import START, organisation

from handrail.core.coverage.prove import prove


def test_the_organisation_has_what_it_says_and_both_verdicts() -> None:
    snapshot, evidence = organisation(20)

    proof = prove(
        snapshot, evidence=evidence, start=START, end=START + timedelta(weeks=1)
    )

    intents = [intent for service in proof.services for intent in service.intents]
    assert len(snapshot.schedules) == 6
    assert all(len(policy.levels) == 3 for policy in snapshot.policies.values())
    assert all(intent.pages for intent in intents)
    assert {intent.is_proved for intent in intents} == {True, False}
