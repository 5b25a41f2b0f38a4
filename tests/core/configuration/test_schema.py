"""The schema agrees with the validation, as far as a schema can."""

import json

import jsonschema_rs
import pytest
from ruamel.yaml import YAML
from tests.configured import EXAMPLE, SMALL, SOURCE_KINDS, checked

from handrail.core.configuration.schema import configuration_schema

SCHEMA = configuration_schema(SOURCE_KINDS)
VALIDATOR = jsonschema_rs.validator_for(SCHEMA)


def is_valid(text: str) -> bool:
    """Return whether every YAML document of the text fits the schema."""
    plain = YAML(typ="safe", pure=True)
    # As editors do, dates stay text; ruamel would make date objects of them.
    documents = [
        json.loads(json.dumps(document, default=str))
        for document in plain.load_all(text)
    ]
    return all(map(VALIDATOR.is_valid, documents))


def test_the_schema_is_itself_valid() -> None:
    assert jsonschema_rs.meta.is_valid(SCHEMA)


@pytest.mark.parametrize("text", [EXAMPLE.read_text(), SMALL], ids=["example", "small"])
def test_sound_files_fit_the_schema(text: str) -> None:
    assert is_valid(text)


@pytest.mark.parametrize(
    "text",
    [
        "usr: {name: ana}",
        "user: {name: Ana}",
        "user: {name: ana, rol: admin}",
        "user: {full_name: ana}",
        "user: {name: ana, role: boss}",
        "escalation_policy: {name: p, rules: []}",
        "escalation_policy: {name: p, rules: [{notify: ana, escalate_after: 5m}]}",
        "escalation_policy: {name: p, rules: [{notify: user:a, escalate_after: 5}]}",
        "integration: {name: i, source: grafana}",
        "integration: {name: i, source: generic, key: plain-text}",
        "last_resort: {notify: team:t}",
        "severity_matrix: {SEV1: {page: []}}",
        "severity_matrix: {SEV1: {page: incident-commanders}}",
        "severity_matrix: {SEV1: {obligations: {public_notice: never}}}",
        "severity_matrix: {SEV1: {obligations: {root_cause: 5m}}}",
        "severity_matrix: {SEV1: {tell: {press: channel:c}}}",
        "severity_matrix: {assess_within: 5}",
    ],
)
def test_what_the_schema_refuses_the_check_refuses_too(text: str) -> None:
    assert not is_valid(text)
    assert checked(text).has_errors


def test_every_field_is_described() -> None:
    def undescribed(schema: object, path: str) -> list[str]:
        if not isinstance(schema, dict):
            return []
        found = [
            f"{path}.{name}"
            for name, field in schema.get("properties", {}).items()
            if "description" not in field and "$ref" not in field
        ]
        for name, inner in schema.items():
            found += undescribed(inner, f"{path}.{name}")
        return found

    assert undescribed(SCHEMA, "") == []
