// An observed program (`trace-layers-host send`) as a separate process: its output, and how it ends.

import JSON
import Platform
import Testing

final class HostProcess {
  let process: pid_t
  private var input: Int32
  private let output: Int32
  private var buffered: [UInt8] = []
  private var said: [String] = []
  private var isWaitedFor = false

  /// - Parameter prefix: A program that runs the host.
  init(_ arguments: [String], under prefix: [String] = []) {
    let (toHost, fromHost) = (makePipe(), makePipe())
    process = spawn(prefix + [layersHost, "send"] + arguments, input: toHost.reader, output: fromHost.writer)
    close(toHost.reader)
    close(fromHost.writer)
    input = toHost.writer
    output = fromHost.reader
  }

  deinit {
    if !isWaitedFor {
      kill(process, SIGKILL)
      wait(process)
    }
    if input >= 0 { close(input) }
    close(output)
  }

  /// Reads its output until a line satisfies the predicate, or returns nil at its end; 20 s without output fail the test.
  @discardableResult
  func line(where isWanted: (String) -> Bool) throws -> String? {
    var piece = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      while let newline = buffered.firstIndex(of: 0x0A) {
        let line = String(decoding: buffered[..<newline], as: UTF8.self)
        buffered.removeFirst(newline + 1)
        said.append(line)
        if isWanted(line) { return line }
      }
      var entry = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
      try #require(poll(&entry, 1, 20_000) == 1, "the host said nothing for 20 s; before: \(said.suffix(3))")
      let count = read(output, &piece, piece.count)
      guard count > 0 else { return nil }
      buffered += piece[..<count]
    }
  }

  func proceed() {
    writeAll([0x0A], to: input)
    close(input)
    input = -1
  }

  /// Its exit code, or minus the signal that ended it, and all its lines of output.
  func end() throws -> (code: Int32, said: [String]) {
    try line { _ in false }
    isWaitedFor = true
    return (wait(process), said)
  }

  /// The number of records in the journal, according to its latest output.
  var committed: Int { said.last { $0.hasPrefix("committed ") }.flatMap { Int($0.dropFirst(10)) } ?? 0 }
}

/// `statistics … name=value …` as numbers.
func statistics(_ said: [String]) throws -> [String: Int64] {
  let line = try #require(said.last { $0.hasPrefix("statistics ") }, "\(said.suffix(5))")
  let pairs = line.split(separator: " ").dropFirst().map { $0.split(separator: "=") }
  return Dictionary(uniqueKeysWithValues: pairs.map { (String($0[0]), Int64($0[1])!) })
}

/// The store's counters in a status.
func store(_ name: String, _ status: JSONValue) -> Int64 {
  status["store"]?["counters"]?[name]?.integer ?? status["store"]?[name]?.integer ?? -1
}
