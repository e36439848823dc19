// The waterfall: one row a span, and only the rows in sight are elements of the page. The minimap above shows the whole trace.
import { Flag } from "./data.js";
import { element, oneLine, part, took } from "./words.js";

const rowHeight = 22;
/** Rows above and below what is in sight, so that a scrolled page is not empty for a frame. */
const beyond = 4;

/** @param {string} service @param {number} index */
export function colour(service, index) {
  return service === "" ? "hsl(0 0% 50%)" : `hsl(${(index * 137.5 + 210) % 360} 55% 50%)`;
}

export class Timeline {
  /**
   * @param {import("./data.js").Trace} trace
   * @param {(row: number) => void} onSelect
   */
  constructor(trace, onSelect) {
    this.trace = trace;
    this.onSelect = onSelect;
    this.box = part("rows");
    this.space = part("space");
    /** Nanoseconds at the left edge, and in sight. */
    this.from = 0;
    this.span = Math.max(trace.whole, 1);
    this.selected = -1;
    /** @type {Set<number>} */
    this.closed = new Set();
    /** Rows that are not inside a closed one. @type {Int32Array} */
    this.shown = new Int32Array(0);
    /** The place of each row in `shown`, or -1. */
    this.place = new Int32Array(trace.count);
    this.colours = new Map([...new Set(trace.service)].map((service, index) => [service, colour(trace.strings[service], index)]));
    /** @type {Map<number, {row: number, start: number, duration: number}[]>} */
    this.pathOf = new Map();
    for (const segment of trace.path) {
      const known = this.pathOf.get(segment.row);
      if (known) known.push(segment); else this.pathOf.set(segment.row, [segment]);
    }
    this.isWaiting = false;
    /** The picture of the whole trace. @type {HTMLCanvasElement | undefined} */
    this.map = undefined;
    this.listShown();
    this.listen();
    this.showServices();
  }

  listShown() {
    const { trace } = this;
    const shown = new Int32Array(trace.count);
    this.place.fill(-1);
    let count = 0;
    for (let row = 0; row < trace.count; row = this.closed.has(row) ? trace.end[row] : row + 1) {
      this.place[row] = count;
      shown[count] = row;
      count += 1;
    }
    this.shown = shown.subarray(0, count);
    this.space.style.height = `${count * rowHeight}px`;
    this.later();
  }

  /** Draws once before the next frame, however often it is asked. */
  later() {
    if (this.isWaiting) return;
    this.isWaiting = true;
    requestAnimationFrame(() => { this.isWaiting = false; this.draw(); });
  }

  draw() {
    const first = Math.max(0, Math.floor(this.box.scrollTop / rowHeight) - beyond);
    const last = Math.min(this.shown.length, Math.ceil((this.box.scrollTop + this.box.clientHeight) / rowHeight) + beyond);
    const width = this.space.clientWidth * 0.6;
    const rows = [];
    for (let place = first; place < last; place += 1) rows.push(this.row(this.shown[place], place, width));
    this.space.replaceChildren(...rows);
    if (this.place[this.selected] >= first && this.place[this.selected] < last) {
      this.box.setAttribute("aria-activedescendant", `row-${this.selected}`);
    } else {
      this.box.removeAttribute("aria-activedescendant");
    }
    part("range").textContent = `${took(Math.round(this.from))} – ${took(Math.round(this.from + this.span))}`;
    this.drawMinimap();
  }

  /** @param {number} row @param {number} place @param {number} width */
  row(row, place, width) {
    const { trace } = this;
    const failed = (trace.flags[row] & Flag.failed) !== 0;
    const line = element("div", failed ? "row failed" : "row");
    line.id = `row-${row}`;
    line.dataset.row = String(row);
    line.style.top = `${place * rowHeight}px`;
    line.setAttribute("role", "treeitem");
    line.setAttribute("aria-level", String(trace.depth[row] + 1));
    line.setAttribute("aria-selected", String(row === this.selected));
    const hasMore = trace.end[row] > row + 1;
    if (hasMore) line.setAttribute("aria-expanded", String(!this.closed.has(row)));
    const service = oneLine(trace.strings[trace.service[row]]);
    const label = element("span", "label");
    label.style.paddingLeft = `${Math.min(trace.depth[row], 24) * 12}px`;
    label.append(element("span", "fold", hasMore ? (this.closed.has(row) ? "▸" : "▾") : ""));
    label.append(`${failed ? "❌ " : ""}${oneLine(trace.strings[trace.name[row]])}`);
    if (service !== "") label.append(element("span", "soft", ` ${service}`));
    if (this.closed.has(row)) label.append(element("span", "soft", ` +${trace.end[row] - row - 1}`));
    const lane = element("span", "lane");
    const scale = width / this.span;
    const left = (trace.start[row] - this.from) * scale, right = left + trace.duration[row] * scale;
    const bar = element("span", "bar");
    // Far outside of what is in sight, browsers round.
    const begin = Math.max(left, -10), end = Math.min(right, width + 10);
    if (end >= begin) {
      bar.style.left = `${begin}px`;
      bar.style.width = `${end - begin}px`;
      bar.style.background = this.colours.get(trace.service[row]) ?? "";
      lane.append(bar);
    }
    for (const segment of this.pathOf.get(row) ?? []) {
      const from = Math.max((segment.start - this.from) * scale, -10);
      const to = Math.min((segment.start + segment.duration - this.from) * scale, width + 10);
      if (to < from || lane.childElementCount > 64) continue;
      const mark = element("span", "critical");
      mark.style.left = `${from}px`;
      mark.style.width = `${to - from}px`;
      lane.append(mark);
    }
    const details = trace.details[row];
    for (const event of details ? details[1].slice(0, 64) : []) {
      const at = (Number(event[0]) - this.from) * scale;
      if (at < 0 || at > width) continue;
      const mark = element("span", "event");
      mark.style.left = `${at}px`;
      lane.append(mark);
    }
    const time = element("span", "took", took(trace.duration[row]));
    time.style.left = `${Math.max(0, Math.min(end + 6, width - 90))}px`;
    if (end + 6 < width - 90 || right < 0 || left > width) lane.append(time);
    line.append(label, lane);
    return line;
  }

  drawMinimap() {
    const canvas = /** @type {HTMLCanvasElement} */ (part("minimap"));
    const width = canvas.clientWidth, height = canvas.clientHeight;
    if (width === 0) return;
    if (!this.map || this.map.width !== width) {
      // The picture of the whole trace is made once for a width: at most one mark per row of spans and column.
      const map = document.createElement("canvas");
      map.width = width;
      map.height = height;
      const context = map.getContext("2d");
      if (!context) return;
      const seen = new Set();
      for (let row = 0; row < this.trace.count; row += 1) {
        const left = Math.floor(this.trace.start[row] / Math.max(this.trace.whole, 1) * width);
        const wide = Math.max(1, this.trace.duration[row] / Math.max(this.trace.whole, 1) * width);
        const top = this.trace.depth[row] * 3 % height;
        const key = (left * 64 + top) * 4096 + Math.min(4095, Math.round(wide));
        if (seen.has(key)) continue;
        seen.add(key);
        context.fillStyle = this.colours.get(this.trace.service[row]) ?? "gray";
        context.fillRect(left, top, wide, 2);
      }
      this.map = map;
    }
    canvas.width = width;
    canvas.height = height;
    const context = canvas.getContext("2d");
    if (!context) return;
    context.drawImage(this.map, 0, 0);
    const whole = Math.max(this.trace.whole, 1);
    context.strokeStyle = "#4477ee";
    context.lineWidth = 2;
    context.strokeRect(this.from / whole * width, 1, Math.max(2, this.span / whole * width), height - 2);
  }

  /** @param {number} factor @param {number} [at] nanoseconds that stay where they are */
  zoom(factor, at = this.from + this.span / 2) {
    const whole = Math.max(this.trace.whole, 1);
    const span = Math.min(whole, Math.max(1, this.span * factor));
    this.from = Math.min(Math.max(0, at - (at - this.from) * (span / this.span)), whole - span);
    this.span = span;
    this.later();
  }

  /** @param {number} share of what is in sight */
  pan(share) {
    const whole = Math.max(this.trace.whole, 1);
    this.from = Math.min(Math.max(0, this.from + this.span * share), Math.max(0, whole - this.span));
    this.later();
  }

  whole() { this.zoom(Infinity); }

  /** @param {number} row @param {boolean} [isNear] leaves the zoom as it is */
  select(row, isNear = false) {
    if (row < 0 || row >= this.trace.count) return;
    let isChanged = false;
    for (let above = this.trace.parent[row]; above >= 0; above = this.trace.parent[above]) {
      isChanged = this.closed.delete(above) || isChanged;
    }
    if (isChanged) this.listShown();
    this.selected = row;
    const top = this.place[row] * rowHeight;
    const inside = this.box.clientHeight;
    if (top < this.box.scrollTop || top + rowHeight > this.box.scrollTop + inside) {
      this.box.scrollTop = isNear ? (top < this.box.scrollTop ? top : top + rowHeight - inside) : top - inside / 2;
    }
    this.later();
    this.onSelect(row);
  }

  /** @param {number} row @param {boolean} isClosed */
  fold(row, isClosed) {
    if (row < 0 || this.trace.end[row] <= row + 1) return;
    if (isClosed) this.closed.add(row); else this.closed.delete(row);
    this.listShown();
  }

  /**
   * The next row, after the chosen one, whose name, service or id has the text.
   * @param {string} text
   */
  find(text) {
    const wanted = text.toLowerCase();
    if (wanted === "") return;
    const { trace } = this;
    const fits = trace.strings.map((string) => string.toLowerCase().includes(wanted));
    for (let step = 1; step <= trace.count; step += 1) {
      const row = (Math.max(this.selected, -1) + step) % trace.count;
      if (fits[trace.name[row]] || fits[trace.service[row]] || trace.ids[row].toLowerCase().includes(wanted)) return this.select(row);
    }
  }

  listen() {
    this.box.addEventListener("scroll", () => this.later(), { passive: true });
    new ResizeObserver(() => this.later()).observe(this.box);
    this.box.addEventListener("click", (event) => {
      const target = /** @type {HTMLElement} */ (event.target);
      const line = /** @type {HTMLElement | null} */ (target.closest(".row"));
      if (!line) return;
      const row = Number(line.dataset.row);
      if (target.className === "fold") this.fold(row, !this.closed.has(row)); else this.select(row, true);
    });
    this.box.addEventListener("wheel", (event) => {
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        const lane = this.space.getBoundingClientRect();
        const share = (event.clientX - lane.left - lane.width * 0.4) / (lane.width * 0.6);
        this.zoom(event.deltaY > 0 ? 1.25 : 0.8, this.from + this.span * Math.min(1, Math.max(0, share)));
      } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        event.preventDefault();
        this.pan((event.deltaX || event.deltaY) / this.space.clientWidth);
      }
    }, { passive: false });
    this.box.addEventListener("keydown", (event) => this.key(event));
    part("zoom-in").addEventListener("click", () => this.zoom(0.5));
    part("zoom-out").addEventListener("click", () => this.zoom(2));
    part("whole").addEventListener("click", () => this.whole());
    const search = /** @type {HTMLInputElement} */ (part("search"));
    search.addEventListener("keydown", (event) => { if (event.key === "Enter") this.find(search.value); });
    part("minimap").addEventListener("pointerdown", (event) => this.drag(event));
    part("minimap").addEventListener("pointermove", (event) => { if (event.buttons) this.drag(event); });
  }

  /** @param {PointerEvent} event */
  drag(event) {
    const box = part("minimap").getBoundingClientRect();
    const at = (event.clientX - box.left) / box.width * this.trace.whole;
    this.from = Math.min(Math.max(0, at - this.span / 2), Math.max(0, this.trace.whole - this.span));
    this.later();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const place = this.selected < 0 ? -1 : this.place[this.selected];
    const page = Math.max(1, Math.floor(this.box.clientHeight / rowHeight) - 1);
    /** @param {number} to */
    const go = (to) => this.select(this.shown[Math.min(Math.max(0, to), this.shown.length - 1)], true);
    const { selected, trace } = this;
    switch (event.key) {
      case "ArrowDown": case "j": go(place + 1); break;
      case "ArrowUp": case "k": go(place - 1); break;
      case "PageDown": go(place + page); break;
      case "PageUp": go(place - page); break;
      case "Home": go(0); break;
      case "End": go(this.shown.length - 1); break;
      case "ArrowLeft":
        if (selected >= 0 && trace.end[selected] > selected + 1 && !this.closed.has(selected)) this.fold(selected, true);
        else if (selected >= 0 && trace.parent[selected] >= 0) this.select(trace.parent[selected], true);
        break;
      case "ArrowRight":
        if (this.closed.has(selected)) this.fold(selected, false);
        else if (selected >= 0 && trace.end[selected] > selected + 1) this.select(selected + 1, true);
        break;
      case "+": case "=":
        // Around the chosen span, which comes to the middle.
        if (selected >= 0) this.from = trace.start[selected] + trace.duration[selected] / 2 - this.span / 2;
        this.zoom(0.5);
        break;
      case "-": this.zoom(2); break;
      case "0": this.whole(); break;
      case "a": this.pan(-0.25); break;
      case "d": this.pan(0.25); break;
      case "e": this.next((row) => (trace.flags[row] & Flag.failed) !== 0); break;
      case "c": this.next((row) => trace.critical[row] > 0); break;
      default: return;
    }
    event.preventDefault();
  }

  /** @param {(row: number) => boolean} isWanted */
  next(isWanted) {
    for (let step = 1; step <= this.trace.count; step += 1) {
      const row = (this.selected + step) % this.trace.count;
      if (isWanted(row)) return this.select(row);
    }
  }

  showServices() {
    const names = [...this.colours].filter(([service]) => this.trace.strings[service] !== "").slice(0, 40);
    part("services").replaceChildren(...names.map(([service, shade]) => {
      const line = element("li");
      const swatch = element("span", "swatch");
      swatch.style.background = shade;
      line.append(swatch, oneLine(this.trace.strings[service]));
      return line;
    }));
  }
}
