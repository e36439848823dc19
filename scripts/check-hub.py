#!/usr/bin/env python3
"""The hub as processes: clients of three kinds share one, and hubs, clients and producers are killed under them.

    check-hub.py PROGRAM [--rounds N] [--seed N]   PROGRAM is a built trace-distiller; N rounds of kills (200)
    check-hub.py PROGRAM --soak MINUTES            doors that come and go, and the memory, threads and descriptors of the hub before and after
    check-hub.py PROGRAM --figures                 times and memory instead, of a release build
    check-hub.py PROGRAM --rates [--records N] [--rounds N]   of these the rates of ingestion alone, which debug builds compare as well

Prints every failure, and `N passed, N failed`.
"""
import concurrent.futures
import contextlib
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

PROGRAM = os.path.abspath(sys.argv[1])
results = []


def check(row, isSo, shown=""):
    results.append(bool(isSo))
    if not isSo:
        print(f"{row}: failed\n{shown}", flush=True)


def option(name, usual):
    return int(sys.argv[sys.argv.index(name) + 1]) if name in sys.argv else usual


class Place:
    """A private directory with a pipe, and the processes that were started for it."""

    def __init__(self):
        self.directory = tempfile.mkdtemp(prefix="td-hub-")
        self.pipe = self.directory + "/p"
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("TRACE_DISTILLER_")}
        self.environment["XDG_STATE_HOME"] = self.directory + "/state"
        self.doors = []

    def door(self, kind="line", *options, **more):
        door = Door(self, kind, *options, **more)
        self.doors.append(door)
        return door

    def run(self, *words, timeout=60, **more):
        return subprocess.run([PROGRAM, *words], capture_output=True, text=True, timeout=timeout, env=self.environment, **more)

    def hub(self):
        """The pid of the hub; None where there is none."""
        result = self.run("hub", "status", "--json", "--pipe", self.pipe)
        return json.loads(result.stdout)["pid"] if result.returncode == 0 else None

    def processes(self):
        """Processes that name this place."""
        found = []
        for name in os.listdir("/proc"):
            if name.isdigit() and int(name) != os.getpid():
                with contextlib.suppress(OSError):
                    words = open(f"/proc/{name}/cmdline", "rb").read()
                    if self.directory.encode() in words:
                        found.append((int(name), words.replace(b"\0", b" ").decode()))
        return found

    def end(self, row):
        for door in self.doors:
            door.close()
        self.run("hub", "stop", "--pipe", self.pipe)
        for _ in range(200):
            if not self.processes():
                break
            time.sleep(0.01)
        left = self.processes()
        check(f"{row}: no process is left behind", not left, left)
        check(f"{row}: no socket is left behind", not os.path.exists(self.pipe + ".hub"), os.listdir(self.directory))
        for pid, _ in left:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        shutil.rmtree(self.directory, ignore_errors=True)


class Door:
    """A client's process. Answers are counted by a thread."""

    def __init__(self, place, kind="line", *options, hub="require", program=PROGRAM):
        self.kind, self.next, self.answers, self.changed, self.errors = kind, 0, {}, threading.Condition(), []
        form = "mcp" if kind == "mcp" else "serve"
        self.process = subprocess.Popen([program, form, "--hub", hub, "--pipe", place.pipe, *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, env=place.environment, cwd=place.directory)
        self.asked = 0
        threading.Thread(target=self.read, daemon=True).start()
        threading.Thread(target=self.read_errors, daemon=True).start()
        if kind == "mcp":
            self.ask("initialize", {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "0"}})
            self.write({"jsonrpc": "2.0", "method": "notifications/initialized"})
        elif kind == "framed":
            self.ask("initialize", {"capabilities": {}})
            self.write({"jsonrpc": "2.0", "method": "initialized", "params": {}})

    def write(self, message):
        text = json.dumps(message).encode()
        text = b"Content-Length: %d\r\n\r\n%s" % (len(text), text) if self.kind == "framed" else text + b"\n"
        with contextlib.suppress(BrokenPipeError, ValueError):
            self.process.stdin.write(text)
            self.process.stdin.flush()

    def read(self):
        stream = self.process.stdout
        while True:
            if self.kind == "framed":
                length = None
                while (line := stream.readline()).strip():
                    if line.lower().startswith(b"content-length:"):
                        length = int(line.split(b":")[1])
                text = stream.read(length) if length else b""
            else:
                text = stream.readline()
            if not text:
                return
            message = json.loads(text)
            if "id" in message:
                with self.changed:
                    self.answers.setdefault(message["id"], []).append(message)
                    self.changed.notify_all()

    def read_errors(self):
        for line in self.process.stderr:
            with self.changed:
                self.errors.append((time.time(), line.decode().strip()))
                self.changed.notify_all()

    def send(self, method, params=None):
        self.next += 1
        self.write({"jsonrpc": "2.0", "id": self.next, "method": method, "params": params or {}})
        return self.next

    def answer(self, number, timeout=30):
        with self.changed:
            if not self.changed.wait_for(lambda: number in self.answers, timeout):
                raise TimeoutError(f"{self.kind}: no answer to {number}; {self.errors}; exit {self.process.poll()}")
            return self.answers[number][0]

    def ask(self, method, params=None, timeout=30):
        return self.answer(self.send(method, params), timeout)

    def list(self, **params):
        """Handles and ids of all traces."""
        found, cursor = [], None
        while True:
            page = self.ask("traces/list", {"limit": 200, **params, **({"cursor": cursor} if cursor else {})})
            if "result" not in page:
                return found
            found += [(trace["handle"], trace["traceId"]) for trace in page["result"]["traces"]]
            cursor = page["result"]["nextCursor"]
            if not cursor:
                return found

    def told(self, phrase, timeout=5):
        with self.changed:
            return self.changed.wait_for(lambda: any(phrase in line for _, line in self.errors), timeout)

    def close(self):
        with contextlib.suppress(OSError, ValueError):
            self.process.stdin.close()
        try:
            return self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def kill(self):
        self.process.kill()
        self.process.wait()


def lines(name):
    head = '{"timestamp":"2026-11-23T10:00:00Z","level":"INFO","target":"t","log_type":"trace","message":"","fields":{'
    return (f'{head}"event_type":"span_start","trace_id":"{name}","span_id":"{name}-1","parent_id":null,"span_name":"main"}}}}\n'
            f'{head}"event_type":"span_end","trace_id":"{name}","span_id":"{name}-1","span_name":"main","duration_ms":10}}}}\n')


def wide(name, count):
    """A trace with so many spans."""
    head = '{"timestamp":"2026-11-23T10:00:00Z","level":"INFO","target":"t","log_type":"trace","message":"","fields":{"event_type":"span",'
    spans = "".join(f'{head}"trace_id":"{name}","span_id":"{name}-c{number}","parent_id":"{name}-1","span_name":"part",'
                    f'"start_timestamp":"2026-11-23T10:00:00Z","duration_ms":1}}}}\n' for number in range(count - 1))
    return spans + lines(name)


def write(pipe, text):
    with open(pipe, "w") as file:
        file.write(text)


def until(body, seconds=10):
    end = time.time() + seconds
    while time.time() < end:
        if body():
            return True
        time.sleep(0.005)
    return bool(body())


# Rows.

def shared():
    """Clients of three kinds, and commands, see the same traces."""
    place = Place()
    doors = [place.door(kind) for kind in ("line", "framed", "mcp")]
    write(place.pipe, lines("one"))
    check("shared: all see it", all(until(lambda door=door: door.list() == [("t1", "one")]) for door in doors), [door.list() for door in doors])
    check("shared: one process reads", len({door.ask("server/status")["result"]["server"]["pid"] for door in doors}) == 1)
    call = place.run("call", "traces/list", "--pipe", place.pipe)
    check("shared: call asks the hub", call.returncode == 0 and json.loads(call.stdout)["total"] == 1, call)
    call = place.run("call", "trace/summary", "t1", "--text", "--pipe", place.pipe)
    check("shared: call as text", call.returncode == 0 and "main" in call.stdout, call)
    call = place.run("explain", "t1", "--pipe", place.pipe)
    check("shared: explain asks the hub", call.returncode == 0 and "main" in call.stdout, call)
    call = place.run("call", "trace/summary", "nothing-like-it", "--pipe", place.pipe)
    check("shared: an error result is exit code 1", call.returncode == 1 and '"code":1001' in call.stderr, call)
    tool = doors[2].ask("tools/call", {"name": "list_traces", "arguments": {}})
    check("shared: tools answer", "one" in json.dumps(tool), tool)
    bad = doors[0]
    bad.process.stdin.write(b'{"jsonrpc":"2.0","id":9999,"method":"traces/list"\n[]\n')
    bad.process.stdin.flush()
    check("shared: nonsense is answered", until(lambda: len(bad.answers.get(None, [])) == 2), bad.answers.get(None))
    check("shared: exit without shutdown is 1", exits(place.door("framed"), False) == 1)
    check("shared: exit after shutdown is 0", exits(place.door("framed"), True) == 0)
    other = place.door("line", "--max-traces", "5")
    check("shared: other options are told", other.told("--max-traces=5"), other.errors)
    place.end("shared")


def runs():
    """What `run` hears is seen by the clients of the hub that is there, while the program runs and after; without one nothing is said of it."""
    place = Place()
    program = place.directory + "/program.py"
    with open(program, "w") as file:
        file.write(f"""import os, sys, time
with open(os.environ["TRACE_DISTILLER_PIPE"], "w") as pipe:
    pipe.write({lines('inside')!r})
    pipe.write({wide('big', 3000)!r} if len(sys.argv) > 1 else "")
    pipe.flush()
    time.sleep(float(sys.argv[2]) if len(sys.argv) > 2 else 0)
""")

    def run(*words, **more):
        environment = {**place.environment, "XDG_RUNTIME_DIR": place.directory}
        return subprocess.run([PROGRAM, "run", *words], capture_output=True, text=True, timeout=60, env=environment, cwd=place.directory, **more)

    os.chmod(place.directory, 0o700)
    place.pipe = subprocess.run([PROGRAM, "paths"], capture_output=True, text=True, env={**place.environment, "XDG_RUNTIME_DIR": place.directory}).stdout.split()[1]
    alone = run("--", "python3", program)
    check("run: without a hub nothing is said of one", alone.returncode == 0 and "hub" not in alone.stderr and not os.path.exists(place.pipe + ".hub"), alone)
    door = place.door("line")
    door.ask("server/status")
    first = run("--", "python3", program)
    check("run: with one neither", first.returncode == 0 and "hub" not in first.stderr, first)
    found = door.ask("traces/list")["result"]["traces"]
    check("run: its trace is there at its end", [trace["spanCount"] for trace in found] == [1], found)
    environment = {**place.environment, "XDG_RUNTIME_DIR": place.directory}
    second = subprocess.Popen([PROGRAM, "run", "--", "python3", program, "more", "9"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              env=environment, cwd=place.directory)
    check("run: and while it runs", until(lambda: door.ask("traces/list")["result"]["total"] == 3, 8) and second.poll() is None, door.ask("traces/list"))
    told = second.communicate(timeout=30)[1]
    found = door.ask("traces/list", {"sort": "slowest"})["result"]["traces"]
    check("run: once", sorted(trace["spanCount"] for trace in found) == [1, 1, 3000], [found, told])
    hub = place.hub()
    halt(hub)
    begun = time.time()
    stuck = run("--", "python3", program)
    check("run: a hub that is stopped does not hold it up", stuck.returncode == 0 and time.time() - begun < 6 and "hub" in stuck.stderr, [stuck, time.time() - begun])
    os.kill(hub, signal.SIGCONT)
    os.kill(hub, signal.SIGKILL)
    gone = run("--", "python3", program)
    check("run: nor one that was killed", gone.returncode == 0, gone)
    place.end("run")


def exits(door, shutsDown):
    if shutsDown:
        door.ask("shutdown")
    door.write({"jsonrpc": "2.0", "method": "exit"})
    return door.process.wait(timeout=10)


def absent():
    """Commands start no hub."""
    place = Place()
    for words in (["call", "traces/list"], ["hub", "status"], ["hub", "stop"], ["explain"]):
        result = place.run(*words, "--pipe", place.pipe)
        check(f"absent: {words} is exit code 69", result.returncode == 69 and "no hub is there" in result.stderr, result)
    check("absent: nothing was made", os.listdir(place.directory) in ([], ["state"]), os.listdir(place.directory))
    result = place.run("serve", "--hub", "auto", "--pipe", place.pipe, input='{"jsonrpc":"2.0","id":1,"method":"server/status"}\n')
    # In CI and in containers auto means never; elsewhere there is a hub now.
    check("absent: auto answers", json.loads(result.stdout)["id"] == 1, result)
    place.end("absent")


def together():
    """Many starts in one instant elect one hub."""
    place = Place()
    for kind in ("line", "mcp"):
        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            doors = list(pool.map(lambda _: place.door(kind), range(20)))
            pids = set(pool.map(lambda door: door.ask("server/status")["result"]["server"]["pid"], doors))
        check(f"together: 20 {kind} doors, one hub", len(pids) == 1, pids)
    hubs = [words for _, words in place.processes() if "hub run" in words]
    check("together: one process is a hub", len(hubs) == 1, hubs)
    place.end("together")


def detached():
    """The hub holds nothing of who started it."""
    place = Place()
    begun = time.time()
    script = f"'{PROGRAM}' serve --hub require --pipe '{place.pipe}' </dev/null | cat; exec 9>&-; echo end"
    result = subprocess.run(["sh", "-c", script], capture_output=True, text=True, timeout=30, env=place.environment, pass_fds=())
    check("detached: a shell's pipeline ends", result.stdout == "end\n" and time.time() - begun < 20, result)
    hub = place.hub()
    check("detached: the hub lives on", hub is not None)
    if hub:
        files = [os.readlink(f"/proc/{hub}/fd/{number}") for number in (0, 1, 2)]
        check("detached: its streams lead nowhere", files == ["/dev/null"] * 3, files)
        check("detached: its directory is /", os.readlink(f"/proc/{hub}/cwd") == "/")
        check("detached: its session is its own", os.getsid(hub) != os.getsid(0))
        mode = os.stat(place.pipe + ".hub").st_mode & 0o777
        check("detached: its socket is 0600", mode == 0o600, oct(mode))
    place.end("detached")


def idle():
    place = Place()
    door = place.door("line", "--hub-idle", "300ms")
    door.ask("server/status")
    write(place.pipe, lines("one"))
    until(lambda: door.list())
    time.sleep(1.5)
    check("idle: not while a client is there", place.hub() is not None)
    door.close()
    check("idle: it ends", until(lambda: not place.processes(), 15), place.processes())
    again = place.door()
    check("idle: the next says what went", again.ask("server/status")["result"]["hub"].get("lost", "").find("a trace") > 0, again.errors)
    check("idle: and on stderr", again.told("a trace in its memory"), again.errors)
    check("idle: and in answers that find nothing", "a trace in its memory" in again.ask("traces/list")["result"].get("hint", ""))
    gone = again.ask("trace/summary", {"traceId": "t1"})
    check("idle: an old handle", gone.get("error", {}).get("data", {}).get("reason") == "hubRestarted", gone)
    place.end("idle")


def hindrances():
    """What lies in the way is refused with a reason, or does not hinder."""
    def refused(row, prepare, phrase, code=69):
        place = Place()
        prepare(place)
        result = place.run("serve", "--hub", "require", "--pipe", place.pipe, input="")
        check(f"hindrances: {row}", result.returncode == code and phrase in result.stderr, result)
        for suffix in (".hub", ".hub.lock"):
            with contextlib.suppress(OSError):
                os.unlink(place.pipe + suffix)
        place.end(row)

    refused("a link in the place of the lock", lambda place: os.symlink("/etc/hostname", place.pipe + ".hub.lock"), "symbolic link")
    refused("a file in the place of the lock", lambda place: write(place.pipe + ".hub.lock", "precious"), "remove it")
    refused("a file in the place of the socket", lambda place: write(place.pipe + ".hub", "precious"), "")
    refused("a file in the place of the pipe", lambda place: write(place.pipe, "precious"), "regular file", 64)
    refused("a directory for everybody", lambda place: os.chmod(place.directory, 0o777), "may be written by others")
    if os.getuid() == 0:
        refused("a directory of another user", lambda place: os.chown(place.directory, 65534, 65534), "another user")

        def foreign_socket(place):
            with socket.socket(socket.AF_UNIX) as listener:
                listener.bind(place.pipe + ".hub")
            os.chown(place.pipe + ".hub", 65534, 65534)
        refused("a socket of another user", foreign_socket, "another user")
    long = Place()
    long.pipe = long.directory + "/" + "x" * 100
    result = long.run("serve", "--hub", "require", "--pipe", long.pipe, input="")
    check("hindrances: a long path", result.returncode == 69 and "shorter --pipe" in result.stderr, result)
    long.end("long")

    place = Place()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(place.pipe + ".hub")
    check("hindrances: a stale socket does not hinder", place.door().ask("server/status")["result"]["hub"]["clients"] == 1)
    place.end("stale")
    for state in ("/proc/no", "/dev/null"):
        place = Place()
        place.environment["XDG_STATE_HOME"] = state
        check(f"hindrances: no log at {state}", "result" in place.door().ask("server/status"))
        place.end(f"state {state}")


def versions():
    """Doors and hubs of other versions."""
    place = Place()
    place.door().ask("server/status")

    def greet(params):
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(10)
            link.connect(place.pipe + ".hub")
            text = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "hub/hello", "params": params}).encode()
            link.sendall(b"Content-Length: %d\r\n\r\n%s" % (len(text), text))
            return json.loads(link.recv(65536).split(b"\r\n\r\n", 1)[1])

    newer = greet({"protocol": 99, "oldest": 1, "binary": "9", "pid": 1, "more": {}})
    check("versions: a newer door speaks the hub's", newer.get("result", {}).get("protocol") == 1, newer)
    for params in ({"protocol": 99, "oldest": 98}, {"protocol": 0}):
        check(f"versions: {params} is refused", "of the wire" in greet(params).get("error", {}).get("message", ""))
    check("versions: no greeting at all", "error" in greet({}))
    place.end("versions")
    for answer, phrase in (({"result": {"protocol": 99, "binary": "9", "pid": 1}}, "speaks version 99"),
                           ({"result": {"protocol": 0, "binary": "0", "pid": 1}}, "speaks version 0"),
                           ({"result": {"name": "another"}}, "not a hub of ours"), ({"error": {"code": -32601, "message": "what?"}}, "what?")):
        place = Place()
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(place.pipe + ".hub")
            listener.listen()

            def serve():
                with contextlib.suppress(OSError):
                    link, _ = listener.accept()
                    asked = json.loads(link.recv(65536).split(b"\r\n\r\n", 1)[1])
                    text = json.dumps({"jsonrpc": "2.0", "id": asked["id"], **answer}).encode()
                    link.sendall(b"Content-Length: %d\r\n\r\n%s" % (len(text), text))
                    link.recv(1)
                    link.close()
            threading.Thread(target=serve, daemon=True).start()
            result = place.run("serve", "--hub", "require", "--pipe", place.pipe, input='{"jsonrpc":"2.0","id":1,"method":"server/status"}\n')
            check(f"versions: {phrase}", result.returncode == 69 and phrase in result.stderr, result)
        os.unlink(place.pipe + ".hub")
        place.end(phrase)


def halt(pid):
    """Stops a process, and waits until all its threads stand: a busy machine takes its time."""
    os.kill(pid, signal.SIGSTOP)
    until(lambda: all("State:\tT" in open(f"/proc/{pid}/task/{task}/status").read() for task in os.listdir(f"/proc/{pid}/task")), 2)


def stopped():
    """A hub that is stopped is told of within a second, and goes on."""
    place = Place()
    doors = [place.door(kind) for kind in ("line", "framed", "mcp")]
    hub = place.hub()
    halt(hub)
    begun = time.time()
    numbers = [door.send("traces/list") for door in doors]
    said = [door.told("does not answer", 3) for door in doors]
    times = [moment - begun for door in doors for moment, line in door.errors if "does not answer" in line]
    check("stopped: each door says so, once, within a second", all(said) and len(times) == 3 and max(times) < 1.5, (times, [door.errors for door in doors]))
    os.kill(hub, signal.SIGCONT)
    check("stopped: it goes on", all("result" in door.answer(number) for door, number in zip(doors, numbers)))
    halt(hub)
    number = doors[0].send("traces/list")
    begun = time.time()
    doors[0].process.stdin.close()
    code = doors[0].process.wait(timeout=10)
    check("stopped: a client that goes is let go", code == 0 and time.time() - begun < 2 and len(doors[0].answers.get(number, [])) == 1, (code, time.time() - begun))
    os.kill(hub, signal.SIGCONT)
    place.end("stopped")


def kills(rounds, seed):
    """Hubs, doors and producers are killed. Every request gets one answer; what was seen and not killed is there once; no handle means two traces."""
    dice = random.Random(seed)
    place = Place()
    kinds = ["line", "framed", "mcp"]
    doors = [place.door(dice.choice(kinds)) for _ in range(6)]
    handles, written, present, count = {}, 0, set(), 0
    slowest = 0.0
    for number in range(rounds):
        row = f"kills (seed {seed}, round {number})"
        begun, action = time.time(), dice.choice(["hub", "hub", "door", "producer", "both", "none"])
        name = f"r{number}"
        numbers = [(door, door.send(dice.choice(["traces/list", "server/status", "trace/summary", "traces/clear" if number % 7 == 0 else "logs/list"])))
                   for door in doors for _ in range(dice.randint(0, 3))]
        cleared = number % 7 == 0
        if action == "producer":
            half = lines(f"half{number}")[: dice.randint(1, 300)]
            producer = subprocess.Popen(["sh", "-c", f"cat >'{place.pipe}'; sleep 60"], stdin=subprocess.PIPE, start_new_session=True)
            producer.stdin.write(half.encode())
            producer.stdin.flush()
            os.killpg(producer.pid, signal.SIGKILL)
            producer.wait()
            producer.stdin.close()
            write(place.pipe, "\n")
        if action in ("hub", "both"):
            record = open(place.pipe + ".hub.lock").read()
            with contextlib.suppress(OSError, ValueError):
                os.kill(int(record.split()[1]), signal.SIGKILL)
            present.clear()
            killed = time.time()
            answer = doors[0].ask("server/status")
            slowest = max(slowest, time.time() - killed)
            check(f"{row}: the next answer is right", "result" in answer, answer)
        if action in ("door", "both"):
            victim = dice.randrange(len(doors))
            doors[victim].kill()
            numbers = [(door, request) for door, request in numbers if door is not doors[victim]]
            place.doors.remove(doors[victim])
            doors[victim] = place.door(dice.choice(kinds))
        for door, request in numbers:
            try:
                door.answer(request)
            except TimeoutError as error:
                check(f"{row}: every request gets an answer", False, error)
                return place.end("kills")
        if cleared:
            present.clear()
        if number % 4 == 0 or action != "none":
            write(place.pipe, lines(name))
            present.add(name)
            asker = dice.choice(doors)
            seen = until(lambda: name in [trace for _, trace in asker.list(filter={"project": "*"})])
            check(f"{row}: a trace that was written is there", seen, asker.list())
        listed = dice.choice(doors).list(filter={"project": "*"})
        names = [trace for _, trace in listed]
        missing = [trace for trace in present if names.count(trace) != 1]
        if missing:
            check(f"{row}: what a living hub has is there once", False, (missing, names))
        for handle, trace in listed:
            if handles.setdefault(handle, trace) != trace:
                check(f"{row}: a handle is of one trace", False, (handle, trace, handles[handle]))
        count += len(numbers)
    twice = [(door.kind, key, answers) for door in doors for key, answers in door.answers.items() if len(answers) != 1]
    check(f"kills: {count} requests, each answered once", not twice, twice[:3])
    check("kills: what a living hub has, and whose a handle is", True)
    print(f"kills: {rounds} rounds, {count} requests besides, {len(handles)} handles; from kill -9 of the hub to the next answer at most {slowest * 1000:.0f} ms")
    place.end("kills")


def journalled():
    """What a journal holds is in the next hub once, whenever the one before was killed."""
    host = os.path.dirname(PROGRAM) + "/trace-layers-host"
    if not os.path.exists(host):
        return
    place = Place()
    door = place.door()
    door.ask("server/status")
    producer = subprocess.Popen([host, "send", place.pipe, "tier=journal", "count=4000", "pace=250000", "end=wait"], stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE, text=True)
    for _ in range(5):
        time.sleep(0.15)
        os.kill(place.hub(), signal.SIGKILL)
        door.ask("server/status")
    for line in producer.stdout:
        if line == "sent\n":
            break

    def counters():
        store = door.ask("server/status")["result"]["store"]
        return store["counters"].get("moduleLogs"), store["missingRecords"]
    check("journalled: every record is there once", until(lambda: counters() == (4000, 0), 15), counters())
    producer.stdin.close()
    producer.wait(timeout=30)
    place.end("journalled")


def soak(minutes):
    """Doors come and go and ask, producers write: what the hub holds at its beginning and its end."""
    place = Place()
    doors = [place.door(kind) for kind in ("line", "framed", "mcp") * 4]
    begun, count = time.time(), 0

    def sizes():
        pid = place.hub()
        status = dict(line.split(":", 1) for line in open(f"/proc/{pid}/status"))
        return f"{int(status['VmRSS'].split()[0]) / 1024:.1f} MiB resident, {status['Threads'].strip()} threads, {len(os.listdir(f'/proc/{pid}/fd'))} descriptors"
    for number in range(2000):
        write(place.pipe, lines(f"warm{number}"))
    print("soak begins:", sizes(), flush=True)
    while time.time() < begun + minutes * 60:
        write(place.pipe, "".join(lines(f"s{count}-{number}") for number in range(20)))
        for door in doors:
            door.ask("traces/list", {"limit": 3})
            door.answers.clear()
        place.doors.remove(doors[0])
        doors.pop(0).close()
        doors.append(place.door(("line", "framed", "mcp")[count % 3]))
        count += 1
    print(f"soak ends after {count} rounds:", sizes(), flush=True)
    place.end("soak")


def load():
    """20 doors of three kinds ask while 4 producers write: every trace is there once."""
    place = Place()
    doors = [place.door(kind) for kind in ("line", "framed", "mcp") * 7][:20]
    stop = threading.Event()

    def asking(door):
        count = 0
        while not stop.is_set():
            door.ask("traces/list", {"limit": 5})
            count += 1
        return count

    def writing(producer):
        with open(place.pipe, "w", buffering=1) as file:
            for number in range(250):
                file.write(lines(f"p{producer}-{number}").split("\n")[0] + "\n")
                file.write(lines(f"p{producer}-{number}").split("\n")[1] + "\n")

    with concurrent.futures.ThreadPoolExecutor(30) as pool:
        askers = [pool.submit(asking, door) for door in doors]
        for writer in [pool.submit(writing, producer) for producer in range(4)]:
            writer.result()
        full = until(lambda: doors[0].ask("traces/list", {"limit": 1})["result"]["total"] == 1000, 30)
        stop.set()
        asked = sum(asker.result() for asker in askers)
    names = [trace for _, trace in doors[3].list()]
    check("load: every trace is there once", full and len(set(names)) == len(names) == 1000, len(names))
    check("load: all were answered", asked > 100, asked)
    place.end("load")


def guest():
    """Where no process may live in the background, the first client's serves the others; when it ends, another does."""
    loader = "/lib64/ld-linux-x86-64.so.2"
    if not os.path.exists(loader):
        return
    place = Place()
    # What a program started like this starts in its turn is the loader without a program.
    script = place.directory + "/started"
    with open(script, "w") as file:
        file.write(f'#!/bin/sh\nexec {loader} {PROGRAM} "$@"\n')
    os.chmod(script, 0o755)
    first = place.door("line", program=script)
    write_after = first.ask("server/status")["result"]
    check("guest: it serves", write_after["hub"]["clients"] == 1 and write_after["server"]["pid"] == first.process.pid, write_after)
    check("guest: and says so", first.told("keeps the traces for the clients"), first.errors)
    second = place.door("mcp", program=script)
    write(place.pipe, lines("one"))
    check("guest: others see its traces", until(lambda: [trace for _, trace in second.list()] == ["one"]), second.list())
    check("guest: it is not stopped from elsewhere", place.run("hub", "stop", "--pipe", place.pipe).returncode == 69)
    first.kill()
    check("guest: another takes its place", "result" in second.ask("server/status"), second.errors)
    check("guest: handles are not given again", second.ask("trace/summary", {"traceId": "t1"})["error"]["data"].get("reason") == "hubRestarted")
    place.end("guest")


def full_disk():
    """No room for the lock's content: no hub without numbers that are safe, and no harm."""
    if os.getuid() != 0 or shutil.which("mount") is None:
        return
    place = Place()
    small = place.directory + "/small"
    os.mkdir(small, 0o700)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k,mode=700", "none", small], capture_output=True).returncode != 0:
        return place.end("disk")
    try:
        with contextlib.suppress(OSError), open(small + "/filler", "wb") as file:
            while True:
                file.write(b"x" * 4096)
                file.flush()
        place.pipe = small + "/p"
        result = place.run("serve", "--hub", "require", "--pipe", place.pipe, input='{"jsonrpc":"2.0","id":1,"method":"server/status"}\n')
        check("a full disk: an answer, or a reason", result.returncode in (0, 64, 69, 71) and (result.stdout or result.stderr), result)
        os.unlink(small + "/filler")
        check("a full disk: does not hinder the next start", "result" in place.door().ask("server/status"))
    finally:
        for door in place.doors:
            door.close()
        place.run("hub", "stop", "--pipe", place.pipe)
        subprocess.run(["umount", "-l", small], capture_output=True)
    place.end("disk")


NEOVIM = """
local distiller = dofile(vim.env.TD_SCRIPT).setup({ cmd = { vim.env.TD_PROGRAM, "serve", "--hub", "require", "--pipe", vim.env.TD_PIPE } })
local function await(method, params)
  local answer
  distiller.ask(method, params, function(...) answer = { ... } end)
  assert(vim.wait(20000, function() return answer ~= nil end, 5), "no answer")
  return answer[1]
end
for _ = 1, 4000 do
  if await("traces/list", { limit = 1 }).total >= tonumber(vim.env.TD_TOTAL) then break end
  vim.wait(5)
end
local handles = {}
for _, trace in ipairs(await("traces/list", { limit = 1000 }).traces) do table.insert(handles, trace.handle .. "=" .. trace.traceId) end
io.stdout:write(table.concat(handles, " "), "\\n", await("trace/summary", { traceId = "slowest" }).text, "\\n")
vim.cmd("qa!")
"""

EMACS = """
(load (getenv "TD_SCRIPT") nil t)
(setq trace-distiller-command (list (getenv "TD_PROGRAM") "serve" "--hub" "require" "--pipe" (getenv "TD_PIPE")))
(defun await (method params)
  (let ((answer nil) (tries 0))
    (trace-distiller-ask method params (lambda (result problem) (setq answer (list result problem))))
    (while (and (not answer) (< (setq tries (1+ tries)) 4000)) (accept-process-output nil 0.005))
    (car answer)))
(let ((tries 0))
  (while (and (< (setq tries (1+ tries)) 4000)
              (< (plist-get (await 'traces/list '(:limit 1)) :total) (string-to-number (getenv "TD_TOTAL"))))
    (sleep-for 0.005)))
(princ (mapconcat (lambda (trace) (concat (plist-get trace :handle) "=" (plist-get trace :traceId)))
                  (plist-get (await 'traces/list '(:limit 1000)) :traces) " "))
(princ (format "\\n%s\\n" (plist-get (await 'trace/summary '(:traceId "slowest")) :text)))
(trace-distiller-stop)
"""


def editors():
    """Neovim, Emacs and two agents at once on the demo program: one hub, the same traces under the same handles, the same words."""
    demo = os.path.dirname(PROGRAM) + "/trace-distiller-demo"
    scripts = pathlib.Path(__file__).resolve().parent / "editors"
    if not os.path.exists(demo):
        return print("the hub: trace-distiller-demo is not built beside the program: the editors' row is left out", flush=True)
    place = Place()
    agents = [place.door("mcp"), place.door("mcp")]
    agents[0].ask("server/status")
    orders = 6
    environment = {**place.environment, "TD_PROGRAM": PROGRAM, "TD_PIPE": place.pipe, "TD_TOTAL": str(orders + 2), "HOME": place.directory}
    clients = {}
    for name, script, text, words in (("nvim", "neovim/trace-distiller.lua", NEOVIM, ["--headless", "-u", "NONE", "-i", "NONE", "-c", "luafile {}", "-c", "cquit"]),
                                      ("emacs", "emacs/trace-distiller.el", EMACS, ["--batch", "-Q", "-l", "{}"])):
        if shutil.which(name) is None:
            print(f"the hub: {name} is not installed and left out", flush=True)
            continue
        file = f"{place.directory}/{name}.script"
        pathlib.Path(file).write_text(text)
        clients[name] = subprocess.Popen([name, *[word.format(file) for word in words]], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                         stdin=subprocess.DEVNULL, env={**environment, "TD_SCRIPT": str(scripts / script)}, cwd=place.directory)
    shown = subprocess.run([demo, "--pipe", place.pipe, "--orders", str(orders), "--speed", "20"], capture_output=True, text=True, timeout=60, env=place.environment,
                           cwd=place.directory)
    check("editors: the demo is heard", shown.returncode == 0, shown)
    everything = until(lambda: all(agent.ask("traces/list")["result"]["total"] == orders + 2 for agent in agents), 20)
    check("editors: the agents see all of it", everything, agents[0].ask("traces/list"))
    expected = [f"{handle}={trace}" for handle, trace in agents[1].list()]
    tool = agents[0].ask("tools/call", {"name": "summarize_trace", "arguments": {"traceId": "slowest"}})["result"]["content"][0]["text"]
    for name, client in clients.items():
        output, errors = client.communicate(timeout=60)
        check(f"editors: {name} sees what the agents see", output.split("\n")[0].split() == expected, (output[:600], errors[:600], expected))
        root = next((line for line in output.split("\n") if line.startswith("Root: ")), "none")
        check(f"editors: {name} reads the same summary", root in tool.split("\n"), (root, tool[:600]))
    pids = {agent.ask("server/status")["result"]["server"]["pid"] for agent in agents}
    check("editors: of one hub", len(pids) == 1 and sum("hub run" in words for _, words in place.processes()) == 1, place.processes())
    place.end("editors")


def receivers(rounds=6):
    """Producers of OTLP while hubs are killed: what the living hub has acknowledged is there once."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    place = Place()
    door = place.door("line", f"--otlp={port}")
    door.ask("server/status")
    generation, acknowledged, lock, stop = [0], [], threading.Lock(), threading.Event()

    def producing(producer):
        import http.client
        number = 0
        while not stop.is_set():
            before = generation[0]
            trace = f"{producer + 1:08x}{number:024x}"
            body = json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [{
                "traceId": trace, "spanId": f"{number + 1:016x}", "name": "otlp", "startTimeUnixNano": "1795428000000000000",
                "endTimeUnixNano": "1795428000010000000"}]}]}]})
            number += 1
            with contextlib.suppress(OSError, http.client.HTTPException):
                link = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
                link.request("POST", "/v1/traces", body, {"Content-Type": "application/json"})
                taken = link.getresponse().status == 200
                link.close()
                with lock:
                    if taken and before == generation[0]:
                        acknowledged.append((before, trace))
            time.sleep(0.002)
    producers = [threading.Thread(target=producing, args=(producer,)) for producer in range(3)]
    for producer in producers:
        producer.start()
    for _ in range(rounds):
        time.sleep(0.4)
        pid = place.hub()
        with lock:
            generation[0] += 1
            os.kill(pid, signal.SIGKILL)
        answer = door.ask("server/status")
        check("receivers: the next hub listens on the same port", any(source["kind"] == "otlp" and str(port) in source["path"] for source in answer["result"]["sources"]), answer)
    time.sleep(0.5)
    stop.set()
    for producer in producers:
        producer.join()
    wanted = {trace for when, trace in acknowledged if when == generation[0]}
    found = [trace["traceId"] for trace in door.ask("traces/list", {"limit": 1000, "filter": {"project": "*"}})["result"]["traces"]]
    check(f"receivers: all {len(wanted)} acknowledged traces are there once", len(wanted) > 20 and len(found) == len(set(found)) and wanted <= set(found),
          (len(wanted), len(found), sorted(wanted - set(found))[:3]))
    place.end("receivers")


CLOCK = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
static volatile long *step;
__attribute__((constructor)) static void begin(void) {
  int file = getenv("TD_CLOCK") ? open(getenv("TD_CLOCK"), O_RDONLY) : -1;
  void *page = file < 0 ? MAP_FAILED : mmap(0, sizeof(long), PROT_READ, MAP_SHARED, file, 0);
  step = page == MAP_FAILED ? 0 : page;
}
int clock_gettime(clockid_t id, struct timespec *time) {
  static int (*next)(clockid_t, struct timespec *);
  if (!next) next = dlsym(RTLD_NEXT, "clock_gettime");
  int code = next(id, time);
  if (code == 0 && step && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE)) time->tv_sec += *step;
  return code;
}
"""


def clocks():
    """The wall clock steps a day back and forth under the hub and its doors: nobody waits, ends or is called silent for it, and traces complete."""
    compiler = shutil.which("cc") or shutil.which("clang")
    if compiler is None or not sys.platform.startswith("linux"):
        return print("the hub: no C compiler: the row of clock steps is left out", flush=True)
    place = Place()
    library, file = place.directory + "/clock.so", place.directory + "/clock"
    pathlib.Path(place.directory + "/clock.c").write_text(CLOCK)
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, place.directory + "/clock.c", "-ldl"], check=True)

    def step(seconds):
        with open(file, "r+b" if os.path.exists(file) else "wb") as out:
            out.write(seconds.to_bytes(8, "little", signed=True))
    step(0)
    place.environment.update(LD_PRELOAD=library, TD_CLOCK=file)
    doors = [place.door(kind, "--hub-idle", "2s") for kind in ("line", "framed", "mcp")]
    first = doors[0].ask("server/status")["result"]["server"]["pid"]
    for number, seconds in enumerate((86_400, -86_400, 0, 3_600 * 24 * 400, -3_600, 0)):
        step(seconds)
        write(place.pipe, lines(f"step{number}"))
        seen = until(lambda: all(len(door.list()) == number + 1 for door in doors), 5)
        whole = until(lambda: all(trace["complete"] for trace in doors[0].ask("traces/list")["result"]["traces"]), 5)
        check(f"clocks: a step to {seconds} s", seen and whole, doors[0].ask("traces/list"))
    check("clocks: one hub all the time", {door.ask("server/status")["result"]["server"]["pid"] for door in doors} == {first} == {place.hub()})
    told = [line for door in doors for _, line in door.errors]
    check("clocks: nobody was called silent", not any("answer" in line for line in told), told)
    place.end("clocks")


def units():
    """systemd reads the units without a complaint."""
    if shutil.which("systemd-analyze") is None:
        return print("the hub: systemd-analyze is not installed: the units are not read", flush=True)
    with tempfile.TemporaryDirectory(prefix="td-units-") as directory:
        os.mkdir(directory + "/run", 0o700)
        names = []
        for unit in sorted((pathlib.Path(__file__).resolve().parent / "systemd").iterdir()):
            names.append(f"{directory}/{unit.name}")
            pathlib.Path(names[-1]).write_text(unit.read_text().replace("%h/.local/bin/trace-distiller", PROGRAM))
        result = subprocess.run(["systemd-analyze", "verify", "--user", *names], capture_output=True, text=True, timeout=60,
                                env={**os.environ, "XDG_RUNTIME_DIR": directory + "/run"})
        check("units: systemd reads them without a complaint", result.returncode == 0 and not result.stderr.strip(), result)


# Figures.

def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def memory(pid):
    """Private and proportional bytes."""
    private = proportional = 0
    for line in open(f"/proc/{pid}/smaps_rollup"):
        if line.startswith(("Private_Clean", "Private_Dirty")):
            private += int(line.split()[1]) << 10
        elif line.startswith("Pss:"):
            proportional = int(line.split()[1]) << 10
    return private, proportional


class Raw:
    """A client that does nothing but ask and wait."""

    def __init__(self, place, *options):
        self.process = subprocess.Popen([PROGRAM, "serve", "--pipe", place.pipe, *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0,
                                        stderr=subprocess.DEVNULL, env=place.environment, cwd=place.directory)
        self.rest = b""

    def ask(self, method="traces/list"):
        os.write(self.process.stdin.fileno(), b'{"jsonrpc":"2.0","id":1,"method":"%s"}\n' % method.encode())
        while not self.rest.endswith(b"\n"):
            self.rest += os.read(self.process.stdout.fileno(), 1 << 20)
        answer, self.rest = self.rest, b""
        return answer

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def time_of(body):
    begun = time.perf_counter()
    body()
    return time.perf_counter() - begun


def rates(single, alone, doors, place, records=120000, rounds=5):
    """Records a second of one process, and of a hub with doors that are idle and that ask."""
    found = {"none": [], "20 idle": [], "5 asking": []}
    text = "".join(lines(f"x{number}") for number in range(records // 2))
    serial = [0]

    def rate(reader, where):
        before = json.loads(reader.ask("server/status"))["result"]["sources"][0]["counters"]["records"]
        begun = time.perf_counter()
        serial[0] += 1
        write(where.pipe, text.replace('"x', f'"x{serial[0]}_'))
        until(lambda: json.loads(reader.ask("server/status"))["result"]["sources"][0]["counters"]["records"] >= before + records, 60)
        return records / (time.perf_counter() - begun)

    for _ in range(rounds):
        found["none"].append(rate(single, alone))
        found["20 idle"].append(rate(doors[0], place))
        stop = threading.Event()

        def asking(each):
            while not stop.wait(0.1):
                each.ask()
        threads = [threading.Thread(target=asking, args=(each,)) for each in doors[1:6]]
        for thread in threads:
            thread.start()
        found["5 asking"].append(rate(doors[0], place))
        stop.set()
        for thread in threads:
            thread.join()
    base = percentile(found["none"], 0.5)
    for name, values in found.items():
        print(f"records a second, {name}: {percentile(values, 0.5):.0f} ({percentile(values, 0.5) / base * 100:.0f} %)")


def figures():
    place, alone = Place(), Place()
    starts = {"alone": [], "first": [], "next": []}
    for _ in range(15):
        begun = time.perf_counter()
        client = Raw(alone, "--hub", "never")
        client.ask()
        starts["alone"].append(time.perf_counter() - begun)
        client.end()
        begun = time.perf_counter()
        first = Raw(place, "--hub", "require")
        first.ask()
        starts["first"].append(time.perf_counter() - begun)
        begun = time.perf_counter()
        second = Raw(place, "--hub", "require")
        second.ask()
        starts["next"].append(time.perf_counter() - begun)
        first.end()
        second.end()
        place.run("hub", "stop", "--pipe", place.pipe)
    for name, values in starts.items():
        print(f"start to the first answer, {name}: median {percentile(values, 0.5) * 1000:.1f} ms, worst {max(values) * 1000:.1f} ms")
    single, door = Raw(alone, "--hub", "never"), Raw(place, "--hub", "require")
    for where in (alone, place):
        write(where.pipe, "".join(lines(f"t{number}") for number in range(20)))
    for client in (single, door):
        until(lambda client=client: json.loads(client.ask())["result"]["total"] == 20)
    times = {"alone": [], "door": []}
    for _ in range(4000):
        times["alone"].append(time_of(single.ask))
        times["door"].append(time_of(door.ask))
    for name, values in times.items():
        print(f"traces/list, {name}: p50 {percentile(values, 0.5) * 1e6:.0f} µs, p99 {percentile(values, 0.99) * 1e6:.0f} µs")
    print(f"added by the door: p50 {(percentile(times['door'], 0.5) - percentile(times['alone'], 0.5)) * 1e6:.0f} µs")
    doors = [door] + [Raw(place, "--hub", "require") for _ in range(19)]
    for each in doors:
        each.ask()
    sizes = [memory(each.process.pid) for each in doors]
    print(f"20 doors: private at most {max(size[0] for size in sizes) / 1048576:.2f} MiB, median {percentile([s[0] for s in sizes], 0.5) / 1048576:.2f}; Pss together {sum(size[1] for size in sizes) / 1048576:.1f} MiB")
    many = [time_of(each.ask) for _ in range(100) for each in doors]
    print(f"20 doors in turn: p50 {percentile(many, 0.5) * 1e6:.0f} µs, p99 {percentile(many, 0.99) * 1e6:.0f} µs")
    status = json.loads(place.run("hub", "status", "--json", "--pipe", place.pipe).stdout)
    threads = len(os.listdir(f"/proc/{status['pid']}/task"))
    print(f"the hub with 20 doors: {status['residentBytes'] / 1048576:.1f} MiB resident, {threads} threads, {len(os.listdir('/proc/%d/fd' % status['pid']))} descriptors")
    rates(single, alone, doors, place)
    times = []
    for _ in range(20):
        pid = json.loads(place.run("hub", "status", "--json", "--pipe", place.pipe).stdout)["pid"]
        os.kill(pid, signal.SIGKILL)
        times.append(time_of(lambda: door.ask("server/status")))
    print(f"kill -9 of the hub to the next answer, 20 doors: median {percentile(times, 0.5) * 1000:.0f} ms, worst {max(times) * 1000:.0f} ms")
    for client in doors + [single]:
        client.end()
    place.end("figures")
    alone.end("figures")


def only_rates():
    place, alone = Place(), Place()
    single, doors = Raw(alone, "--hub", "never"), [Raw(place, "--hub", "require") for _ in range(20)]
    for client in (single, *doors):
        client.ask()
    rates(single, alone, doors, place, records=option("--records", 120000), rounds=option("--rounds", 5))
    for client in doors + [single]:
        client.end()
    place.end("rates")
    alone.end("rates")


def main():
    if "--rates" in sys.argv:
        return only_rates()
    if "--figures" in sys.argv:
        return figures()
    if "--soak" in sys.argv:
        return soak(option("--soak", 30))
    begun = time.time()
    rows = [shared, runs, absent, together, detached, idle, hindrances, versions, stopped, load, journalled, guest, full_disk, editors, receivers, clocks, units,
            lambda: kills(option("--rounds", 200), option("--seed", random.randrange(1_000_000)))]
    if "--only" in sys.argv:
        wanted = sys.argv[sys.argv.index("--only") + 1]
        rows = [row for row in rows if row.__name__ == wanted] or rows[-1:]
    for row in rows:
        row()
    failed = results.count(False)
    print(f"the hub: {len(results) - failed} passed, {failed} failed, {time.time() - begun:.0f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
