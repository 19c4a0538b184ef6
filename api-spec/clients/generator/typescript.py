"""The TypeScript client's generated half: the types of the description, and one method for each operation."""

import re

from model import KEY_HEADER, Kind

HEAD = """// Generated from api-spec/openapi.yaml by api-spec/clients/generate. Do not edit.

import { Transport } from "./transport.js";
import type { CallOptions } from "./transport.js";

"""


def camel(name):
    first, *rest = re.split(r"[_-]", name)
    return first.lower() + "".join(part.capitalize() for part in rest)


def comment(text, indent=""):
    lines = [line.rstrip().replace("*/", "*\\/") for line in text.strip().splitlines()]
    if not lines:
        return ""
    if len(lines) == 1:
        return f"{indent}/** {lines[0]} */\n"
    return f"{indent}/**\n" + "".join(f"{indent} * {line}".rstrip() + "\n" for line in lines) + f"{indent} */\n"


def key_of(name):
    return name if re.fullmatch(r"[A-Za-z_]\w*", name) else f'"{name}"'


def spell(kind, is_open=False):
    match kind.name:
        case "text":
            return "string"
        case "integer":
            return "number"
        case "boolean" | "null":
            return kind.name
        case "any":
            return "unknown"
        case "ref":
            return kind.target
        case "list":
            inner = spell(kind.items[0], is_open)
            return f"({inner})[]" if " | " in inner else f"{inner}[]"
        case "map":
            return f"Record<string, {spell(kind.items[0], is_open)}>"
        case "union":
            return " | ".join(spell(item, is_open) for item in kind.items)
        case "literals":
            words = " | ".join(f'"{word}"' for word in kind.items)
            return words + (" | (string & {})" if is_open else "")
    raise AssertionError(kind)


def types(document):
    for name, schema in document.schemas.items():
        is_open = name in document.told
        yield comment(schema.get("description", ""))
        members = document.members(name)
        if members is None:
            yield f"export type {name} = {spell(document.kind(schema, name), is_open)};\n\n"
            continue
        yield f"export interface {name} {{\n"
        for member in members:
            optional = "" if member.required else "?"
            yield comment(member.text, "  ")
            yield f"  {key_of(member.name)}{optional}: {spell(member.kind, is_open)};\n"
        yield "}\n\n"


def codes(document):
    yield "/** The problem codes of this version. Others may come: what is not known is taken for its status. */\n"
    yield "export type ProblemCode =\n"
    yield "\n".join(f'  | "{code}"' for code, _, _ in document.problems) + ";\n\n"


def argument_name(parameter):
    return camel(parameter.name) if parameter.place == "header" else key_of(parameter.name)


def arguments(operation, is_document=False):
    """The type of what a method takes, and whether it may be left out altogether."""
    fields = []
    for parameter in operation.arguments:
        fields.append((argument_name(parameter), parameter.required, spell(parameter.kind), parameter.text))
    if operation.body:
        fields.append(("body", operation.body_required, spell(operation.body), ""))
    if operation.key:
        text = next(parameter.text for parameter in operation.placed("header") if parameter.name == KEY_HEADER)
        fields.append(("idempotencyKey", operation.key == "required", "string", text))
    if is_document:
        fields.append(("accept", True, " | ".join(f'"{media}"' for media in operation.documents), "What to answer with."))
    return fields, not any(required for _, required, _, _ in fields)


def method(operation, is_document=False):
    name = camel(operation.name) + ("As" if is_document else "")
    fields, may_be_absent = arguments(operation, is_document)
    yield comment(f"{operation.summary}: `{operation.method} {operation.path}`\n\n{operation.text}", "  ")
    yield f"  {name}(\n"
    if fields:
        yield "    call: {\n"
        for field, required, kind, text in fields:
            yield comment(text, "      ")
            yield f"      {field}{'' if required else '?'}: {kind};\n"
        yield "    }" + (" = {}" if may_be_absent else "") + ",\n"
    result = "Uint8Array" if is_document else result_of(operation)
    yield "    options?: CallOptions,\n"
    yield f"  ): Promise<{result}> {{\n"
    path = re.sub(r"{(\w+)}", lambda found: f"${{encodeURIComponent(call.{found.group(1)})}}", operation.path)
    yield f"    return this.{'sendForDocument' if is_document else 'send'}(\n"
    yield f'      "{operation.method}",\n'
    yield f"      `{path}`,\n"
    given = ", ".join(parts(operation, is_document))
    yield f"      {'{ ' + given + ' }' if given else '{}'},\n      options,\n    );\n  }}\n\n"


def result_of(operation):
    """What a method answers: nothing for 204, null for 304."""
    kind = operation.result or Kind("null")
    choices = kind.items if kind.name == "union" else (kind,)
    words = ["void" if choice.name == "null" else spell(choice, True) for choice in choices]
    return " | ".join([*words, "null"] if operation.unchanged else words)


def parts(operation, is_document):
    query = [key_of(parameter.name) for parameter in operation.placed("query")]
    if query:
        yield "query: { " + ", ".join(f"{name}: call.{name}" for name in query) + " }"
    headers = [parameter for parameter in operation.placed("header") if parameter.name != KEY_HEADER]
    if headers:
        yield "headers: { " + ", ".join(f'"{parameter.name}": call.{camel(parameter.name)}' for parameter in headers) + " }"
    if operation.body:
        yield f'body: call.body, bodyType: "{operation.body_type}"'
    if operation.key:
        yield "idempotencyKey: call.idempotencyKey, takesKey: true"
    if is_document:
        yield "accept: call.accept"


def pager(operation):
    """All items over all pages of a list."""
    name = camel(operation.name)
    each = "each" + name.removeprefix("list")[0].upper() + name.removeprefix("list")[1:]
    yield f"  /** All that `{name}` lists, page by page as they are asked for. */\n"
    yield f"  {each}(\n    call: Omit<Parameters<Counterfoil[\"{name}\"]>[0] & {{}}, \"cursor\">"
    yield (" = {}" if arguments(operation)[1] else "") + ",\n    options?: CallOptions,\n"
    yield f"  ): AsyncGenerator<{spell(operation.paged)}, void, undefined> {{\n"
    yield f"    return this.pages((cursor) => this.{name}({{ ...call, ...(cursor === undefined ? {{}} : {{ cursor }}) }}, options));\n  }}\n\n"


def write(document):
    parts = [HEAD, f'/** The version of the API\'s description. */\nexport const API_VERSION = "{document.version}";\n\n']
    parts.extend(codes(document))
    parts.extend(types(document))
    parts.append("/** The service, as a key or a member's token sees it. */\nexport class Counterfoil extends Transport {\n")
    for operation in document.operations:
        if operation.result or not operation.documents:
            parts.extend(method(operation))
        if operation.documents:
            parts.extend(method(operation, is_document=True))
        if operation.paged:
            parts.extend(pager(operation))
    text = "".join(parts).rstrip("\n")
    return text + "\n}\n"
