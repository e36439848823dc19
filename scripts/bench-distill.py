#!/usr/bin/env python3
"""Tokens of answers beside the raw records and beside a plain indented JSON tree of the same traces.

usage: bench-distill.py PROGRAM FILE...      (scripts/bench distill runs it)
Tokens are o200k_base's, by tiktoken; its vocabulary comes out of the litellm wheel, so that nothing is fetched at run time.
"""
import json
import random
import statistics
import subprocess
import sys
import tempfile

import tiktoken

ENCODING = tiktoken.get_encoding("o200k_base")
MOST_TRACES = 25


def tokens(text):
    return len(ENCODING.encode(text, disallowed_special=()))


def call(program, method, params, path):
    run = subprocess.run([program, "call", method, json.dumps(params), "--input", path], capture_output=True, text=True)
    return json.loads(run.stdout) if run.returncode == 0 else None


def raw_and_tree(program, path, trace_id):
    """The trace's OTLP lines, and the same as an indented tree: what an agent would be given without us."""
    lines, cursor = [], None
    while True:
        params = {"traceId": trace_id, "format": "otlp", "maxChars": 60_000_000}
        if cursor:
            params["cursor"] = cursor
        page = call(program, "trace/export", params, path)
        lines.append(page["text"])
        cursor = page.get("nextCursor")
        if not cursor:
            break
    raw = "".join(lines)
    spans = {}
    for line in raw.splitlines():
        for resource in json.loads(line).get("resourceSpans", []):
            for scope in resource["scopeSpans"]:
                for span in scope["spans"]:
                    spans[span["spanId"]] = {
                        "name": span["name"],
                        "durationMs": (int(span["endTimeUnixNano"]) - int(span["startTimeUnixNano"])) / 1e6,
                        "attributes": {a["key"]: next(iter(a["value"].values()), None) for a in span.get("attributes", [])},
                        "parent": span.get("parentSpanId"),
                        "children": [],
                    }
    roots = []
    for span in spans.values():
        parent = spans.get(span.pop("parent"))
        (parent["children"] if parent else roots).append(span)
    sys.setrecursionlimit(100_000)
    return raw, json.dumps(roots, indent=2, ensure_ascii=False)


def bytes_a_span(program, folder):
    """A wide trace of spans that nothing folds: what a line costs."""
    path = f"{folder}/wide.jsonl"
    names = random.Random(1)
    with open(path, "w") as file:
        for index in range(3_000):
            name = "".join(names.choice("abcdefghijklmnopqrstuvwxyz_") for _ in range(10))
            start = "2026-11-23T10:00:00.000Z" if index == 0 else f"2026-11-23T10:00:{index // 100:02}.{index % 100 * 10:03}Z"
            fields = {"event_type": "span", "trace_id": "wide", "span_id": f"s{index}", "parent_id": "s0" if index else None,
                      "span_name": name, "start_timestamp": start, "duration_ms": 31_000 if index == 0 else 5 + index % 1_000 / 300}
            file.write(json.dumps({"timestamp": start, "log_type": "trace", "message": "", "fields": fields}) + "\n")
    answer = call(program, "trace/summary", {"maxChars": 200_000, "show": ["tree"]}, path)
    share = len(answer["text"].encode()) / answer["shown"]["spans"]
    print(f"full detail, a wide trace of {answer['shown']['spans']} spans that nothing folds: {share:.1f} bytes a span (goal 45)")


def main():
    program, paths = sys.argv[1], sys.argv[2:]
    summaries, ratios, chars_per_token = [], [], []
    print("tokens (o200k_base) of the default answers; the worst trace of each file in the columns")
    print(f"{'file':<44}{'traces':>7}{'spans':>8}{'summary':>9}{'insights':>9}{'errors':>8}{'path':>7}{'raw':>11}{'tree':>11}{'raw/summary':>13}")
    for path in paths:
        listed = call(program, "traces/list", {"limit": 1_000, "maxChars": 200_000}, path)
        if not listed:
            continue
        traces = sorted(listed["traces"], key=lambda t: -t["spanCount"])[:MOST_TRACES]
        rows = []
        for trace in traces:
            params = {"traceId": trace["handle"]}
            text = call(program, "trace/summary", params, path)["text"]
            count = tokens(text)
            summaries.append((count, path, trace["handle"]))
            chars_per_token.append((len(json.dumps(text, ensure_ascii=False)) - 2) / count)
            rows.append((count, trace, text))
        count, trace, text = max(rows, key=lambda row: row[0])
        params = {"traceId": trace["handle"]}
        others = []
        for method in ("trace/insights", "trace/errors", "trace/criticalPath"):
            answer = call(program, method, params, path) or {}
            others.append(tokens(answer.get("text") or json.dumps(answer, ensure_ascii=False)))
        raw, tree = raw_and_tree(program, path, trace["handle"])
        # Encoding megabytes takes minutes; a part is enough for the ratio.
        part = 2_000_000
        raw_tokens, tree_tokens = (int(tokens(t[:part]) * max(1, len(t) / part)) for t in (raw, tree))
        ratios.append(raw_tokens / count)
        print(f"{path.split('/')[-1]:<44}{len(listed['traces']):>7}{trace['spanCount']:>8}{count:>9}{others[0]:>9}{others[1]:>8}{others[2]:>7}"
              f"{raw_tokens:>11}{tree_tokens:>11}{raw_tokens / count:>13.1f}", flush=True)
    counts = sorted(c for c, _, _ in summaries)
    print(f"summaries of {len(counts)} traces: median {statistics.median(counts):.0f} (goal 3,500), worst {counts[-1]} (goal under 6,000): "
          f"{max(summaries)[1].split('/')[-1]} {max(summaries)[2]}")
    # Never written beside the given files, which may be shared.
    with tempfile.TemporaryDirectory() as folder:
        bytes_a_span(program, folder)
    print(f"characters a token: least {min(chars_per_token):.2f}, median {statistics.median(chars_per_token):.2f}")


main()
