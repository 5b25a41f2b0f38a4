from enum import StrEnum

import pytest

from handrail.core.paging.event import EscalationReason, ResolveReason


@pytest.mark.parametrize("reason", [*EscalationReason, *ResolveReason])
def test_every_reason_has_words_that_are_no_enums(
    reason: EscalationReason | ResolveReason,
) -> None:
    assert isinstance(reason, StrEnum)
    assert " " in reason.words
    assert "_" not in reason.words
    assert reason.words[0].islower(), "it follows a colon"
