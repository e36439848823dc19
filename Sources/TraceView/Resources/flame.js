// The flame graph: calls of one name below the same callers are one box, as wide as their time. Drawn on a canvas; a list below it tells the
// same for those who do not see it.
import { element, oneLine, part, took } from "./words.js";

const boxHeight = 18;
/** Deeper boxes are not drawn; the list has what is heavy whatever its depth. */
const mostLevels = 40;
const mostListed = 12;

/** @typedef {{row: number, name: number, service: number, level: number, own: number, total: number, calls: number, above: Box | null, below: Map<string, Box>, left: number}} Box */

export class FlameGraph {
  /**
   * @param {import("./data.js").Trace} trace
   * @param {Map<number, string>} colours
   * @param {(row: number) => void} onSelect
   */
  constructor(trace, colours, onSelect) {
    this.trace = trace;
    this.colours = colours;
    this.onSelect = onSelect;
    /** @type {{box: Box, left: number, width: number}[]} */
    this.drawn = [];
    this.canvas = /** @type {HTMLCanvasElement} */ (part("flame"));
    const weight = /** @type {HTMLSelectElement} */ (part("flame-weight"));
    const order = /** @type {HTMLSelectElement} */ (part("flame-order"));
    const again = () => { this.add(weight.value === "critical" ? trace.critical : trace.self); this.draw(order.value === "heavy"); };
    weight.addEventListener("change", again);
    order.addEventListener("change", again);
    new ResizeObserver(() => this.draw(order.value === "heavy")).observe(part("flame-box"));
    this.canvas.addEventListener("click", (event) => {
      const at = this.at(event);
      if (at) this.onSelect(at.row);
    });
    this.canvas.addEventListener("pointermove", (event) => {
      const box = this.at(event);
      part("flame-told").textContent = box ? this.told(box) : "";
    });
    this.add(trace.self);
  }

  /**
   * Boxes of all spans, by this time.
   * @param {Float64Array} times
   */
  add(times) {
    const { trace } = this;
    /** @type {Map<string, Box>} */
    const roots = new Map();
    /** @type {Box[]} */
    const boxes = new Array(trace.count);
    /** @type {Box[]} */
    this.all = [];
    for (let row = 0; row < trace.count; row += 1) {
      const above = trace.parent[row] >= 0 ? boxes[trace.parent[row]] : null;
      const siblings = above ? above.below : roots;
      const key = `${trace.name[row]} ${trace.service[row]}`;
      let box = siblings.get(key);
      if (!box) {
        box = { row, name: trace.name[row], service: trace.service[row], level: trace.depth[row], own: 0, total: 0, calls: 0, above, below: new Map(), left: 0 };
        siblings.set(key, box);
        this.all.push(box);
      }
      box.own += times[row];
      box.calls += 1;
      boxes[row] = box;
    }
    // Callers come before those they call.
    for (let index = this.all.length - 1; index >= 0; index -= 1) {
      const box = this.all[index];
      box.total += box.own;
      if (box.above) box.above.total += box.total;
    }
    this.roots = roots;
    this.whole = [...roots.values()].reduce((sum, box) => sum + box.total, 0);
    const heavy = [...this.all].filter((box) => box.own > 0).sort((a, b) => b.own - a.own).slice(0, mostListed);
    part("flame-list").replaceChildren(...heavy.map((box) => {
      const line = element("li"), button = element("button", "", this.told(box));
      button.setAttribute("type", "button");
      button.addEventListener("click", () => this.onSelect(box.row));
      line.append(button);
      return line;
    }));
  }

  /** @param {Box} box */
  told(box) {
    const { strings } = this.trace;
    const share = this.whole ? Math.round(box.own / this.whole * 100) : 0;
    return `${oneLine(strings[box.name])} ${oneLine(strings[box.service])} ×${box.calls}: ${took(box.own)} itself (${share} %), ${took(box.total)} with its calls`;
  }

  /** @param {boolean} isHeavy the heaviest first, in the place of the first */
  draw(isHeavy) {
    const { canvas } = this;
    const width = canvas.clientWidth;
    const context = canvas.getContext("2d");
    if (!context || width === 0 || !this.roots) return;
    const levels = Math.min(mostLevels, (this.all ?? []).reduce((most, box) => Math.max(most, box.level), 0) + 1);
    canvas.width = width;
    canvas.height = levels * boxHeight;
    canvas.style.height = `${canvas.height}px`;
    const scale = this.whole ? width / this.whole : 0;
    this.drawn = [];
    /** @param {Map<string, Box>} boxes @param {number} left @param {Box[]} stack */
    const place = (boxes, left, stack) => {
      const ordered = [...boxes.values()];
      if (isHeavy) ordered.sort((a, b) => b.total - a.total || a.row - b.row);
      for (const box of ordered) {
        box.left = left;
        left += box.total * scale;
        // What is narrower than half a pixel, and all below it, is not seen.
        if (box.total * scale >= 0.5 && box.level < mostLevels) stack.push(box);
      }
    };
    /** @type {Box[]} */
    const stack = [];
    place(this.roots, 0, stack);
    context.font = "12px system-ui, sans-serif";
    context.textBaseline = "middle";
    for (let box = stack.pop(); box; box = stack.pop()) {
      const wide = box.total * scale;
      this.drawn.push({ box, left: box.left, width: wide });
      context.fillStyle = this.colours.get(box.service) ?? "gray";
      context.fillRect(box.left, box.level * boxHeight, Math.max(0.5, wide - 1), boxHeight - 1);
      if (wide > 40) {
        context.save();
        context.beginPath();
        context.rect(box.left, box.level * boxHeight, wide - 3, boxHeight);
        context.clip();
        context.fillStyle = "#000";
        context.fillText(oneLine(this.trace.strings[box.name]).slice(0, 200), box.left + 3, (box.level + 0.5) * boxHeight);
        context.restore();
      }
      place(box.below, box.left, stack);
    }
  }

  /** @param {MouseEvent} event */
  at(event) {
    const place = this.canvas.getBoundingClientRect();
    const x = event.clientX - place.left, level = Math.floor((event.clientY - place.top) / boxHeight);
    return this.drawn.find(({ box, left, width }) => box.level === level && x >= left && x < left + width)?.box;
  }
}
