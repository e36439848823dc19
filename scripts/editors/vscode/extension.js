// Trace Distiller for Visual Studio Code: starts `trace-distiller lsp` and shows what it says. All that is computed, the server computes.
"use strict";
const vscode = require("vscode");
const { Connection, ResponseError } = require("./connection");
const { Language, CAPABILITIES } = require("./language");
const { follow } = require("./documents");
const { TraceList } = require("./traces");
const convert = require("./convert");

/** Answers that commands show as documents: what the protocol calls them, by our command. */
const ANSWERS = { explain: "trace/explain", summary: "trace/summary", criticalPath: "trace/criticalPath", errors: "trace/errors" };
/** After a server that ended by itself, how long to wait for the next one. A server that cannot live is given up. */
const RESTARTS = [1000, 5000, 30000];

class Extension {
  /** @param {any} context */
  constructor(context) {
    this.output = vscode.window.createOutputChannel("Trace Distiller");
    this.language = new Language((method, params, token) => this.ask(method, params, token), (text) => this.output.append(text));
    this.traces = new TraceList((method, params) => this.ask(method, params), (text) => this.output.append(text));
    /** Texts of documents that commands opened, by URI. @type {Map<string, string>} */
    this.shown = new Map();
    this.restarts = 0;
    /** @type {Connection | undefined} */
    this.connection = undefined;
    this.isOver = false;
    const command = (/** @type {string} */ name, /** @type {(...values: any[]) => any} */ body) =>
      vscode.commands.registerCommand(`traceDistiller.${name}`, (...values) => this.tell(() => body(...values)));
    context.subscriptions.push(
      this.output, this.language, this.traces,
      vscode.window.registerTreeDataProvider("traceDistiller.traces", this.traces),
      vscode.workspace.registerTextDocumentContentProvider("trace-distiller-answer", {
        provideTextDocumentContent: (uri) => this.shown.get(uri.toString()) ?? "This answer is gone: ask again.",
      }),
      vscode.workspace.onDidCloseTextDocument((document) => this.shown.delete(document.uri.toString())),
      ...Object.entries(ANSWERS).map(([name, method]) => command(name, (trace) => this.show(method, trace))),
      command("compare", () => this.compare()),
      command("clear", () => this.clear()),
      command("refresh", () => this.traces.refresh()),
      command("restart", () => this.restart()),
      command("execute", (told) => this.execute(told)),
      vscode.workspace.onDidChangeConfiguration((change) => this.configure(change)),
      vscode.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
        const told = (/** @type {readonly any[]} */ folders) => folders.map((folder) => ({ uri: folder.uri.toString(), name: folder.name }));
        this.connection?.notify("workspace/didChangeWorkspaceFolders", { event: { added: told(added), removed: told(removed) } });
      }));
  }

  settings() {
    return vscode.workspace.getConfiguration("traceDistiller");
  }

  async start() {
    const settings = this.settings();
    const folders = vscode.workspace.workspaceFolders ?? [];
    const connection = new Connection(
      { program: settings.get("path", "trace-distiller"), arguments: ["lsp", ...settings.get("arguments", [])], directory: folders[0]?.uri.fsPath },
      {
        notification: (method, params) => this.notification(method, params),
        request: (method, params) => this.serverAsks(method, params),
        ended: (why) => this.ended(why, connection),
        log: (text) => this.output.append(text),
      });
    this.connection = connection;
    try {
      const { capabilities } = await connection.request("initialize", {
        processId: process.pid,
        clientInfo: { name: "vscode-trace-distiller", version: require("./package.json").version },
        rootUri: folders[0]?.uri.toString() ?? null,
        workspaceFolders: folders.map((folder) => ({ uri: folder.uri.toString(), name: folder.name })),
        capabilities: CAPABILITIES,
        initializationOptions: settings.get("options", {}),
      });
      connection.notify("initialized", {});
      this.language.register(capabilities);
      this.following = follow((method, params) => connection.notify(method, params));
      // What needs a hub or a pipe may take a moment; a server that lived for ten seconds may be restarted from the beginning again.
      setTimeout(() => { if (this.connection === connection) this.restarts = 0; }, 10000).unref?.();
      this.traces.refresh();
    } catch (error) {
      connection.end(/** @type {Error} */ (error).message);
    }
  }

  /** @param {string} method @param {any} [params] @param {any} [token] */
  ask(method, params, token) {
    return this.connection ? this.connection.request(method, params, token) : Promise.reject(new Error("The server is not running."));
  }

  /** @param {string} method @param {any} params */
  notification(method, params) {
    switch (method) {
      case "textDocument/publishDiagnostics": return this.language.publish(params);
      case "window/logMessage": return this.output.appendLine(params.message);
      case "window/showMessage": return void this.message(params);
      case "traces/changed": return this.traces.refreshSoon();
      default: return undefined;
    }
  }

  /** @param {string} method @param {any} params */
  async serverAsks(method, params) {
    switch (method) {
      case "workspace/codeLens/refresh":
        // New times on lines mean new traces.
        this.language.lensesChanged.fire(undefined);
        this.traces.refreshSoon();
        return null;
      case "workspace/inlayHint/refresh": return void this.language.hintsChanged.fire(undefined);
      case "workspace/diagnostic/refresh": return null;
      case "workspace/textDocumentContent/refresh": return null;
      case "workspace/configuration": return params.items.map(() => this.settings().get("options", {}));
      case "workspace/workspaceFolders":
        return (vscode.workspace.workspaceFolders ?? []).map((folder) => ({ uri: folder.uri.toString(), name: folder.name }));
      case "client/registerCapability":
      case "client/unregisterCapability":
      case "window/workDoneProgress/create": return null;
      case "window/showMessageRequest": return (await this.message(params)) ?? null;
      case "window/showDocument": return { success: await this.showDocument(params) };
      default: throw new ResponseError({ code: -32601, message: `${method} is not known to this client` });
    }
  }

  /** @param {{type: number, message: string, actions?: {title: string}[]}} told */
  message(told) {
    const actions = told.actions ?? [];
    if (told.type === 1) return vscode.window.showErrorMessage(told.message, ...actions);
    if (told.type === 2) return vscode.window.showWarningMessage(told.message, ...actions);
    return vscode.window.showInformationMessage(told.message, ...actions);
  }

  /** @param {any} params */
  async showDocument(params) {
    const uri = vscode.Uri.parse(params.uri);
    if (params.external) return vscode.env.openExternal(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    const selection = params.selection && convert.range(params.selection);
    await vscode.window.showTextDocument(document, { selection, preserveFocus: !params.takeFocus, preview: true });
    return true;
  }

  /** @param {string} why @param {Connection} connection */
  ended(why, connection) {
    if (this.connection !== connection) return;
    this.connection = undefined;
    this.following?.dispose();
    this.language.forget();
    this.traces.refresh();
    this.output.appendLine(why);
    if (this.isOver) return;
    const wait = RESTARTS[this.restarts++];
    if (wait !== undefined) return void (this.next = setTimeout(() => this.start(), wait));
    vscode.window.showErrorMessage(`Trace Distiller: ${why} It was started ${RESTARTS.length + 1} times; see its output.`, "Restart", "Output").then((chosen) => {
      if (chosen === "Restart") this.restart();
      if (chosen === "Output") this.output.show();
    });
  }

  async restart() {
    clearTimeout(this.next);
    this.restarts = 0;
    const old = this.connection;
    this.connection = undefined;
    this.following?.dispose();
    this.language.forget();
    await old?.close();
    await this.start();
  }

  /** @param {any} change */
  configure(change) {
    if (change.affectsConfiguration("traceDistiller.path") || change.affectsConfiguration("traceDistiller.arguments")) return void this.restart();
    if (!change.affectsConfiguration("traceDistiller")) return;
    this.connection?.notify("workspace/didChangeConfiguration", { settings: this.settings().get("options", {}) });
    this.language.hintsChanged.fire(undefined);
    this.traces.refresh();
  }

  /** Runs a command; an error is said in one line. @param {() => any} body */
  async tell(body) {
    try {
      return await body();
    } catch (error) {
      vscode.window.showErrorMessage(`Trace Distiller: ${/** @type {Error} */ (error).message}`);
    }
  }

  /** The trace that a command is about: the one it was called on, or one that is chosen. @param {any} trace @returns {Promise<string | undefined>} */
  async chosen(trace) {
    if (trace?.handle) return trace.handle;
    const traces = await this.traces.getChildren(undefined);
    if (traces.length === 0) throw new Error("there are no traces yet.");
    const items = traces.map((/** @type {any} */ one) => {
      const item = this.traces.getTreeItem(one);
      return { label: String(item.label), description: String(item.description), handle: one.handle };
    });
    return /** @type {any} */ (await vscode.window.showQuickPick(items, { placeHolder: "Which trace?" }))?.handle;
  }

  /** @param {string} method @param {any} trace */
  async show(method, trace) {
    const traceId = await this.chosen(trace);
    if (traceId) await this.open(`${method.split("/")[1]} ${traceId}`, await this.ask(method, { traceId }));
  }

  /** The last two traces of the newest one's root. */
  async compare() {
    const [newest] = (await this.ask("traces/list", { limit: 1 })).traces;
    if (!newest) throw new Error("there are no traces yet.");
    const { traces } = await this.ask("traces/list", { limit: 2, filter: { rootName: newest.rootName } });
    if (traces.length < 2) throw new Error(`${newest.rootName} ran only once so far.`);
    await this.open("compare", await this.ask("traces/compare", { base: traces[1].handle, target: traces[0].handle }));
  }

  async clear() {
    const chosen = await vscode.window.showWarningMessage("Forget this project's traces?", { modal: true }, "Forget");
    if (chosen !== "Forget") return;
    const { cleared } = await this.ask("traces/clear", {});
    this.traces.refresh();
    vscode.window.setStatusBarMessage(`Trace Distiller: ${cleared} trace${cleared === 1 ? "" : "s"} forgotten`, 5000);
  }

  /** A command of a lens or an action: the server does it, and shows by itself what is to be shown. @param {any} told */
  async execute(told) {
    await this.ask("workspace/executeCommand", { command: told.command, arguments: told.arguments ?? [] });
  }

  /** @param {string} title @param {any} answer */
  async open(title, answer) {
    const uri = vscode.Uri.from({ scheme: "trace-distiller-answer", path: `/${title.replaceAll("/", "-")}.txt`, query: String(Date.now()) });
    this.shown.set(uri.toString(), typeof answer === "string" ? answer : answer.text ?? JSON.stringify(answer, null, 2));
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
  }

  async close() {
    this.isOver = true;
    clearTimeout(this.next);
    this.following?.dispose();
    const connection = this.connection;
    this.connection = undefined;
    await connection?.close();
  }
}

/** @type {Extension | undefined} */
let extension;

async function activate(/** @type {any} */ context) {
  extension = new Extension(context);
  await extension.start();
}

async function deactivate() {
  await extension?.close();
  extension = undefined;
}

module.exports = { activate, deactivate };
