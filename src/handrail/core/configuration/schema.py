"""The JSON Schema of configuration files, made from the one definition.

It describes one YAML document of a file. Editors complete and check by it; what it
cannot say (references, zones, what must fit together) only ``config check`` knows.
"""

from collections.abc import Mapping, Sequence

from handrail.core.configuration.definition import definitions
from handrail.core.configuration.kind.definition import IDENTITY, KindDefinition
from handrail.core.configuration.node import Json
from handrail.core.configuration.shape import (
    ChoiceShape,
    Field,
    ListShape,
    ObjectShape,
    Shape,
    TextShape,
    TruthShape,
    WholeShape,
)

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def configuration_schema(source_kinds: Sequence[str]) -> dict[str, Json]:
    """Return the schema of one YAML document.

    Args:
        source_kinds: The kinds of sender this installation can read.
    """
    kinds = definitions(source_kinds)
    properties: dict[str, Json] = {}
    for kind in kinds.values():
        reference: Json = {"$ref": f"#/$defs/{kind.kind}"}
        if kind.is_singleton:
            properties[kind.kind] = reference
            continue
        either: dict[str, Json] = {
            "description": kind.description,
            "oneOf": [reference, {"type": "array", "items": reference}],
        }
        properties |= {kind.kind: either, kind.plural: either}
    return {
        "$schema": DIALECT,
        "title": "Handrail configuration",
        "description": "One YAML document of a configuration file.",
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "$defs": _definitions(kinds),
    }


def _definitions(kinds: Mapping[str, KindDefinition]) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for kind in kinds.values():
        identity = () if kind.is_singleton else IDENTITY
        whole = ObjectShape(fields=(*identity, *kind.shape.fields))
        found[kind.kind] = {"description": kind.description, **_schema(whole)}
    return found


def _schema(shape: Shape) -> dict[str, Json]:
    match shape:
        case TextShape():
            return {"type": "string", **shape.schema}
        case ChoiceShape():
            return {"enum": list(shape.words)}
        case TruthShape():
            return {"type": "boolean"}
        case WholeShape():
            return {
                "type": "integer",
                "minimum": shape.minimum,
                "maximum": shape.maximum,
            }
        case ListShape():
            return _list_schema(shape)
        case ObjectShape():
            return _object_schema(shape)


def _list_schema(shape: ListShape) -> dict[str, Json]:
    item = _schema(shape.item)
    whole: dict[str, Json] = {
        "type": "array",
        "items": item,
        "minItems": shape.minimum,
        "maxItems": shape.maximum,
    }
    if shape.is_set:
        whole["uniqueItems"] = True
    return {"oneOf": [item, whole]} if shape.allows_single else whole


def _object_schema(shape: ObjectShape) -> dict[str, Json]:
    whole: dict[str, Json] = {
        "type": "object",
        "additionalProperties": False,
        "properties": {field.name: _field_schema(field) for field in shape.fields},
    }
    required: list[Json] = [field.name for field in shape.fields if field.is_required]
    return {**whole, "required": required} if required else whole


def _field_schema(field: Field) -> dict[str, Json]:
    described: dict[str, Json] = {"description": field.description}
    if field.default is not None:
        described["default"] = field.default
    return {**described, **_schema(field.shape)}
