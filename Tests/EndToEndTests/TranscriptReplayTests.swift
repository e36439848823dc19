// Proves that the real program, queried over stdin after another process wrote to a real FIFO, gives exactly the bytes of the transcripts.
// The server's own tests replay all of them in process; here are those in which all records come before the requests.

import Foundation
import JSON
import Testing

@Suite struct TranscriptReplayTests {
  /// A transcript that needs no clock of its own: records, optionally half a second of quiet, then requests.
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var records: [String] = []
    var isQuiet = false
    var exchanges: [(request: String, answer: String)] = []

    var testDescription: String { name }
  }

  static let cases: [Case] = {
    let folder = packageRoot + "/protocol/transcripts"
    let files = (FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(".io") }.sorted()
    return files.filter { $0.hasPrefix("trace") }.compactMap { file in
      (try? String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)).flatMap { read($0, name: file) }
    }
  }()

  /// Nil if records or time come between the requests, or if an answer names the pipe.
  static func read(_ text: String, name: String) -> Case? {
    var result = Case(name: name)
    for line in text.split(separator: "\n").map(String.init) {
      if line.hasPrefix("pipe ") {
        guard result.exchanges.isEmpty, !result.isQuiet else { return nil }
        result.records.append(String(line.dropFirst(5)))
      } else if line == "clock +500ms" {
        guard result.exchanges.isEmpty else { return nil }
        result.isQuiet = true
      } else if line.hasPrefix("clock ") {
        return nil
      } else if line.hasPrefix("--> ") {
        result.exchanges.append((String(line.dropFirst(4)), ""))
      } else if line.hasPrefix("<-- ") {
        guard !result.exchanges.isEmpty, !line.contains("default.pipe") else { return nil }
        result.exchanges[result.exchanges.count - 1].answer = String(line.dropFirst(4))
      }
    }
    // A message without an answer would leave the next answer unread.
    return result.exchanges.isEmpty || result.exchanges.contains { $0.answer.isEmpty } ? nil : result
  }

  @Test func `Most transcripts can be replayed`() {
    #expect(Self.cases.count >= 12, "only \(Self.cases.map(\.name))")
  }

  @Test(arguments: cases) func `The program answers as the transcript says`(transcript: Case) throws {
    let place = try TestPlace()
    // A quiet time of zero, or longer than the test: this simulates the transcript's clock without waiting.
    let server = try ServerProcess(pipe: place.pipe, options: ["--quiet-ms", transcript.isQuiet ? "0" : "3600000"])
    if !transcript.records.isEmpty {
      wait(writer(transcript.records.joined(separator: "\n") + "\n", to: place.pipe))
      _ = try server.status { server.counter("lines", in: $0) >= transcript.records.count }
    }
    for (request, answer) in transcript.exchanges {
      server.send(request + "\n")
      let got = try server.readLine()
      #expect(got == answer, "\(transcript.name): \(request)\nexpected \(answer)\ngot      \(got)")
    }
  }
}
