"""Filters of event source mappings."""

import json

from ministack.services import eventbridge, lambda_svc

from . import correction, replaced


@correction
def filters_of_event_sources():
    """Matches filters as EventBridge's patterns, whose syntax they have: what is absent has no member, either.

    https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html#filtering-syntax
    """

    @replaced(lambda_svc, "_match_esm_filter")
    def matches(original, record, pattern):
        alternatives = eventbridge._compiled_pattern(json.dumps(pattern))
        if alternatives is None:
            return original(record, pattern)
        return any(eventbridge._matches_detail(record, alternative) for alternative in alternatives)
