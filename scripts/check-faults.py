"""Rows of faults, each with how often it was tried and what came of it. See scripts/check-faults."""

import json
import os
import random
import re
import resource
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def built(name):
  """The release build, else the debug build; TRACE_DISTILLER_PROGRAM is another one."""
  if os.environ.get("TRACE_DISTILLER_PROGRAM"):
    return os.environ["TRACE_DISTILLER_PROGRAM"]
  for kind in ("release", "debug"):
    path = os.path.join(ROOT, ".build", kind, name)
    if os.access(path, os.X_OK):
      return path
  sys.exit(f"build first: swift build --product {name}")


PROGRAM = built("trace-distiller")
SECRET = "hunter2-Of-" + "Old-9a8b7c"
NOW = "2026-11-23T10:00:00"


class Server:
  def __init__(self, place, *options, before=None):
    self.pipe = os.path.join(place, "p.pipe")
    self.errors = tempfile.TemporaryFile(dir=place)
    self.process = subprocess.Popen([PROGRAM, "serve", "--hub", "never", "--pipe", self.pipe, *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                    stderr=self.errors, preexec_fn=before)
    self.number = 0
    self.rest = b""
    self.status()

  def raw(self, text, seconds=120):
    self.process.stdin.write(text.encode() + b"\n")
    self.process.stdin.flush()
    end = time.monotonic() + seconds
    while b"\n" not in self.rest:
      ready, _, _ = select.select([self.process.stdout], [], [], max(0, end - time.monotonic()))
      if not ready:
        raise Fault(f"no answer within {seconds} s to {text[:200]}")
      piece = os.read(self.process.stdout.fileno(), 1 << 20)
      if not piece:
        raise Fault(f"the server ended: {self.process.wait()} {self.told()[-500:]}")
      self.rest += piece
    line, self.rest = self.rest.split(b"\n", 1)
    return line.decode()

  def ask(self, method, params=None):
    self.number += 1
    return json.loads(self.raw(json.dumps({"jsonrpc": "2.0", "id": self.number, "method": method, "params": params or {}})))

  def status(self):
    return self.ask("server/status")["result"]

  def counter(self, name, status=None):
    status = status or self.status()
    return status["sources"][0]["counters"].get(name, 0)

  def until(self, reached, seconds=30):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
      status = self.status()
      if reached(status):
        return status
      time.sleep(0.01)
    raise Fault(f"not reached within {seconds} s: {json.dumps(self.status())[:800]}")

  def told(self):
    self.errors.seek(0)
    return self.errors.read().decode("utf-8", "replace")

  def write(self, text):
    with open(self.pipe, "wb", buffering=0) as pipe:
      pipe.write(text if isinstance(text, bytes) else text.encode())

  def end(self):
    self.process.stdin.close()
    try:
      return self.process.wait(10)
    except subprocess.TimeoutExpired:
      self.process.kill()
      return "no end within 10 s"

  def kill(self):
    self.process.kill()
    self.process.wait()


class Fault(Exception):
  pass


def log(message, **fields):
  return json.dumps({"timestamp": NOW + "Z", "level": "INFO", "target": "t", "log_type": "module", "message": message, "fields": fields}) + "\n"


def trace(number, **more):
  def record(kind, second, **fields):
    fields = {"event_type": kind, "trace_id": f"t{number}", "span_id": f"s{number}", "parent_id": None, "span_name": "work", **fields, **more}
    return json.dumps({"timestamp": f"2026-11-23T10:00:0{second}Z", "level": "INFO", "target": "t", "log_type": "trace", "message": "", "fields": fields}) + "\n"
  return record("span_start", 0) + record("span_end", 1, duration_ms=1000)


ROWS = []


def row(name, seconds, minutes, hours):
  """How many rounds in each of the three lengths."""
  def keep(body):
    ROWS.append((name, (seconds, minutes, hours), body))
    return body
  return keep


@row("writers killed in the middle of a line: every whole record is there", 3, 60, 2_000)
def torn_writers(place, rounds, rng):
  server = Server(place)
  whole = 0
  for number in range(rounds * 10):
    text = trace(number)
    cut = rng.randrange(1, len(text) - 1)
    server.write(text[:cut])
    server.write("\n" + trace(f"w{number}"))
    whole += 2 + text[:cut].count("\n")
    status = server.until(lambda status: server.counter("records", status) >= whole)
    if server.counter("records", status) > whole + number + 1:
      raise Fault(f"{server.counter('records', status)} records of {whole}")
  code = server.end()
  return f"{rounds * 10} cuts, {whole} whole records read, exit {code}", code == 0


@row("servers killed: the next one reads on, none of its records twice", 2, 40, 1_000)
def killed_servers(place, rounds, rng):
  for number in range(rounds):
    server = Server(place)
    server.write(trace(number))
    time.sleep(rng.random() / 50)
    server.kill()
    after = Server(place)
    after.write(trace(f"a{number}"))
    after.until(lambda status: status["store"]["traces"]["running"] + status["store"]["traces"]["completed"] >= 1)
    names = [line["traceId"] for line in after.ask("traces/list")["result"]["traces"]]
    if f"ta{number}" not in names or len(set(names)) != len(names):
      raise Fault(f"{names}")
    after.kill()
  return f"{rounds} kills", True


@row("a stopped server: a writer fills the pipe, nothing is lost when it goes on", 1, 20, 200)
def stopped_servers(place, rounds, rng):
  records = 0
  server = Server(place)
  for number in range(rounds):
    server.process.send_signal(signal.SIGSTOP)
    pipe = os.open(server.pipe, os.O_WRONLY | os.O_NONBLOCK)
    line = log("x" * 500, n=number).encode()
    try:
      while True:
        if os.write(pipe, line) != len(line):
          raise Fault("a line was cut")
        records += 1
    except BlockingIOError:
      pass
    os.close(pipe)
    server.process.send_signal(signal.SIGCONT)
    server.until(lambda status: server.counter("records", status) == records)
  code = server.end()
  return f"{rounds} stops, {records} records, exit {code}", code == 0


@row("hostile bytes through the pipe: the server answers, and reads the next record", 200, 20_000, 2_000_000)
def hostile_input(place, rounds, rng):
  server = Server(place)
  seeds = [trace("x").encode(), log("m", a=1).encode(), b'{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174","name":"o","startTimeUnixNano":"1767225600001000000","endTimeUnixNano":"1767225600003000000"}]}]}]}\n',
           b'{"a":18446744073709551616,"b":"\xef\xb7\x90"}\n', b'{"log_type":"module","message":1\x00}\n', b"[" * 300 + b"\n", b'{"18446744073709551616":1}\n']
  text = b""
  for number in range(rounds):
    line = bytearray(rng.choice(seeds))
    for _ in range(rng.randrange(1, 6)):
      at = rng.randrange(len(line))
      kind = rng.randrange(4)
      if kind == 0:
        line[at] = rng.randrange(256)
      elif kind == 1:
        del line[at:at + rng.randrange(1, 9)]
      elif kind == 2:
        line[at:at] = bytes(rng.randrange(256) for _ in range(rng.randrange(1, 9)))
      else:
        line[at:at] = line[max(0, at - 20):at]
      if not line:
        line = bytearray(b"\n")
    text += bytes(line)
    if len(text) > 200_000 or number == rounds - 1:
      server.write(text + b"\n\n")
      text = b""
      server.status()
  before = server.counter("records")
  server.write("\n" + trace("after"))
  server.until(lambda status: server.counter("records", status) >= before + 2)
  code = server.end()
  return f"{rounds} lines, exit {code}", code == 0


@row("hostile requests: one answer each, and the server lives", 200, 20_000, 1_000_000)
def hostile_requests(place, rounds, rng):
  server = Server(place)
  seeds = ['{"jsonrpc":"2.0","id":1,"method":"traces/list","params":{"limit":5}}', '{"jsonrpc":"2.0","id":"a","method":"trace/summary","params":{}}', '[{"jsonrpc":"2.0"}]']
  errors = 0
  for _ in range(rounds):
    text = list(rng.choice(seeds))
    for _ in range(rng.randrange(1, 4)):
      at = rng.randrange(len(text))
      text[at] = rng.choice(list('{}[]",:0123456789abc \\\x00\x01é'))
    line = "".join(text)
    # A notification or a response gets no answer.
    answer = None
    try:
      message = json.loads(line)
      if isinstance(message, dict) and "id" not in message:
        continue
      if isinstance(message, dict) and "method" not in message and ("result" in message or "error" in message):
        continue
    except ValueError:
      pass
    answer = json.loads(server.raw(line))
    errors += "error" in answer
  code = server.end()
  return f"{rounds} requests, {errors} errors, exit {code}", code == 0


@row("a secret in every place of every record: in no answer and on no line of stderr", 1, 1, 1)
def secrets(place, rounds, rng):
  server = Server(place)
  forms = [f"password={SECRET}", f"Authorization: Bearer {SECRET}", f"https://ada:{SECRET}@host/x", f"mysql --password={SECRET}", f'{{"password":"{SECRET}"}}',
           f"UPDATE u SET password = '{SECRET}'", f"<password>{SECRET}</password>", f"curl -u ada:{SECRET} https://h"]
  count = 0
  for number, form in enumerate(forms):
    fields = {"service": form, "run": form, "file": form, "function": form, "attributes": {form: form, "password": SECRET, "db.statement": form, "exception.message": form, "exception.type": form, "list": [form, {"token": SECRET}]}}
    for kind, second, extra in (("span_start", 0, {}), ("log", 1, {}), ("span_end", 2, {"duration_ms": 2000, "status": "ERROR", "status_message": form})):
      record = {"timestamp": f"2026-11-23T10:00:0{second}Z", "level": "ERROR", "target": form, "log_type": "trace", "message": form,
                "fields": {"event_type": kind, "trace_id": f"{form} {number}", "span_id": form, "parent_id": None, "span_name": form, **fields, **extra}}
      server.write(json.dumps(record) + "\n")
      count += 1
    server.write(json.dumps({"timestamp": NOW + "Z", "level": "INFO", "target": form, "log_type": "module", "message": form, "fields": {form: form, "trace_id": form, **fields}}) + "\n")
    server.write(json.dumps({"log_type": "trace", "fields": {"event_type": "span_start", "trace_id": "x", "span_id": [form], "span_name": form}}) + "\n")
    server.write(json.dumps({form: 1}) + "\n" + form + "\n")
    server.write(json.dumps({"message": "SESSION_START", "fields": {"session_id": form, "run": form}}) + "\n")
  server.until(lambda status: server.counter("records", status) >= count)
  time.sleep(0.7)
  leaks, answers = [], 0
  handles = [line["handle"] for line in server.ask("traces/list", {"limit": 100})["result"]["traces"]]
  if len(handles) < len(forms):
    raise Fault(f"{len(handles)} traces of {len(forms)}")
  questions = [("server/status", {}), ("traces/list", {}), ("logs/list", {}), ("traces/aggregate", {}), ("traces/report", {}), ("traces/search", {"text": "a"})]
  for handle in handles:
    for method in ("trace/summary", "trace/criticalPath", "trace/errors", "trace/insights", "trace/tree"):
      questions.append((method, {"traceId": handle}))
    for style in ("otlp", "chrome", "speedscope", "folded"):
      questions.append(("trace/export", {"traceId": handle, "format": style}))
    questions.append(("traces/compare", {"base": handles[0], "target": handle}))
    for row in server.ask("trace/tree", {"traceId": handle})["result"].get("spans", [])[:2]:
      questions.append(("trace/span", {"traceId": handle, "spanId": row.get("spanId", "")}))
  for method, params in questions:
    answer = json.dumps(server.ask(method, params), ensure_ascii=False)
    answers += 1
    if SECRET in answer:
      place_of = answer.index(SECRET)
      leaks.append(f"{method}: …{answer[max(0, place_of - 80):place_of + 20]}")
  if SECRET in server.told():
    leaks.append("stderr")
  server.kill()
  if leaks:
    raise Fault("\n".join(leaks[:8]))
  return f"{len(forms)} forms in every field, {answers} answers, 0 leaks", True


def loads_within(bytes):
  """Whether the program with its libraries can be mapped within so much address space: it prints its version. And what the Swift runtime says to that
  before our first instruction: where it cannot install its crash handler, a line of its own."""
  done = subprocess.run([PROGRAM, "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (bytes, bytes)))
  return done.returncode == 0, len(done.stderr.splitlines())


@row("descriptors, memory, file size: an answer, or one line and an exit code", 1, 3, 10)
def refusals(place, rounds, rng):
  request = b'{"jsonrpc":"2.0","id":1,"method":"server/status"}\n'
  outcomes = {}
  # With less than this the loader refuses the libraries, or ends by a signal of its own, before our first instruction runs.
  loads, runtime_lines = next((bytes, lines) for bytes in range(16 << 20, 1 << 30, 2 << 20) for is_loaded, lines in [loads_within(bytes)] if is_loaded)
  memory = [loads, loads + (2 << 20), loads + (8 << 20), loads + (20 << 20), 160 << 20, 320 << 20, 1 << 30]
  for limit, values in ((resource.RLIMIT_NOFILE, range(5, 17)), (resource.RLIMIT_FSIZE, (0,)), (resource.RLIMIT_AS, memory)):
    for value in values:
      pipe = os.path.join(place, f"r{limit}-{value}.pipe")
      done = subprocess.run([PROGRAM, "serve", "--hub", "never", "--pipe", pipe], input=request, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=20,
                            preexec_fn=lambda: resource.setrlimit(limit, (value, value)))
      if done.returncode == 0 and b'"result"' not in done.stdout or done.returncode not in (0, 71):
        raise Fault(f"limit {limit} of {value}: {done.returncode} {done.stderr.decode()[:300]}")
      told = done.stderr.splitlines()
      foreign = runtime_lines if limit == resource.RLIMIT_AS and value == loads else 0
      if done.returncode == 71 and (len([line for line in told if line.startswith(b"trace-distiller: ")]) != 1 or len(told) > 1 + foreign):
        raise Fault(f"limit {limit} of {value}: {done.stderr.decode()[:300]}")
      outcomes[done.returncode] = outcomes.get(done.returncode, 0) + 1
  return f"{outcomes.get(0, 0)} answered, {outcomes.get(71, 0)} refused in one line", True


@row("less memory than --max-memory asks for: the bound is lowered and told; where it is refused all the same, a line and exit code 71", 1, 3, 10)
def little_memory(place, rounds, rng):
  outcomes = []
  for mebibytes in (180,) if rounds == 1 else (180, 400):
    server = Server(place, before=lambda: resource.setrlimit(resource.RLIMIT_AS, (mebibytes << 20,) * 2))
    if "instead of 256MiB" not in server.told():
      raise Fault(f"{mebibytes} MiB: not told: {server.told()}")
    try:
      for number in range(6 * rounds):
        server.write("".join(trace(f"{number}-{index}", attributes={"k": "x" * 2_000 + str(index)}) for index in range(2_000)))
        server.status()
      code = server.end()
    except (Fault, BrokenPipeError, OSError):
      code = server.process.wait(20)
    last = server.told().splitlines()[-1]
    if code not in (0, 71) or code == 71 and "refuses memory" not in last:
      raise Fault(f"{mebibytes} MiB: {code}, {last}")
    outcomes.append(f"{mebibytes} MiB: exit {code}")
  return ", ".join(outcomes), True


@row("a full disk behind standard output: an exit code, no crash", 1, 1, 1)
def full_output(place, rounds, rng):
  path = os.path.join(place, "r.jsonl")
  with open(path, "w") as out:
    out.write("".join(trace(number) for number in range(50)))
  with open("/dev/full", "w") as full:
    codes = [subprocess.run([PROGRAM, *words], stdout=full, stderr=subprocess.DEVNULL, timeout=20).returncode
             for words in (["distill", path], ["call", "traces/list", path, "--text"])]
  if any(code < 0 or code == 0 for code in codes):
    raise Fault(f"{codes}")
  return f"exit codes {codes}", True


@row("a flood through the pipe: the bound holds, and everything is counted", 1, 10, 200)
def flood(place, rounds, rng):
  server = Server(place, "--max-memory", "8MiB", "--max-traces", "0")
  before = server.status()["memory"]["residentBytes"]
  lines = 0
  worst = 0
  for number in range(rounds):
    text = "".join(trace(f"{number}-{index}", attributes={"k": "x" * 300 + str(rng.random())}) for index in range(20_000))
    lines += text.count("\n")
    server.write(text)
    status = server.until(lambda status: server.counter("lines", status) >= lines, 120)
    worst = max(worst, status["memory"]["residentBytes"] - before)
    if status["store"]["bytes"] > 8 << 20:
      raise Fault(f"{status['store']['bytes']} bytes")
  if server.counter("records") != lines:
    raise Fault(f"{server.counter('records')} records of {lines} lines")
  code = server.end()
  return f"{lines} records, {worst >> 20} MiB more resident under a bound of 8 MiB, exit {code}", code == 0 and worst < 26 << 20


def soak(minutes):
  """20,000 records a second, traces and logs, and a question each second; then a million names and values that are all different under a small bound."""
  place = tempfile.mkdtemp(prefix="trace-distiller-soak-")
  server = Server(place)
  idle = server.status()["memory"]["residentBytes"]
  pipe = os.open(server.pipe, os.O_WRONLY)
  rng = random.Random(1)
  sent, began, asked, number, worst, last = 0, time.monotonic(), 0, 0, 0.0, 0.0
  questions = ["trace/summary", "traces/list", "logs/list", "trace/errors", "traces/aggregate", "trace/insights", "server/status"]
  while time.monotonic() - began < minutes * 60:
    lines = []
    for _ in range(50):
      number += 1
      lines.append(trace(number, attributes={"user": f"u{number}", "db.statement": f"SELECT {number} FROM t"}))
    lines += [log("x" * rng.randrange(5, 300), n=number, who=f"user{number}") for _ in range(100)]
    data = "".join(lines).encode()
    sent += 200
    while data:
      data = data[os.write(pipe, data):]
    ahead = began + sent / 20_000 - time.monotonic()
    if ahead > 0:
      time.sleep(ahead)
    if time.monotonic() - began > asked + 1:
      asked += 1
      server.ask(questions[asked % len(questions)])
      if asked % 30 == 0:
        status = server.status()
        resident, counted = status["memory"]["residentBytes"], status["store"]["bytes"]
        last = (resident - idle) / counted
        worst = max(worst, last)
        print(f"{asked:5} s  resident {resident / 1e6:6.1f} MB  counted {counted / 1e6:6.1f} MB  ({last:.2f} beyond {idle / 1e6:.1f} MB idle)  "
              f"{sent / (time.monotonic() - began):,.0f} records/s", flush=True)
  rate = sent / (time.monotonic() - began)
  os.close(pipe)
  status = server.until(lambda status: server.counter("records", status) >= sent, 120)
  lost = sent - server.counter("records", status)
  code = server.end()
  shutil.rmtree(place, ignore_errors=True)
  print(f"soak: {minutes:g} minutes, {sent} records at {rate:,.0f} a second, {asked} questions, {lost} lost; beyond the idle size at most {worst:.2f}, "
        f"at the end {last:.2f} of what the store counts, exit {code}", flush=True)
  return code == 0 and worst <= 1.5 and lost == 0 and distinct()


def distinct(count=1_000_000, bound=64 << 20):
  place = tempfile.mkdtemp(prefix="trace-distiller-soak-")
  server = Server(place, "--max-memory", str(bound))
  idle = server.status()["memory"]["residentBytes"]
  worst, sent = 0, 0
  while sent < count:
    lines = [trace(number, span_name=f"name {number}", attributes={f"key{number}": f"value {number}"}) for number in range(sent, sent + 5_000)]
    sent += 5_000
    server.write("".join(lines))
    status = server.until(lambda status: server.counter("records", status) >= 2 * sent, 120)
    worst = max(worst, status["memory"]["residentBytes"] - idle)
  code = server.end()
  shutil.rmtree(place, ignore_errors=True)
  print(f"distinct: {count} names, keys and values under a bound of {bound >> 20} MiB: at most {worst / bound:.2f} of it beyond the idle size, exit {code}", flush=True)
  return code == 0 and worst <= 1.15 * bound


def main():
  arguments = sys.argv[1:]
  if arguments[:1] == ["--soak"]:
    sys.exit(0 if soak(float(arguments[1]) if len(arguments) > 1 else 20) else 1)
  length = {"--minutes": 1, "--hours": 2}.get(arguments[0] if arguments else "", 0)
  wanted = [argument for argument in arguments if not argument.startswith("--")]
  signal.signal(signal.SIGPIPE, signal.SIG_IGN)
  bad = 0
  for name, rounds, body in ROWS:
    if wanted and not any(word in name for word in wanted):
      continue
    place = tempfile.mkdtemp(prefix="trace-distiller-faults-")
    began = time.monotonic()
    try:
      told, is_good = body(place, rounds[length], random.Random(17))
    except Fault as fault:
      told, is_good = str(fault), False
    finally:
      shutil.rmtree(place, ignore_errors=True)
    bad += not is_good
    print(f"{'ok    ' if is_good else 'FAILED'} {time.monotonic() - began:6.1f} s  {name}: {told}", flush=True)
  print(f"check-faults: {len(ROWS)} rows, {bad} failed")
  sys.exit(1 if bad else 0)


main()
