"""Which columns of the tables a reader needs a permission for, besides the one to ask at all.

A column that is named nowhere here needs each of them, so that a new one is not shown by forgetting it.
"""

from collections.abc import Mapping, Sequence

from afterclick.store.scope import Scope

MONEY, VISITS, PERSONAL = "money", "visits", "personal"
EVERY = frozenset({MONEY, VISITS, PERSONAL})

_NEEDS: Mapping[frozenset[str], str] = {
    frozenset(): """
        site time minute received type name channel host path route step target source method status duration_ms
        tags browser os campaign country device_class device_tier visitor release session_start currency
        slow error struggle good converted errors struggles requests resources last
        any_error any_failed_request any_struggle failed_requests slow_by
        n_errors n_failed_requests n_orders n_page_views n_struggles
        lcp inp cls fcp ttfb lcp_by inp_by cls_by slowest_request_ms slowest_resource_ms
        service operation kind caller callee peer calls spans version gone duration_ms_sum http_status duration_ns
        start_ns generated unit temporality monotonic count sum min max scale series bucket_counts explicit_bounds
        positive_bucket_counts positive_offset negative_bucket_counts negative_offset zero_count zero_threshold
        quantiles quantile_values metrics.value metrics.time_ns logs.time_ns severity_number severity_text event_name
    """,
    frozenset({MONEY}): "revenue revenue_net cart_value events.value",
    frozenset({VISITS}): """
        session_id page_view_id event_id device_id trace_id span_id parent_span_id log_id steps referrer
        exemplar_trace_ids attributes resource scope body exception status_message
    """,
    frozenset({PERSONAL}): "user_id region order_id message rating person who node",
    frozenset({MONEY, PERSONAL}): "orders",
    frozenset({MONEY, VISITS}): "refunds",
    EVERY: "props",
}
NEEDS = {name: needed for needed, names in _NEEDS.items() for name in names.split()}
"""What a column needs, by its name in every table or by `table.column`."""


def needed(table: str, column: str) -> frozenset[str]:
    """The permissions that a column takes."""
    return NEEDS.get(f"{table}.{column}", NEEDS.get(column, EVERY))


def shown(scope: Scope, table: str, columns: Sequence[str]) -> list[str]:
    """Those of the table's columns that the scope's reader may see."""
    held = EVERY if scope.permissions is None else scope.permissions
    return [column for column in columns if needed(table, column) <= held]
