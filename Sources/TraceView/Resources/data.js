// What Swift's ViewData wrote, as columns that the page can index by row. Rows are in the order of the drawn tree.

/**
 * @typedef {object} Trace
 * @property {string} id
 * @property {bigint} base  Nanoseconds since 1970 of time 0.
 * @property {number} count
 * @property {string[]} strings
 * @property {string[]} ids
 * @property {Int32Array} depth
 * @property {Int32Array} parent  -1 is none.
 * @property {Int32Array} end  The row after the last one below.
 * @property {number[]} name
 * @property {number[]} service
 * @property {Float64Array} start  Nanoseconds since the beginning.
 * @property {Float64Array} duration
 * @property {Float64Array} self
 * @property {Float64Array} critical
 * @property {number[]} flags
 * @property {number[]} kind
 * @property {any[]} details
 * @property {{row: number, start: number, duration: number}[]} path
 * @property {number} whole  Nanoseconds from the first start to the last end.
 * @property {any[]} logged
 */

export const Flag = { failed: 1, warning: 2, running: 4, parentMissing: 8, folded: 16 };

/**
 * @param {any} raw
 * @returns {Trace}
 */
export function decode(raw) {
  const count = raw.count;
  const depth = new Int32Array(count), parent = new Int32Array(count), end = new Int32Array(count);
  const start = new Float64Array(count), duration = new Float64Array(count), self = new Float64Array(count);
  const critical = new Float64Array(count);
  /** @type {number[]} */
  const open = [];
  let level = 0, time = 0, whole = 0;
  for (let row = 0; row < count; row += 1) {
    level += raw.depth[row];
    time += Number(raw.start[row]);
    depth[row] = level;
    start[row] = time;
    duration[row] = Number(raw.duration[row]);
    self[row] = duration[row] - Number(raw.below[row]);
    critical[row] = Number(raw.critical[row]);
    whole = Math.max(whole, time + duration[row]);
    while (open.length > level) end[/** @type {number} */ (open.pop())] = row;
    parent[row] = open.length > 0 ? open[open.length - 1] : -1;
    open.push(row);
  }
  for (const row of open) end[row] = count;
  const path = [];
  let begins = Number(raw.path[0]), of = 0;
  for (let at = 1; at + 1 < raw.path.length; at += 2) {
    of += raw.path[at];
    const lasts = Number(raw.path[at + 1]);
    path.push({ row: of, start: begins, duration: lasts });
    begins += lasts;
  }
  const details = new Array(count).fill(0);
  for (let at = 0; at + 1 < raw.details.length; at += 2) details[raw.details[at]] = raw.details[at + 1];
  return {
    id: raw.trace, base: BigInt(raw.base), count, strings: raw.strings, ids: raw.ids, depth, parent, end, name: raw.name,
    service: raw.service, start, duration, self, critical, flags: raw.flags, kind: raw.kind, details, path, whole,
    logged: raw.logged,
  };
}
