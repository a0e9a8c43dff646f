"""The limits at which a page view counts as slow or failed: the store's views and the words are bound to them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Felt:
    """Version `version` of what slow, error and struggle mean; docs/definitions.md#slow and the two after it.

    A page view is slow when its LCP is above `lcp_ms`, its INP above `inp_ms`, or a request or a resource took
    `request_ms` or `resource_ms` at least. It has an error on any script error, a request that got no answer, or a
    request or the page itself that was answered with `failed_status` or more. Any rage, dead or error click is a
    struggle.
    """

    version: int
    lcp_ms: float
    inp_ms: float
    request_ms: float
    resource_ms: float
    failed_status: int

    def failed(self, type: str, status: int) -> bool:
        """Whether an event of that type and status is a failed request: the page itself counts as one of its requests.

        A page view that tells no status is not held against it, since many browsers do not tell any.
        """
        return (type == "request" and status == 0) or (
            type in ("request", "page_view") and status >= self.failed_status
        )


FELT = Felt(version=2, lcp_ms=4000, inp_ms=500, request_ms=3000, resource_ms=3000, failed_status=500)
