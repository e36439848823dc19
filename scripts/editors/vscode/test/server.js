// A server with fixed answers, for what the real one does not do on demand: ask the client, misbehave, end.
"use strict";
const { MessageReader } = require("../connection");

const send = (message) => {
  const body = Buffer.from(JSON.stringify({ jsonrpc: "2.0", ...message }));
  // In pieces, as a pipe may bring them.
  const bytes = Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body]);
  process.stdout.write(bytes.subarray(0, 7));
  process.stdout.write(bytes.subarray(7));
};
const range = (line, from, to) => ({ start: { line, character: from }, end: { line, character: to } });
const uri = "file:///srv/shop/orders.py";
const traces = [
  { handle: "t2", traceId: "b", rootName: "checkout", service: "shop", durationMs: 1200, spanCount: 3, errorCount: 1, status: "error" },
  { handle: "t1", traceId: "a", rootName: "checkout", service: "shop", durationMs: 0.5, spanCount: 1, errorCount: 0, status: "ok" },
];
const item = { name: "load", kind: 12, uri, range: range(3, 0, 4), selectionRange: range(3, 0, 4), data: 7 };
const answers = {
  initialize: (params) => ({ capabilities: {
    hoverProvider: true, codeLensProvider: { resolveProvider: true }, inlayHintProvider: true, documentLinkProvider: {}, workspaceSymbolProvider: true,
    callHierarchyProvider: true, executeCommandProvider: { commands: ["explain"] },
  }, told: params }),
  shutdown: () => null,
  "textDocument/hover": () => ({ contents: { kind: "markdown", value: "**12 calls** · 89 ms" }, range: range(3, 0, 4) }),
  "textDocument/codeLens": () => [{ range: range(3, 0, 4), data: 1 }],
  "codeLens/resolve": (lens) => ({ ...lens, command: { title: "89 ms · 12 calls", command: "explain", arguments: ["t2"] } }),
  "textDocument/inlayHint": () => [{ position: { line: 3, character: 4 }, label: [{ value: "89 " }, { value: "ms" }], paddingLeft: true }],
  "textDocument/documentLink": () => [{ range: range(0, 0, 1), target: uri }],
  "workspace/symbol": ({ query }) => [{ name: `load ${query}`, kind: 12, location: { uri, range: range(3, 0, 4) } }],
  "textDocument/prepareCallHierarchy": () => [item],
  "callHierarchy/incomingCalls": ({ item }) => [{ from: { ...item, name: `caller ${item.data}` }, fromRanges: [range(1, 0, 2)] }],
  "callHierarchy/outgoingCalls": ({ item }) => [{ to: item, fromRanges: [] }],
  "traces/list": ({ limit, filter }) => ({ traces: traces.filter((one) => !filter || one.rootName === filter.rootName).slice(0, limit) }),
  "trace/explain": ({ traceId }) => ({ text: `why ${traceId}` }),
  "traces/compare": ({ base, target }) => ({ text: `${base} → ${target}` }),
  "traces/clear": () => ({ cleared: 2 }),
  "workspace/executeCommand": ({ command }) => {
    if (command === "fail") throw new Error("no such trace");
    if (command === "die") process.exit(3);
    if (command === "garble") process.stdout.write("Content-Length: many\r\n\r\n{}");
    if (command === "ask") send({ id: 900, method: "window/showDocument", params: { uri, selection: range(3, 0, 4), takeFocus: true } });
    if (command === "unknown") send({ id: 901, method: "window/unheard", params: {} });
    return null;
  },
};
const notes = [];
const reader = new MessageReader((message) => {
  if (message.method === "exit") process.exit(0);
  if (message.method === undefined) return send({ method: "window/logMessage", params: { type: 3, message: `answer ${JSON.stringify(message.result ?? message.error)}` } });
  if (message.id === undefined) {
    notes.push(message);
    if (message.method === "textDocument/didOpen") {
      send({ method: "textDocument/publishDiagnostics", params: { uri: message.params.textDocument.uri, diagnostics: [{
        range: range(3, 0, 4), severity: 1, source: "trace-distiller", message: "timeout", relatedInformation: [{ location: { uri, range: range(1, 0, 2) }, message: "called here" }] }] } });
    }
    if (message.method === "textDocument/didChange") send({ method: "window/logMessage", params: { type: 3, message: `changed ${JSON.stringify(message.params.contentChanges)}` } });
    return;
  }
  try {
    if (!answers[message.method]) throw new Error(`${message.method} is not known`);
    send({ id: message.id, result: answers[message.method](message.params) });
  } catch (error) {
    send({ id: message.id, error: { code: -32000, message: error.message } });
  }
}, () => process.exit(9));
process.stdin.on("data", (chunk) => reader.feed(chunk));
process.stdin.on("end", () => process.exit(0));
