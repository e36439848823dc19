"""The tools as model APIs want them, because one that an API refuses makes it refuse the whole request: models.py FOLDER

Google's and OpenAI's own libraries convert every tool; the rules of APIs without such a library are written down here; tokens are counted.
"""

import json
import os
import pathlib
import re
import subprocess
import sys

import google.genai._mcp_utils as gemini
from agents.mcp import MCPServerStdio
from agents.mcp.util import MCPUtil
from jsonschema import Draft7Validator, Draft202012Validator
from mcp.types import Tool

from scenario import TOOLS, Scenario

scenario = Scenario(sys.argv[1])
check = scenario.check
# All tools that existed when the limit was set may cost this much together; each later one this much alone.
MOST_TOGETHER, MOST_ALONE = 1700, 150
FIRST = ["list_traces", "summarize_trace", "critical_path", "find_errors", "find_insights", "get_span", "search_spans", "compare_traces",
         "aggregate_traces", "await_trace", "server_status"]


def listed():
    server = subprocess.Popen(scenario.command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(method, params, number):
        server.stdin.write(json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params}) + "\n")
        server.stdin.flush()
        return json.loads(server.stdout.readline())["result"]

    ask("initialize", {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "models", "version": "1"}}, 0)
    tools = ask("tools/list", {}, 1)["tools"]
    server.stdin.close()
    server.wait(timeout=10)
    return tools


def nodes(schema, path="root"):
    """Every schema within a schema, with its place."""
    yield path, schema
    for key, member in schema.get("properties", {}).items():
        yield from nodes(member, f"{path}.{key}")
    if isinstance(schema.get("items"), dict):
        yield from nodes(schema["items"], path + "[]")
    for word in ("anyOf", "oneOf", "allOf"):
        for number, member in enumerate(schema.get(word, [])):
            yield from nodes(member, f"{path}.{word}[{number}]")


def anthropic(tool):
    """The name, an object at the top without alternatives, names of properties, a schema of draft 2020-12."""
    schema = tool["inputSchema"]
    if not re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", tool["name"]):
        yield "the name"
    if schema.get("type") != "object" or any(word in schema for word in ("anyOf", "oneOf", "allOf")):
        yield "no object at the top"
    for path, node in nodes(schema):
        for key in node.get("properties", {}):
            if not re.fullmatch(r"[a-zA-Z0-9_.-]{1,64}", key):
                yield f"the property {path}.{key}"
    Draft202012Validator.check_schema(schema)


def kimi(tool):
    """A name that begins with a letter; a type everywhere, never beside alternatives nor several at once; words of enums that are not empty;
    what is required is declared."""
    schema = tool["inputSchema"]
    if not re.fullmatch(r"[a-zA-Z][a-zA-Z0-9_-]{0,63}", tool["name"]):
        yield "the name"
    if schema.get("type") != "object":
        yield "no object at the top"
    for path, node in nodes(schema):
        alternatives = any(word in node for word in ("anyOf", "oneOf", "allOf"))
        if alternatives and "type" in node:
            yield f"{path}: a type beside alternatives"
        if not alternatives and not isinstance(node.get("type"), str):
            yield f"{path}: no type"
        if node.get("type") == "array" and "items" not in node:
            yield f"{path}: a list of anything"
        if not all(isinstance(word, str) and word for word in node.get("enum", [])):
            yield f"{path}: an empty word"
        if not set(node.get("required", [])) <= set(node.get("properties", {})):
            yield f"{path}: something required that is not declared"
        if "$ref" in node or "const" in node:
            yield f"{path}: a reference or a constant"


def cautious(tool):
    """What the type check of Gemini CLI's forks, Vertex and older converters stumble over: they skip the tool without a word."""
    allowed = {"type", "properties", "required", "items", "enum", "description"}
    for path, node in nodes(tool["inputSchema"]):
        if set(node) - allowed:
            yield f"{path}: {sorted(set(node) - allowed)}"
        if node.get("type") == "object" and not node.get("properties"):
            yield f"{path}: an object without properties"
    Draft7Validator.check_schema(tool["inputSchema"])


def google(tool):
    converted = gemini.mcp_to_gemini_tool(Tool(**tool)).function_declarations[0]
    if set(converted.parameters.properties) != set(tool["inputSchema"]["properties"]):
        yield "properties were lost"
    for key, value in converted.parameters.properties.items():
        if value.type is None or value.any_of:
            yield f"{key} has no one type"


def openai(tool):
    # Never started: only its settings are read.
    server = MCPServerStdio({"command": "true"})
    converted = MCPUtil.to_function_tool(Tool(**tool), server, convert_schemas_to_strict=False)
    if converted.params_json_schema != tool["inputSchema"] or converted.strict_json_schema:
        yield "the schema was changed"


def tokens(tools):
    # The vocabulary is in a package of PyPI, so that nothing else has to be fetched.
    files = pathlib.Path(sys.prefix).glob("lib/python*/site-packages/litellm/litellm_core_utils/tokenizers")
    os.environ["TIKTOKEN_CACHE_DIR"] = str(next(files))
    import tiktoken

    encoding = tiktoken.get_encoding("o200k_base")

    def count(value):
        return len(encoding.encode(json.dumps(value, separators=(",", ":"), ensure_ascii=False), disallowed_special=()))

    first = count({"tools": [tool for tool in tools if tool["name"] in FIRST]})
    check(f"the first tools cost {first} tokens, at most {MOST_TOGETHER}", first <= MOST_TOGETHER, {t["name"]: count(t) for t in tools})
    for tool in tools:
        if tool["name"] not in FIRST:
            check(f"{tool['name']} costs {count(tool)} tokens, at most {MOST_ALONE}", count(tool) <= MOST_ALONE)


tools = listed()
check("tools", [tool["name"] for tool in tools] == TOOLS, tools)
for rules in (anthropic, kimi, cautious, google, openai):
    for tool in tools:
        try:
            problems = list(rules(tool))
        except Exception as error:
            problems = [f"{type(error).__name__}: {error}"]
        check(f"{rules.__name__} takes {tool['name']}", not problems, problems)
tokens(tools)
scenario.end()
