#!/usr/bin/env python3
"""Reads exports of trace/export as other tools do, with nothing of ours but the command: json, floats and the formats' own rules.

    check-exports.py PROGRAM [FILE…]     PROGRAM is a built trace-distiller; FILEs hold records, by default those of the tests and the
                                         transcripts, and traces made to be awkward.

For each trace of each file, in each format: the document is strictly valid; every span of the summary's JSON is there once; ids, parents and
instants hold together; tracks nest; brackets balance; weights add up. Exit code 0 when everything does.
"""
import json, os, re, subprocess, sys, tempfile
from collections import Counter, defaultdict
from fractions import Fraction

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
problems = []
checks = 0


def expect(condition, what):
    global checks
    checks += 1
    if not condition:
        problems.append(what)


def strict(text):
    """JSON as RFC 8259 has it: no NaN, no raw control character, no name twice."""
    def constant(name):
        raise ValueError(name + " is not JSON")

    def unique(pairs):
        names = [name for name, _ in pairs]
        if len(set(names)) != len(names):
            raise ValueError("a name twice among %r" % names[:9])
        return dict(pairs)

    return json.loads(text, parse_constant=constant, object_pairs_hook=unique)


def ask(program, method, params, file):
    run = subprocess.run([program, "call", method, json.dumps(params), "--input", file], capture_output=True)
    if run.returncode != 0:
        raise SystemExit("%s %s of %s: %s" % (method, params, file, run.stderr.decode(errors="replace")[:400]))
    return json.loads(run.stdout.decode("utf-8"))


# --- OTLP ------------------------------------------------------------------------------------------------------------

VALUES = {"stringValue": str, "boolValue": bool, "intValue": str, "doubleValue": (int, float, str), "arrayValue": dict, "kvlistValue": dict}


def any_value(value, where):
    expect(isinstance(value, dict) and len(value) <= 1, "%s: AnyValue %r" % (where, value))
    for kind, content in value.items():
        expect(kind in VALUES and isinstance(content, VALUES[kind]), "%s: %s %r" % (where, kind, content))
        if kind == "intValue":
            expect(-(2**63) <= int(content) < 2**63, "%s: intValue %s" % (where, content))
        if kind == "doubleValue" and isinstance(content, str):
            expect(content in ("NaN", "Infinity", "-Infinity"), "%s: doubleValue %s" % (where, content))
        if kind == "arrayValue":
            for element in content["values"]:
                any_value(element, where)
        if kind == "kvlistValue":
            attributes(content["values"], where)


def attributes(list_, where):
    keys = [entry["key"] for entry in list_]
    expect(len(set(keys)) == len(keys), "%s: attribute keys twice: %r" % (where, [k for k, n in Counter(keys).items() if n > 1]))
    for entry in list_:
        expect(set(entry) == {"key", "value"} and isinstance(entry["key"], str), "%s: attribute %r" % (where, entry))
        any_value(entry["value"], where)
    return {entry["key"]: next(iter(entry["value"].values()), None) for entry in list_}


def instant(text, where):
    expect(isinstance(text, str) and re.fullmatch("[0-9]+", text) and int(text) < 2**64, "%s: instant %r" % (where, text))
    return int(text)


def hex_id(text, digits, where):
    expect(isinstance(text, str) and re.fullmatch("[0-9a-f]{%d}" % digits, text) and int(text, 16) != 0, "%s: id %r" % (where, text))
    return text


def check_otlp(text, spans, where):
    expect(text == "" or text.endswith("\n"), where + ": the last line has no end")
    seen, logs = {}, 0
    for line in text.split("\n")[:-1]:
        document = strict(line)
        expect(set(document) in ({"resourceSpans"}, {"resourceLogs"}), "%s: members %r" % (where, sorted(document)))
        for resource in document.get("resourceSpans", []):
            expect(set(resource) == {"resource", "scopeSpans"}, "%s: ResourceSpans %r" % (where, sorted(resource)))
            attributes(resource["resource"]["attributes"], where)
            for scope in resource["scopeSpans"]:
                expect(set(scope) == {"scope", "spans"} and set(scope["scope"]) <= {"name"}, "%s: ScopeSpans %r" % (where, sorted(scope)))
                for span in scope["spans"]:
                    known = {"traceId", "spanId", "parentSpanId", "traceState", "name", "kind", "startTimeUnixNano", "endTimeUnixNano",
                             "attributes", "events", "links", "status"}
                    expect(set(span) <= known, "%s: members of a span %r" % (where, sorted(set(span) - known)))
                    expect(span["spanId"] not in seen, "%s: span %s twice" % (where, span["spanId"]))
                    hex_id(span["spanId"], 16, where)
                    hex_id(span["traceId"], 32, where)
                    if "parentSpanId" in span:
                        hex_id(span["parentSpanId"], 16, where)
                    expect(isinstance(span["name"], str) and span["kind"] in range(6), "%s: name or kind of %r" % (where, span["spanId"]))
                    start, end = instant(span["startTimeUnixNano"], where), instant(span["endTimeUnixNano"], where)
                    expect(start <= end, "%s: %s ends before it starts" % (where, span["spanId"]))
                    span["marks"] = attributes(span["attributes"], where)
                    for event in span.get("events", []):
                        expect(set(event) == {"timeUnixNano", "name", "attributes"}, "%s: event %r" % (where, sorted(event)))
                        instant(event["timeUnixNano"], where)
                        levels = attributes(event["attributes"], where)
                        expect("level" in levels or "trace_distiller.level" in levels, where + ": an event without level")
                    for link in span.get("links", []):
                        hex_id(link["traceId"], 32, where), hex_id(link["spanId"], 16, where)
                        attributes(link["attributes"], where)
                    expect(set(span["status"]) <= {"code", "message"} and span["status"].get("code", 0) in (0, 1, 2), where + ": status")
                    seen[span["spanId"]] = span
        for resource in document.get("resourceLogs", []):
            for scope in resource["scopeLogs"]:
                for log in scope["logRecords"]:
                    hex_id(log["traceId"], 32, where), hex_id(log["spanId"], 16, where)
                    instant(log["timeUnixNano"], where)
                    expect(log["severityNumber"] in range(1, 25), where + ": severity")
                    any_value(log["body"], where)
                    attributes(log["attributes"], where)
                    logs += 1
    expect(len({span["traceId"] for span in seen.values()}) <= 1, where + ": several trace ids")
    # The tree of spans, by the original ids, is the one that trace/tree reports.
    def original(span, member, mark):
        return span["marks"].get(mark, span.get(member))
    got = {original(s, "spanId", "trace_distiller.span_id"):
           (original(s, "parentSpanId", "trace_distiller.parent_span_id"), s["name"]) for s in seen.values()}
    want = {s["spanId"]: (s["parentSpanId"], s["name"]) for s in spans}
    expect(got == want, "%s: spans differ: %r" % (where, list(set(got.items()) ^ set(want.items()))[:4]))
    for span in seen.values():
        parent = seen.get(span.get("parentSpanId"))
        named = span["marks"].get("trace_distiller.parent_span_id", span.get("parentSpanId"))
        if parent is not None:
            expect(original(parent, "spanId", "trace_distiller.span_id") == named, "%s: the parent of %s" % (where, span["spanId"]))


# --- Chrome ----------------------------------------------------------------------------------------------------------


def check_chrome(text, spans, where):
    document = strict(text)
    expect(set(document) == {"traceEvents", "displayTimeUnit", "otherData"}, "%s: members %r" % (where, sorted(document)))
    # Parse times again as exact fractions: floats would hide a crossing of a nanosecond.
    exact = json.loads(text, parse_float=Fraction)["traceEvents"]
    tracks, threads = defaultdict(list), set()
    ids = []
    for event in exact:
        expect(event["ph"] in "XiM" and isinstance(event["name"], str), "%s: event %r" % (where, event))
        expect(isinstance(event["pid"], int) and isinstance(event["tid"], int), where + ": pid or tid")
        if event["ph"] == "M":
            expect(event["name"] in ("process_name", "thread_name") and isinstance(event["args"]["name"], str), where + ": metadata")
            threads.add((event["pid"], event["tid"]))
            continue
        expect(event["ts"] >= 0, "%s: ts %s" % (where, event["ts"]))
        if event["ph"] == "X":
            expect(event["dur"] >= 0, "%s: dur %s" % (where, event["dur"]))
            expect((event["pid"], event["tid"]) in threads, where + ": a track without a name")
            tracks[event["pid"], event["tid"]].append((event["ts"], event["ts"] + event["dur"], event["args"]["spanId"]))
            ids.append(event["args"]["spanId"])
    expect(Counter(ids) == Counter(s["spanId"] for s in spans), "%s: %d spans, not %d" % (where, len(ids), len(spans)))
    for track, intervals in tracks.items():
        open_ = []
        for start, end, name in sorted(intervals, key=lambda i: (i[0], -i[1])):
            while open_ and open_[-1][0] <= start:
                open_.pop()
            expect(not open_ or end <= open_[-1][0], "%s: %s crosses %s on %s" % (where, name, open_ and open_[-1][1], track))
            open_.append((end, name))


# --- speedscope ------------------------------------------------------------------------------------------------------


def check_speedscope(text, spans, where):
    """https://github.com/jlfwong/speedscope/blob/main/src/lib/file-format-spec.ts, and what its importer refuses."""
    document = strict(text)
    expect(document["$schema"] == "https://www.speedscope.app/file-format-schema.json", where + ": $schema")
    expect(set(document) <= {"$schema", "shared", "profiles", "name", "activeProfileIndex", "exporter"}, where + ": members")
    frames = document["shared"]["frames"]
    for frame in frames:
        expect(isinstance(frame["name"], str) and set(frame) <= {"name", "file", "line", "col"}, "%s: frame %r" % (where, frame))
    names = Counter()
    for profile in document["profiles"]:
        expect(set(profile) == {"type", "name", "unit", "startValue", "endValue", "events"}, "%s: profile %r" % (where, sorted(profile)))
        expect(profile["type"] == "evented" and profile["unit"] == "nanoseconds", where + ": type or unit")
        at, open_ = profile["startValue"], []
        for event in profile["events"]:
            expect(at <= event["at"] <= profile["endValue"], "%s: at %s after %s" % (where, event["at"], at))
            at = event["at"]
            expect(0 <= event["frame"] < len(frames), where + ": frame number")
            if event["type"] == "O":
                open_.append(event["frame"])
                names[event["frame"]] += 1
            else:
                expect(event["type"] == "C" and open_ and open_.pop() == event["frame"], "%s: closes what is not open" % where)
        expect(not open_, "%s: %d frames stay open" % (where, len(open_)))
    expect(sum(names.values()) == len(spans), "%s: %d spans, not %d" % (where, sum(names.values()), len(spans)))
    shown = Counter()
    for number, count in names.items():
        shown[frames[number]["name"]] += count
    services = {s.get("service") for s in spans}
    want = Counter((s["name"] or "(unnamed)") + (" (%s)" % s["service"] if len(services) > 1 and s.get("service") else "") for s in spans)
    expect(shown == want, "%s: names differ" % where)


# --- folded ----------------------------------------------------------------------------------------------------------


def check_folded(text, spans, where, weight):
    total = 0
    expect(text == "" or text.endswith("\n"), where + ": the last line has no end")
    for line in text.split("\n")[:-1]:
        # Parse a line like flamegraph.pl, which would treat a second number as a differential count.
        match = re.fullmatch(r"(.*)\s+?(\d+(?:\.\d*)?)", line, re.ASCII)
        expect(match is not None, "%s: line %r" % (where, line[:200]))
        if not match:
            continue
        expect(not re.fullmatch(r"(.*)\s+?(\d+(?:\.\d*)?)", match.group(1), re.ASCII), "%s: two numbers in %r" % (where, line[-80:]))
        expect(all(match.group(1).split(";")), "%s: an empty frame in %r" % (where, line[:200]))
        expect(not re.search("[\x00-\x1f\x7f\x1b\x80-\x9f\u2028\u2029]", line), "%s: control characters in %r" % (where, line[:200]))
        total += int(match.group(2))
    nanos = {"self": "selfMs", "critical": "criticalMs"}.get(weight)
    want = sum(round(s[nanos] * 1e6) for s in spans) if nanos else len(spans)
    expect(total == want, "%s: weights add up to %d, not %d" % (where, total, want))


# --- all of a file ---------------------------------------------------------------------------------------------------


def check_file(program, file):
    label = os.path.relpath(file, ROOT)
    for line in ask(program, "traces/list", {"limit": 1000, "maxChars": 200000}, file)["traces"]:
        handle = line["handle"]
        spans, cursor = [], None
        while True:
            params = {"traceId": handle, "limit": 10000, "maxChars": 200000}
            if cursor:
                params["cursor"] = cursor
            page = ask(program, "trace/tree", params, file)
            spans += page["spans"]
            cursor = page["nextCursor"]
            if not cursor:
                break
        for format_, check in [("otlp", check_otlp), ("chrome", check_chrome), ("speedscope", check_speedscope)]:
            where = "%s %s %s" % (label, handle, format_)
            answer = ask(program, "trace/export", {"traceId": handle, "format": format_, "maxChars": 32000000}, file)
            expect(not answer["truncated"] and answer["nextCursor"] is None, where + ": cut")
            check(answer["text"], spans, where)
        for weight in ("self", "critical", "count"):
            where = "%s %s folded by %s" % (label, handle, weight)
            answer = ask(program, "trace/export", {"traceId": handle, "format": "folded", "weight": weight, "maxChars": 32000000}, file)
            check_folded(answer["text"], spans, where, weight)


HOSTILE = ["plain", "a;b", "a\nb", "step 12", "x 3 4", "\"quoted\"", "back\\slash", "\x1b[31mred", "nul\0nul", "\u202eevil", "\u2028", "é✓查询🔥", "", " ",
           "# comment", "]}", "0", "\u00a0 7", "\x7f\x85", "𐀀"]


def hostile_records(path):
    """Concurrent, late, outliving, endless and orphaned spans with names that try to break a format."""
    with open(path, "w", encoding="utf-8") as out:
        def write(**fields):
            level, message, at = fields.pop("level", "INFO"), fields.pop("message", ""), fields.pop("at")
            out.write(json.dumps({"timestamp": "2026-11-23T10:00:%02d.%09dZ" % (at // 10**9, at % 10**9), "level": level, "target": fields.pop("target", "a;b"),
                                  "log_type": "trace", "message": message, "fields": fields}) + "\n")
        write(event_type="span_start", at=0, trace_id="t;\n\"1", span_id="root", parent_id=None, span_name="root\n1")
        for index in range(200):
            name = HOSTILE[index % len(HOSTILE)]
            parent = "root" if index % 3 == 0 else "s\n%d" % (index * 7 % max(1, index))
            start = index * 977 % 5000 * 1000 + index % 7
            fields = dict(event_type="span_start" if index % 41 == 40 else "span", trace_id="t;\n\"1", span_id="s\n%d" % index, span_name=name,
                          parent_id="gone" if index % 29 == 28 else parent, at=start, service=HOSTILE[index % 5] if index % 2 else "",
                          attributes={name: name, "list": [1, 2.5, None, {"a": [name]}], "level": "WARN", "big": 2**64, "trace_distiller.span_id": "x"},
                          links=[{"trace_id": "other", "span_id": "span_7"}])
            if fields["event_type"] == "span":
                fields.update(start_timestamp="2026-11-23T10:00:00.%09dZ" % start, duration_ms=index * 31 % 900 / 1000)
            if index % 5 == 0:
                fields["status"] = "error"
                fields["status_message"] = name
            write(**fields)
            if index % 4 == 0:
                write(event_type="log", at=start, trace_id="t;\n\"1", span_id="s\n%d" % index, message=name, level="ERROR", target=name)
        write(event_type="log", at=5, trace_id="t;\n\"1", span_id="never told", message="exception", level="WARN")
        write(event_type="span_end", at=6000000, trace_id="t;\n\"1", span_id="root", duration_ms=6)


def main():
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    program, files = sys.argv[1], sys.argv[2:]
    with tempfile.TemporaryDirectory() as folder:
        if not files:
            fixtures = os.path.join(ROOT, "Tests/TraceRecordsTests/Fixtures")
            files = [os.path.join(fixtures, name) for name in sorted(os.listdir(fixtures)) if name.endswith(".jsonl")]
            hostile = os.path.join(folder, "hostile.jsonl")
            hostile_records(hostile)
            files.append(hostile)
            for base, _, names in sorted(os.walk(os.path.join(ROOT, "protocol/transcripts/trace/export"))):
                for name in sorted(names):
                    records = [l[5:] for l in open(os.path.join(base, name), encoding="utf-8") if l.startswith("pipe ")]
                    path = os.path.join(folder, name + ".jsonl")
                    with open(path, "w", encoding="utf-8") as out:
                        out.writelines(records)
                    files.append(path)
        for file in files:
            check_file(program, file)
            # An export that is read back and exported again gives the same text.
            for line in ask(program, "traces/list", {"limit": 1000, "maxChars": 200000}, file)["traces"]:
                first = ask(program, "trace/export", {"traceId": line["handle"], "maxChars": 32000000}, file)["text"]
                again = os.path.join(folder, "again.otlp.jsonl")
                with open(again, "w", encoding="utf-8") as out:
                    out.write(first)
                second = ask(program, "trace/export", {"maxChars": 32000000}, again)["text"]
                expect(first == second, "%s %s: read back, OTLP differs" % (file, line["handle"]))
                # Whether a trace was abandoned depends on this store, not on the trace.
                if line["status"] == "running" and "abandoned" in ask(program, "trace/tree", {"traceId": line["handle"]}, file)["reasons"]:
                    continue
                one = ask(program, "trace/summary", {"traceId": line["handle"], "maxChars": 200000}, file)["text"].split("\n")
                two = ask(program, "trace/summary", {"maxChars": 200000}, again)["text"].split("\n")
                # Losses of the source do not belong to the trace.
                one = [text for text in one if not text.startswith("Lost on the way: ")]
                # The handle is a number of this one reading.
                one[1], two[1] = one[1].split(" · ", 1)[-1], two[1].split(" · ", 1)[-1]
                expect(one == two, "%s %s: the summary differs: %r" % (file, line["handle"], [p for p in zip(one, two) if p[0] != p[1]][:3]))
    for problem in problems[:40]:
        print("check-exports: " + problem, file=sys.stderr)
    print("check-exports: %d files, %d checks, %d problems" % (len(files), checks, len(problems)), file=sys.stderr)
    return 1 if problems else 0


sys.exit(main())
