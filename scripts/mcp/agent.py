"""An agent loop of pydantic-ai whose model is a script: list, summary, errors, span on the demo program's planted faults: agent.py FOLDER

The script does what a model would: it reads each answer and takes the next call out of it. It fails where an answer does not tell.
"""

import asyncio
import re
import sys

from fastmcp import Client
from fastmcp.client.transports import StdioTransport
from pydantic_ai import Agent
from pydantic_ai.mcp import MCPToolset
from pydantic_ai.messages import ModelResponse, TextPart, ToolCallPart, ToolReturnPart
from pydantic_ai.models.function import FunctionModel

from scenario import TOOLS, Scenario

scenario = Scenario(sys.argv[1])
check = scenario.check
read = {}


def call(name, **arguments):
    return ModelResponse(parts=[ToolCallPart(name, arguments)])


def model(messages, info):
    """Each step reads what the step before brought."""
    for part in messages[-1].parts:
        if isinstance(part, ToolReturnPart):
            read[part.tool_name] = part.content if isinstance(part.content, str) else str(part.content)
    if "list_traces" not in read:
        read["tools"] = [tool.name for tool in info.function_tools]
        return call("list_traces", filter={"hasErrors": True})
    if "summarize_trace" not in read:
        failed = re.search(r"^(t\d+) ❌", read["list_traces"], re.MULTILINE)
        return call("summarize_trace", traceId=failed.group(1))
    if "find_errors" not in read:
        handle = re.search(r"^Trace: (t\d+)", read["summarize_trace"], re.MULTILINE).group(1)
        return call("find_errors", traceId=handle)
    if "get_span" not in read:
        handle = re.search(r"^Trace: (t\d+)", read["find_errors"], re.MULTILINE).group(1)
        return call("get_span", traceId=handle, spanId=re.search(r"spans: ([^,\s]+)", read["find_errors"]).group(1))
    return ModelResponse(parts=[TextPart("done")])


async def main():
    command = scenario.command()
    toolset = MCPToolset(Client(StdioTransport(command[0], command[1:], keep_alive=False)))
    agent = Agent(FunctionModel(model), toolsets=[toolset])
    async with agent:
        await toolset.direct_call_tool("server_status", {})
        planted = scenario.planted(scenario.start_demo())
        for _ in range(60):
            listed = str(await toolset.direct_call_tool("list_traces", {}))
            if listed.count("\nt") >= len(planted["traces"]) and "not complete" not in listed:
                break
            await toolset.direct_call_tool("await_trace", {"timeoutMs": 1000})
        result = await agent.run("Why did an order fail?")
    check("the loop ended", result.output == "done")
    check("the model was offered the tools", read["tools"] == TOOLS, read["tools"])
    failing = next(trace for trace in planted["traces"] if trace["status"] == "error")
    fault = failing["planted"][-1]
    check("the list names the failing trace", failing["traceId"] in read["list_traces"], read["list_traces"])
    check("the summary names the fault", fault["message"] in read["summarize_trace"], read["summarize_trace"])
    check("the errors name message and call", fault["message"] in read["find_errors"] and fault["spanNames"][0] in read["find_errors"], read["find_errors"])
    check("the span is the one that failed", f"· {fault['spanNames'][0]}" in read["get_span"] and "Status: ❌" in read["get_span"], read["get_span"])


asyncio.run(main())
scenario.end()
