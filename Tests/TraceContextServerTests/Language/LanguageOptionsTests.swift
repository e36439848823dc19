// Proves what options of the language door mean, and that wrong ones are told and change nothing.

import JSON
import Testing

@testable import TraceContextServer

@Suite struct LanguageOptionsTests {
  @Test func `Options are read below our name or as they are`() throws {
    for text in [
      #"{"codeLens":false,"minMs":2.5}"#, #"{"traceDistiller":{"codeLens":false,"minMs":2.5}}"#,
      #"{"trace-distiller":{"codeLens":false,"minMs":2.5}}"#,
    ] {
      let options = LanguageOptions(try JSONValue(parsing: text))
      #expect(!options.has(.codeLens) && options.has(.hover) && options.minMs == 2.5 && options.complaints.isEmpty, "\(text)")
    }
    #expect(LanguageOptions(nil) == LanguageOptions() && LanguageOptions(.null) == LanguageOptions())
  }

  @Test func `What cannot be read is told`() throws {
    let rows: [(String, complaint: String)] = [
      (#"{"codeLense":true}"#, "codeLense is not known"), (#"{"hover":1}"#, "hover is true or false"), (#"{"minMs":-1}"#, "minMs"),
      (#"{"maxDiagnostics":1001}"#, "from 0 to 1000"), (#"{"maxTraces":0}"#, "from 1 to 500"),
      (#"{"pathMappings":{}}"#, "pathMappings is a list"),
      (#"{"pathMappings":[{"from":""}]}"#, "has \"from\" and \"to\""), ("[]", "an object"), ("7", "an object"),
    ]
    for (text, complaint) in rows {
      let options = LanguageOptions(try JSONValue(parsing: text))
      #expect(options.complaints.count == 1 && options.complaints[0].contains(complaint), "\(text): got \(options.complaints)")
      #expect(
        options.off.isEmpty && options.minMs == 0 && options.maxDiagnostics == 20 && options.maxTraces == 50 && options.pathMappings.isEmpty
      )
    }
  }

  @Test func `Editors are told from scripts by what they can do with documents`() throws {
    func isEditor(_ text: String) throws -> Bool { LanguageClient.isEditor(try JSONValue(parsing: text)) }
    #expect(try isEditor(#"{"capabilities":{"textDocument":{}}}"#))
    #expect(try !isEditor(#"{"capabilities":{}}"#))
    #expect(try !isEditor(#"{"capabilities":{"textDocument":true}}"#))
    let client = LanguageClient(try JSONValue(parsing: #"{"general":{"positionEncodings":["utf-7","utf-8","utf-16"]}}"#))
    #expect(client.encoding == .utf8, "the first that both know")
  }

  @Test func `Short times have two digits`() {
    let rows: [(Int64, String)] = [
      (0, "0 ns"), (999, "999 ns"), (1_000, "1.0 µs"), (9_990, "9.9 µs"), (15_500, "16 µs"), (89_400_000, "89 ms"),
      (1_234_000_000, "1.2 s"),
      (125_000_000_000, "125 s"), (-5, "0 ns"),
    ]
    for (nanos, text) in rows { #expect(LineWords.short(nanos) == text, "\(nanos)") }
  }

  @Test func `Places in a text`() {
    let found = LanguageSymbols.places(in: Array("   at load (src/orders.py:12), C:\\x\\y.cs:7 t1:x 12:30 :5 a:0".utf8))
    #expect(found.map(\.file) == ["src/orders.py", #"C:\x\y.cs"#, "12"] && found.map(\.line) == [12, 7, 30])
  }
}
