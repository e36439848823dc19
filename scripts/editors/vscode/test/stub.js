// A stand-in for the editor's API, written from its public documentation. It knows only what the extension uses: anything else fails the
// test, and so does an argument of the wrong kind. `editor` is the other side: what a person would see and do.
"use strict";
const assert = require("node:assert/strict");
const { pathToFileURL, fileURLToPath } = require("node:url");

class Position {
  constructor(line, character) {
    assert.ok(Number.isInteger(line) && line >= 0, `a line is a number from 0 on, not ${line}`);
    assert.ok(Number.isInteger(character) && character >= 0, `a character is a number from 0 on, not ${character}`);
    Object.assign(this, { line, character });
  }
}
class Range {
  constructor(start, end) {
    assert.ok(start instanceof Position && end instanceof Position, "a range is made of two positions");
    Object.assign(this, { start, end });
  }
}
class Uri {
  constructor(parts) { Object.assign(this, parts); }
  static parse(text) {
    assert.equal(typeof text, "string", "an address is a text");
    const url = new URL(text);
    return new Uri({ scheme: url.protocol.slice(0, -1), text, path: decodeURIComponent(url.pathname) });
  }
  static from({ scheme, path, query }) {
    assert.ok(path.startsWith("/"), "a path begins with a slash");
    return Uri.parse(`${scheme}:${encodeURI(path)}${query ? `?${encodeURIComponent(query)}` : ""}`);
  }
  static file(path) { return Uri.parse(pathToFileURL(path).href); }
  get fsPath() { return fileURLToPath(this.text); }
  toString() { return this.text; }
}
class Location { constructor(uri, range) { assert.ok(uri instanceof Uri && range instanceof Range); Object.assign(this, { uri, range }); } }
class MarkdownString {
  constructor(value = "") { assert.equal(typeof value, "string", "Markdown is a text"); this.value = value; }
  appendText(text) { this.value += text.replace(/[\\`*_{}[\]()#+\-!~<>]/g, "\\$&"); return this; }
}
class Hover {
  constructor(contents, range) {
    assert.ok(Array.isArray(contents) && contents.every((one) => one instanceof MarkdownString), "a hover holds Markdown");
    assert.ok(range === undefined || range instanceof Range);
    Object.assign(this, { contents, range });
  }
}
class CodeLens { constructor(range, command) { assert.ok(range instanceof Range); Object.assign(this, { range, command }); } }
class InlayHint { constructor(position, label) { assert.ok(position instanceof Position); assert.equal(typeof label, "string"); Object.assign(this, { position, label }); } }
class DocumentLink { constructor(range, target) { assert.ok(range instanceof Range); Object.assign(this, { range, target }); } }
class Diagnostic {
  constructor(range, message, severity) {
    assert.ok(range instanceof Range); assert.equal(typeof message, "string"); assert.ok([0, 1, 2, 3].includes(severity), `severity ${severity}`);
    Object.assign(this, { range, message, severity });
  }
}
class DiagnosticRelatedInformation { constructor(location, message) { assert.ok(location instanceof Location); Object.assign(this, { location, message }); } }
class SymbolInformation { constructor(name, kind, containerName, location) { assert.ok(kind >= 0 && kind <= 25 && location instanceof Location); Object.assign(this, { name, kind, containerName, location }); } }
class CallHierarchyItem {
  constructor(kind, name, detail, uri, range, selectionRange) {
    assert.ok(kind >= 0 && kind <= 25 && uri instanceof Uri && range instanceof Range && selectionRange instanceof Range);
    Object.assign(this, { kind, name, detail, uri, range, selectionRange });
  }
}
class CallHierarchyCall { constructor(item, ranges) { assert.ok(item instanceof CallHierarchyItem && ranges.every((one) => one instanceof Range)); Object.assign(this, { item, ranges }); } }
class CallHierarchyIncomingCall extends CallHierarchyCall {}
class CallHierarchyOutgoingCall extends CallHierarchyCall {}
class TreeItem { constructor(label, state) { assert.equal(typeof label, "string"); assert.equal(state, 0); this.label = label; } }
class ThemeIcon { constructor(id) { this.id = id; } }
class Disposable {
  constructor(body) { this.body = body; }
  static from(...all) { return new Disposable(() => all.forEach((one) => one.dispose())); }
  dispose() { this.body?.(); this.body = undefined; }
}
class EventEmitter {
  constructor() {
    this.listeners = new Set();
    this.event = (body) => { this.listeners.add(body); return new Disposable(() => this.listeners.delete(body)); };
  }
  fire(value) { for (const body of [...this.listeners]) body(value); }
  dispose() { this.listeners.clear(); }
}

/** Fails where the extension uses what is not here. */
const strict = (name, object) => new Proxy(object, {
  get(target, key) {
    if (typeof key === "symbol" || key in target || key === "then") return target[key];
    throw new assert.AssertionError({ message: `vscode.${name}${String(key)} is not known to the stub` });
  },
});

function makeEditor(settings = {}) {
  const providers = {};
  const register = (kind) => (...values) => {
    const provider = values.at(-1);
    (providers[kind] ??= []).push(provider);
    return new Disposable(() => { providers[kind] = providers[kind].filter((one) => one !== provider); });
  };
  const events = Object.fromEntries(["open", "change", "save", "close", "configuration", "folders"].map((name) => [name, new EventEmitter()]));
  const editor = {
    providers, events, settings, output: "", commands: {}, diagnostics: new Map(), shown: [], errors: [], choose: () => undefined, documents: [], folders: [],
    diagnosticsChanged: new EventEmitter(), refreshed: new EventEmitter(),
    open(uri, languageId, text) {
      const document = { uri, languageId, version: 1, text, getText() { return this.text; } };
      editor.documents.push(document);
      events.open.fire(document);
      return document;
    },
  };
  const said = (severity) => async (message, ...rest) => {
    assert.equal(typeof message, "string");
    editor.errors.push({ severity, message });
    return editor.choose(message, rest);
  };
  editor.api = strict("", {
    Position, Range, Uri, Location, MarkdownString, Hover, CodeLens, InlayHint, DocumentLink, Diagnostic, DiagnosticRelatedInformation,
    SymbolInformation, CallHierarchyItem, CallHierarchyIncomingCall, CallHierarchyOutgoingCall, TreeItem, ThemeIcon, Disposable, EventEmitter,
    TreeItemCollapsibleState: { None: 0 },
    languages: strict("languages.", {
      createDiagnosticCollection: (name) => ({
        name,
        set(uri, list) {
          assert.ok(uri instanceof Uri && list.every((one) => one instanceof Diagnostic));
          editor.diagnostics.set(uri.toString(), list);
          editor.diagnosticsChanged.fire(uri);
        },
        clear() { editor.diagnostics.clear(); },
        dispose() { editor.diagnostics.clear(); },
      }),
      registerHoverProvider: register("hover"), registerCodeLensProvider: register("lens"), registerInlayHintsProvider: register("hint"),
      registerDocumentLinkProvider: register("link"), registerWorkspaceSymbolProvider: register("symbol"), registerCallHierarchyProvider: register("calls"),
    }),
    commands: strict("commands.", {
      registerCommand(name, body) {
        assert.ok(!(name in editor.commands), `${name} is registered twice`);
        editor.commands[name] = body;
        return new Disposable(() => delete editor.commands[name]);
      },
    }),
    window: strict("window.", {
      createOutputChannel: () => ({ append: (text) => { editor.output += text; }, appendLine: (text) => { editor.output += `${text}\n`; }, show() {}, dispose() {} }),
      registerTreeDataProvider(name, provider) {
        editor.tree = provider;
        provider.onDidChangeTreeData(() => editor.refreshed.fire());
        return new Disposable(() => { editor.tree = undefined; });
      },
      showErrorMessage: said("error"), showWarningMessage: said("warning"), showInformationMessage: said("information"),
      showQuickPick: async (items) => { assert.ok(items.every((one) => typeof one.label === "string")); return editor.choose("pick", items); },
      setStatusBarMessage: (text) => { editor.status = text; return new Disposable(); },
      showTextDocument: async (document, options) => {
        assert.ok(options.selection === undefined || options.selection instanceof Range);
        editor.shown.push({ document, options });
        return {};
      },
    }),
    workspace: strict("workspace.", {
      get textDocuments() { return editor.documents; },
      get workspaceFolders() { return editor.folders.length ? editor.folders : undefined; },
      getConfiguration: (section) => {
        assert.equal(section, "traceDistiller");
        return { get: (key, fallback) => editor.settings[key] ?? fallback };
      },
      registerTextDocumentContentProvider: (scheme, provider) => { (providers.content ??= {})[scheme] = provider; return new Disposable(() => delete providers.content[scheme]); },
      openTextDocument: async (uri) => {
        assert.ok(uri instanceof Uri);
        const provider = providers.content?.[uri.scheme];
        return { uri, text: provider ? await provider.provideTextDocumentContent(uri, editor.token()) : undefined };
      },
      onDidOpenTextDocument: events.open.event, onDidChangeTextDocument: events.change.event, onDidSaveTextDocument: events.save.event,
      onDidCloseTextDocument: events.close.event, onDidChangeConfiguration: events.configuration.event, onDidChangeWorkspaceFolders: events.folders.event,
    }),
    env: strict("env.", { openExternal: async () => true }),
  });
  editor.token = () => ({ isCancellationRequested: false, onCancellationRequested: () => new Disposable() });
  return editor;
}

module.exports = { makeEditor, Uri, Position, Range, CallHierarchyItem };
