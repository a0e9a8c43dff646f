"""The API described, as OpenAPI 3.1: made of the endpoints' records and the types that they take and answer."""

import re
from typing import Any, cast

import msgspec

from afterclick import __version__
from afterclick.api.records import Nothing
from afterclick.web.endpoint import JSON, Endpoint, Endpoints
from afterclick.web.problem_details import MEDIA, Refusal

Schema = dict[str, Any]

_ABOUT = (
    "Data for programs: numbers with unit, currency, interval and n. Times are UTC ms. A number is null when it is "
    "unknown or not for the reader's role. A refusal is application/problem+json; its detail says what to do."
)


def described(endpoints: Endpoints) -> Schema:
    """The whole document."""
    told = (one for each in endpoints for one in (each.takes, each.answers))
    types = [*dict.fromkeys(one for one in told if _is_record(one)), Refusal]
    schemas, components = msgspec.json.schema_components(
        types, schema_hook=_text, ref_template="#/components/schemas/{name}"
    )
    by_type = dict(zip(types, map(_nullable, schemas), strict=True))
    paths: dict[str, Schema] = {}
    for endpoint in endpoints:
        paths.setdefault(endpoint.route, {})[endpoint.method.lower()] = _operation(endpoint, by_type)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Afterclick", "version": __version__, "description": _ABOUT},
        "paths": paths,
        "components": {"schemas": {name: _nullable(schema) for name, schema in components.items()}},
    }


def _is_record(one: type[Any]) -> bool:
    return one not in (Nothing, str, bytes)


def _operation(endpoint: Endpoint[Any, Any], by_type: dict[type[Any], Schema]) -> Schema:
    inside = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)", endpoint.path)
    ]
    query = [
        {"name": one.name, "in": "query", "description": one.what, "schema": _one_of(one.choices)}
        for one in endpoint.query
    ]
    schema = by_type.get(endpoint.answers)
    answer: Schema = {"description": endpoint.what}
    if endpoint.status != 204:
        answer["content"] = {
            media: {"schema": schema} if media == JSON and schema else {} for media in endpoint.media
        }
    operation: Schema = {
        "summary": endpoint.what,
        "operationId": re.sub(r"\W+", "_", f"{endpoint.method.lower()}{endpoint.path}").strip("_"),
        "x-need": str(endpoint.need),
        "parameters": [*inside, *query],
        "responses": {
            str(endpoint.status): answer,
            "default": {"description": "Refused.", "content": {MEDIA: {"schema": by_type[Refusal]}}},
        },
    }
    if endpoint.takes is str:
        operation["requestBody"] = {
            "required": True,
            "content": {"text/plain": {"schema": {"type": "string"}}},
        }
    elif endpoint.takes is not Nothing:
        operation["requestBody"] = {"required": True, "content": {JSON: {"schema": by_type[endpoint.takes]}}}
    return operation


def _one_of(choices: tuple[str, ...]) -> Schema:
    return {"type": "string"} | ({"enum": list(choices)} if choices else {})


def _text(_: type[Any]) -> Schema:
    return {"type": "string"}


def _nullable(schema: Any) -> Any:
    """The schema, with null among the values of every number that is no count: unknown, or not for the role."""
    if isinstance(schema, dict):
        fields = cast("dict[str, Any]", schema)
        told = {name: _nullable(value) for name, value in fields.items()}
        return told | {"type": ["number", "null"]} if told.get("type") == "number" else told
    if isinstance(schema, list):
        return [_nullable(one) for one in cast("list[Any]", schema)]
    return schema
