// trace-distiller lsp --wrap -- SERVER: starts the server and ours, carries messages between them and the client, and ends as the server does.

import ArgumentParser
import LanguageWrap
import Platform
import TraceHub

enum Wrapped {
  /// How long a server may take to end when its output has ended, before it is asked to, and then before it is made to.
  private static let endNanos: Int64 = 2_000_000_000

  /// - Parameter arguments: those of this process; ours gets the same, without the wrap.
  static func run(_ command: [String], ours arguments: [String]) throws -> Never {
    let signals = SignalState.takeOver()
    // Whoever ignores the end of children never learns how they ended.
    signal(SIGCHLD, SIG_DFL)
    let server: (process: ChildProcess, input: Int32, output: Int32)
    do throws(ChildProcess.Refused) {
      server = try start(command, signals)
    } catch {
      tell("\(command[0]): \(errorText(error.errorNumber))")
      throw error.isNotFound ? ExitStatus.programNotFound : ExitStatus.programNotStarted
    }
    // A second process: whatever happens to it, the server goes on.
    let own = arguments.dropFirst().prefix { $0 != "--" }.filter { $0 != "--wrap" }
    let ours = HubStart.ownProgram().flatMap { try? start([$0] + own, signals) }
    WrapLoop(
      client: (STDIN_FILENO, STDOUT_FILENO), server: (server.output, server.input), ours: ours.map { ($0.output, $0.input) }, tell: tell
    ).run()
    _exit(end(of: server.process.process).code)
  }

  /// - Returns: the process, where its input is written to, and where its output is read from.
  private static func start(_ command: [String], _ signals: SignalState) throws(ChildProcess.Refused) -> (
    process: ChildProcess, input: Int32, output: Int32
  ) {
    let (input, output) = (PipeEnds(), PipeEnds())
    guard input.reader >= 0, output.reader >= 0 else { throw ChildProcess.Refused(errorNumber: EMFILE) }
    defer {
      close(input.reader)
      close(output.writer)
    }
    do throws(ChildProcess.Refused) {
      let process = try ChildProcess(
        command, environment: RunEnvironment.current(), input: input.reader, output: output.writer, signals: signals)
      return (process, input.writer, output.reader)
    } catch {
      close(input.writer)
      close(output.reader)
      throw error
    }
  }

  /// The two ends of a pipe that no other child gets.
  private struct PipeEnds {
    var reader: Int32 = -1
    var writer: Int32 = -1

    init() {
      var ends: [Int32] = [-1, -1]
      guard pipe(&ends) == 0 else { return }
      for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
      (reader, writer) = (ends[0], ends[1])
    }
  }

  private static func end(of process: pid_t) -> ChildProcess.End {
    for signal in [0, SIGTERM, SIGKILL] {
      if signal != 0 { kill(process, signal) }
      let deadline = MonotonicClock.nanos + endNanos
      while MonotonicClock.nanos < deadline {
        var status: Int32 = 0
        let ended = waitpid(process, &status, WNOHANG)
        if ended == process { return status & 0x7F == 0 ? .exited(status >> 8 & 0xFF) : .signalled(status & 0x7F) }
        // Somebody else waited for it: how it ended is not known, and is not called a success.
        if ended < 0, errno != EINTR { return .exited(EX_OSERR) }
        usleep(2_000)
      }
    }
    return .signalled(SIGKILL)
  }
}
