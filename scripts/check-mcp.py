"""Runs every client of scripts/mcp against the program and prints every failure and `N passed, N failed`. scripts/check-mcp runs it.

usage: check-mcp.py BIN [SCENARIO...]      BIN: the folder of trace-distiller and trace-distiller-demo
"""

import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path.insert(0, str(HERE / "mcp"))

import wire  # noqa: E402

CLIENTS = ROOT / ".build/mcp-clients"
# Relative to the repository, which has the shared folder beside it.
SCHEMAS = ROOT.parent / "shared/data/protocol-schemas"

# name, environment, script, arguments
SCENARIOS = [
    ("sdk-auto", "current", "sdk.py", ["auto"]),
    ("sdk-legacy", "current", "sdk.py", ["legacy"]),
    ("sdk-2026-07-28", "current", "sdk.py", ["2026-07-28"]),
    ("sdk-1.30", "older", "older_sdk.py", []),
    ("older-revisions", "older", "by_hand.py", []),
    ("fastmcp", "current", "fastmcp_cli.py", []),
    ("agent", "current", "agent.py", []),
    ("models", "models", "models.py", []),
]


def main():
    binaries, chosen = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2:]
    passed = failed = 0
    with tempfile.TemporaryDirectory(prefix="trace-distiller-mcp-") as place:
        running = []
        for name, environment, script, arguments in SCENARIOS:
            if chosen and name not in chosen:
                continue
            folder = pathlib.Path(place) / name
            folder.mkdir()
            # Clients mostly wait or start up, so they run in parallel.
            command = [str(CLIENTS / environment / "bin/python"), str(HERE / "mcp" / script), str(folder), *arguments]
            variables = {**os.environ, "TRACE_DISTILLER_BIN": str(binaries), "PYTHONWARNINGS": "ignore", "NO_COLOR": "1"}
            running.append((name, folder, subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=variables)))
        for name, folder, process in running:
            output, _ = process.communicate(timeout=300)
            good = [line for line in output.splitlines() if line.startswith("ok ")]
            passed += len(good)
            if process.returncode != 0 or not good:
                failed += 1
                print(f"{name} ended with {process.returncode}\n{output}")
            problems, lines = wire.check(sorted(folder.glob("*.wire")), SCHEMAS)
            passed += lines - len(problems)
            failed += len(problems)
            for problem in problems[:20]:
                print(f"{name}: {problem}")
    transcripts = sorted((ROOT / "protocol/transcripts/mcp").glob("*.io"))
    problems, lines = wire.check_transcripts(transcripts, SCHEMAS)
    passed, failed = passed + lines - len(problems), failed + len(problems)
    for problem in problems[:20]:
        print(problem)
    if not SCHEMAS.is_dir():
        print(f"lines were read and not held against schemas: {SCHEMAS} is not there", file=sys.stderr)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


sys.exit(main())
