// The list of the latest traces in the explorer.
"use strict";
const vscode = require("vscode");

/** @param {number} millis */
const duration = (millis) => (millis >= 1000 ? `${(millis / 1000).toFixed(2)} s` : millis >= 10 ? `${Math.round(millis)} ms` : `${Number(millis.toFixed(2))} ms`);

class TraceList {
  /** @param {(method: string, params?: any) => Promise<any>} ask @param {(text: string) => void} log */
  constructor(ask, log) {
    this.ask = ask;
    this.log = log;
    this.changed = new vscode.EventEmitter();
    this.onDidChangeTreeData = this.changed.event;
    /** @type {NodeJS.Timeout | undefined} */
    this.pending = undefined;
  }

  refresh() {
    this.changed.fire(undefined);
  }

  /** Many traces may complete at once; the list is asked for at most twice a second. */
  refreshSoon() {
    this.pending ??= setTimeout(() => {
      this.pending = undefined;
      this.refresh();
    }, 500);
  }

  /** @param {any} trace */
  getTreeItem(trace) {
    const item = new vscode.TreeItem(trace.rootName || "(no root)", vscode.TreeItemCollapsibleState.None);
    item.id = trace.handle;
    item.description = `${trace.durationMs === undefined ? "" : duration(trace.durationMs)} · ${trace.spanCount} span${trace.spanCount === 1 ? "" : "s"}`
      + (trace.errorCount ? ` · ${trace.errorCount} error${trace.errorCount === 1 ? "" : "s"}` : "");
    item.iconPath = new vscode.ThemeIcon(trace.status === "error" ? "error" : trace.status === "running" ? "sync" : "pass");
    item.tooltip = [trace.service, trace.traceId].filter(Boolean).join("\n");
    item.contextValue = "trace";
    item.command = { title: "Explain", command: "traceDistiller.explain", arguments: [trace] };
    return item;
  }

  /** @param {any} parent */
  async getChildren(parent) {
    if (parent) return [];
    try {
      const limit = vscode.workspace.getConfiguration("traceDistiller").get("listLength", 20);
      return (await this.ask("traces/list", { limit })).traces ?? [];
    } catch (error) {
      this.log(`traces/list: ${/** @type {Error} */ (error).message}\n`);
      return [];
    }
  }

  dispose() {
    clearTimeout(this.pending);
    this.changed.dispose();
  }
}

module.exports = { TraceList, duration };
