"""How long summarize_trace takes through the official SDK, beside a tool of an SDK-made server that does nothing: latency.py PROGRAM"""

import statistics
import sys
import tempfile
import time

import anyio
from mcp import Client, StdioServerParameters

SPANS = 10_000
CALLS = 300
NO_OP = """
from mcp.server.mcpserver import MCPServer
server = MCPServer("nothing")

@server.tool()
def nothing() -> str:
    return "nothing"

server.run("stdio")
"""


def trace():
    """A request of 100 handlers of 100 steps, in the native format."""
    def line(name, span, parent, start, length):
        parent = "null" if parent is None else f'"{parent}"'
        return (f'{{"timestamp":"2026-11-23T10:00:09Z","level":"INFO","target":"bench","log_type":"trace","message":"","fields":{{"event_type":"span",'
                f'"trace_id":"bench","span_id":"{span}","parent_id":{parent},"span_name":"{name}","start_timestamp":"2026-11-23T10:00:0{start:.6f}Z","duration_ms":{length}}}}}\n')

    lines = [line("request", "r", None, 0, 9_000)]
    for handler in range(100):
        lines.append(line(f"handler {handler}", f"h{handler}", "r", handler * 0.08, 80))
        for step in range(SPANS // 100 - 1):
            lines.append(line(f"step {step}", f"h{handler}s{step}", f"h{handler}", handler * 0.08 + step * 0.0008, 0.7))
    return "".join(lines)


async def timed(client, tool, arguments):
    begun = time.perf_counter()
    result = await client.call_tool(tool, arguments)
    assert not result.is_error
    return (time.perf_counter() - begun) * 1000


async def main():
    with tempfile.TemporaryDirectory() as place:
        pipe = f"{place}/p.pipe"
        ours = StdioServerParameters(command=sys.argv[1], args=["mcp", "--hub", "never", "--pipe", pipe, "--quiet-ms", "0"])
        theirs = StdioServerParameters(command=sys.executable, args=["-c", NO_OP])
        async with Client(ours) as summary, Client(theirs) as nothing:
            await summary.call_tool("server_status", {})
            await anyio.to_thread.run_sync(lambda: open(pipe, "w").write(trace()))
            while f" {SPANS:,}"[:-1] not in (await summary.call_tool("list_traces", {})).content[0].text:
                await anyio.sleep(0.05)
            times = {"summarize_trace": [], "a tool that does nothing": []}
            for _ in range(CALLS):
                times["summarize_trace"].append(await timed(summary, "summarize_trace", {}))
                times["a tool that does nothing"].append(await timed(nothing, "nothing", {}))
    for name, found in times.items():
        found.sort()
        print(f"mcp: {name} through the SDK, {CALLS} calls: p50 {statistics.median(found):.2f} ms, p99 {found[int(len(found) * 0.99)]:.2f} ms")


anyio.run(main)
