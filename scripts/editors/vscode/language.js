// What the language door says of a file, shown by the editor: one small provider for each of the protocol's requests. Only what the server
// announced is registered.
"use strict";
const vscode = require("vscode");
const convert = require("./convert");

/** Files and buffers that were never saved; not the documents that we show ourselves. */
const SELECTOR = [{ scheme: "file" }, { scheme: "untitled" }];
const CAPABILITIES = {
  general: { positionEncodings: ["utf-16"] },
  window: { showDocument: { support: true }, workDoneProgress: true },
  workspace: {
    workspaceFolders: true, didChangeConfiguration: { dynamicRegistration: false }, configuration: false,
    codeLens: { refreshSupport: true }, inlayHint: { refreshSupport: true }, diagnostics: { refreshSupport: true },
    textDocumentContent: { dynamicRegistration: false }, symbol: {}, executeCommand: {},
  },
  textDocument: {
    synchronization: { didSave: true }, hover: { contentFormat: ["markdown", "plaintext"] }, codeLens: {}, documentLink: {},
    inlayHint: { resolveSupport: { properties: [] } }, publishDiagnostics: { relatedInformation: true, codeDescriptionSupport: true },
    callHierarchy: {}, codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: [] } } },
  },
};

/** Every provider asks and converts; a fault of ours is an empty answer, never an error box at each key. */
class Language {
  /** @param {(method: string, params?: any, token?: any) => Promise<any>} ask @param {(text: string) => void} log */
  constructor(ask, log) {
    this.ask = ask;
    this.log = log;
    this.lensesChanged = new vscode.EventEmitter();
    this.hintsChanged = new vscode.EventEmitter();
    this.diagnostics = vscode.languages.createDiagnosticCollection("trace-distiller");
    /** @type {{dispose(): void}[]} */
    this.registered = [];
  }

  /** @template Value @param {string} method @param {any} params @param {any} token @param {(result: any) => Value} use @returns {Promise<Value | undefined>} */
  async answer(method, params, token, use) {
    try {
      const result = await this.ask(method, params, token);
      return result === null || result === undefined ? undefined : use(result);
    } catch (error) {
      if (!token?.isCancellationRequested) this.log(`${method}: ${/** @type {Error} */ (error).message}\n`);
      return undefined;
    }
  }

  /** @param {any} told the server's capabilities */
  register(told) {
    const { languages } = vscode;
    const at = (/** @type {any} */ document, /** @type {any} */ position) => (
      { textDocument: convert.toDocument(document), position: convert.toPosition(position) });
    if (told.hoverProvider) {
      this.registered.push(languages.registerHoverProvider(SELECTOR, {
        provideHover: (document, position, token) => this.answer("textDocument/hover", at(document, position), token,
          (hover) => new vscode.Hover(convert.markdown(hover.contents), hover.range && convert.range(hover.range))),
      }));
    }
    if (told.codeLensProvider) {
      this.registered.push(languages.registerCodeLensProvider(SELECTOR, {
        onDidChangeCodeLenses: this.lensesChanged.event,
        provideCodeLenses: (document, token) => this.answer("textDocument/codeLens", { textDocument: convert.toDocument(document) }, token,
          (lenses) => lenses.map((/** @type {any} */ lens) => Object.assign(
            new vscode.CodeLens(convert.range(lens.range), lens.command && convert.command(lens.command)), { told: lens }))),
        resolveCodeLens: async (lens, token) => {
          const told = /** @type {any} */ (lens).told;
          if (!lens.command && told) {
            await this.answer("codeLens/resolve", told, token, (lens_) => { lens.command = convert.command(lens_.command); });
          }
          return lens;
        },
      }));
    }
    if (told.inlayHintProvider) {
      this.registered.push(languages.registerInlayHintsProvider(SELECTOR, {
        onDidChangeInlayHints: this.hintsChanged.event,
        provideInlayHints: (document, range, token) => {
          if (!vscode.workspace.getConfiguration("traceDistiller").get("decorations", true)) return [];
          return this.answer("textDocument/inlayHint", { textDocument: convert.toDocument(document), range: convert.toRange(range) }, token,
            (hints) => hints.map((/** @type {any} */ hint) => {
              const made = new vscode.InlayHint(convert.position(hint.position), convert.hintLabel(hint.label));
              made.paddingLeft = hint.paddingLeft;
              made.paddingRight = hint.paddingRight;
              if (hint.tooltip) made.tooltip = convert.markdown(hint.tooltip)[0];
              return made;
            }));
        },
      }));
    }
    if (told.documentLinkProvider) {
      this.registered.push(languages.registerDocumentLinkProvider([...SELECTOR, { scheme: "trace-distiller" }], {
        provideDocumentLinks: (document, token) => this.answer(
          "textDocument/documentLink", { textDocument: convert.toDocument(document) }, token,
          (links) => links.map((/** @type {any} */ link) => new vscode.DocumentLink(
            convert.range(link.range), link.target && vscode.Uri.parse(link.target)))),
      }));
    }
    if (told.workspaceSymbolProvider) {
      this.registered.push(languages.registerWorkspaceSymbolProvider({
        provideWorkspaceSymbols: (query, token) => this.answer("workspace/symbol", { query }, token,
          (symbols) => symbols.filter((/** @type {any} */ one) => one.location.range).map((/** @type {any} */ one) =>
            new vscode.SymbolInformation(one.name, one.kind - 1, one.containerName ?? "", convert.location(one.location)))),
      }));
    }
    if (told.callHierarchyProvider) this.registered.push(this.callHierarchy(at));
    if (told.workspace?.textDocumentContent) {
      this.registered.push(vscode.workspace.registerTextDocumentContentProvider("trace-distiller", {
        provideTextDocumentContent: (uri, token) => this.answer(
          "workspace/textDocumentContent", { uri: uri.toString() }, token, (content) => content.text),
      }));
    }
  }

  /** @param {(document: any, position: any) => any} at */
  callHierarchy(at) {
    const calls = (/** @type {string} */ method, /** @type {"from" | "to"} */ side, /** @type {any} */ kind) =>
      (/** @type {any} */ item, /** @type {any} */ token) => this.answer(method, { item: item.told }, token,
        (found) => found.map((/** @type {any} */ call) => new kind(convert.callItem(call[side]), call.fromRanges.map(convert.range))));
    return vscode.languages.registerCallHierarchyProvider(SELECTOR, {
      prepareCallHierarchy: (document, position, token) => this.answer(
        "textDocument/prepareCallHierarchy", at(document, position), token, (items) => items.map(convert.callItem)),
      provideCallHierarchyIncomingCalls: calls("callHierarchy/incomingCalls", "from", vscode.CallHierarchyIncomingCall),
      provideCallHierarchyOutgoingCalls: calls("callHierarchy/outgoingCalls", "to", vscode.CallHierarchyOutgoingCall),
    });
  }

  /** @param {any} params of `textDocument/publishDiagnostics` */
  publish(params) {
    this.diagnostics.set(vscode.Uri.parse(params.uri), params.diagnostics.map(convert.diagnostic));
  }

  /** The server of the providers is gone, with all that it said. */
  forget() {
    for (const one of this.registered) one.dispose();
    this.registered = [];
    this.diagnostics.clear();
  }

  dispose() {
    this.forget();
    this.diagnostics.dispose();
    this.lensesChanged.dispose();
    this.hintsChanged.dispose();
  }
}

module.exports = { Language, CAPABILITIES, SELECTOR };
