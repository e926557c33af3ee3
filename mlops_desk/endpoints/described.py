"""What the endpoint says of itself: the model's inputs, and the OpenAPI document of its routes."""

from __future__ import annotations

from typing import Any

import msgspec

from mlops_desk import __version__
from mlops_desk.endpoints.refusal import Problem
from mlops_desk.endpoints.served import Served
from mlops_desk.kernel.endpoint import ServiceReading
from mlops_desk.science.features import Feature, ModelSchema

_REF = "#/components/schemas/{name}"


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Rows to be answered; each gives every input of the model by its name, null for no value."""

    rows: list[dict[str, Any]]


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """Classification: the label and every class's score, 0 to 1. Regression: the value."""

    label: str | None = None
    value: float | None = None
    scores: dict[str, float] | None = None


class Answers(msgspec.Struct, frozen=True):
    """The answers, in the order of the rows, and what gave them."""

    model: str
    release: str
    predictions: list[Answer]


class Described(msgspec.Struct, frozen=True):
    """The model that answers, and what it is fed."""

    model: str
    release: str
    environment: str
    schema: ModelSchema


class Health(msgspec.Struct, frozen=True):
    """That it answers, and how the service did since it started."""

    status: str
    model: str
    release: str
    environment: str
    service: ServiceReading


def described(served: Served) -> Described:
    """Describe a model."""
    return Described(served.label, served.release_id, served.environment, served.schema)


def openapi(served: Served) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of an endpoint, with the inputs of its present model."""
    _refs, components = msgspec.json.schema_components((Asked, Answers, Described, Health, Problem), ref_template=_REF)
    components["Row"] = _row(served.schema)
    components["Asked"]["properties"]["rows"] = {"type": "array", "items": _ref("Row"), "maxItems": 10_000}
    return {
        "openapi": "3.1.0",
        "info": {"title": served.label, "version": __version__, "description": f"Release {served.release_id}"},
        "security": [{"key": []}],
        "paths": {
            "/predict": {"post": _operation("Answer rows", Answers, asks=True)},
            "/schema": {"get": _operation("What the model is fed", Described)},
            "/health": {"get": _operation("Whether and how it answers", Health)},
            "/openapi.json": {"get": {"summary": "This document", "responses": {"200": {"description": "OK"}}}},
        },
        "components": {"schemas": components, "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}},
    }


def _row(schema: ModelSchema) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {feature.name: _input(feature) for feature in schema.features},
        "required": [feature.name for feature in schema.features],
        "additionalProperties": False,
    }


def _input(feature: Feature) -> dict[str, Any]:
    if feature.kind == "number":
        seen = "" if feature.low is None else f"Seen in training: {feature.low:g} to {feature.high:g}"
        return {"type": ["number", "null"], "description": seen}
    return {"type": ["string", "boolean", "null"], "examples": list(feature.categories[:20])}


def _operation(summary: str, answer: type, *, asks: bool = False) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "summary": summary,
        "responses": {"200": _json("OK", answer.__name__), "default": _json("Refused, and why", "Problem")},
    }
    if asks:
        operation["requestBody"] = {"required": True} | _json("", "Asked")
    return operation


def _json(description: str, name: str) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": _ref(name)}}}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": _REF.format(name=name)}
