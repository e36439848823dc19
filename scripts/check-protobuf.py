#!/usr/bin/env python3
"""Encodes the OTLP/JSON files of the tests with PyPI's opentelemetry-proto and holds what PROGRAM says of the binary file against what it says of the JSON.

    check-protobuf.py PROGRAM     PROGRAM is a built trace-distiller

Each file goes through every framing that files have: one message, messages behind their lengths (as protobuf writes them, and as the Collector's file exporter
does). Prints every difference, and `N passed, N failed`.
"""
import base64
import json
import pathlib
import struct
import subprocess
import sys
import tempfile

from google.protobuf import json_format
from google.protobuf.internal.encoder import _VarintBytes
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "Tests" / "TraceRecordsTests" / "Fixtures"
FILES = ["otlp-event-bridge.json", "otlp-istio.json", "otlp-odd-real-camel.json", "otlp-odd-upper.json", "otlp-proto-names.json",
         "planted-checkout.otlp.jsonl", "python-otlp-batch.jsonl"]
FRAMINGS = {
    "one message": lambda messages: b"".join(messages),
    "lengths": lambda messages: b"".join(_VarintBytes(len(message)) + message for message in messages),
    "lengths of four bytes": lambda messages: b"".join(struct.pack(">I", len(message)) + message for message in messages),
}
QUESTIONS = [["distill", "--all"], ["call", "traces/list"], ["call", "trace/tree", "latest"], ["call", "trace/errors", "--text", "latest"],
             ["call", "trace/export", '{"format":"otlp","maxChars":4000000}', "--text", "latest"]]

LOGS = [{"resourceLogs": [{"resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "cart"}}]}, "scopeLogs": [{
    "scope": {"name": "lib"}, "logRecords": [
        {"timeUnixNano": "1767225600002000000", "severityNumber": 17, "body": {"stringValue": "no"},
         "attributes": [{"key": "k", "value": {"intValue": "1"}}, {"key": "l", "value": {"arrayValue": {"values": [{"doubleValue": 0.5}]}}}]},
        {"observedTimeUnixNano": "1767225600003000000", "severityText": "WARN", "body": {"kvlistValue": {"values": [
            {"key": "a", "value": {"bytesValue": "AAEC"}}]}}}]}]}]}]


def documents(path):
    text = path.read_text()
    try:
        return [json.loads(text)]
    except ValueError:
        return [json.loads(line) for line in text.splitlines() if line.strip()]


def base64_ids(value):
    """Protobuf's own JSON has bytes in base64, OTLP/JSON has ids in hex."""
    if isinstance(value, list):
        return [base64_ids(each) for each in value]
    if not isinstance(value, dict):
        return value
    result = {}
    for key, content in value.items():
        if key.lower().replace("_", "") in ("traceid", "spanid", "parentspanid") and isinstance(content, str) and not content.endswith("="):
            content = base64.b64encode(bytes.fromhex(content)).decode()
        result[key] = base64_ids(content)
    return result


def answer(program, question, path):
    """Where there is no trace the question is not asked: its words name the file."""
    result = subprocess.run([program, *question[:2], *question[2:], path], capture_output=True, text=True, timeout=60)
    return result.returncode, result.stdout, result.stderr.replace(path, "FILE")


def main():
    program = sys.argv[1]
    passed, failed = 0, 0
    cases = [(name, ExportTraceServiceRequest, documents(FIXTURES / name), QUESTIONS) for name in FILES]
    cases.append(("logs", ExportLogsServiceRequest, LOGS, [["call", "logs/list"], ["distill"]]))
    with tempfile.TemporaryDirectory() as directory:
        for name, kind, values, questions in cases:
            messages = [json_format.ParseDict(base64_ids(value), kind(), ignore_unknown_fields=True).SerializeToString() for value in values]
            text = pathlib.Path(directory, "records.json")
            text.write_text("\n".join(json.dumps(value) for value in values) + "\n")
            for framing, frame in FRAMINGS.items():
                binary = pathlib.Path(directory, "records.pb")
                binary.write_bytes(frame(messages))
                for question in questions:
                    expected, got = answer(program, question, str(text)), answer(program, question, str(binary))
                    if expected == got and expected[1 if expected[0] == 0 else 2]:
                        passed += 1
                        continue
                    failed += 1
                    print(f"{name}, {framing}: {' '.join(question)}\n  as JSON:     {expected}\n  as protobuf: {got}")
    print(f"protobuf: {passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
