"""The limits at which a page view counts as slow or failed: the store's views and the words are bound to them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Felt:
    """Version `version` of what slow, error and struggle mean; docs/definitions.md#slow and the two after it.

    A page view is slow when its LCP is above `lcp_ms`, its INP above `inp_ms`, or a request or a resource took
    `request_ms` or `resource_ms` at least. It has an error on any script error, or a request that got no answer or a
    status of `failed_status` or more. Any rage, dead or error click is a struggle.
    """

    version: int
    lcp_ms: float
    inp_ms: float
    request_ms: float
    resource_ms: float
    failed_status: int


FELT = Felt(version=1, lcp_ms=4000, inp_ms=500, request_ms=3000, resource_ms=3000, failed_status=500)
