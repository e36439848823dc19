"""What a verdict looks like to those who read it. Run by scripts/check-verdicts; prints every failure and `N passed, N failed`.

With --live N, only this: one program is run five times for a baseline and N times more, unchanged; at most 1 of 100 of these may be called a regression.
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

from jsonschema import Draft202012Validator

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = os.environ["TRACE_DISTILLER_PROGRAM"]
BIN = pathlib.Path(sys.executable).parent
HOSTILE = 'a<b>&"c"]]>\u0001\u202e|`*_::error file=x,line=1::@all\r\n%'

# The part of SARIF 2.1.0 that is written (docs.oasis-open.org/sarif/sarif/v2.1.0).
TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}
PLACE = {"type": "object", "required": ["physicalLocation"], "properties": {"physicalLocation": {
    "type": "object", "required": ["artifactLocation"], "properties": {
        "artifactLocation": {"type": "object", "required": ["uri"], "properties": {"uri": {"type": "string", "pattern": "^[A-Za-z0-9._~/%:-]+$"}}},
        "region": {"type": "object", "properties": {"startLine": {"type": "integer", "minimum": 1}}}}}}}
RESULT = {"type": "object", "required": ["ruleId", "level", "message"], "properties": {
    "ruleId": {"type": "string"}, "level": {"enum": ["none", "note", "warning", "error"]}, "message": TEXT, "locations": {"type": "array", "items": PLACE},
    "partialFingerprints": {"type": "object", "additionalProperties": {"type": "string"}}}, "additionalProperties": False}
SARIF = {"type": "object", "required": ["version", "runs"], "properties": {"version": {"const": "2.1.0"}, "$schema": {"type": "string"}, "runs": {
    "type": "array", "minItems": 1, "items": {"type": "object", "required": ["tool", "results"], "properties": {
        "tool": {"type": "object", "required": ["driver"], "properties": {"driver": {"type": "object", "required": ["name"], "properties": {
            "name": {"type": "string"}, "version": {"type": "string"},
            "rules": {"type": "array", "uniqueItems": True, "items": {"type": "object", "required": ["id"], "properties": {"shortDescription": TEXT}}}}}}},
        "results": {"type": "array", "items": RESULT}}}}}, "additionalProperties": False}

passed, failed = 0, 0


def check(what, problem):
    global passed, failed
    if problem:
        failed += 1
        print(f"{what}: {problem}")
    else:
        passed += 1


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, timeout=120, **options)


def span(trace, name, ident, parent, start, took, status=None):
    fields = {"event_type": "span", "trace_id": trace, "span_id": f"{trace}-{ident}", "parent_id": parent and f"{trace}-{parent}", "span_name": name,
              "start_timestamp": f"2026-11-23T10:00:00.{int(start * 1000):06d}Z", "duration_ms": took, "service": "shop",
              "attributes": {"code.file.path": "shop/" + HOSTILE, "code.line.number": 7}}
    if status:
        fields.update(status="error", status_message=status)
    return json.dumps({"timestamp": "2026-11-23T10:00:01Z", "level": "INFO", "target": "t", "log_type": "trace", "message": "", "fields": fields})


def recording(count, failing=False):
    lines = []
    for number in range(count):
        lines.append(span(f"t{number}", "GET /orders", "r", None, 0, 30))
        lines.append(span(f"t{number}", HOSTILE if failing else "charge", "c", "r", 1, 20 + number % 3, HOSTILE if failing else None))
    return "\n".join(lines) + "\n"


def forms(place):
    (place / "bad.jsonl").write_text(recording(6, failing=True))
    result = run(PROGRAM, "check", "bad.jsonl", "--rule", "no errors", "--rule", 'p95("GET /orders") <= 1ms', "--rule", "no regression", "--junit", "j.xml",
                 "--sarif", "s.sarif", "--markdown", "m.md", "--github", "--json", cwd=place)
    check("exit code of a broken check", result.returncode != 1 and (result.returncode, result.stderr))
    lines = result.stdout.splitlines()
    openrpc = json.loads((ROOT / "protocol/openrpc.json").read_text())
    method = next(m for m in openrpc["methods"] if m["name"] == "traces/check")
    schema = {**method["result"]["schema"], "components": openrpc["components"]}
    check("--json by the schema of traces/check", [e.message[:200] for e in Draft202012Validator(schema).iter_errors(json.loads(lines[0]))])
    check("annotations are lines of their own", [line for line in lines[1:] if not re.fullmatch(r"::(error|warning) [^:\r\n]*::[^\r\n]*", line)])
    suites = ET.parse(place / "j.xml").getroot()
    cases = suites.findall("testsuite/testcase")
    check("JUnit's form", suites.tag != "testsuites" or len(cases) != 3 or suites.get("tests") != "3" or suites.get("failures") != "3")
    check("JUnit's failures", any(c.find("failure") is None or not c.find("failure").get("message") for c in cases))
    check("SARIF's form", [e.message[:200] for e in Draft202012Validator(SARIF).iter_errors(json.loads((place / "s.sarif").read_text()))])
    summary = (place / "m.md").read_text()
    check("Markdown within its bound", len(summary) > 4000 and len(summary))
    check("Markdown without marks of names", "@all" in summary or "<b>" in summary)


def baselines(place):
    (place / "traces.jsonl").write_text(recording(6))
    (place / "traces.rules").write_text('no errors\np95("GET /orders") <= 50ms\nno regression\n')
    result = run(PROGRAM, "baseline", "traces.jsonl", "-o", "traces.base.json", cwd=place)
    check("a baseline is written", result.returncode and result.stderr)
    openrpc = json.loads((ROOT / "protocol/openrpc.json").read_text())
    schema = {"$ref": "#/components/schemas/Baseline", "components": openrpc["components"]}
    check("it is valid by its schema", [e.message[:200] for e in Draft202012Validator(schema).iter_errors(json.loads((place / "traces.base.json").read_text()))])


def jobs(place):
    """README's CI files: valid, and their commands run as printed."""
    blocks = re.findall(r"```yaml\n(# (\S+)\n.*?)```", (ROOT / "README.md").read_text(), re.S)
    check("README has two CI files", len(blocks) != 2 and len(blocks))
    for text, name in blocks:
        file = place / pathlib.Path(name).name
        file.write_text(text)
        kind = "vendor.github-workflows" if "workflows" in name else "vendor.gitlab-ci"
        result = run(str(BIN / "check-jsonschema"), "--builtin-schema", kind, str(file))
        check(f"{name} is valid", result.returncode and result.stdout + result.stderr)
        commands = [c for c in re.findall(r"- (?:run: )?(trace-distiller .*|cat .*)", text)]
        check(f"{name} has commands", not commands)
        # The project's tests: what sends the recorded traces to whoever listens.
        (place / "recorded.jsonl").write_text(recording(6))
        (place / "bin").mkdir(exist_ok=True)
        for tests in ("opentelemetry-instrument", "swift"):
            (place / "bin" / tests).write_text('#!/bin/sh\ncat recorded.jsonl > "$TRACE_DISTILLER_PIPE"\n')
            (place / "bin" / tests).chmod(0o755)
        (place / "traces.jsonl").unlink(missing_ok=True)
        path = f"{place}/bin:{pathlib.Path(PROGRAM).parent}:{os.environ['PATH']}"
        for command in commands:
            result = run("sh", "-c", command, cwd=place, env={**os.environ, "PATH": path, "GITHUB_STEP_SUMMARY": str(place / "step.md")})
            check(f"{name}: {command}", result.returncode and result.stdout + result.stderr)


def fixture(place):
    """The fixture of protocol/check.md under pytest."""
    code = re.search(r"```python\n(.*?)```", (ROOT / "protocol/check.md").read_text(), re.S).group(1)
    (place / "conftest.py").write_text(code)
    (place / "test_shop.py").write_text('''
from opentelemetry import trace

def orders(rows):
    with trace.get_tracer("shop").start_as_current_span("GET /orders"):
        for row in range(rows):
            with trace.get_tracer("shop").start_as_current_span("SELECT"):
                pass

def test_holds(traced):
    orders(3)
    traced("no errors", 'repeats("SELECT") <= 3')

def test_breaks(traced):
    orders(5)
    traced('repeats("SELECT") <= 3')
''')
    path = str(pathlib.Path(PROGRAM).parent) + ":" + os.environ["PATH"]
    result = run(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", cwd=place, env={**os.environ, "PATH": path})
    check("the fixture", ("1 failed, 1 passed" not in result.stdout or "5, where the limit is <= 3" not in result.stdout) and result.stdout[-2000:] + result.stderr)


def live(place, repeats):
    """What differs between live runs of one program is its noise: other load on the machine, timers, the scheduler."""
    orders = json.dumps({"rootName": "POST /orders"})

    def record(name):
        demo = pathlib.Path(PROGRAM).parent / "trace-distiller-demo"
        result = run(PROGRAM, "run", "--quiet", "--keep", name, "--", str(demo), "--seed", "7", "--orders", "20", "--speed", "4", cwd=place)
        check("a live run", result.returncode and result.stderr)

    names = [f"base-{number}.jsonl" for number in range(5)]
    for name in names:
        record(name)
    result = run(PROGRAM, "baseline", *names, "-o", "base.json", "--filter", orders, cwd=place)
    check("a baseline of five live runs", result.returncode and result.stderr)
    verdicts = {0: 0, 1: 0, 2: 0}
    for _ in range(repeats):
        record("live.jsonl")
        result = run(PROGRAM, "check", "live.jsonl", "--baseline", "base.json", "--rule", "no regression", "--filter", orders, cwd=place)
        verdicts[result.returncode] = verdicts.get(result.returncode, 0) + 1
        if result.returncode == 1:
            print(result.stdout)
    print(f"{repeats} live runs: {verdicts[0]} hold, {verdicts[2]} undecided, {verdicts[1]} claimed")
    check("at most 1 of 100 live runs is claimed", verdicts[1] > max(1, repeats // 100) and verdicts)
    check("every live run has a verdict", sum(verdicts[code] for code in (0, 1, 2)) != repeats and verdicts)


if "--live" in sys.argv:
    with tempfile.TemporaryDirectory() as folder:
        live(pathlib.Path(folder), int(sys.argv[sys.argv.index("--live") + 1]))
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)
for part in (forms, baselines, jobs, fixture):
    with tempfile.TemporaryDirectory() as folder:
        place = pathlib.Path(folder)
        if part is jobs:
            baselines(place)
        part(place)
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
