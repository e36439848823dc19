// trace-distiller hub: the process behind the clients of a pipe, for people and for supervisors.

import ArgumentParser
import JSON
import JSONRPC
import Platform
import TraceContextServer
import TraceHub
import TraceRecords

struct HubCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hub",
    abstract: "The process that keeps the traces of a pipe for all its clients: status, stop, run, log.",
    discussion: "Clients start it themselves: 'serve' and 'mcp' do, outside of CI and containers. It ends when nobody needs it.",
    subcommands: [Status.self, Stop.self, RunHub.self, Log.self])

  static let usualIdleNanos: Int64 = 1_800 * 1_000_000_000

  struct Place: ParsableArguments {
    @Option(help: "The first pipe of the hub; 'trace-distiller paths' prints the default.")
    var pipe: String?

    var place: HubPlace { HubQuestion.place(pipe) }
  }

  struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print what the hub of a pipe is and who uses it. Exit code 69 where there is none.")

    @OptionGroup var place: Place

    @Flag(help: "Print it as JSON.")
    var json = false

    func run() throws {
      let status = try HubQuestion.ask(place.place, HubWire.Method.status, [:])
      guard !json else { return StandardOutput.write(status.serializedString + "\n") }
      let clients = status["clients"]?.array ?? []
      var lines = [
        "hub  pid \(status["pid"]?.integer ?? 0), version \(status["version"]?.string ?? ""), since \(Self.instant(status["beganUnixNano"]))",
        "pipe  \(status["pipe"]?.string ?? "")", "socket  \(status["socket"]?.string ?? "")",
        "traces  \(status["traces"]?.integer ?? 0), in \((status["residentBytes"]?.integer ?? 0) >> 20) MiB of memory",
      ]
      let options = status["options"]?.array?.compactMap(\.string) ?? []
      if !options.isEmpty { lines.append("options  \(options.joined(separator: " "))") }
      // This command is one of them.
      lines.append("clients  \(max(0, clients.count - 1))")
      for client in clients where client["pid"]?.integer != Int64(getpid()) {
        lines.append("  pid \(client["pid"]?.integer ?? 0)\(client["project"]?.string.map { "  \($0)" } ?? "")")
      }
      if let lost = status["lost"]?.string { lines.append(lost) }
      StandardOutput.write(lines.joined(separator: "\n") + "\n")
    }

    private static func instant(_ value: JSONValue?) -> String {
      value?.string.flatMap { Int64($0) }.map { Timestamp.format($0) } ?? "?"
    }
  }

  struct Stop: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "End the hub of a pipe. What it has in memory is gone; a client's next request starts another.")

    @OptionGroup var place: Place

    func run() throws {
      let place = place.place
      _ = try HubQuestion.ask(place, HubWire.Method.stop, [:]) { client in
        _ = client.waitForEnd(within: 5_000_000_000)
      }
      // The lock is free when the process is gone.
      guard let lock = try? HubLock(path: place.lockPath) else { return }
      for _ in 0..<2_500 {
        if lock.tryLock() { return }
        usleep(2_000)
      }
      tell("the hub has not ended within 5 s")
      throw ExitStatus.negative
    }
  }

  struct Log: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print the end of the hubs' log, and where it is.")

    @Option(help: "The most lines.")
    var lines = 50

    func run() throws {
      guard let path = HubLog(directory: HubLog.directory(), name: "").path else {
        tell("neither XDG_STATE_HOME nor HOME is known: hubs write no log")
        throw ExitStatus.unavailable
      }
      tell(path)
      var kept: [Substring] = []
      for file in [path + ".1", path] where access(file, R_OK) == 0 {
        kept += String(decoding: try SmallFile.read(file, limit: 4 * HubLog.maxBytes), as: UTF8.self).split(separator: "\n")
      }
      for line in kept.suffix(max(0, lines)) { StandardOutput.write(line + "\n") }
    }
  }

  struct RunHub: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "run", abstract: "Be the hub of a pipe, in the foreground, for a supervisor.",
      discussion: "Takes a listening socket from the supervisor where LISTEN_FDS says that there is one; scripts/systemd has units.")

    @Option(help: "How long it lives without a client and without a record; 0 is for ever.")
    var hubIdle = DurationOption(nanos: HubCommand.usualIdleNanos)

    @Flag(help: .hidden)
    var inherited = false

    @OptionGroup var server: ServerOptions

    func run() throws {
      Signals.tellOfRefusedMemory()
      signal(SIGPIPE, SIG_IGN)
      signal(SIGXFSZ, SIG_IGN)
      Signals.unblockThoseThatEnd()
      let place = HubPlace(pipe: server.paths[0].path, workingDirectory: WorkingDirectory.path)
      let log = HubLog(directory: HubLog.directory(), name: place.pipe)
      // Started by a client it has nobody to tell anything; started by a person or a supervisor it tells these too.
      let isOurs = inherited
      @Sendable func say(_ line: String) {
        log.write(line)
        if !isOurs { tell(line) }
      }
      do throws(HubLock.Refused) {
        if let problem = place.problem { throw HubLock.Refused(description: problem) }
        let (lock, listener, isPassed) = try inherited ? inheritedFiles(place) : ownFiles(place)
        let hub: HubProcess
        do throws(ServerHost.Failure) {
          hub = try HubProcess(
            server, place: place, lock: lock, listener: listener, isSocketPassed: isPassed,
            idleNanos: hubIdle.nanos == 0 ? nil : hubIdle.nanos, say: say)
        } catch {
          say(error.message)
          HubRefusal.tell(error, listener: listener)
          if !isPassed { unlink(place.socketPath) }
          _exit(error.code.rawValue)
        }
        hub.run()
        // Answers that are being written: connections end when their doors do, and these know.
        usleep(20_000)
        _exit(0)
      } catch {
        say(error.description)
        throw ExitStatus.unavailable
      }
    }

    private func inheritedFiles(_ place: HubPlace) throws(HubLock.Refused) -> (HubLock, Int32, isPassed: Bool) {
      _ = fcntl(HubStart.listener, F_SETFD, FD_CLOEXEC)
      return (try HubLock(inherited: HubStart.lock, path: place.lockPath), HubStart.listener, false)
    }

    private func ownFiles(_ place: HubPlace) throws(HubLock.Refused) -> (HubLock, Int32, isPassed: Bool) {
      place.makeDirectory()
      if let foreign = place.foreignDirectory { throw HubLock.Refused(description: foreign) }
      let lock = try HubLock(path: place.lockPath)
      guard lock.tryLock() else {
        throw HubLock.Refused(description: "the hub of \(place.pipe) is there already, pid \(lock.record.pid)")
      }
      if let passed = Self.passedSocket() { return (lock, passed, true) }
      return (lock, try HubSocket.listen(place), false)
    }

    /// A socket that a supervisor listens on for us: sd_listen_fds(3).
    private static func passedSocket() -> Int32? {
      func number(_ name: String) -> Int32? { getenv(name).flatMap { Int32(String(cString: $0)) } }
      guard number("LISTEN_PID") == getpid(), number("LISTEN_FDS") == 1 else { return nil }
      _ = fcntl(3, F_SETFD, FD_CLOEXEC)
      _ = fcntl(3, F_SETFL, O_NONBLOCK)
      return 3
    }
  }
}
