// Between the protocol's values and the editor's. Positions are UTF-16 on both sides, so they pass unchanged.
"use strict";
const vscode = require("vscode");

/** @param {any} position */
const position = (position) => new vscode.Position(position.line, position.character);
/** @param {any} range */
const range = (range) => new vscode.Range(position(range.start), position(range.end));
/** @param {any} location */
const location = (location) => new vscode.Location(vscode.Uri.parse(location.uri), range(location.range));

/** @param {any} position */
const toPosition = (position) => ({ line: position.line, character: position.character });
/** @param {any} range */
const toRange = (range) => ({ start: toPosition(range.start), end: toPosition(range.end) });
/** @param {any} document */
const toDocument = (document) => ({ uri: document.uri.toString() });

/** Text from records: never trusted, so that no link in it runs a command and no HTML is read. @param {any} contents */
function markdown(contents) {
  const parts = Array.isArray(contents) ? contents : [contents];
  return parts.map((part) => {
    if (typeof part === "object" && part.kind === "plaintext") return new vscode.MarkdownString().appendText(part.value);
    return new vscode.MarkdownString(typeof part === "string" ? part : part.value);
  });
}

/** @param {any} told */
function diagnostic(told) {
  // The protocol counts severities from 1, the editor from 0.
  const made = new vscode.Diagnostic(range(told.range), told.message, (told.severity ?? 1) - 1);
  made.source = told.source;
  made.code = told.codeDescription ? { value: told.code, target: vscode.Uri.parse(told.codeDescription.href) } : told.code;
  made.relatedInformation = (told.relatedInformation ?? []).map(
    (/** @type {any} */ one) => new vscode.DiagnosticRelatedInformation(location(one.location), one.message));
  return made;
}

/** @param {any} command */
const command = (command) => ({ title: command.title, command: "traceDistiller.execute", arguments: [command] });

/** @param {any} label a text or parts */
const hintLabel = (label) => (typeof label === "string" ? label : label.map((/** @type {any} */ part) => part.value).join(""));

/** @param {any} item */
function callItem(item) {
  const made = new vscode.CallHierarchyItem(
    item.kind - 1, item.name, item.detail ?? "", vscode.Uri.parse(item.uri), range(item.range), range(item.selectionRange));
  // The server knows the item again by this.
  return Object.assign(made, { told: item });
}

module.exports = { position, range, location, toPosition, toRange, toDocument, markdown, diagnostic, command, hintLabel, callItem };
