// Transcripts: records, requests and answers as one text that people read and tests replay.

import JSON
import Testing

struct Transcript {
  enum Step {
    case comment(String)
    case pipe(String)
    case clock(Int64)
    case request(String)
    case answer(String)
  }

  struct Mistake: Error, CustomStringConvertible { var description: String }

  private(set) var steps: [Step] = []

  /// Lines that begin with `#|` are generated from the answers and are skipped.
  init(parsing text: String) throws {
    for (index, line) in ProtocolFolder.lines(text).enumerated() where !line.isEmpty && !line.hasPrefix("#|") {
      func rest(of mark: String) -> String? { line.hasPrefix(mark) ? String(line.dropFirst(mark.count)) : nil }
      if let comment = rest(of: "#") {
        steps.append(.comment(comment))
      } else if let record = rest(of: "pipe ") {
        steps.append(.pipe(record))
      } else if let request = rest(of: "--> ") {
        steps.append(.request(request))
      } else if let answer = rest(of: "<-- ") {
        steps.append(.answer(answer))
      } else if let clock = rest(of: "clock +"), clock.hasSuffix("ms"), let millis = Int64(clock.dropLast(2)) {
        steps.append(.clock(millis))
      } else {
        throw Mistake(description: "line \(index + 1) is neither # comment, pipe, clock +…ms, --> nor <--: \(line)")
      }
    }
  }

  init(named name: String) throws { self = try Transcript(parsing: ProtocolFolder.text("transcripts/\(name).io")) }

  /// The requests with their answers, in order.
  var exchanges: [(request: JSONValue, answer: JSONValue)] {
    get throws {
      var pairs: [(request: JSONValue, answer: JSONValue)] = []
      var last: JSONValue?
      for step in steps {
        if case .request(let text) = step { last = try JSONValue(parsing: text) }
        if case .answer(let text) = step, let request = last { pairs.append((request, try JSONValue(parsing: text))) }
      }
      return pairs
    }
  }

  /// The expected transcript: every request is answered by a server that has received everything before it.
  func replayed() async -> String {
    let server = TestServer()
    var lines: [String] = []
    for step in steps {
      switch step {
      case .comment(let text): lines.append("#" + text)
      case .pipe(let record):
        server.feed(record)
        lines.append("pipe " + record)
      case .clock(let millis):
        server.advance(millis: millis)
        lines.append("clock +\(millis)ms")
      case .request(let message):
        lines.append("--> " + message)
        // The memory of a store depends on the allocator.
        guard let answer = await server.reply(to: message)?.replacing(/"bytes":[0-9]+,"producers"/, with: #""bytes":4096,"producers""#)
        else { continue }
        lines.append("<-- " + answer)
        for text in Self.texts(of: answer) { lines += ProtocolFolder.lines(text).map { $0.isEmpty ? "#|" : "#| " + $0 } }
      case .answer: break
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

extension Transcript {
  /// The texts in an answer for people and models: of a method, a tool, or a resource.
  private static func texts(of answer: String) -> [String] {
    guard let result = (try? JSONValue(parsing: answer))?["result"] else { return [] }
    return ([result] + (result["content"]?.array ?? []) + (result["contents"]?.array ?? [])).compactMap { $0["text"]?.string }
  }
}

struct TranscriptTests {
  @Test(arguments: ProtocolFolder.transcripts) func replay(_ name: String) async throws {
    let transcript = try Transcript(named: name)
    ProtocolFolder.check("transcripts/\(name).io", holds: await transcript.replayed())
  }
}
