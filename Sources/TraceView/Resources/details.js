// What is known of one span: times, attributes, logs.
import { element, oneLine, part, took, visible } from "./words.js";

const kinds = ["", "internal", "server", "client", "producer", "consumer"];

/**
 * @param {import("./data.js").Trace} trace
 * @param {number} row
 */
export function showSpan(trace, row) {
  const { strings } = trace;
  const table = element("table"), body = element("tbody");
  table.append(body);
  /** @param {string} key @param {string} value */
  const add = (key, value) => {
    const line = element("tr");
    const head = element("th", "", visible(key));
    head.setAttribute("scope", "row");
    line.append(head, element("td", "", visible(value)));
    body.append(line);
  };
  add("span", trace.ids[row]);
  add("service", strings[trace.service[row]]);
  if (kinds[trace.kind[row]]) add("kind", kinds[trace.kind[row]]);
  add("duration", took(trace.duration[row]));
  add("self", took(trace.self[row]));
  add("on the critical path", took(trace.critical[row]));
  add("start", `${took(trace.start[row])} after the beginning`);
  add("startTimeUnixNano", String(trace.base + BigInt(Math.round(trace.start[row]))));
  if (trace.flags[row] & 1) add("outcome", "failed");
  if (trace.flags[row] & 4) add("outcome", "still running");
  if (trace.flags[row] & 8) add("parent", "named by its record, and never arrived");
  const details = trace.details[row];
  /** @type {HTMLElement[]} */
  const more = [];
  if (details) {
    const [attributes, events, message, links, folded] = details;
    if (folded > 0) add("stands for", `${folded} spans`);
    if (message >= 0) add("status message", strings[message]);
    for (let at = 0; at < attributes.length; at += 2) add(strings[attributes[at]], strings[attributes[at + 1]]);
    if (links >= 0) add("links", strings[links]);
    if (events.length > 0) more.push(element("h3", "", `Logs (${events.length})`), logs(trace, events));
  }
  const name = element("h3", "", oneLine(strings[trace.name[row]]));
  name.id = "span-name";
  part("span").replaceChildren(name, table, ...more);
}

/** The most logs of a span that are drawn; the rest is counted. */
const mostLogs = 500;

/** @param {import("./data.js").Trace} trace @param {any[]} events */
function logs(trace, events) {
  const table = element("table"), body = element("tbody");
  for (const [at, level, message, attributes] of events.slice(0, mostLogs)) {
    let text = visible(trace.strings[message]);
    for (let index = 0; index < attributes.length; index += 2) {
      text += `\n${visible(trace.strings[attributes[index]])}=${visible(trace.strings[attributes[index + 1]])}`;
    }
    const line = element("tr");
    const head = element("th", "", `${took(Number(at))} ${trace.strings[level]}`);
    head.setAttribute("scope", "row");
    line.append(head, element("td", "", text));
    body.append(line);
  }
  if (events.length > mostLogs) {
    const line = element("tr"), cell = element("td", "soft", `${events.length - mostLogs} more`);
    line.append(element("td"), cell);
    body.append(line);
  }
  table.append(body);
  return table;
}
