#!/usr/bin/env python3
"""Grades answers about pairs of a faulty and a normal trace against the truth beside them.

usage: bench-truth.py PROGRAM FOLDER      (scripts/bench-truth runs it)
An answer is right about the service where its first finding names it as a whole word, and about the kind where the same lines hold one of the kind's
words. The two kinds of CPU count as one: a trace alone does not tell them apart. Of explain the first finding is its first numbered line; of compare
the first three lines that are no heading; of insights the first two entries. Summaries find nothing: their tokens stand beside.
"""
import json
import re
import statistics
import subprocess
import sys
from pathlib import Path

import tiktoken

ENCODING = tiktoken.get_encoding("o200k_base")
CPU = r"cpu|self time|own time|inside the service|in the service itself|comput\w+|starv\w+|contention"
GONE = r"early|missing|gone|removed|no longer|not called|absent|ends early|stops|cut short|error|fail\w*"
KINDS = {
    "cpu_consumed": CPU,
    "cpu_contention": CPU,
    "network_delay": r"network|latency|in transit|between caller and callee|before the callee|around the call|outside the callee|caller waits|gap",
    "exception": r"exception|threw|thrown|" + GONE,
    "return": r"return|wrong value|" + GONE,
}


def tokens(text):
    return len(ENCODING.encode(text, disallowed_special=()))


def ask(program, method, params, files):
    command = [program, "call", method, json.dumps(params), "--text", "--input", *map(str, files)]
    run = subprocess.run(command, capture_output=True, text=True)
    return run.stdout if run.returncode == 0 else ""


def read(folder, name):
    return next(path for path in (folder / name, folder / (name + ".gz")) if path.exists())


def first_of_explain(text):
    return "\n".join(line for line in text.splitlines() if line.startswith("1. "))


def first_of_compare(text):
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("===")]
    told = [line for line in lines if not re.match(r"(Base|Target|Duration|Change|Changes|Within|Trace)\b", line)]
    return "\n".join(told[:3])


def first_of_insights(text):
    return "\n".join([line for line in text.splitlines() if line.startswith("•")][:2])


def grade(text, case):
    names = re.search(rf"(?<![\w-]){re.escape(case['service'])}(?![\w-]|/)", text) is not None
    kind = re.search(rf"\b(?:{KINDS[case['kind']]})\b", text, re.IGNORECASE) is not None
    return names, kind


def main():
    program, cases = sys.argv[1], Path(sys.argv[2])
    rows = {"explain": [], "explain zh": [], "compare": [], "insights": [], "summary": [], "raw records": []}
    for case in json.loads((cases / "truth.json").read_text()):
        folder = cases / case["case"]
        faulty, normal = read(folder, "faulty.otlp.jsonl"), read(folder, "normal.otlp.jsonl")
        files = [normal, faulty]
        pair = {"traceId": case["traceId"], "base": case["normalTraceId"]}
        answer = ask(program, "trace/explain", pair, files)
        rows["explain"].append((*grade(first_of_explain(answer), case), tokens(answer)))
        chinese = ask(program, "trace/explain", pair | {"locale": "zh"}, files)
        rows["explain zh"].append((grade(first_of_explain(chinese), case)[0], None, tokens(chinese)))
        compared = ask(program, "traces/compare", {"target": case["traceId"], "base": case["normalTraceId"]}, files)
        rows["compare"].append((*grade(first_of_compare(compared), case), tokens(compared)))
        insights = ask(program, "trace/insights", {"traceId": case["traceId"]}, files)
        rows["insights"].append((*grade(first_of_insights(insights), case), tokens(insights)))
        rows["summary"].append((None, None, tokens(ask(program, "trace/summary", {"traceId": case["traceId"]}, files))))
        export = lambda trace: ask(program, "trace/export", {"traceId": trace, "format": "otlp", "maxChars": 60_000_000}, files)
        rows["raw records"].append((None, None, tokens(export(case["traceId"]) + export(case["normalTraceId"]))))
        service, kind, _ = rows["explain"][-1]
        print(f"{case['case']} {case['service']:28} {case['kind']:14} {'service' if service else '-':8}{'kind' if kind else '-':5}{rows['explain'][-1][2]:6} tokens")
        if not (service and kind):
            print("   " + first_of_explain(answer))
    count = len(rows["explain"])
    print(f"\n| of {count} labelled pairs | service first | kind | tokens median | worst |\n|---|---|---|---|---|")
    for name, graded in rows.items():
        right = lambda place: "–" if graded[0][place] is None else str(sum(1 for row in graded if row[place]))
        sizes = [row[2] for row in graded]
        print(f"| {name} | {right(0)} | {right(1)} | {round(statistics.median(sizes)):,} | {max(sizes):,} |")


main()
