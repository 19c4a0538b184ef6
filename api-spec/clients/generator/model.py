"""What the generators read out of the API's description: operations and types, checked to be of the few kinds they know.

Whatever is not known stops the generation with its place, so that no type becomes loose unseen.
"""

import re
from dataclasses import dataclass, field

import yaml

# What a shop or an app calls. Pages for browsers, and OAuth's own endpoints, for which OAuth libraries exist, are left out.
PREFIXES = ("/api/v1/", "/healthz", "/readyz")
JSON = "application/json"
# Answers that do not end; a program reads them with a library for Server-Sent Events.
STREAM = "text/event-stream"
KEY_HEADER = "Idempotency-Key"


class Unknown(Exception):
    """The description holds something for which there is no rule here."""


@dataclass(frozen=True)
class Kind:
    """A type: one of text, integer, boolean, null, any, ref, list, map, union, literals, object."""

    name: str
    items: tuple = ()
    target: str = ""


@dataclass(frozen=True)
class Member:
    name: str
    kind: Kind
    required: bool
    text: str


@dataclass(frozen=True)
class Parameter:
    name: str
    place: str
    kind: Kind
    required: bool
    text: str


@dataclass
class Operation:
    name: str
    method: str
    path: str
    summary: str
    text: str
    parameters: list
    body: Kind | None = None
    body_type: str = JSON
    body_required: bool = True
    result: Kind | None = None
    documents: list = field(default_factory=list)
    unchanged: bool = False
    paged: Kind | None = None

    def placed(self, place):
        return [parameter for parameter in self.parameters if parameter.place == place]

    @property
    def key(self):
        """`required`, `optional` or None: whether an Idempotency-Key belongs to it."""
        for parameter in self.placed("header"):
            if parameter.name == KEY_HEADER:
                return "required" if parameter.required else "optional"
        return None

    @property
    def arguments(self):
        """Everything but the body and the key, in the order of the description, what is required first."""
        named = [parameter for parameter in self.parameters if parameter.name != KEY_HEADER]
        return sorted(named, key=lambda parameter: not parameter.required)


def without_null(kind):
    """A parameter that is null is one that is left out."""
    if kind.name != "union":
        return kind
    items = tuple(item for item in kind.items if item.name != "null")
    return items[0] if len(items) == 1 else Kind("union", items)


class Document:
    def __init__(self, text, problems):
        self.tree = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        self.version = self.tree["info"]["version"]
        self.schemas = self.tree["components"]["schemas"]
        self.operations = [
            self._operation(path, method, operation)
            for path, methods in self.tree["paths"].items()
            if path.startswith(PREFIXES)
            for method, operation in methods.items()
        ]
        self.operations = [operation for operation in self.operations if operation]
        # Codes stand in problems.md as headings, with their status below.
        self.problems = re.findall(r"^## `([a-z_]+)`\n\n(.+?) · status (\d+)$", problems, re.MULTILINE)
        if not self.problems:
            raise Unknown("problems.md lists no codes")
        self.told = self._told()

    # ---- types

    def kind(self, schema, place):
        schema = {name: value for name, value in schema.items() if name not in ("description", "example", "examples", "default")}
        if "$ref" in schema:
            return Kind("ref", target=schema["$ref"].removeprefix("#/components/schemas/"))
        if "oneOf" in schema:
            return Kind("union", tuple(self.kind(choice, place) for choice in schema["oneOf"]))
        if "enum" in schema:
            return Kind("literals", tuple(schema["enum"]))
        wanted = schema.get("type")
        if isinstance(wanted, list):
            parts = [self.kind({**schema, "type": part}, place) for part in wanted]
            return Kind("union", tuple(parts))
        if wanted == "array":
            return Kind("list", (self.kind(schema["items"], place),))
        if wanted == "object" and isinstance(schema.get("additionalProperties"), dict) and not schema.get("properties"):
            return Kind("map", (self.kind(schema["additionalProperties"], place),))
        if wanted == "object" and not schema.get("properties"):
            return Kind("map", (Kind("any"),))
        simple = {"string": "text", "integer": "integer", "boolean": "boolean", "null": "null"}
        if wanted in simple:
            return Kind(simple[wanted])
        if not schema:
            return Kind("any")
        raise Unknown(f"{place}: {schema}")

    def members(self, name):
        """A named schema's members, those of what it takes in among them; None where it is no object."""
        return self._members(self.schemas[name], name)

    def _members(self, schema, place):
        if "allOf" in schema:
            parts = [self._members(part, place) for part in schema["allOf"]]
            if any(part is None for part in parts):
                raise Unknown(f"{place}: allOf of what is no object")
            return [member for part in parts for member in part]
        if "$ref" in schema:
            return self.members(schema["$ref"].removeprefix("#/components/schemas/"))
        if schema.get("type") != "object" or "properties" not in schema:
            return None
        required = schema.get("required", [])
        return [
            Member(name, self.kind(inner, f"{place}.{name}"), name in required, inner.get("description", ""))
            for name, inner in schema["properties"].items()
        ]

    def _told(self):
        """The names of the schemas that occur in answers: their lists of words are open, because words are added."""
        found = set()
        todo = [kind for operation in self.operations for kind in [operation.result] if kind]
        while todo:
            kind = todo.pop()
            todo.extend(item for item in kind.items if isinstance(item, Kind))
            if kind.name != "ref" or kind.target in found:
                continue
            found.add(kind.target)
            members = self.members(kind.target)
            todo.extend([member.kind for member in members] if members is not None else [self.kind(self.schemas[kind.target], kind.target)])
        return found

    # ---- operations

    def _operation(self, path, method, tree):
        place = f"{method.upper()} {path}"
        answers = {status: answer.get("content") or {} for status, answer in tree["responses"].items() if status.startswith("2")}
        types = {media: content for answer in answers.values() for media, content in answer.items()}
        if STREAM in types:
            return None
        operation = Operation(
            name=tree["operationId"],
            method=method.upper(),
            path=path,
            summary=tree.get("summary", ""),
            text=tree.get("description", ""),
            parameters=[
                Parameter(
                    parameter["name"],
                    parameter["in"],
                    without_null(self.kind(parameter["schema"], f"{place} {parameter['name']}")),
                    parameter.get("required", False),
                    parameter.get("description", ""),
                )
                for parameter in tree.get("parameters", [])
            ],
        )
        names = [parameter.name for parameter in operation.parameters]
        if len(names) != len(set(names)):
            raise Unknown(f"{place}: two parameters of one name")
        if set(re.findall(r"{(\w+)}", path)) != {parameter.name for parameter in operation.placed("path")}:
            raise Unknown(f"{place}: the path's parameters are not those that are described")
        if "requestBody" in tree:
            self._read_body(operation, tree["requestBody"], place)
        self._read_answers(operation, answers, types, place)
        operation.unchanged = "304" in tree["responses"]
        return operation

    def _read_body(self, operation, tree, place):
        content = tree["content"]
        operation.body_type = JSON if JSON in content else next(iter(content))
        if operation.body_type not in (JSON, "text/csv"):
            raise Unknown(f"{place}: a body of the type {operation.body_type}")
        operation.body = self.kind(content[operation.body_type]["schema"], place)
        operation.body_required = tree.get("required", False)

    def _read_answers(self, operation, answers, types, place):
        kinds = []
        for answer in answers.values():
            if JSON in answer:
                kind = self.kind(answer[JSON].get("schema", {}), place)
                if kind not in kinds:
                    kinds.append(kind)
            elif not answer and Kind("null") not in kinds:
                kinds.append(Kind("null"))
        operation.documents = [media for media in types if media != JSON]
        if kinds:
            operation.result = kinds[0] if len(kinds) == 1 else Kind("union", tuple(kinds))
        names = [parameter.name for parameter in operation.placed("query")]
        if "cursor" in names and operation.result and operation.result.name == "ref":
            members = {member.name: member.kind for member in self.members(operation.result.target) or []}
            if "next_cursor" in members and members.get("data", Kind("any")).name == "list":
                operation.paged = members["data"].items[0]
