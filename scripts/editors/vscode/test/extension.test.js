// The extension's own code, run under Node with a stand-in for the editor: what a person would see. `node --test scripts/editors/vscode/test`
"use strict";
const test = require("node:test");
const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const Module = require("node:module");
const { makeEditor, Uri, Position, Range } = require("./stub");

const folder = path.join(__dirname, "..");
const server = path.join(__dirname, "server.js");

/** The extension with an editor of its own. */
async function start(settings = {}) {
  const editor = makeEditor({ path: process.execPath, arguments: [], ...settings });
  for (const name of Object.keys(require.cache)) if (name.startsWith(folder) && !name.includes("/test/")) delete require.cache[name];
  const load = Module._load;
  Module._load = (name, ...rest) => (name === "vscode" ? editor.api : load(name, ...rest));
  try {
    editor.extension = require(path.join(folder, "extension.js"));
    // `lsp` is the first argument of the program; here the program is Node, so a preloaded server takes its place.
    if (settings.path === undefined) {
      const connection = require(path.join(folder, "connection.js"));
      const Original = connection.Connection;
      connection.Connection = class extends Original {
        constructor(command, client) { super({ ...command, arguments: [server, ...command.arguments] }, client); editor.connection = this; }
      };
      delete require.cache[path.join(folder, "extension.js")];
      editor.extension = require(path.join(folder, "extension.js"));
    }
  } finally {
    Module._load = load;
  }
  editor.subscriptions = [];
  await editor.extension.activate({ subscriptions: editor.subscriptions });
  return editor;
}

/** When the condition holds, asked after each of the editor's events; the test's own time limit ends a wait in vain. */
async function until(condition) {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

const uri = Uri.parse("file:///srv/shop/orders.py");
const file = { uri };

test("what package.json names is there, and what is registered is named", { timeout: 20_000 }, async () => {
  const told = JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8"));
  const editor = await start();
  const registered = Object.keys(editor.commands).filter((name) => name !== "traceDistiller.execute").sort();
  assert.deepEqual(registered, told.contributes.commands.map((one) => one.command).sort());
  const used = new Set([...fs.readdirSync(folder).filter((name) => name.endsWith(".js"))].flatMap((name) =>
    [...fs.readFileSync(path.join(folder, name), "utf8").matchAll(/\.get\("(\w+)"/g)].map((found) => `traceDistiller.${found[1]}`)));
  assert.deepEqual([...used].sort(), Object.keys(told.contributes.configuration.properties).sort());
  assert.ok(fs.existsSync(path.join(folder, told.main)));
  for (const menu of Object.values(told.contributes.menus).flat()) assert.ok(registered.includes(menu.command), menu.command);
  await editor.extension.deactivate();
});

test("a file shows what its lines did", { timeout: 20_000 }, async () => {
  const editor = await start();
  const document = editor.open(uri, "python", "def load(): pass\n");
  await until(() => editor.diagnostics.get(uri.toString())?.length);
  const [told] = editor.diagnostics.get(uri.toString());
  assert.equal(told.message, "timeout");
  assert.equal(told.severity, 0, "an error of the protocol is an error of the editor");
  assert.equal(told.relatedInformation[0].message, "called here");
  const { hover, lens, hint, link, symbol, calls } = editor.providers;
  assert.equal((await hover[0].provideHover(document, new Position(3, 1), editor.token())).contents[0].value, "**12 calls** · 89 ms");
  const [first] = await lens[0].provideCodeLenses(document, editor.token());
  const resolved = await lens[0].resolveCodeLens(first, editor.token());
  assert.deepEqual([resolved.command.title, resolved.command.command], ["89 ms · 12 calls", "traceDistiller.execute"]);
  const [short] = await hint[0].provideInlayHints(document, new Range(new Position(0, 0), new Position(9, 0)), editor.token());
  assert.equal(short.label, "89 ms");
  assert.equal((await link[0].provideDocumentLinks(document, editor.token()))[0].target.toString(), uri.toString());
  assert.equal((await symbol[0].provideWorkspaceSymbols("x", editor.token()))[0].name, "load x");
  const [item] = await calls[0].prepareCallHierarchy(document, new Position(3, 1), editor.token());
  assert.equal((await calls[0].provideCallHierarchyIncomingCalls(item, editor.token()))[0].item.name, "caller 7", "the server's data comes back to it");
  assert.deepEqual((await calls[0].provideCallHierarchyOutgoingCalls(item, editor.token()))[0].ranges, []);
  editor.settings.decorations = false;
  assert.deepEqual(await hint[0].provideInlayHints(document, new Range(new Position(0, 0), new Position(9, 0)), editor.token()), []);
  await editor.extension.deactivate();
});

test("edits reach the server as they were made", { timeout: 20_000 }, async () => {
  const editor = await start();
  const document = editor.open(uri, "python", "a\n");
  document.version = 2;
  editor.events.change.fire({ document, contentChanges: [{ range: new Range(new Position(0, 0), new Position(0, 1)), text: "b\u{1F525}" }] });
  await until(() => editor.output.includes("changed"));
  assert.match(editor.output, /"range":\{"start":\{"line":0,"character":0\},"end":\{"line":0,"character":1\}\},"text":"b🔥"/u);
  await editor.extension.deactivate();
});

test("the list and its commands", { timeout: 20_000 }, async () => {
  const editor = await start();
  const [newest, older] = await editor.tree.getChildren();
  const shown = editor.tree.getTreeItem(newest);
  assert.deepEqual([shown.label, shown.description, shown.iconPath.id], ["checkout", "1.20 s · 3 spans · 1 error", "error"]);
  assert.equal(editor.tree.getTreeItem(older).description, "0.5 ms · 1 span");
  await editor.commands["traceDistiller.explain"](newest);
  assert.equal(editor.shown.at(-1).document.text, "why t2");
  editor.choose = (kind, items) => (kind === "pick" ? items[1] : undefined);
  await editor.commands["traceDistiller.explain"]();
  assert.equal(editor.shown.at(-1).document.text, "why t1");
  await editor.commands["traceDistiller.compare"]();
  assert.equal(editor.shown.at(-1).document.text, "t1 → t2", "the older run is the base");
  await editor.commands["traceDistiller.clear"]();
  assert.equal(editor.status, undefined, "nothing is forgotten without a yes");
  editor.choose = () => "Forget";
  await editor.commands["traceDistiller.clear"]();
  assert.equal(editor.status, "Trace Distiller: 2 traces forgotten");
  await editor.extension.deactivate();
});

test("the server asks the editor, and gets an answer to what this one does not know", { timeout: 20_000 }, async () => {
  const editor = await start();
  await editor.commands["traceDistiller.execute"]({ command: "ask" });
  await until(() => editor.output.includes('answer {"success":true}'));
  assert.equal(editor.shown.at(-1).options.selection.start.line, 3);
  await editor.commands["traceDistiller.execute"]({ command: "unknown" });
  await until(() => editor.output.includes('"code":-32601'));
  await editor.commands["traceDistiller.execute"]({ command: "fail" });
  assert.deepEqual(editor.errors.at(-1), { severity: "error", message: "Trace Distiller: no such trace" });
  await editor.extension.deactivate();
});

for (const [command, why] of [["die", "code 3"], ["garble", "without a usable Content-Length"]]) {
  test(`a server that ends is started again: ${command}`, { timeout: 20_000 }, async () => {
    const editor = await start();
    editor.open(uri, "python", "a\n");
    await until(() => editor.diagnostics.size);
    const first = editor.connection;
    await editor.commands["traceDistiller.execute"]({ command });
    await until(() => editor.output.includes(why));
    assert.equal(editor.diagnostics.size, 0, "what the gone server said is gone");
    await until(() => editor.connection !== first && editor.diagnostics.size);
    assert.equal(editor.providers.hover.length, 1, "the old server's providers are gone");
    await editor.extension.deactivate();
  });
}

test("a program that is not there is told in one line", { timeout: 20_000 }, async () => {
  const editor = await start({ path: "/srv/no/such/trace-distiller" });
  await until(() => editor.output.includes("could not be started"));
  assert.deepEqual(await editor.tree.getChildren(), []);
  await editor.commands["traceDistiller.explain"]();
  assert.equal(editor.errors.at(-1).message, "Trace Distiller: there are no traces yet.");
  await editor.extension.deactivate();
});

test("messages in pieces, several at once, and hostile ones", () => {
  const { MessageReader } = require("../connection");
  const read = (...chunks) => {
    const seen = [];
    const reader = new MessageReader((message) => seen.push(message), (fault) => seen.push(fault.message));
    for (const chunk of chunks) reader.feed(Buffer.from(chunk));
    return seen;
  };
  const message = (text) => `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
  assert.deepEqual(read(message('{"a":1}') + message('"é"')), [{ a: 1 }, "é"]);
  assert.deepEqual(read(...Buffer.from(message('"日本"')).toString("latin1").split("").map((one) => Buffer.from(one, "latin1"))), ["日本"]);
  assert.deepEqual(read("content-length: 2\r\nContent-Type: x\r\n\r\n{}"), [{}]);
  assert.deepEqual(read("X: 1\r\n\r\n{}"), ["The server sent a header without a usable Content-Length."]);
  assert.deepEqual(read(`Content-Length: ${2 ** 40}\r\n\r\n`), ["The server sent a header without a usable Content-Length."]);
  assert.deepEqual(read("a".repeat(9000)), ["The server sent a header without an end."]);
  assert.match(read("Content-Length: 1\r\n\r\n{")[0], /not JSON/);
});
