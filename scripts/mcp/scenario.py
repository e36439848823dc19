"""What all clients share: the command that starts the server behind the tap, the demo program, and checks that are counted by their lines."""

import json
import os
import pathlib
import subprocess
import sys

BIN = pathlib.Path(os.environ["TRACE_DISTILLER_BIN"])
TOOLS = ["explain_trace", "list_traces", "summarize_trace", "critical_path", "find_errors", "find_insights", "get_span", "search_spans",
         "compare_traces", "aggregate_traces", "await_trace", "server_status", "search_logs"]


class Scenario:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.pipe = str(self.folder / "p.pipe")
        self.failed = False

    def command(self, log="session"):
        """The server's command line, behind the tap."""
        tap = str(pathlib.Path(__file__).with_name("tap.py"))
        wire = str(self.folder / f"{log}.wire")
        return [sys.executable, tap, wire, str(BIN / "trace-distiller"), "mcp", "--hub", "never", "--pipe", self.pipe, "--quiet-ms", "200"]

    def start_demo(self, seed=1, speed=20):
        command = [str(BIN / "trace-distiller-demo"), "--pipe", self.pipe, "--seed", str(seed), "--speed", str(speed), "--json"]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def planted(self, demo):
        """What the demo program says it planted, once it has ended."""
        output, _ = demo.communicate(timeout=60)
        self.check("the demo program delivered its records", demo.returncode == 0)
        return json.loads(output)

    def check(self, name, condition, found=""):
        if condition:
            print(f"ok {name}")
        else:
            self.failed = True
            print(f"FAILED {name}: {found}")

    def end(self):
        sys.exit(1 if self.failed else 0)
