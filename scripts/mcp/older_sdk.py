"""The official SDK's older generation, which knows the handshake only: older_sdk.py FOLDER"""

import sys

import anyio
from mcp import ClientSession, McpError, StdioServerParameters
from mcp.client.stdio import stdio_client

from scenario import TOOLS, Scenario

scenario = Scenario(sys.argv[1])
check = scenario.check


async def main():
    command = scenario.command()
    async with stdio_client(StdioServerParameters(command=command[0], args=command[1:])) as (read, write):
        async with ClientSession(read, write) as client:
            hello = await client.initialize()
            check("the revision", hello.protocolVersion == "2025-11-25", hello)
            check("instructions", "summarize_trace" in hello.instructions)
            await client.send_ping()
            check("tools", [tool.name for tool in (await client.list_tools()).tools] == TOOLS)
            planted = scenario.planted(scenario.start_demo())
            with anyio.fail_after(60):
                while (await client.call_tool("list_traces", {})).content[0].text.count("\nt") < len(planted["traces"]):
                    await client.call_tool("await_trace", {"timeoutMs": 1000})
            for name in TOOLS:
                arguments = {"compare_traces": {"base": "t1"}, "await_trace": {"cursor": "c0"}, "get_span": {"spanId": "none"}}.get(name, {})
                answer = await client.call_tool(name, arguments)
                check(name, bool(answer.isError) == (name == "get_span") and len(answer.content[0].text) > 60, answer)
            check("resources", len((await client.list_resources()).resources) == 7)
            check("prompts", len((await client.list_prompts()).prompts) == 3)
            try:
                await client.read_resource("trace://nobody/summary")
                check("an unknown resource is refused", False)
            except McpError as error:
                check("an unknown resource is refused", error.error.code == -32002, error.error)


anyio.run(main)
scenario.end()
