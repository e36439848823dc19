#!/usr/bin/env python3
"""How much memory `distill FILE` takes at most, beside what `serve` holds of the same records once they are complete.

usage: bench-peak.py PROGRAM      (scripts/bench distill runs it)
"""
import json
import os
import subprocess
import sys
import tempfile
import time

TRACES = 20_000


def records(path):
    """Small traces, ten spans with six attributes each: the hard case, since every trace has a price of its own."""
    with open(path, "w") as file:
        for trace in range(TRACES):
            spans = []
            for index in range(10):
                start = 1_795_462_602_000_000_000 + trace * 2_000_000 + index * 10_000
                attributes = {"http.method": "GET", "http.route": f"/orders/{trace % 100}", "user.id": f"user-{trace}", "db.system": "postgresql",
                              "http.status_code": str(200 + index), "shard": str(trace % 7)}
                spans.append({
                    "traceId": f"{trace * 0x9E3779B97F4A7C15 % (1 << 64):016x}{trace + 1:016x}", "spanId": f"{trace << 8 | index + 1:016x}",
                    "parentSpanId": "" if index == 0 else f"{trace << 8 | (index - 1) // 3 + 1:016x}", "name": f"load stock {index}", "kind": 2,
                    "startTimeUnixNano": str(start), "endTimeUnixNano": str(start + (1_500_000 if index == 0 else 900_000 - index * 1_000)),
                    "attributes": [{"key": k, "value": {"stringValue": v}} for k, v in attributes.items()], "status": {}})
            service = {"attributes": [{"key": "service.name", "value": {"stringValue": "orders"}}]}
            file.write(json.dumps({"resourceSpans": [{"resource": service, "scopeSpans": [{"spans": spans}]}]}) + "\n")


def peak_of_distill(program, path):
    process = subprocess.Popen([program, "distill", path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return os.wait4(process.pid, 0)[2].ru_maxrss * 1024


def held_by_serve(program, path, folder):
    pipe = f"{folder}/bench.pipe"
    server = subprocess.Popen([program, "serve", "--hub", "never", "--pipe", pipe], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(method):
        server.stdin.write(json.dumps({"jsonrpc": "2.0", "id": 1, "method": method}) + "\n")
        server.stdin.flush()
        return json.loads(server.stdout.readline())["result"]

    try:
        ask("server/status")
        with open(path, "rb") as source, open(pipe, "wb") as target:
            while block := source.read(1 << 16):
                target.write(block)
        for _ in range(600):
            status = ask("server/status")
            if status["store"]["traces"]["completed"] == TRACES:
                break
            time.sleep(0.05)
        assert status["store"]["traces"]["completed"] == TRACES, status["store"]
        with open(f"/proc/{server.pid}/status") as file:
            return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmRSS"))
    finally:
        server.stdin.close()
        server.wait()


def main():
    program = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/records.jsonl"
        records(path)
        peak, held = peak_of_distill(program, path), held_by_serve(program, path, folder)
        print(f"distill of {TRACES} traces of ten spans: at most {peak >> 20} MiB, {peak / held:.2f} of the {held >> 20} MiB that serve holds of them (goal 1.2)")


main()
