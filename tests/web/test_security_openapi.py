"""Whatever is sent to whichever route: an answer below 500, and for programs one sentence when it is refused."""

import re
import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.schemas import APIOperation
from tests.web.desks import BUSY, a_desk
from tests.web.test_tenancy import names_of_parameters, routes
from tests.web.troubles import the_problems

from afterclick.pages import dashboard
from afterclick.settings import Settings
from afterclick.store.store import Store

Operation = APIOperation[Any, Any, Any, Any]
Case = schemathesis.Case[Any]
TEXT = {"type": "string"}
ANY_JSON: dict[str, Any] = {"application/json": {"schema": {}}}
ANY_FORM: dict[str, Any] = {
    "application/x-www-form-urlencoded": {"schema": {"type": "object", "additionalProperties": TEXT}}
}


@pytest.fixture(scope="module")
def app(store: Store, settings: Settings) -> FastAPI:
    """The pages of a site with problems and no visits, which answer to the test client's name for them."""
    site = f"site-{uuid.uuid4().hex[:12]}"
    named = replace(settings, allowed_hosts="testserver")
    return dashboard(a_desk(store, named, site, the_problems(site), BUSY))


@pytest.fixture(scope="module")
def operations(app: FastAPI) -> list[Operation]:
    """Every route, by the app's own description where it has one, and any parameter that some page reads."""
    described: dict[str, Any] = app.openapi()
    query = [{"name": name, "in": "query", "schema": TEXT} for name in names_of_parameters()]
    for method, path in routes(app):
        operation = described["paths"].setdefault(path, {}).setdefault(method.lower(), {"responses": {}})
        inside = [
            {"name": name, "in": "path", "required": True, "schema": TEXT}
            for name in re.findall(r"{(\w+)", path)
        ]
        operation["parameters"] = [*inside, *query]
        if method != "GET":
            operation.setdefault("requestBody", {"content": ANY_JSON | ANY_FORM})
    schema = schemathesis.openapi.from_dict(described)
    schema.app = app
    return list(found(schema))


def found(schema: Any) -> Iterator[Operation]:
    for result in schema.get_all_operations():
        yield result.ok()


def drive(operation: Operation, examples: int) -> None:
    cases: st.SearchStrategy[Case] = operation.as_strategy()  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]

    @given(cases)
    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )
    def holds(case: Case) -> None:
        answer = case.call(headers={"sec-fetch-site": "same-origin"})
        assert answer.status_code < 500, case.as_curl_command()
        if answer.status_code >= 400 and case.path.startswith("/api/"):
            assert answer.json()["detail"].endswith(".")

    holds()


def test_a_seeded_slice_of_all_that_can_be_sent_is_answered(operations: list[Operation]) -> None:
    assert len(operations) >= 15
    for operation in operations:
        drive(operation, 4)


@pytest.mark.verify
def test_all_that_can_be_sent_is_answered(operations: list[Operation]) -> None:
    for operation in operations:
        drive(operation, 150)
