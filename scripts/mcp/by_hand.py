"""The revisions that no client of today asks for, spoken by hand: handshake, tools, and what the revision has: by_hand.py FOLDER"""

import json
import subprocess
import sys

from scenario import TOOLS, Scenario

scenario = Scenario(sys.argv[1])
check = scenario.check


def session(revision):
    server = subprocess.Popen(scenario.command(revision), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def tell(message):
        server.stdin.write(json.dumps(message) + "\n")
        server.stdin.flush()

    def ask(method, params, number):
        tell({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        return json.loads(server.stdout.readline())

    hello = ask("initialize", {"protocolVersion": revision, "capabilities": {}, "clientInfo": {"name": "by hand", "version": "1"}}, 0)
    check(f"{revision} is spoken", hello["result"]["protocolVersion"] == revision, hello)
    tell({"jsonrpc": "2.0", "method": "notifications/initialized"})
    tools = ask("tools/list", {}, "tools")["result"]["tools"]
    check(f"{revision} tools", [tool["name"] for tool in tools] == TOOLS, tools)
    check(f"{revision} a call", "content" in ask("tools/call", {"name": "list_traces", "arguments": {"format": "json"}}, 2)["result"])
    tell([{"jsonrpc": "2.0", "id": n, "method": "ping"} for n in (3, 4)])
    batch = json.loads(server.stdout.readline())
    expected = isinstance(batch, list) and [answer["id"] for answer in batch] == [3, 4] if revision == "2025-03-26" else batch.get("error", {}).get("code") == -32600
    check(f"{revision} a batch", expected, batch)
    server.stdin.close()
    check(f"{revision} ends with its input", server.wait(timeout=10) == 0)


for each in ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"):
    session(each)
scenario.end()
