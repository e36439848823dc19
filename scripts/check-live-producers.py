#!/usr/bin/env python3
"""Runs each program of scripts/producers against a server of its own and holds the summary against what the program planted.

    check-live-producers.py PROGRAM     PROGRAM is a built trace-distiller

Prints every failure with the summary that lacks it, and `N passed, N failed`.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

PRODUCERS = pathlib.Path(__file__).resolve().parent / "producers"

# Program, what its summary must contain, what its spans must be.
EXPECTED = [
    ("by_hand.py", [
        "Root: checkout · checkout", "Status: ⚠️ ok, 1 error inside", "KeyError", "price.line", "swallowed by checkout", "currency=JPY",
    ]),
    ("instrumented.py", [
        "Root: GET /orders/<int:order> · orders", "×200", "N+1: SELECT name FROM item WHERE id = ?",
        "❌ POST", "http.status_code=503",
    ]),
]


class Server:
    """`trace-distiller serve` on a pipe of its own, asked one line at a time."""

    def __init__(self, program, pipe):
        self.process = subprocess.Popen(
            [program, "serve", "--hub", "never", "--pipe", pipe], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def ask(self, method, **params):
        request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        self.process.stdin.write((json.dumps(request) + "\n").encode())
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "error" in answer:
            raise SystemExit(f"{method} {params}: {answer['error']}")
        return answer["result"]

    def end(self):
        self.process.stdin.close()
        return self.process.wait(timeout=30)


def run(program, producer, directory):
    """The summary of the trace that a producer wrote, and what was lost on the way."""
    pipe = os.path.join(directory, "pipe")
    server = Server(program, pipe)
    try:
        # Once this is answered, the pipe exists.
        state = server.ask("server/status")["sources"][0]["state"]
        if state != "reading":
            raise SystemExit(f"the server does not read its pipe: {state}")
        cursor = server.ask("traces/await", timeoutMs=0)["cursor"]
        subprocess.run([sys.executable, str(PRODUCERS / producer), pipe], check=True, timeout=120)
        server.ask("traces/await", cursor=cursor, timeoutMs=25_000)
        text = server.ask("trace/summary")["text"]
        counters = server.ask("server/status")["sources"][0]["counters"]
    finally:
        server.end()
    lost = {name: count for name, count in counters.items()
            if count and (name.endswith("Lines") or name == "invalidRecords")}
    return text, lost


def main():
    passed, failed = 0, 0
    for producer, phrases in EXPECTED:
        with tempfile.TemporaryDirectory() as directory:
            text, lost = run(sys.argv[1], producer, directory)
        missing = [phrase for phrase in phrases if phrase not in text]
        if lost:
            missing.append(f"nothing lost, instead of {lost}")
        passed += len(phrases) + 1 - len(missing)
        failed += len(missing)
        for phrase in missing:
            print(f"{producer}: the summary lacks {phrase!r}")
        if missing:
            print(text)
    print(f"live producers: {passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
