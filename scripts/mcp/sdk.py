"""The official SDK's current client: sdk.py FOLDER MODE, where the mode is auto, legacy, or a revision without handshake."""

import json
import sys

import anyio
import mcp_types as types
from mcp import Client, MCPError, StdioServerParameters

from scenario import TOOLS, Scenario

scenario = Scenario(sys.argv[1])
mode = sys.argv[2]
check = scenario.check


def text(result):
    return result.content[0].text


async def asks_before_anything_ran(client):
    check("the revision", client.protocol_version == ("2025-11-25" if mode == "legacy" else "2026-07-28"), client.protocol_version)
    # A pinned client only requests what it is configured to request.
    if mode != "2026-07-28":
        check("instructions", "summarize_trace" in (client.instructions or ""), client.instructions)
    tools = (await client.list_tools()).tools
    check("tools", [tool.name for tool in tools] == TOOLS, tools)
    check("tools only read", all(tool.annotations.read_only_hint for tool in tools))
    nothing = await client.call_tool("summarize_trace", {})
    check("nothing yet is no error", not nothing.is_error and scenario.pipe in text(nothing), text(nothing))


async def waits_for_the_demo(client):
    """The demo program starts when the wait has told of its progress: so the wait is on."""
    told = []
    waiting = anyio.Event()

    async def progress(amount, total, message):
        told.append(amount)
        waiting.set()

    outcome = {}

    async def wait():
        outcome["answer"] = await client.call_tool("await_trace", {"filter": {"name": "/orders"}}, progress_callback=progress)

    with anyio.fail_after(60):
        async with anyio.create_task_group() as group:
            group.start_soon(wait)
            await waiting.wait()
            demo = scenario.start_demo()
    planted = scenario.planted(demo)
    check("the wait told its progress", told == sorted(set(told)), told)
    check("the wait ended with the first order", "POST /orders" in text(outcome["answer"]), text(outcome["answer"]))
    return planted


async def uses_every_tool(client, planted):
    with anyio.fail_after(60):
        while text(await client.call_tool("list_traces", {})).count("\nt") < len(planted["traces"]):
            await client.call_tool("await_trace", {"timeoutMs": 1000})
    failing = next(trace for trace in planted["traces"] if trace["status"] == "error")
    errors = text(await client.call_tool("find_errors", {"traceId": failing["traceId"]}))
    check("errors", failing["planted"][-1]["message"] in errors, errors)
    span = errors.split("spans: ")[1].split()[0].rstrip(",")
    arguments = {"get_span": {"traceId": failing["traceId"], "spanId": span}, "compare_traces": {"base": "t1", "target": "t2"},
                 "search_spans": {"text": "charges"}, "await_trace": {"timeoutMs": 0}}
    for name in TOOLS:
        answer = await client.call_tool(name, arguments.get(name, {}))
        check(name, not answer.is_error and len(text(answer)) > 60 and answer.structured_content is None, answer)
        facts = await client.call_tool(name, {**arguments.get(name, {}), "format": "json"})
        check(f"{name} as JSON", isinstance(facts.structured_content, dict) and json.loads(text(facts)) == facts.structured_content, facts)
    wrong = await client.call_tool("get_span", {"spanID": span})
    check("a wrong call tells the fix", wrong.is_error and "did you mean spanId?" in text(wrong), text(wrong))
    try:
        await client.call_tool("get_spam", {})
        check("an unknown tool is refused", False)
    except MCPError as error:
        check("an unknown tool is refused", error.error.code == -32602 and "get_span" in error.error.message, error.error)


async def reads_resources(client):
    resources = (await client.list_resources()).resources
    check("resources", str(resources[0].uri) == "trace://latest/summary" and len(resources) == 7, resources)
    for resource in resources:
        contents = (await client.read_resource(str(resource.uri))).contents
        check(f"resource {resource.name}", "=== Execution path report ===" in contents[0].text, contents)
    templates = (await client.list_resource_templates()).resource_templates
    check("templates", [template.uri_template for template in templates] == ["trace://{traceId}/summary"], templates)
    try:
        await client.read_resource("trace://nobody/summary")
        check("an unknown resource is refused", False)
    except MCPError as error:
        check("an unknown resource is refused", error.error.code == (-32002 if mode == "legacy" else -32602), error.error)


async def uses_prompts(client):
    prompts = (await client.list_prompts()).prompts
    check("prompts", [prompt.name for prompt in prompts] == ["diagnose_slow_trace", "explain_errors", "compare_runs"], prompts)
    for prompt, arguments in [("diagnose_slow_trace", {"traceId": "t1"}), ("explain_errors", {}), ("compare_runs", {"base": "t1"})]:
        messages = (await client.get_prompt(prompt, arguments)).messages
        check(prompt, len(messages) == 2, messages)
    check("prompts take one argument", all(len(prompt.arguments) == 1 for prompt in prompts), prompts)
    traces = await client.complete(types.ResourceTemplateReference(uri="trace://{traceId}/summary"), {"name": "traceId", "value": "t"})
    check("handles are completed", traces.completion.values[0].startswith("t"), traces)


async def takes_a_wait_back(client):
    """What is cancelled is heard of no more: the client would complain of an answer to nothing, and the wire shows it."""
    with anyio.move_on_after(0.3) as scope:
        await client.call_tool("await_trace", {})
    check("a wait is taken back", scope.cancelled_caught)
    check("and the server goes on", "pid" in text(await client.call_tool("server_status", {})))


async def is_told_of_new_traces(client, told):
    """By the subscription that the revision has."""
    if mode == "legacy":
        await client.session.subscribe_resource("trace://latest/summary")
        scenario.planted(scenario.start_demo(seed=2))
        with anyio.fail_after(30):
            await told.wait()
        check("told of an update", True)
        return
    async with client.listen(resource_subscriptions=["trace://latest/summary"], tools_list_changed=True) as subscription:
        check("what is honored", subscription.honored.resource_subscriptions == ["trace://latest/summary"] and not subscription.honored.tools_list_changed)
        scenario.planted(scenario.start_demo(seed=2))
        with anyio.fail_after(30):
            event = await anext(subscription)
        check("told of an update", str(event.uri) == "trace://latest/summary", event)


async def main():
    told = anyio.Event()

    async def handle(message):
        if isinstance(message, types.ResourceUpdatedNotification):
            told.set()

    command = scenario.command()
    server = StdioServerParameters(command=command[0], args=command[1:])
    async with Client(server, mode=mode, message_handler=handle) as client:
        await asks_before_anything_ran(client)
        planted = await waits_for_the_demo(client)
        await uses_every_tool(client, planted)
        await reads_resources(client)
        await uses_prompts(client)
        await takes_a_wait_back(client)
        await is_told_of_new_traces(client, told)


anyio.run(main)
scenario.end()
