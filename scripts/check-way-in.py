#!/usr/bin/env python3
"""Lets programs with OpenTelemetry's SDKs, and some without, be heard over HTTP: under `run`, and by a server that is killed and started again.

    check-way-in.py PROGRAM [--programs N]     PROGRAM is a built trace-distiller; N short-lived programs at the end (100)

Prints every failure, and `N passed, N failed`.
"""
import concurrent.futures
import http.client
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

PRODUCERS = pathlib.Path(__file__).resolve().parent / "producers"
BIN = pathlib.Path(sys.executable).parent
PROGRAM = sys.argv[1]
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith(("OTEL_", "TRACE_DISTILLER_"))}
results = []


def check(row, isSo, shown=""):
    results.append(bool(isSo))
    if not isSo:
        print(f"{row}: failed\n{shown}")


def run(*command, options=(), env=None, **more):
    """A program under `run`."""
    return subprocess.run(
        [PROGRAM, "run", *options, "--", *map(str, command)], capture_output=True, text=True, timeout=120, env={**CLEAN, **(env or {})}, **more)


def told(row, result, code, output, *phrases):
    check(f"{row}: exit code {code}", result.returncode == code, f"{result.returncode}\n{result.stderr}")
    check(f"{row}: its output", result.stdout == output, repr(result.stdout))
    for phrase in phrases:
        check(f"{row}: {phrase!r}", phrase in result.stderr, result.stderr)


class Server:
    def __init__(self, pipe, *options):
        self.process = subprocess.Popen(
            [PROGRAM, "serve", "--hub", "never", "--pipe", pipe, *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.source = next(source for source in self.ask("server/status")["sources"] if source["kind"] == "otlp")
        self.endpoint = self.source["path"]

    def ask(self, method, **params):
        self.process.stdin.write((json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}) + "\n").encode())
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())["result"]

    def roots(self):
        """Names of the roots of all traces."""
        names, cursor = [], None
        while True:
            page = self.ask("traces/list", limit=200, **({"cursor": cursor} if cursor else {}))
            names += [trace["rootName"] for trace in page["traces"]]
            cursor = page["nextCursor"]
            if not cursor:
                return names

    def end(self):
        self.process.stdin.close()
        self.process.wait(timeout=30)


def web():
    """SDK and instrumentation libraries, protobuf."""
    # The same as JSON: the SDK's exporter of OTLP/JSON over HTTP.
    result = run(BIN / "opentelemetry-instrument", sys.executable, PRODUCERS / "web.py", "flask", options=["--max-chars", "20000"],
                 env={"OTEL_TRACES_EXPORTER": "otlp_json_http"})
    told("flask, OTLP/JSON", result, 0, "order 1\norder 2\nfailed 500\n", "GET /orders/<int:order>", "LookupError: no order 3")
    for kind, root in [("flask", "GET /orders/<int:order>"), ("fastapi", "GET /orders/{number}")]:
        result = run(BIN / "opentelemetry-instrument", sys.executable, PRODUCERS / "web.py", kind, options=["--max-chars", "20000"])
        told(kind, result, 0, "order 1\norder 2\nfailed 500\n", root, "LookupError: no order 3", "What: failed after")


def gunicorn():
    """Four processes of one program, ended by a signal to `run`."""
    port = 20_000 + os.getpid() % 20_000
    process = subprocess.Popen(
        [PROGRAM, "run", "--method", "traces/list", '{"limit":200}', "--json", "--", BIN / "opentelemetry-instrument", BIN / "gunicorn", "-w", "4",
         "-b", f"127.0.0.1:{port}", "--chdir", PRODUCERS, "--log-level", "critical", "web:app"],
        env=CLEAN, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    for _ in range(600):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/orders/1", timeout=10).read()
            break
        except OSError:
            time.sleep(0.05)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: urllib.request.urlopen(f"http://127.0.0.1:{port}/orders/1", timeout=30).read(), range(39)))
    process.terminate()
    _, errors = process.communicate(timeout=60)
    answer = next((line for line in errors.splitlines() if line.startswith('{"traces"')), "{}")
    check("gunicorn: 40 traces of four workers", json.loads(answer).get("total") == 40, errors[-3000:])
    check("gunicorn: ended by the signal", process.returncode in (0, 143), process.returncode)


def without_packages():
    body = '{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331","name":"by curl",' \
        '"startTimeUnixNano":"1700000000000000000","endTimeUnixNano":"1700000001000000000"}]}]}]}'
    if shutil.which("curl"):
        script = 'curl -s "$OTEL_EXPORTER_OTLP_ENDPOINT/v1/traces" -H "Content-Type: application/json" -d "$0"'
        told("curl", run("sh", "-c", script, body), 0, "{}", "by curl")
        told("curl with gzip", run("sh", "-c", 'printf %s "$0" | gzip | ' + script.replace('-d "$0"', '-H "Content-Encoding: gzip" --data-binary @-'), body),
             0, "{}", "by curl")
    if shutil.which("node"):
        told("node", run("node", PRODUCERS / "client.mjs"), 0, "200\n200\n", "render page", "load user", "What: ok after 250.00 ms, 1 error inside")


def grpc():
    """A client of gRPC that the user chose is told what to set instead, by itself and by `run`."""
    advice = "this is OTLP over HTTP/1.1 and no gRPC: set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"
    told("an SDK over gRPC", run(BIN / "opentelemetry-instrument", sys.executable, PRODUCERS / "web.py", "flask", env={
        "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc", "OTEL_EXPORTER_OTLP_TIMEOUT": "5"}), 0, "order 1\norder 2\nfailed 500\n", advice)
    told("a call of gRPC", run(sys.executable, PRODUCERS / "call_grpc.py"), 0, "UNIMPLEMENTED " + advice + ", or an exporter of OTLP over HTTP\n")


def killed(directory):
    """What was sent before kill -9 is told."""
    result = run(sys.executable, PRODUCERS / "many_spans.py", directory + "/log", "0.5", "kill", options=["--method", "traces/list", '{"limit":1}'])
    told("kill -9 of the program", result, 137, "", "op-")
    check("kill -9 of the program: nothing that was not sent", "never sent" not in result.stderr, result.stderr)


def restarted(directory):
    """A server is killed under a program and another takes its place: what that one acknowledged it has, and the SDK gives nothing up."""
    log = directory + "/log"
    first = Server(directory + "/pipe", "--otlp", "0")
    port = first.endpoint.rsplit(":", 1)[1]
    program = subprocess.Popen(
        [sys.executable, PRODUCERS / "many_spans.py", log, "4"], stdout=subprocess.PIPE, text=True, stderr=subprocess.DEVNULL,
        env={**CLEAN, "OTEL_EXPORTER_OTLP_ENDPOINT": first.endpoint, "OTEL_BSP_SCHEDULE_DELAY": "200"})
    while not os.path.exists(log) or os.path.getsize(log) == 0:
        time.sleep(0.02)
    early = set(first.roots())
    first.process.send_signal(signal.SIGKILL)
    first.process.wait()
    time.sleep(0.5)
    second = Server(directory + "/pipe", "--otlp", port)
    made = int(program.communicate(timeout=60)[0])
    lines = [line.split() for line in open(log)]
    late = set(second.roots())
    acknowledged = {name for line in lines if line[1] == "SUCCESS" for name in line[2:]}
    check("server killed: every batch was acknowledged in the end", all(line[1] == "SUCCESS" for line in lines), lines)
    check("server killed: all spans were sent", len(acknowledged) == made, f"{len(acknowledged)} of {made}")
    # What the first acknowledged between the question and its end is the only thing that nobody can be asked about.
    missing = acknowledged - early - late
    batches = [set(line[2:]) for line in lines]
    check("server killed: the second has what it acknowledged", any(missing <= batch for batch in batches) and len(late) > 100, sorted(missing))
    second.end()


def together(directory, clients=50, requests=20):
    """Clients that are all connected before the first sends: each request is answered, none is lost."""
    server = Server(directory + "/pipe", "--otlp", "0", "--max-traces", "0")
    host, port = server.endpoint.removeprefix("http://").rsplit(":", 1)
    ready = threading.Barrier(clients, timeout=60)

    def client(number):
        connection = http.client.HTTPConnection(host, int(port), timeout=60)
        connection.connect()
        ready.wait()
        codes = []
        for request in range(requests):
            trace = number * requests + request + 1
            span = {"traceId": f"{trace:032x}", "spanId": f"{trace:016x}", "name": f"request {trace}", "startTimeUnixNano": "1700000000000000000",
                    "endTimeUnixNano": "1700000001000000000"}
            body = json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]})
            connection.request("POST", "/v1/traces", body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            answer.read()
            codes.append(answer.status)
        connection.close()
        return codes

    with concurrent.futures.ThreadPoolExecutor(clients) as pool:
        codes = [code for codes in pool.map(client, range(clients)) for code in codes]
    check(f"{clients} clients at once: each request was answered", codes == [200] * clients * requests, codes)
    total = server.ask("traces/list", limit=1)["total"]
    check(f"{clients} clients at once: every trace is there", total == clients * requests, total)
    server.end()


def short_lived(directory, count):
    """Many programs that send one trace each."""
    server = Server(directory + "/pipe", "--otlp", "auto")
    client = PRODUCERS / "one_trace.py"

    def start(number):
        return subprocess.run([sys.executable, "-S", "-E", client, server.endpoint, str(number)], timeout=120).returncode

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(start, range(count)))
    check(f"{count} short-lived programs: each was answered", codes == [0] * count, codes)
    total = server.ask("traces/list", limit=1)["total"]
    check(f"{count} short-lived programs: a trace of each", total == count, total)
    server.end()


def main():
    count = int(sys.argv[sys.argv.index("--programs") + 1]) if "--programs" in sys.argv else 100
    begun = time.time()
    for row in (web, gunicorn, without_packages, grpc):
        row()
    for row in (killed, restarted, together, lambda directory: short_lived(directory, count)):
        with tempfile.TemporaryDirectory() as directory:
            row(directory)
    failed = results.count(False)
    print(f"the way in: {len(results) - failed} passed, {failed} failed, {time.time() - begun:.0f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
