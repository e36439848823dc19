// Tells the server what is open and how it changes, so that its lines follow edits.
"use strict";
const vscode = require("vscode");
const convert = require("./convert");
const { SELECTOR } = require("./language");

/** @param {any} document */
const isOurs = (document) => SELECTOR.some((one) => one.scheme === document.uri.scheme);

/** @param {(method: string, params: any) => void} notify */
function follow(notify) {
  const open = (/** @type {any} */ document) => {
    if (!isOurs(document)) return;
    notify("textDocument/didOpen", { textDocument: {
      uri: document.uri.toString(), languageId: document.languageId, version: document.version, text: document.getText() } });
  };
  for (const document of vscode.workspace.textDocuments) open(document);
  return vscode.Disposable.from(
    vscode.workspace.onDidOpenTextDocument(open),
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (!isOurs(document) || contentChanges.length === 0) return;
      notify("textDocument/didChange", {
        textDocument: { uri: document.uri.toString(), version: document.version },
        contentChanges: contentChanges.map((change) => ({ range: convert.toRange(change.range), text: change.text })),
      });
    }),
    vscode.workspace.onDidSaveTextDocument((document) => {
      if (isOurs(document)) notify("textDocument/didSave", { textDocument: convert.toDocument(document) });
    }),
    vscode.workspace.onDidCloseTextDocument((document) => {
      if (isOurs(document)) notify("textDocument/didClose", { textDocument: convert.toDocument(document) });
    }));
}

module.exports = { follow };
