"""Checks that what protocol/ shows is what it promises. Run by scripts/check-protocol; prints every failure and `N passed, N failed`."""

import json
import pathlib
import sys

from jsonschema import Draft7Validator, Draft202012Validator

PROTOCOL = pathlib.Path(__file__).resolve().parent.parent / "protocol"

# The part of OpenRPC 1.3.2's meta-schema that openrpc.json uses (https://spec.open-rpc.org).
REFERENCE = {"type": "object", "required": ["$ref"], "additionalProperties": False, "properties": {"$ref": {"type": "string", "pattern": "^#/components/"}}}
SCHEMA = {"type": ["object", "boolean"]}
DESCRIPTOR = {
    "type": "object", "required": ["name", "schema"], "additionalProperties": False,
    "properties": {"name": {"type": "string", "minLength": 1}, "description": {"type": "string"}, "summary": {"type": "string"},
                   "required": {"type": "boolean"}, "deprecated": {"type": "boolean"}, "schema": SCHEMA}}
ERROR = {
    "type": "object", "required": ["code", "message"], "additionalProperties": False,
    "properties": {"code": {"type": "integer"}, "message": {"type": "string"}, "data": {}}}
EXAMPLE = {"type": "object", "required": ["name", "value"], "additionalProperties": False,
           "properties": {"name": {"type": "string"}, "summary": {"type": "string"}, "description": {"type": "string"}, "value": {}}}
PAIRING = {"type": "object", "required": ["name", "params"], "additionalProperties": False,
           "properties": {"name": {"type": "string"}, "description": {"type": "string"}, "params": {"type": "array", "items": EXAMPLE}, "result": EXAMPLE}}
METHOD = {
    "type": "object", "required": ["name", "params"], "additionalProperties": False,
    "properties": {
        "name": {"type": "string", "minLength": 1}, "summary": {"type": "string"}, "description": {"type": "string"}, "deprecated": {"type": "boolean"},
        "tags": {"type": "array", "items": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}},
        "paramStructure": {"enum": ["by-position", "by-name", "either"]}, "params": {"type": "array", "items": {"oneOf": [DESCRIPTOR, REFERENCE]}},
        "result": {"oneOf": [DESCRIPTOR, REFERENCE]}, "errors": {"type": "array", "items": {"oneOf": [ERROR, REFERENCE]}},
        "examples": {"type": "array", "minItems": 1, "items": PAIRING}}}
OPENRPC = {
    "type": "object", "required": ["openrpc", "info", "methods"], "additionalProperties": False,
    "properties": {
        "openrpc": {"const": "1.3.2"},
        "info": {"type": "object", "required": ["title", "version"], "properties": {"title": {"type": "string"}, "version": {"type": "string"}}},
        "methods": {"type": "array", "items": METHOD},
        "components": {
            "type": "object", "additionalProperties": False,
            "properties": {"schemas": {"type": "object", "additionalProperties": SCHEMA},
                           "contentDescriptors": {"type": "object", "additionalProperties": DESCRIPTOR},
                           "errors": {"type": "object", "additionalProperties": ERROR}}}}}

passed = 0
failures = []


def check(place, problems):
    """Counts one check; a problem is a text or an error of jsonschema."""
    global passed
    problems = [p if isinstance(p, str) else f"{p.json_path}: {p.message[:300]}" for p in problems]
    if problems:
        failures.append(place)
        print(f"{place}\n  " + "\n  ".join(problems))
    else:
        passed += 1


def load(name):
    return json.loads((PROTOCOL / name).read_text(encoding="utf-8"))


def follow(document, reference):
    value = document
    for part in reference.removeprefix("#/").split("/"):
        value = value[part]
    return value


class Document:
    """openrpc.json with its references followed."""

    def __init__(self, json):
        self.json = json
        self.methods = {method["name"]: method for method in json["methods"]}

    def resolved(self, value):
        return follow(self.json, value["$ref"]) if "$ref" in value else value

    def problems(self, schema, value):
        whole = {"components": self.json["components"], "allOf": [schema]}
        return list(Draft7Validator(whole).iter_errors(value))

    def params(self, method, params):
        declared = {param["name"]: param for param in map(self.resolved, self.methods[method]["params"])}
        problems = [f"{method} needs {name}" for name, param in declared.items() if param.get("required") and name not in params]
        for name, value in params.items():
            if name in declared:
                problems += self.problems(declared[name]["schema"], value)
            elif method != "initialize":
                problems.append(f"{method} declares no {name}")
        return problems

    def result(self, method, value):
        return self.problems(self.methods[method]["result"]["schema"], value)

    def error(self, method, error):
        known = self.methods[method]["errors"] if method in self.methods else list(self.json["components"]["errors"].values())
        declared = [e for e in map(self.resolved, known) if e["code"] == error["code"]]
        if not declared:
            return [f"{method} declares no error {error['code']}"]
        if "data" not in error:
            return []
        return self.problems(declared[0]["data"], error["data"]) if "data" in declared[0] else ["data that is not declared"]

    def answer(self, request, answer):
        if request["id"] != answer["id"]:
            return [f"answer {answer['id']} to request {request['id']}"]
        method = request["method"]
        if "error" in answer:
            return self.error(method, answer["error"])
        return self.params(method, request.get("params") or {}) + self.result(method, answer["result"])


def check_schemas(openrpc, records):
    check("openrpc.json by OpenRPC's meta-schema", Draft7Validator(OPENRPC).iter_errors(openrpc.json))
    names = [method["name"] for method in openrpc.json["methods"]]
    check("names of methods", [f"{name} twice" for name in set(names) if names.count(name) > 1])
    places = [(f"components/schemas/{n}", s) for n, s in openrpc.json["components"]["schemas"].items()]
    places += [(f"components/errors/{n}/data", e["data"]) for n, e in openrpc.json["components"]["errors"].items() if "data" in e]
    for method in openrpc.json["methods"]:
        places.append((f"{method['name']} result", method["result"]["schema"]))
        for param in map(openrpc.resolved, method["params"]):
            places.append((f"{method['name']} param {param['name']}", param["schema"]))
            if "default" in param["schema"]:
                check(f"{method['name']} default of {param['name']}", openrpc.problems(param["schema"], param["schema"]["default"]))
    for place, schema in places:
        check(f"{place} as a schema of draft-07", Draft7Validator(Draft7Validator.META_SCHEMA).iter_errors(schema))
        check(f"{place} as a schema of 2020-12", Draft202012Validator(Draft202012Validator.META_SCHEMA).iter_errors(schema))
    check("records.schema.json as a schema of 2020-12", Draft202012Validator(Draft202012Validator.META_SCHEMA).iter_errors(records))
    for place, document in (("openrpc.json", openrpc.json), ("records.schema.json", records)):
        check(f"references of {place}", list(dangling(document, document)))


def dangling(value, document):
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            try:
                follow(document, value["$ref"])
            except (KeyError, TypeError):
                yield f"{value['$ref']} is not there"
        for member in value.values():
            yield from dangling(member, document)
    elif isinstance(value, list):
        for member in value:
            yield from dangling(member, document)


def check_examples(openrpc):
    for method in openrpc.json["methods"]:
        for example in method.get("examples", []):
            params = {param["name"]: param["value"] for param in example["params"]}
            check(f"example {example['name']}", openrpc.params(method["name"], params) + openrpc.result(method["name"], example["result"]["value"]))


def check_transcripts(openrpc, records):
    validator = Draft202012Validator(records)
    for path in sorted((PROTOCOL / "transcripts").rglob("*.io")):
        # scripts/check-mcp checks MCP requests against the schemas of their revisions.
        mcp = path.parent.name == "mcp"
        request = None
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
            place = f"{path.relative_to(PROTOCOL)}:{number}"
            mark, _, rest = line.partition(" ")
            if mcp and mark in ("-->", "<--"):
                continue
            if mark == "pipe":
                check(place, validator.iter_errors(json.loads(rest)))
            elif mark == "-->":
                request = json.loads(rest)
            elif mark == "<--":
                check(place, openrpc.answer(request, json.loads(rest)) if request else ["an answer to no request"])
            elif line and not line.startswith("#") and mark != "clock":
                check(place, [f"no step of a transcript: {line[:80]}"])


def main():
    openrpc, records = Document(load("openrpc.json")), load("records.schema.json")
    check_schemas(openrpc, records)
    check_examples(openrpc)
    check_transcripts(openrpc, records)
    print(f"{passed} passed, {len(failures)} failed")
    return 1 if failures or not passed else 0


sys.exit(main())
