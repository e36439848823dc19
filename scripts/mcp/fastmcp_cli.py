"""fastmcp's command line, which lists and calls without a line of code: fastmcp_cli.py FOLDER"""

import json
import pathlib
import shlex
import subprocess
import sys

from scenario import TOOLS, Scenario

scenario = Scenario(sys.argv[1])
check = scenario.check
FASTMCP = str(pathlib.Path(sys.executable).with_name("fastmcp"))


def run(verb, *arguments):
    server = shlex.join(scenario.command(verb))
    done = subprocess.run([FASTMCP, verb, "--command", server, *arguments], capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout + done.stderr


code, output = run("list", "--resources", "--prompts", "--json")
listed = json.loads(output[output.index("{"):]) if code == 0 else {}
check("list", [tool["name"] for tool in listed.get("tools", [])] == TOOLS, output)
code, output = run("call", "--target", "summarize_trace", "--input-json", '{"maxChars":2000}')
check("call", code == 0 and scenario.pipe in output, output)
scenario.end()
