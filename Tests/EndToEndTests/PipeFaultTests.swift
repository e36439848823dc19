// Proves that records reach answers through a real FIFO between real processes, whatever happens to writers, readers and the pipe itself.

import JSON
import Platform
import Testing

@Suite struct PipeFaultTests {
  @Test func `A recorded stream written by another process is listed and summarised`() throws {
    let place = try TestPlace()
    let server = try ServerProcess(pipe: place.pipe)
    #expect(run(["sh", "-c", "cat '\(fixture)' > '\(place.pipe)'"]).code == 0)
    let status = try server.records(185)
    #expect(server.counter("lines", in: status) == 185)
    _ = try server.status { $0["store"]?["traces"]?["completed"]?.integer == 4 }
    let list = try server.ask("traces/list")
    #expect(list["total"]?.integer == 4, "\(list.serializedString)")
    let summary = try server.ask("trace/summary", ["traceId": "slowest"])
    let text = try #require(summary["text"]?.string)
    for part in ["Root: download_all", "Status: ⚠️ ok, 2 errors inside", "❌ fetch_quote", "=== Critical path ==="] {
      #expect(text.contains(part), "missing \(part) in\n\(text)")
    }
    #expect(summary["complete"]?.bool == true)
  }

  @Test func `Two writers at once lose nothing`() throws {
    let place = try TestPlace()
    let server = try ServerProcess(pipe: place.pipe, options: ["--max-traces", "0"])
    // Lines of less than 4,096 bytes, each in one write: the kernel writes them atomically.
    let script = "i=0; while [ $i -lt 300 ]; do printf '%s\\n' \"$LINE\" | sed \"s/ID/$0-$i/\"; i=$((i+1)); done > '\(place.pipe)'"
    let line = traceLines("ID").split(separator: "\n")[0].replacing("ID-1", with: "1")
    let first = spawn(["sh", "-c", "LINE='\(line)'; \(script)", "a"])
    let second = spawn(["sh", "-c", "LINE='\(line)'; \(script)", "b"])
    #expect(wait(first) == 0)
    #expect(wait(second) == 0)
    let status = try server.records(600)
    #expect(status["store"]?["traces"]?["running"]?.integer == 600, "\(status.serializedString)")
    #expect(server.counter("malformedLines", in: status) == 0)
  }

  @Test func `A writer that dies in the middle of a line costs that line alone`() throws {
    let place = try TestPlace()
    let server = try ServerProcess(pipe: place.pipe)
    let torn = String(traceLines("torn").prefix(90))
    wait(writer(traceLines("before") + torn, to: place.pipe))
    wait(writer(traceLines("after"), to: place.pipe))
    let status = try server.records(4)
    #expect(server.counter("tornLines", in: status) == 1)
    #expect(server.counter("recoveredRecords", in: status) == 1)
    #expect(server.counter("malformedLines", in: status) == 0)
    let names = try server.ask("traces/list")["traces"]?.array?.compactMap { $0["traceId"]?.string }
    #expect(names == ["after", "before"])
    #expect(server.source(status)["problems"]?[0]?["line"]?.integer == 3, "\(status.serializedString)")
  }

  @Test func `A line of 100 MB is skipped and counted, memory stays bounded, the next record is served`() throws {
    let place = try TestPlace()
    let server = try ServerProcess(pipe: place.pipe)
    let long = spawn(["sh", "-c", "{ printf '{\"a\":\"'; head -c 100000000 /dev/zero | tr '\\0' x; printf '\"}\\n'; } > '\(place.pipe)'"])
    #expect(wait(long) == 0)
    wait(writer(traceLines("good"), to: place.pipe))
    let status = try server.records(2)
    #expect(server.counter("oversizeLines", in: status) == 1)
    #expect(server.counter("oversizeBytes", in: status) > 99_000_000)
    let resident = status["memory"]?["residentBytes"]?.integer ?? .max
    #expect(resident < 160 << 20, "\(resident >> 20) MiB resident")
  }

  @Test func `Bad lines are counted by cause with their place, and the next record is served`() throws {
    let place = try TestPlace()
    let server = try ServerProcess(pipe: place.pipe)
    let bad = "not json\n{\"hello\":1}\n{\"log_type\":\"trace\",\"fields\":{\"event_type\":\"span_start\"}}\n\n"
    wait(writer(bad + traceLines("good"), to: place.pipe))
    let status = try server.records(2)
    #expect(server.counter("otherLines", in: status) == 1)
    #expect(server.counter("unrecognisedLines", in: status) == 1)
    #expect(server.counter("invalidRecords", in: status) == 1)
    let problems = server.source(status)["problems"]?.array ?? []
    #expect(problems.map { $0["line"]?.integer } == [2, 3])
    #expect(problems.map { $0["byteOffset"]?.integer } == [9, 21])
  }

  @Test func `After the last writer has gone the server idles without using the processor`() throws {
    let place = try TestPlace()
    let server = try ServerProcess(pipe: place.pipe)
    // Enough work to be visible in the process's clock; otherwise a clock that stands still would prove nothing.
    var count = 0
    while try cpuTicks(server.process) < 3, count < 2_000_000 {
      let text = (count..<count + 20_000).map { #"{"log_type":"module","message":"m\#($0)"}"# + "\n" }.joined()
      wait(writer(text, to: place.pipe))
      count += 20_000
      _ = try server.records(Int64(count))
    }
    let before = try cpuTicks(server.process)
    #expect(before >= 3, "\(count) records took \(before) ticks")
    // Formats that wait for later values are asked for them once, after a silence, and not again and again.
    // The last of them waits for its end.
    let lines = [
      traceLines("one"),
      #"{"traceID":"ab","spans":[{"traceID":"ab","spanID":"cd","operationName":"o","startTime":1767225600000000,"duration":2,"processID":"p1"}]}"#
        + "\n",
      #"{"ph":"B","name":"load","ts":1767225600000000,"pid":1,"tid":1}"# + "\n",
    ]
    for (number, line) in lines.enumerated() {
      wait(writer(line, to: place.pipe))
      _ = try server.records(Int64(count) + 2 + Int64(number))
    }
    let afterwards = try cpuTicks(server.process)
    usleep(1_000_000)
    // A busy loop would use 100 ticks of 10 ms.
    let used = try cpuTicks(server.process) - afterwards
    #expect(used <= 3, "\(used) ticks")
    wait(writer(traceLines("two"), to: place.pipe))
    _ = try server.records(Int64(count) + 6)
  }

  @Test func `A server that was killed leaves a pipe that the next one reads`() throws {
    let place = try TestPlace()
    let first = try ServerProcess(pipe: place.pipe)
    kill(first.process, SIGKILL)
    #expect(first.end() == -SIGKILL)
    let second = try ServerProcess(pipe: place.pipe)
    wait(writer(traceLines("again"), to: place.pipe))
    let status = try second.records(2)
    #expect(second.source(status)["state"]?.string == "reading")
  }

  @Test func `A second server serves, names the owner, and takes over when it ends`() throws {
    let place = try TestPlace()
    let owner = try ServerProcess(pipe: place.pipe)
    let second = try ServerProcess(pipe: place.pipe)
    let waiting = second.source(try second.ask("server/status"))
    #expect(waiting["state"]?.string == "owned")
    #expect(waiting["ownerPid"]?.integer == Int64(owner.process))
    let hint = try second.ask("traces/list")["hint"]?.string ?? ""
    #expect(hint.contains("pid \(owner.process)"), "\(hint)")
    wait(writer(traceLines("first"), to: place.pipe))
    _ = try owner.records(2)
    kill(owner.process, SIGKILL)
    owner.end()
    _ = try second.status { second.source($0)["state"]?.string == "reading" }
    wait(writer(traceLines("second"), to: place.pipe))
    _ = try second.records(2)
    #expect(try second.ask("traces/list")["total"]?.integer == 1)
  }

  @Test func `A pipe that is removed while the server runs is made again`() throws {
    let place = try TestPlace()
    let server = try ServerProcess(pipe: place.pipe)
    var before = stat()
    try #require(lstat(place.pipe, &before) == 0)
    // Another file takes the old inode, so that the new pipe cannot get it.
    unlink(place.pipe)
    close(open(place.path + "/other", O_CREAT | O_WRONLY, 0o600))
    _ = try server.status { _ in access(place.pipe, F_OK) == 0 }
    wait(writer(traceLines("after"), to: place.pipe))
    _ = try server.records(2)
  }

  @Test func `A directory in which anybody may rename files is refused, one with the sticky bit is not`() throws {
    let place = try TestPlace()
    chmod(place.path, 0o777)
    let refused = run([program, "serve", "--pipe", place.pipe])
    #expect(refused.code == 64 && refused.error.contains("may be written by everybody"), "\(refused.code) \(refused.error)")
    #expect(access(place.pipe, F_OK) != 0, "nothing was made there")
    chmod(place.path, 0o1777)
    #expect(run([program, "serve", "--pipe", place.pipe]).code == 0)
  }

  @Test func `A directory in which a group may rename files is refused`() throws {
    let place = try TestPlace()
    chmod(place.path, 0o770)
    let refused = run([program, "serve", "--pipe", place.pipe])
    #expect(refused.code == 64 && refused.error.contains("may be written by its group (mode 770); chmod g-w it, or choose"), "\(refused)")
    #expect(access(place.pipe, F_OK) != 0, "nothing was made there")
  }

  @Test func `A pipe of ours that others may read is closed to them, and that is told`() throws {
    let place = try TestPlace()
    mkfifo(place.pipe, 0o600)
    chmod(place.pipe, 0o644)
    let got = run([program, "serve", "--pipe", place.pipe])
    #expect(got.code == 0 && got.error.contains("could be read by others (mode 644); it is 600 now"), "\(got)")
    #expect(mode(of: place.pipe) == 0o600)
    #expect(run([program, "serve", "--pipe", place.pipe]).error.isEmpty)
  }

  @Test func `A named group may write to the pipe, and nobody may read it`() throws {
    let place = try TestPlace()
    let group = String(getegid())
    for _ in 0..<2 {
      let got = run([program, "serve", "--pipe", place.pipe, "--pipe-group", group])
      #expect(got.code == 0 && got.error.isEmpty, "\(got)")
      #expect(mode(of: place.pipe) == 0o620)
    }
    // Without the option the same pipe is rejected, because others may write to it.
    #expect(run([program, "serve", "--pipe", place.pipe]).code == 64)
    let unknown = run([program, "serve", "--pipe", place.pipe, "--pipe-group", "no-such-group"])
    #expect(unknown.code == 64 && unknown.error.contains("there is no group no-such-group"), "\(unknown)")
  }

  /// Other files that may have this name must not be overwritten.
  @Test(arguments: ["my notes\n", "12\n34 and more", "123456789012345678901234567890\n"])
  func `A lock file that holds something else is left as it is`(text: String) throws {
    let place = try TestPlace()
    #expect(run(["sh", "-c", #"printf %s "$1" > "$0""#, place.pipe + ".lock", text]).code == 0)
    let got = run([program, "serve", "--pipe", place.pipe])
    #expect(got.code == 64 && got.error.contains("p.pipe.lock holds something else than a lock; remove it or choose"), "\(got)")
    #expect(run(["cat", place.pipe + ".lock"]).output == text)
  }

  @Test func `A tilde that the shell left is the home directory, another's is refused`() throws {
    let place = try TestPlace()
    let got = run([program, "paths", "--quiet", "--pipe", "~/p"], environment: ["HOME=/home/me"])
    #expect(got.output == "/home/me/p\n", "\(got)")
    let refused = run([program, "serve", "--pipe=~nobody/p"], environment: ["HOME=\(place.path)"])
    #expect(refused.code == 64 && refused.error.contains("the ~ was not replaced by a home directory"), "\(refused)")
    #expect(access("~nobody", F_OK) != 0)
  }

  private func mode(of path: String) -> mode_t {
    var status = stat()
    return lstat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
  }

  @Test func `After its directory was removed one server reads the pipe, not two`() throws {
    let place = try TestPlace()
    let pipe = place.path + "/inner/p.pipe"
    mkdir(place.path + "/inner", 0o700)
    let first = try ServerProcess(pipe: pipe)
    #expect(run(["rm", "-rf", place.path + "/inner"]).code == 0)
    _ = try first.status { _ in access(pipe, F_OK) == 0 && access(pipe + ".lock", F_OK) == 0 }
    let second = try ServerProcess(pipe: pipe)
    // Whichever of them took the new lock first.
    _ = try second.status { status in
      guard let other = try? first.ask("server/status") else { return false }
      return Set([other, status].map { second.source($0)["state"]?.string }) == ["owned", "reading"]
    }
  }

  @Test func `Something else in the pipe's place is reported, and the pipe read again once it is gone`() throws {
    let place = try TestPlace()
    let server = try ServerProcess(pipe: place.pipe)
    unlink(place.pipe)
    close(open(place.pipe, O_CREAT | O_WRONLY, 0o600))
    let status = try server.status { server.source($0)["state"]?.string == "unavailable" }
    #expect(server.source(status)["message"]?.string?.contains("is a regular file") == true)
    unlink(place.pipe)
    _ = try server.status { server.source($0)["state"]?.string == "reading" }
    wait(writer(traceLines("again"), to: place.pipe))
    _ = try server.records(2)
  }

  @Test(arguments: ["regular", "symlink", "directory", "socket", "open"])
  func `Anything but a pipe of ours is refused and left as it is`(kind: String) throws {
    let place = try TestPlace()
    switch kind {
    case "regular": #expect(run(["sh", "-c", "printf keep > '\(place.pipe)'"]).code == 0)
    case "symlink": #expect(run(["ln", "-s", "/etc/hostname", place.pipe]).code == 0)
    case "directory": mkdir(place.pipe, 0o700)
    case "socket":
      let script = "import socket,sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])"
      #expect(run(["python3", "-c", script, place.pipe]).code == 0)
    default:
      mkfifo(place.pipe, 0o600)
      chmod(place.pipe, 0o666)
    }
    var before = stat()
    try #require(lstat(place.pipe, &before) == 0)
    let result = run([program, "serve", "--pipe", place.pipe])
    #expect(result.code == 64, "\(result.error)")
    #expect(result.output.isEmpty, "stdout is the protocol's: \(result.output)")
    #expect(result.error.split(separator: "\n").count == 1 && result.error.contains(place.pipe), "\(result.error)")
    var after = stat()
    try #require(lstat(place.pipe, &after) == 0)
    #expect(before.st_ino == after.st_ino && before.st_mode == after.st_mode && before.st_size == after.st_size)
  }

  private func cpuTicks(_ process: pid_t) throws -> Int {
    let fields = run(["cat", "/proc/\(process)/stat"]).output.split(separator: " ")
    try #require(fields.count > 14, "\(fields)")
    return try #require(Int(fields[13])) + #require(Int(fields[14]))
  }
}
