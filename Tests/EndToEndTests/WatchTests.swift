// Proves over a real hub that `watch` prints each trace that completes, explains failed ones, takes a filter, and ends when it should.

import JSON
import Platform
import Testing

@Suite struct WatchTests {
  /// A hub of its own, which its first client starts.
  private final class Hub {
    let place: TestPlace
    private let client: ServerProcess

    init() throws {
      place = try TestPlace()
      client = try ServerProcess(pipe: place.pipe, options: ["--hub", "require", "--quiet-ms", "50"])
    }

    deinit { _ = run([program, "hub", "stop", "--pipe", place.pipe]) }
  }

  /// A `watch` that has begun.
  private final class Watching {
    private let process: pid_t
    private let output, error: Int32

    init(_ hub: Hub, _ options: [String]) throws {
      let (output, error) = (makePipe(), makePipe())
      process = spawn([program, "watch", "--pipe", hub.place.pipe] + options, output: output.writer, error: error.writer)
      for descriptor in [output.writer, error.writer] { close(descriptor) }
      (self.output, self.error) = (output.reader, error.reader)
      var said = ""
      while !said.contains("\n") { said += try #require(Self.read(self.error), "watch ended before it began: \(said)") }
      #expect(said.contains("watching"), "\(said)")
    }

    /// All that it printed, and its exit code.
    func end() -> (output: String, code: Int32) {
      var text = ""
      while let piece = Self.read(output) { text += piece }
      return (text, wait(process))
    }

    deinit { for descriptor in [output, error] { close(descriptor) } }

    private static func read(_ descriptor: Int32) -> String? {
      var buffer = [UInt8](repeating: 0, count: 64 << 10)
      let count = Platform.read(descriptor, &buffer, buffer.count)
      return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
    }
  }

  @Test func `Each trace is a line, and what failed is explained`() throws {
    let hub = try Hub()
    let watching = try Watching(hub, ["--until", "4"])
    wait(writer(run(["cat", fixture]).output, to: hub.place.pipe))
    let (text, code) = watching.end()
    #expect(code == 0)
    let lines = text.split(separator: "\n")
    #expect(lines.count { !$0.hasPrefix(" ") && $0.contains("download_all  15 spans  ❌ 2") } == 4, "\(text)")
    #expect(lines.contains { $0.hasPrefix("    ") && $0.contains("Retry: fetch_quote ×3, 2 failed") }, "\(text)")
    #expect(!text.contains("\u{1B}"), "colours in a file")
  }

  @Test func `What takes twice the usual time is explained, and nothing is usual before the fifth`() throws {
    let hub = try Hub()
    let watching = try Watching(hub, ["--json", "--until", "8"])
    // Of four nothing is usual: the fourth is slow and gets no word. The seventh is slow beside six.
    for (index, millis) in [10, 10, 10, 100, 10, 10, 100, 12].enumerated() {
      wait(writer(traceLines("order-\(index)", root: "checkout", durationMs: millis), to: hub.place.pipe))
      // In this order: each is complete before the next begins.
      #expect(run([program, "call", "traces/await", #"{"cursor":"c\#(index)"}"#, "--pipe", hub.place.pipe]).code == 0)
    }
    let (output, code) = watching.end()
    #expect(code == 0)
    let explained = try output.split(separator: "\n").compactMap { line -> String? in
      let object = try JSONValue(parsing: Array(line.utf8))
      return object["explanation"] == nil ? nil : object["traceId"]?.string
    }
    #expect(explained == ["order-6"], "\(output)")
  }

  @Test func `A filter chooses, and JSON is one object a line`() throws {
    let hub = try Hub()
    let watching = try Watching(hub, ["other", "--json", "--until", "1"])
    wait(writer(traceLines("order-1", root: "checkout") + traceLines("order-2", root: "other"), to: hub.place.pipe))
    let (text, code) = watching.end()
    #expect(code == 0)
    let object = try JSONValue(parsing: Array(text.utf8))
    #expect(object["traceId"] == "order-2" && object["complete"] == true && object["explanation"] == nil, "\(text)")
  }

  @Test func `Without a hub, and with a wrong filter, it says what to do`() throws {
    let place = try TestPlace()
    let alone = run([program, "watch", "--pipe", place.pipe])
    #expect(alone.code == 69 && alone.error.contains("no hub is there"), "\(alone.code) \(alone.error)")
    for wrong in [["{"], ["{}", "--until", "0"]] {
      let refused = run([program, "watch", "--pipe", place.pipe] + wrong)
      #expect(refused.code == 64, "\(wrong): \(refused.code) \(refused.error)")
    }
    let hub = try Hub()
    let unknown = run([program, "watch", "--pipe", hub.place.pipe, #"{"nam":"x"}"#])
    #expect(unknown.code == 64 && unknown.error.contains("did you mean name?"), "\(unknown.code) \(unknown.error)")
  }

  @Test func `It ends when its hub does`() throws {
    let hub = try Hub()
    let watching = try Watching(hub, [])
    #expect(run([program, "hub", "stop", "--pipe", hub.place.pipe]).code == 0)
    let (text, code) = watching.end()
    #expect(text.isEmpty && code == 69, "\(code) \(text)")
  }
}
