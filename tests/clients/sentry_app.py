"""A Python service watched by sentry-sdk with tracing on, as its users write it: `python sentry_app.py DSN`."""

import sys

import sentry_sdk


def charge() -> None:
    with sentry_sdk.start_span(op="http.client", name="POST http://acquirer/authorize") as span:
        span.set_data("http.response.status_code", 503)
        span.set_status("internal_error")
    raise ValueError("no answer for ann@example.org")


def main(dsn: str) -> None:
    sentry_sdk.init(dsn, traces_sample_rate=1.0, release="checkout@1.4.2", environment="test")
    sentry_sdk.set_user({"id": "u1", "email": "ann@example.org", "username": "ann"})
    sentry_sdk.set_tag("card", "visa")
    with sentry_sdk.start_transaction(op="http.server", name="POST /checkout"):
        try:
            charge()
        except ValueError as error:
            sentry_sdk.capture_exception(error)
    sentry_sdk.capture_message("stock is low", level="warning")
    sentry_sdk.flush(10)


if __name__ == "__main__":
    main(sys.argv[1])
