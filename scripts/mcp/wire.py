"""Holds every line of a recorded session against the JSON Schema of the revision that it is written in.

2024-11-05 has no schema here: its lines are only read. Without the folder of schemas all lines are only read.
"""

import functools
import json

from jsonschema import Draft7Validator, Draft202012Validator

STATELESS = "2026-07-28"
REVISIONS = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", STATELESS)
VERSION_KEY = "io.modelcontextprotocol/protocolVersion"
RESULTS = {
    "initialize": "InitializeResult", "ping": "EmptyResult", "server/discover": "DiscoverResult", "tools/list": "ListToolsResult",
    "tools/call": "CallToolResult", "resources/list": "ListResourcesResult", "resources/templates/list": "ListResourceTemplatesResult",
    "resources/read": "ReadResourceResult", "resources/subscribe": "EmptyResult", "resources/unsubscribe": "EmptyResult",
    "prompts/list": "ListPromptsResult", "prompts/get": "GetPromptResult", "completion/complete": "CompleteResult",
    "subscriptions/listen": "SubscriptionsListenResult"}


class Schemas:
    def __init__(self, folder):
        self.folder = folder

    @functools.lru_cache(maxsize=None)
    def document(self, revision):
        path = self.folder / f"mcp-{revision}.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None

    @functools.lru_cache(maxsize=None)
    def validator(self, revision, name):
        document = self.document(revision)
        if document is None:
            return None
        place = "$defs" if "$defs" in document else "definitions"
        kind = Draft202012Validator if place == "$defs" else Draft7Validator
        return kind({"$ref": f"#/{place}/{name}", place: document[place]})

    def problems(self, revision, name, value):
        validator = self.validator(revision, name)
        return [] if validator is None else [f"{name}: {e.json_path}: {e.message[:200]}" for e in validator.iter_errors(value)]

    def error_name(self, revision):
        document = self.document(revision) or {}
        return "JSONRPCErrorResponse" if "JSONRPCErrorResponse" in document.get("$defs", {}) else "JSONRPCError"


class Session:
    """One connection: what was asked under which id, and the revision that was agreed on."""

    def __init__(self, schemas, lines):
        self.schemas = schemas
        self.asked = {}
        self.agreed = next((m["result"]["protocolVersion"] for mark, m in lines if mark == "<" and isinstance(m, dict)
                            and isinstance(m.get("result"), dict) and "protocolVersion" in m["result"]), None)

    def problems(self, mark, message):
        if isinstance(message, list):
            if self.agreed != "2025-03-26":
                return ["a batch where none was agreed on"] if mark == "<" else []
            return [p for element in message for p in self.problems(mark, element)]
        if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
            return ["no JSON-RPC 2.0 message"] if mark == "<" else []
        return self.to_server(message) if mark == ">" else self.from_server(message)

    def to_server(self, message):
        # An unknown revision is rejected: the request then belongs to no revision.
        meta = (message.get("params") or {}).get("_meta") or {}
        revision = meta.get(VERSION_KEY, self.agreed)
        if "id" in message and "method" in message:
            self.asked[json.dumps(message["id"])] = (message["method"], revision)
            return []
        return self.schemas.problems(revision, "ClientNotification", message) if "method" in message else []

    def from_server(self, message):
        if "method" in message:
            revision = self.agreed or STATELESS
            return self.schemas.problems(revision, "ServerNotification", message)
        method, revision = self.asked.get(json.dumps(message.get("id")), (None, self.agreed or STATELESS))
        if "error" in message:
            # A request of an unknown revision is answered by the rules of the newest one.
            known = revision if revision in REVISIONS else STATELESS
            # JSON-RPC requires null if no id could be read, which these schemas do not allow.
            shown = {**message, "id": 0} if message.get("id", 0) is None and known < "2025-11-25" else message
            found = self.schemas.problems(known, self.schemas.error_name(known), shown)
            if message["error"].get("code") == -32022:
                found += self.schemas.problems(STATELESS, "UnsupportedProtocolVersionError", message)
            return found
        if method is None:
            return [f"an answer to nothing: {json.dumps(message)[:200]}"]
        name = "JSONRPCResultResponse" if "$defs" in (self.schemas.document(revision) or {}) else "JSONRPCResponse"
        return self.schemas.problems(revision, name, message) + self.schemas.problems(revision, RESULTS[method], message["result"])


def session_problems(place, lines, schemas):
    session = Session(schemas, lines)
    problems = []
    for number, (mark, message) in enumerate(lines, start=1):
        problems += [f"{place}:{number} {problem}" for problem in session.problems(mark, message)]
    return problems


def check(logs, folder):
    """The problems of recorded sessions, and how many lines were looked at."""
    problems, count = [], 0
    schemas = Schemas(folder)
    for log in logs:
        lines = []
        for line in log.read_bytes().splitlines():
            count += 1
            try:
                lines.append((chr(line[0]), json.loads(line[1:])))
            except ValueError:
                # Clients may send anything, but whatever the server writes must be a message.
                if line[:1] == b"<":
                    problems.append(f"{log.name}: no JSON from the server: {line[:200]!r}")
        problems += session_problems(log.name, lines, schemas)
    return problems, count


def check_transcripts(paths, folder):
    problems, count = [], 0
    for path in paths:
        lines = []
        for line in path.read_text(encoding="utf-8").split("\n"):
            if line.startswith(("--> ", "<-- ")):
                lines.append((">" if line[0] == "-" else "<", json.loads(line[4:])))
        count += len(lines)
        problems += session_problems(path.name, lines, Schemas(folder))
    return problems, count
