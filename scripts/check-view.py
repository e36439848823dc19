"""Looks at pages of `trace-distiller view` as a person does: in a browser, which is driven over its own protocol.

Each trace is made here, so that what must be on the page is known without asking the program: rows, their order, widths of bars, texts.
"""
import base64, json, os, pathlib, shutil, subprocess, sys, tempfile, time
import urllib.request
import websocket

program = sys.argv[1]
pictures = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else None
root = pathlib.Path(__file__).resolve().parent.parent
folder = pathlib.Path(tempfile.mkdtemp(prefix="check-view-"))
failures = 0
checks = 0


def check(holds, what):
    global failures, checks
    checks += 1
    if not holds:
        failures += 1
        print(f"not so: {what}", file=sys.stderr)


class Browser:
    """One headless chromium, with one page at a time."""

    def __init__(self):
        # As root a sandbox cannot be had; the pages are our own.
        flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-extensions",
                 "--disable-background-networking", "--disable-component-update", "--disable-sync", "--force-device-scale-factor=1"]
        self.log = open(folder / "chromium.log", "w+")
        self.process = subprocess.Popen(
            ["chromium", *flags, "--remote-debugging-port=0", "--remote-allow-origins=*", f"--user-data-dir={folder / 'profile'}",
             "--window-size=1280,900", "about:blank"], stdout=subprocess.DEVNULL, stderr=self.log, stdin=subprocess.DEVNULL)
        port_file = folder / "profile" / "DevToolsActivePort"
        deadline = time.monotonic() + 60
        while not port_file.exists() or not port_file.read_text().strip():
            if time.monotonic() > deadline or self.process.poll() is not None:
                self.close()
                sys.exit("check-view: chromium did not start: " + (folder / "chromium.log").read_text()[-2000:])
            time.sleep(0.1)
        port = int(port_file.read_text().split()[0])
        deadline = time.monotonic() + 30
        while True:
            pages = json.load(urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list", timeout=30))
            page = [p for p in pages if p["type"] == "page"]
            if page or time.monotonic() > deadline: break
            time.sleep(0.1)
        self.socket = websocket.create_connection(page[0]["webSocketDebuggerUrl"], timeout=60)
        self.number = 0
        self.said, self.requests = [], []
        for domain in ["Page", "Runtime", "Log", "Network"]: self.call(domain + ".enable")

    def call(self, method, **params):
        self.number += 1
        self.socket.send(json.dumps({"id": self.number, "method": method, "params": params}))
        number = self.number
        while True:
            message = json.loads(self.socket.recv())
            self.note(message)
            if message.get("id") == number:
                if "error" in message: raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]

    def note(self, message):
        method, params = message.get("method"), message.get("params", {})
        if method in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded"): self.said.append(json.dumps(params)[:600])
        if method == "Network.requestWillBeSent": self.requests.append(params["request"]["url"])

    def value(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result: raise RuntimeError(f"{expression[:200]}: {json.dumps(result['exceptionDetails'])[:600]}")
        return result["result"].get("value")

    def open(self, path, fragment=""):
        self.said, self.requests = [], []
        self.call("Page.navigate", url="about:blank")
        began = time.monotonic()
        self.call("Page.navigate", url=path.as_uri() + fragment)
        while self.value("document.documentElement?.dataset.ready") != "true":
            if time.monotonic() - began > 60: raise RuntimeError(f"{path.name} did not become ready; {self.said}")
            time.sleep(0.02)
        took = time.monotonic() - began
        self.frames()
        return took

    def frames(self):
        self.value("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))")

    def key(self, key, text=None):
        more = {"text": text} if text else {}
        self.call("Input.dispatchKeyEvent", type="keyDown", key=key, **more)
        self.call("Input.dispatchKeyEvent", type="keyUp", key=key)
        self.frames()

    def picture(self, name):
        if pictures is None: return
        pictures.mkdir(parents=True, exist_ok=True)
        data = self.call("Page.captureScreenshot", format="webp", quality=60)["data"]
        (pictures / f"{name}.webp").write_bytes(base64.b64decode(data))

    def close(self):
        self.process.terminate()
        try: self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def otlp(spans, name):
    """A file of OTLP: (id, parent, name, service, start, end, attributes, events, failed)."""
    path = folder / f"{name}.jsonl"
    services = {}
    for span in spans: services.setdefault(span.get("service", "shop"), []).append(span)
    with open(path, "w") as file:
        for service, members in services.items():
            for at in range(0, len(members), 500):
                file.write(json.dumps({"resourceSpans": [{
                    "resource": {"attributes": [attribute("service.name", service)]},
                    "scopeSpans": [{"scope": {}, "spans": [record(s) for s in members[at:at + 500]]}]}]}) + "\n")
    return path


origin = 1_700_000_000_000_000_137


def attribute(key, value): return {"key": key, "value": {"stringValue": value}}


def record(span):
    made = {"traceId": "0af7651916cd43dd8448eb211c80319c", "spanId": f"{span['id']:016x}", "name": span["name"], "kind": 2,
            "startTimeUnixNano": str(origin + span["start"]), "endTimeUnixNano": str(origin + span["end"]),
            "attributes": [attribute(k, v) for k, v in span.get("attributes", {}).items()],
            "events": [{"timeUnixNano": str(origin + at), "name": text, "attributes": [attribute(k, v) for k, v in more.items()]}
                       for at, text, more in span.get("events", [])]}
    if span.get("parent"): made["parentSpanId"] = f"{span['parent']:016x}"
    if span.get("failed"): made["status"] = {"code": 2, "message": span["failed"]}
    return made


def view(path, *more):
    out = folder / (path.name + ".html")
    done = subprocess.run([program, "view", str(path), *more, "-o", str(out)], capture_output=True, text=True, timeout=120)
    check(done.returncode == 0, f"view {path.name}: {done.returncode} {done.stderr[-400:]}")
    check(done.stdout == "", "nothing on standard output beside a file")
    return out


rows_in_sight = """[...document.querySelectorAll('.row')].map((row) => {
  const bar = row.querySelector('.bar'), lane = row.querySelector('.lane').getBoundingClientRect();
  const box = bar && bar.getBoundingClientRect();
  return {id: row.id, top: row.offsetTop, label: row.querySelector('.label').textContent, failed: row.classList.contains('failed'),
          left: box ? box.left - lane.left : null, width: box ? box.width : null, lane: lane.width, level: row.getAttribute('aria-level'),
          selected: row.getAttribute('aria-selected')};
})"""


def quiet(browser, path):
    check(browser.said == [], f"{path.name}: the console says nothing: {browser.said[:3]}")
    outside = [url for url in browser.requests if not url.startswith(path.as_uri()) and url != "about:blank"]
    check(outside == [], f"{path.name}: no request leaves the page: {outside[:3]}")


def bounded(browser, path):
    drawn = browser.value("document.querySelectorAll('.row').length")
    sight = browser.value("Math.ceil(document.getElementById('rows').clientHeight / 22) + 1")
    check(0 < drawn <= sight + 8, f"{path.name}: {drawn} rows are drawn where {sight} are in sight")


def small(browser):
    ms = 1_000_000
    spans = [
        {"id": 1, "name": "POST /orders", "service": "shop", "start": 0, "end": 200 * ms},
        {"id": 2, "parent": 1, "name": "load cart", "service": "shop", "start": 10 * ms, "end": 50 * ms, "attributes": {"cart.id": "c-17"}},
        {"id": 3, "parent": 1, "name": "charge card", "service": "payments", "start": 60 * ms, "end": 180 * ms, "failed": "card refused",
         "events": [(100 * ms, "exception", {"exception.type": "CardError", "exception.message": "refused by the bank"})]},
        {"id": 4, "parent": 3, "name": "INSERT", "service": "database", "start": 70 * ms, "end": 70 * ms + 500_000},
    ]
    path = view(otlp(spans, "small"))
    browser.open(path)
    rows = browser.value(rows_in_sight)
    check([r["id"] for r in rows] == ["row-0", "row-1", "row-2", "row-3"], f"rows in the order of the tree: {rows}")
    for row, span in zip(rows, spans):
        scale = row["lane"] / (200 * ms)
        check(span["name"] in row["label"], f"{span['name']} in {row['label']}")
        check(abs(row["left"] - span["start"] * scale) <= 1, f"{span['name']} begins at its time: {row}")
        check(abs(row["width"] - max(1, (span["end"] - span["start"]) * scale)) <= 1, f"{span['name']} is as wide as its time: {row}")
    check([r["level"] for r in rows] == ["1", "2", "2", "3"], "levels of the tree")
    check([r["failed"] for r in rows] == [False, False, True, False], "the failed span is marked")
    path_marks = browser.value("[...document.querySelectorAll('.row')].map((row) => [...row.querySelectorAll('.critical')].map((m) => m.offsetWidth))")
    check(len(path_marks[3]) == 1 and abs(sum(sum(p) for p in path_marks) - rows[0]["lane"]) <= 12, f"the critical path fills the root: {path_marks}")
    # A finding leads to its span, by mouse and by keys.
    told = browser.value("[...document.querySelectorAll('#finding-list button')].map((b) => [b.textContent, b.dataset.span])")
    check(len(told) > 0 and "refused" in json.dumps(told), f"the error is a finding: {told}")
    browser.value("document.querySelector('#finding-list button').click()")
    browser.frames()
    chosen = [r for r in browser.value(rows_in_sight) if r["selected"] == "true"]
    check(len(chosen) == 1 and "charge card" in chosen[0]["label"], f"the finding's link selects its span: {chosen}")
    details = browser.value("document.getElementById('span').textContent")
    for text in ["charge card", "payments", "card refused", "120.00 ms", "refused by the bank", str(origin + 60 * ms)]:
        check(text in details, f"the details have {text}: {details[:600]}")
    check("span=0000000000000003" in browser.value("location.hash"), "the address names the span")
    agent = subprocess.run([program, "explain", str(folder / "small.jsonl")], capture_output=True, text=True, timeout=60).stdout
    check(browser.value("document.getElementById('text').textContent").strip() == agent.strip(), "the text is the one that an agent gets")
    browser.picture("order")
    # Keys.
    browser.value("document.getElementById('rows').focus()")
    for key, wanted in [("Home", "POST /orders"), ("ArrowDown", "load cart"), ("End", "INSERT"), ("ArrowLeft", "charge card"), ("ArrowUp", "load cart"),
                        ("e", "charge card"), ("ArrowRight", "INSERT")]:
        browser.key(key)
        name = browser.value("document.getElementById('span-name').textContent")
        check(name == wanted, f"{key} goes to {wanted}, not {name}")
    browser.key("Home")
    browser.key("ArrowLeft")
    check(browser.value("document.querySelectorAll('.row').length") == 1, "a closed root is one row")
    browser.key("ArrowRight")
    check(browser.value("document.querySelectorAll('.row').length") == 4, "and opened, four")
    browser.key("ArrowDown")
    browser.key("+", "+")
    zoomed = [r for r in browser.value(rows_in_sight) if "load cart" in r["label"]][0]
    check(abs(zoomed["width"] - 40 / 100 * zoomed["lane"]) <= 1, f"twice as near, a bar is twice as wide: {zoomed}")
    browser.key("0", "0")
    browser.key("?", "?")
    check(browser.value("document.getElementById('keys').open"), "? shows the keys")
    browser.value("document.getElementById('keys').close()")
    quiet(browser, path)
    flames(browser, path)
    # A deep link.
    browser.open(path, "#trace=0af7651916cd43dd8448eb211c80319c&span=0000000000000004")
    check(browser.value("document.getElementById('span-name').textContent") == "INSERT", "a deep link selects its span")
    # Accessibility, in both colours. The checker runs over the debugger, which a page's policy does not concern.
    found = list(pathlib.Path(sys.prefix).glob("lib/*/site-packages/axe_playwright_python/axe.min.js"))
    for scheme in ["light", "dark"]:
        browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        browser.frames()
        browser.call("Runtime.evaluate", expression=found[0].read_text())
        problems = json.loads(browser.value(
            "axe.run().then((r) => JSON.stringify(r.violations.map((v) => [v.id, v.nodes.slice(0, 3).map((n) => n.html + ' ' + n.failureSummary)])))"))
        check(problems == [], f"accessible in {scheme}: {json.dumps(problems)[:1500]}")
        browser.picture(scheme)
    browser.call("Emulation.setEmulatedMedia", features=[])
    check(path.stat().st_size < 60_000, f"the page without data is small: {path.stat().st_size}")
    return path.stat().st_size


def flames(browser, path):
    browser.open(path)
    told = browser.value("[...document.querySelectorAll('#flame-list button')].map((b) => b.textContent)")
    check(len(told) == 4 and "charge card" in told[0] and "itself" in told[0], f"the heaviest is first: {told}")
    browser.value("document.querySelectorAll('#flame-list button')[0].click()")
    browser.frames()
    check(browser.value("document.getElementById('span-name').textContent") == "charge card", "a line of the list selects its span")
    pixels = browser.value("""(() => { const c = document.getElementById('flame'); const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
      let filled = 0; for (let at = 3; at < d.length; at += 4) if (d[at] > 0) filled += 1; return filled / (c.width * 18); })()""")
    check(0.9 < pixels <= 3, f"the root's box is as wide as the graph: {pixels}")
    for choice in ["flame-weight", "flame-order"]:
        browser.value(f"(() => {{ const s = document.getElementById('{choice}'); s.selectedIndex = 1; s.dispatchEvent(new Event('change')); }})()")
    browser.frames()
    quiet(browser, path)


def hostile(browser):
    """Every field of every record tries to be more than a text."""
    payloads = ["</script><script>window.hacked=1</script>", "<img src=x onerror='window.hacked=1'>", "<!--<script>", "\u202egnp.exe\u2066",
                "javascript:window.hacked=1", "\\u003c\"'`${window.hacked=1}", "]]></style><style>*{display:none}</style>", "a\nb\u2028c\u0000d"]
    spans = [{"id": 1, "name": payloads[0], "service": payloads[1], "start": 0, "end": 1_000_000, "failed": payloads[0]}]
    for index, text in enumerate(payloads):
        spans.append({"id": index + 2, "parent": 1, "name": text, "service": text, "start": 1_000 * index, "end": 900_000,
                      "attributes": {text: text, "exception.stacktrace": text}, "events": [(2_000, text, {text: text})], "failed": text})
    path = view(otlp(spans, "hostile"))
    browser.open(path)
    check(browser.value("document.querySelectorAll('.row').length") == len(spans), "every span is a row")
    for index in range(len(spans)):
        browser.value(f"document.getElementById('row-{index}').click()")
        browser.frames()
    check(browser.value("window.hacked === undefined"), "no text of a record ran")
    check(browser.value("document.querySelectorAll('img, iframe, object').length") == 0, "no text of a record became an element")
    check(browser.value("document.scripts.length") == 3, "the page has its own scripts alone")
    check("<img src=x" in browser.value("document.getElementById('rows').textContent"), "they are shown as they are")
    check("\u202e" not in browser.value("document.body.innerText"), "what turns text around is made visible")
    quiet(browser, path)


def large(browser, spans, name):
    source = otlp(spans, name)
    path = view(source)
    per_span = (path.stat().st_size - page_size) / len(spans)
    check(per_span <= 60, f"{name}: {per_span:.1f} bytes a span")
    took = browser.open(path)
    bounded(browser, path)
    # Panning: what a frame costs.
    times = browser.value("""(async () => {
      const box = document.getElementById('rows'); const times = []; let last = performance.now();
      for (let step = 0; step < 120; step += 1) {
        box.scrollTop += 660; box.dispatchEvent(new Event('scroll'));
        await new Promise((done) => requestAnimationFrame(done));
        const now = performance.now(); times.push(now - last); last = now;
      } return times.sort((a, b) => a - b); })()""")
    bounded(browser, path)
    browser.value("document.getElementById('rows').focus()")
    browser.key("End")
    check(browser.value("document.querySelector('.row[aria-selected=true]') !== null"), f"{name}: the last span is in sight")
    quiet(browser, path)
    browser.picture(name)
    print(f"{name}: {len(spans)} spans, {per_span:.1f} bytes a span, ready after {took * 1000:.0f} ms, frame p95 {times[int(len(times) * 0.95)]:.1f} ms")


browser = Browser()
try:
    page_size = small(browser)
    hostile(browser)
    large(browser, [{"id": i + 1, "parent": i, "name": "step", "start": i, "end": 20_000_000 - i} for i in range(10_000)], "chain")
    star = [{"id": 1, "name": "root", "start": 0, "end": 2_000_000_000}]
    star += [{"id": i + 2, "parent": 1, "name": f"call {i % 40}", "start": i * 15_013 % 1_900_000_000, "end": i * 15_013 % 1_900_000_000 + 900_017 + i}
             for i in range(100_000)]
    large(browser, star, "star")
    # A pair whose fault is known: the finding is there, and leads somewhere.
    case = next((p for p in sorted((root / "Tests/TraceContextServerTests/RootCauses").glob("*/*")) if p.suffix in (".jsonl", ".gz", ".json")), None)
    if case is None: print("check-view: no root causes here, skipped")
    else:
        path = view(case)
        browser.open(path)
        bounded(browser, path)
        quiet(browser, path)
        browser.picture("root-cause")
    imported = root.parent / "shared/data/traces/otlp/huge-import-120k.otlp.jsonl.gz"
    if not imported.exists(): print(f"check-view: SKIPPED the import trace: no {imported.name} beside this clone")
    else:
        path = view(imported)
        took = browser.open(path)
        bounded(browser, path)
        quiet(browser, path)
        browser.picture("import")
        print(f"import trace: {path.stat().st_size} bytes, ready after {took * 1000:.0f} ms")
    for arguments, code in [(["/srv/none.jsonl"], 66), ([str(folder / "small.jsonl"), "t99"], 1), ([str(folder / "small.jsonl"), "{\"filter\":{}}"], 64)]:
        out = folder / "refused.html"
        done = subprocess.run([program, "view", *arguments, "-o", str(out)], capture_output=True, text=True, timeout=60)
        check(done.returncode == code and done.stderr and not out.exists(), f"view {arguments} ends with {code}: {done.returncode} {done.stderr}")
finally:
    browser.close()
    shutil.rmtree(folder, ignore_errors=True)
print(f"check-view: {checks} checks, {failures} not so")
sys.exit(1 if failures else 0)
