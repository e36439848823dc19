#!/usr/bin/env python3
"""Tokens of the MCP door, its start and its memory.

usage: bench-mcp.py PROGRAM FILE...      (scripts/bench mcp runs it; latency through the real SDK is mcp/latency.py)
Tokens are o200k_base's, by tiktoken; its vocabulary comes out of the litellm wheel, so that nothing is fetched at run time.
"""
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

import tiktoken

ENCODING = tiktoken.get_encoding("o200k_base")
MOST_TRACES = 25


def tokens(text):
    return len(ENCODING.encode(text, disallowed_special=()))


class Server:
    def __init__(self, program, pipe):
        self.begun = time.perf_counter()
        command = [program, "mcp", "--hub", "never", "--pipe", pipe, "--quiet-ms", "0", "--max-traces", "0"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        hello = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "bench", "version": "1"}}
        self.hello = self.ask("initialize", hello)
        self.started = time.perf_counter() - self.begun

    def ask(self, method, params):
        self.process.stdin.write(json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode() + b"\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())["result"]

    def call(self, tool, **arguments):
        return self.ask("tools/call", {"name": tool, "arguments": arguments})["content"][0]["text"]

    def resident(self):
        with open(f"/proc/{self.process.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) / 1024

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def start(program, place):
    starts, memory = [], 0
    for _ in range(20):
        server = Server(program, f"{place}/idle.pipe")
        starts.append(server.started * 1000)
        server.ask("tools/list", {})
        memory = server.resident()
        server.end()
    print(f"mcp: start to the answer of initialize, p50 {statistics.median(starts):.1f} ms (goal 8); idle after tools/list {memory:.1f} MiB (goal 12)")


def declared(program, place):
    server = Server(program, f"{place}/declared.pipe")
    tools = server.ask("tools/list", {})
    whole = tokens(json.dumps(tools, separators=(",", ":"), ensure_ascii=False))
    print(f"mcp: tools/list {whole} tokens (goal 1,700), instructions {tokens(server.hello['instructions'])}")
    server.end()


def answers(program, place, files):
    counts = {}
    traces = 0
    for number, path in enumerate(files):
        pipe = f"{place}/{number}.pipe"
        server = Server(program, pipe)
        with open(path, "rb") as source, open(pipe, "wb") as target:
            target.write(source.read())
        lines = sum(1 for line in open(path, "rb") if line.strip())
        while server.ask("server/status", {})["sources"][0]["counters"]["lines"] < lines:
            time.sleep(0.01)
        listed = server.ask("traces/list", {"limit": MOST_TRACES, "maxChars": 200_000})["traces"]
        for name in ("list_traces", "aggregate_traces", "server_status"):
            counts.setdefault(name, []).append(tokens(server.call(name)))
        counts.setdefault("search_spans", []).append(tokens(server.call("search_spans", filter={"hasErrors": True})))
        for trace in listed:
            traces += 1
            handle = trace["handle"]
            for name in ("summarize_trace", "critical_path", "find_errors", "find_insights"):
                counts.setdefault(name, []).append(tokens(server.call(name, traceId=handle)))
            counts.setdefault("compare_traces", []).append(tokens(server.call("compare_traces", base=handle)))
            tree = server.ask("trace/tree", {"traceId": handle, "limit": 1})["spans"]
            if tree:
                counts.setdefault("get_span", []).append(tokens(server.call("get_span", traceId=handle, spanId=tree[0]["spanId"])))
        server.end()
    print(f"mcp: tokens of answers by default over {traces} traces of {len(files)} files, median and most")
    for name, found in counts.items():
        print(f"  {name:16} {statistics.median(found):7.0f} {max(found):7}")


def main():
    program, files = sys.argv[1], sys.argv[2:]
    with tempfile.TemporaryDirectory() as place:
        start(program, place)
        declared(program, place)
        answers(program, place, files)


main()
