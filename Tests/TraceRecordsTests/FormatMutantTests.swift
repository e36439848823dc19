// 200,000 damaged values of every format: no crash, no hang, every one is accounted for, and the value scanner reads the same as jansson.
// Every eighth is also tested as a document.

import Testing

@testable import TraceRecords

struct FormatMutantTests {
  @Test(arguments: [
    "jaeger", "zipkin", "chrome", "next", "otlp",
  ]) func mutants(_ format: String) {
    var random = SplitMix64(seed: UInt64(format.utf8.reduce(0) { $0 &* 31 &+ Int($1) }))
    let seeds = Self.seeds[format]!.map { Array($0.utf8) }
    var agreement = ValueAgreement()
    var outcomes = (scanned: 0, left: 0)
    for number in 0..<40_000 {
      let value = Self.mutant(of: seeds, &random)
      if let what = agreement.difference(value) {
        Issue.record("\(String(decoding: value, as: UTF8.self)): \(what)")
        return
      }
      if agreement.takes(value) { outcomes.scanned += 1 } else { outcomes.left += 1 }
      if number % 64 == 0, let what = agreement.finish() {
        Issue.record("held back until value \(number): \(what)")
        return
      }
      // The readers of files treat a document in the same way.
      if number % 8 == 0 {
        let got = read(Array("[\n".utf8) + value, as: RecordStream(maxLineBytes: 200), describing: false)
        #expect(got.statistics.bytes == UInt64(value.count + 2))
      }
    }
    #expect(outcomes.scanned > 1_000 && outcomes.left > 1_000, "\(outcomes): the mutants are too mild, or too wild")
  }

  static let seeds: [String: [String]] = [
    "jaeger": [
      #"{"data":[{"traceID":"a","spans":[{"spanID":"b","operationName":"o","startTime":1,"duration":2,"tags":[{"key":"k","type":"int64","value":"1"}],"processID":"p"}],"processes":{"p":{"serviceName":"s"}}}]}"#,
      #"{"traceID":"a","spans":[{"spanID":"c","references":[{"refType":"CHILD_OF","spanID":"b"}],"startTime":1,"logs":[{"timestamp":1,"fields":[{"key":"event","value":"error"}]}]}]}"#,
    ],
    "zipkin": [
      #"[{"traceId":"a","id":"b","kind":"CLIENT","timestamp":1,"duration":2,"remoteEndpoint":{"serviceName":"r","port":1}},{"traceId":"a","id":"b","shared":true,"tags":{"error":""}}]"#,
      #"{"traceId":"a","parentId":"b","id":"c","localEndpoint":{"serviceName":"s"},"annotations":[{"timestamp":1,"value":"v"}]}"#,
    ],
    "chrome": [
      #"{"traceEvents":[{"ph":"X","ts":1.5,"dur":2,"pid":1,"tid":1,"name":"n","args":{"a":1}},{"ph":"B","ts":2,"pid":"x","name":"m"},{"ph":"E","ts":3,"pid":"x"}]}"#,
      #"[{"ph":"b","cat":"c","id":"0x1","ts":1},{"ph":"n","cat":"c","id":"0x1","ts":1},{"ph":"e","cat":"c","id2":{"local":"1"},"ts":1},{"ph":"i","ts":-1},{"ph":"M","name":"process_name","args":{"name":"p"}}]"#,
    ],
    "next": [#"[{"name":"n","duration":1,"timestamp":2,"id":4,"parentId":1,"tags":{"a":"b"},"startTime":3,"traceId":"e4"}]"#],
    "otlp": [
      #"{"resourceSpans":[{"resource":{"attributes":[]},"scopeSpans":[{"scope":{"name":"l"},"spans":[{"traceId":"a","spanId":"b","events":[{"name":"e"}],"links":[{"traceId":"c","spanId":"d"}]}]}]}]}"#
    ],
  ]

  private static let pieces: [[UInt8]] =
    ["{", "}", "[", "]", "\"", "null", "7", "{}", "[]", "\\u0000", "-1e999", ",", ":", "\n", "18446744073709551616", "1e300", "-0.5"].map {
      Array($0.utf8)
    }
    + [[0xEF, 0xB7, 0x90], [0xFF]]

  static func mutant(of seeds: [[UInt8]], _ random: inout SplitMix64) -> [UInt8] {
    var value = seeds[Int(random.next() % UInt64(seeds.count))]
    for _ in 0...(random.next() % 3) {
      let place = Int(random.next() % UInt64(value.count))
      switch random.next() % 4 {
      case 0: value[place] = UInt8(truncatingIfNeeded: random.next())
      case 1: value.removeSubrange(place..<min(value.count, place + 1 + Int(random.next() % 8)))
      case 2:
        // Replace a value: digits, words and brackets occur where something else is expected.
        let piece = pieces[Int(random.next() % UInt64(pieces.count))]
        if let colon = value[place...].firstIndex(of: UInt8(ascii: ":")) {
          let end = value[(colon + 1)...].firstIndex { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "}") } ?? value.count
          value.replaceSubrange(colon + 1..<end, with: piece)
        }
      default: value.insert(contentsOf: pieces[Int(random.next() % UInt64(pieces.count))], at: place)
      }
      if value.isEmpty { value = [0x7B] }
    }
    return value
  }
}
