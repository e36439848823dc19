"""An agent loop of pydantic-ai whose model is a script: explain_trace and the call that it advises, on each of the demo program's planted faults: agent.py FOLDER

The script does what a model would: it reads the answer and takes the next call out of it. It fails where the first finding is not what was planted.
"""

import asyncio
import json
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
offered = []


def model(messages, info):
    """Explains the trace that it was asked about, then makes the call that the answer's last line tells, and no other."""
    offered[:] = [tool.name for tool in info.function_tools]
    answers = [part.content for message in messages for part in message.parts if isinstance(part, ToolReturnPart)]
    if not answers:
        return ModelResponse(parts=[ToolCallPart("explain_trace", {"traceId": messages[0].parts[-1].content.split()[-1]})])
    if len(answers) == 1:
        name, arguments = re.search(r"^Next: (\w+) (\{.*\})$", str(answers[0]), re.MULTILINE).groups()
        return ModelResponse(parts=[ToolCallPart(name, json.loads(arguments))])
    return ModelResponse(parts=[TextPart("\n---\n".join(map(str, answers)))])


def names(fact, text):
    """Whether a text tells a planted fact: what was called, and what it said."""
    return all(name.split()[-1] in text for name in fact["spanNames"]) and fact.get("message", "") in text


async def main():
    command = scenario.command()
    toolset = MCPToolset(Client(StdioTransport(command[0], command[1:], keep_alive=False)))
    agent = Agent(FunctionModel(model), toolsets=[toolset])
    async with agent:
        await toolset.direct_call_tool("server_status", {})
        planted = scenario.planted(scenario.start_demo(speed=4))
        for _ in range(60):
            listed = str(await toolset.direct_call_tool("list_traces", {}))
            if listed.count("\nt") >= len(planted["traces"]) and "not complete" not in listed:
                break
            await toolset.direct_call_tool("await_trace", {"timeoutMs": 1000})
        for trace in planted["traces"]:
            answer = (await agent.run(f"Why is it as it is: {trace['traceId']}")).output
            first = re.search(r"^1\. .*(?:\n   .*)*", answer, re.MULTILINE)
            facts = [fact for fact in trace["planted"] if fact["kind"] != "concurrentTasks"]
            wanted = facts[-1:] if trace["status"] == "error" else facts
            told = first is not None and any(names(fact, first.group(0)) for fact in wanted)
            check(f"two calls tell why of {trace['traceId']}", told and "\n---\n" in answer, answer)
    check("the model was offered the tools", offered == TOOLS, offered)


asyncio.run(main())
scenario.end()
