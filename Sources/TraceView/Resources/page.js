// The page: reads its data, connects the parts, keeps the address and the keys.
import { decode, Flag } from "./data.js";
import { FlameGraph } from "./flame.js";
import { showFindings } from "./findings.js";
import { showSpan } from "./details.js";
import { Timeline } from "./timeline.js";
import { element, oneLine, part, took } from "./words.js";

/** @type {[string, string][]} */
const keys = [
  ["↑ ↓, j k", "span before, span after"], ["← →", "close or go out, open or go in"], ["Page, Home, End", "further"],
  ["+ − 0", "zoom in, zoom out, whole trace"], ["a d", "earlier, later"], ["e", "next failed span"],
  ["c", "next span on the critical path"], ["/", "find"], ["f", "first finding"], ["?", "these keys"],
];

function start() {
  const trace = decode(JSON.parse(part("trace").textContent ?? ""));
  const facts = JSON.parse(part("facts").textContent ?? "");
  const name = trace.count > 0 ? oneLine(trace.strings[trace.name[0]]) : oneLine(trace.id);
  part("title").textContent = name;
  part("verdict").textContent = `Trace ${oneLine(trace.id)} · ${took(trace.whole)} · ${facts.explain.status ?? ""}`;
  const failed = trace.flags.filter((flags) => flags & Flag.failed).length;
  const unseen = trace.logged.length > 0 ? `, ${trace.logged.length} only in logs` : "";
  part("counts").textContent = `${trace.count} spans, ${failed} failed${unseen}`;
  const timeline = new Timeline(trace, (row) => {
    showSpan(trace, row);
    history.replaceState(null, "", `#trace=${encodeURIComponent(trace.id)}&span=${encodeURIComponent(trace.ids[row])}`);
  });
  /** @param {string} id */
  const choose = (id) => { timeline.select(trace.ids.indexOf(id)); timeline.box.focus({ preventScroll: true }); };
  showFindings(facts, choose);
  new FlameGraph(trace, timeline.colours, (row) => { timeline.select(row); timeline.box.focus({ preventScroll: true }); });
  const follow = () => {
    const span = new URLSearchParams(location.hash.slice(1)).get("span");
    if (span !== null) timeline.select(trace.ids.indexOf(span));
  };
  addEventListener("hashchange", follow);
  part("key-list").replaceChildren(...keys.flatMap(([key, what]) => [element("dt", "", key), element("dd", "", what)]));
  addEventListener("keydown", (event) => {
    const isTyping = event.target instanceof HTMLInputElement;
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "?") /** @type {HTMLDialogElement} */ (part("keys")).showModal();
    else if (event.key === "/") part("search").focus();
    else if (event.key === "f") /** @type {HTMLElement | null} */ (document.querySelector("#finding-list button"))?.focus();
    else return;
    event.preventDefault();
  });
  timeline.draw();
  follow();
  document.documentElement.dataset.ready = "true";
}

start();
