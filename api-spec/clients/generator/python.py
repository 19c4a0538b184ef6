"""The Python client's generated half: the types of the description, a class for each problem code, a method for each operation."""

import keyword
import re

from model import KEY_HEADER, Kind

MODELS_HEAD = '''"""Generated from api-spec/openapi.yaml by api-spec/clients/generate. Do not edit.

The types of what is sent and answered. Amounts are decimal text, such as "12.50"; never floats.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

'''

ERRORS_HEAD = '''"""Generated from api-spec/problems.md by api-spec/clients/generate. Do not edit.

A class for each problem code of this version; another code comes as `ProblemError` itself.
"""

from ._errors import ProblemError

'''

CLIENT_HEAD = '''"""Generated from api-spec/openapi.yaml by api-spec/clients/generate. Do not edit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, cast

from . import models
from ._transport import Transport, quote

'''


def safe(name):
    name = re.sub(r"\W", "_", name)
    return name + "_" if keyword.iskeyword(name) else name


def snake(name):
    return name.lower().replace("-", "_")


def docstring(text, indent):
    lines = [line.rstrip().replace("\\", "\\\\").replace('"""', "'''") for line in text.strip().splitlines()]
    if not lines:
        return ""
    if lines[-1].endswith('"'):
        lines[-1] += " "
    if len(lines) == 1:
        return f'{indent}"""{lines[0]}"""\n'
    return f'{indent}"""{lines[0]}\n' + "".join(f"{indent}{line}".rstrip() + "\n" for line in lines[1:]) + f'{indent}"""\n'


def spell(kind, module="", is_open=False):
    match kind.name:
        case "text":
            return "str"
        case "integer":
            return "int"
        case "boolean":
            return "bool"
        case "null":
            return "None"
        case "any":
            return "Any"
        case "ref":
            return module + kind.target
        case "list":
            return f"list[{spell(kind.items[0], module, is_open)}]"
        case "map":
            return f"dict[str, {spell(kind.items[0], module, is_open)}]"
        case "union":
            return " | ".join(spell(item, module, is_open) for item in kind.items)
        case "literals":
            return "str" if is_open else "Literal[" + ", ".join(f'"{word}"' for word in kind.items) + "]"
    raise AssertionError(kind)


def models(document):
    parts = [MODELS_HEAD]
    aliases = []
    for name, schema in document.schemas.items():
        is_open = name in document.told
        members = document.members(name)
        if members is None:
            # At the end, where what they name is defined.
            aliases.append(f"{name} = {spell(document.kind(schema, name), '', is_open)}\n")
            text = schema.get("description", "").strip()
            aliases.append(docstring(text, "") + "\n")
            continue
        described = [(member, spell(member.kind, "", is_open)) for member in members]
        if all(member.name == safe(member.name) for member in members):
            parts.append(f"\nclass {name}(TypedDict):\n")
            parts.append(docstring(schema.get("description", ""), "    ") + "\n")
            for member, kind in described:
                parts.append(f"    {member.name}: {kind if member.required else f'NotRequired[{kind}]'}\n")
                parts.append(docstring(member.text, "    "))
            if not members:
                parts.append("    pass\n")
            parts.append("\n")
        else:
            # A member's name that is no word of Python.
            parts.append(f"\n{name} = TypedDict(\n    \"{name}\",\n    {{\n")
            for member, kind in described:
                spelt = f'"{kind}"' if "Literal" not in kind else kind
                parts.append(f"        \"{member.name}\": {spelt if member.required else f'NotRequired[{spelt}]'},\n")
            parts.append("    },\n)\n" + docstring(schema.get("description", ""), "") + "\n")
    return "".join(parts).rstrip("\n") + "\n\n\n" + "".join(aliases).rstrip("\n") + "\n"


def class_of(code):
    return "".join(word.capitalize() for word in code.split("_"))


def errors(document):
    parts = [ERRORS_HEAD]
    for code, title, status in document.problems:
        parts.append(f'\nclass {class_of(code)}(ProblemError):\n    """`{code}`, status {status}: {title}."""\n\n')
    parts.append("\nBY_CODE: dict[str, type[ProblemError]] = {\n")
    parts.extend(f'    "{code}": {class_of(code)},\n' for code, _, _ in document.problems)
    parts.append("}\n")
    return "".join(parts)


def name_of(parameter):
    return safe(snake(parameter.name)) if parameter.place == "header" else safe(parameter.name)


def arguments(operation, is_document=False, without=()):
    """What stands before and after the star: the path's parameters and the body come in order, the rest by name."""
    inside = operation.placed("path")
    ordered = [f"{name_of(parameter)}: {spell(parameter.kind, 'models.')}" for parameter in inside]
    named = []
    if operation.body:
        kind = spell(operation.body, "models.")
        ordered.append(f"body: {kind}" if operation.body_required else f"body: {kind} | None = None")
    if operation.key:
        named.append("idempotency_key: str" if operation.key == "required" else "idempotency_key: str | None = None")
    for parameter in operation.arguments:
        if parameter in inside or parameter.name in without:
            continue
        kind = spell(parameter.kind, "models.")
        named.append(f"{name_of(parameter)}: {kind}" if parameter.required else f"{name_of(parameter)}: {kind} | None = None")
    if is_document:
        named.append("accept: Literal[" + ", ".join(f'"{media}"' for media in operation.documents) + "]")
    # A keyword without a default may stand after one that has it.
    named.append("timeout: float | None = None")
    return ordered, named


def details(operation):
    text = f"{operation.summary}: `{operation.method} {operation.path}`\n\n{operation.text}".strip()
    notes = [
        f"- `{name_of(parameter)}`: {' '.join(parameter.text.split())}"
        for parameter in operation.arguments
        if parameter.text and parameter.place != "path"
    ]
    return text + ("\n\n" + "\n".join(notes) if notes else "")


def method(operation, is_document=False):
    ordered, named = arguments(operation, is_document)
    result = "bytes" if is_document else spell(operation.result or Kind("null"), "models.", True)
    if operation.unchanged and not is_document:
        result += " | None"
    name = operation.name + ("_as" if is_document else "")
    yield f"    def {name}(\n        self,\n"
    for argument in ordered + ["*"] + named:
        yield f"        {argument},\n"
    yield f"    ) -> {result}:\n"
    yield docstring(details(operation), "        ")
    path = re.sub(r"{(\w+)}", lambda found: f"{{quote({safe(found.group(1))})}}", operation.path)
    prefix = "f" if "{" in path else ""
    send = "_send_for_document" if is_document else "_send"
    call = "self." + send + f'(\n            "{operation.method}",\n            {prefix}"{path}",\n'
    query = operation.placed("query")
    if query:
        call += "            query={" + ", ".join(f'"{p.name}": {name_of(p)}' for p in query) + "},\n"
    headers = [parameter for parameter in operation.placed("header") if parameter.name != KEY_HEADER]
    if headers:
        call += "            headers={" + ", ".join(f'"{p.name}": {name_of(p)}' for p in headers) + "},\n"
    if operation.body:
        call += f'            body=body,\n            body_type="{operation.body_type}",\n'
    if operation.key:
        call += "            idempotency_key=idempotency_key,\n            takes_key=True,\n"
    if is_document:
        call += "            accept=accept,\n"
    call += "            timeout=timeout,\n        )"
    if result == "None":
        yield f"        {call}\n\n"
    elif is_document:
        yield f"        return {call}\n\n"
    else:
        yield f'        return cast("{result}", {call})\n\n'


def pager(operation):
    ordered, named = arguments(operation, without=("cursor",))
    name = "each_" + operation.name.removeprefix("list_")
    yield f"    def {name}(\n        self,\n"
    for argument in ordered + ["*"] + named:
        yield f"        {argument},\n"
    item = spell(operation.paged, "models.")
    yield f"    ) -> Iterator[{item}]:\n"
    yield f'        """All that `{operation.name}` lists, page by page as they are asked for."""\n'
    given = [name_of(parameter) for parameter in operation.placed("path")]
    given += [f"{argument.split(':')[0]}={argument.split(':')[0]}" for argument in named]
    yield f"        return self._pages(lambda cursor: self.{operation.name}({', '.join([*given, 'cursor=cursor'])}))\n\n"


def client(document):
    parts = [CLIENT_HEAD, f'API_VERSION = "{document.version}"\n"""The version of the API\'s description."""\n\n\n']
    parts.append('class Counterfoil(Transport):\n    """The service, as a key or a member\'s token sees it."""\n\n')
    for operation in document.operations:
        if operation.result or not operation.documents:
            parts.extend(method(operation))
        if operation.documents:
            parts.extend(method(operation, is_document=True))
        if operation.paged:
            parts.extend(pager(operation))
    return "".join(parts).rstrip("\n") + "\n"
