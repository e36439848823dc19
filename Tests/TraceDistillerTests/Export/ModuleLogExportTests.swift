// Proves that module logs as OTLP lines are read back as the same logs: level, time, module, service, run, trace, message, attributes.

import Testing
import TraceRecords

@testable import TraceDistiller

struct ModuleLogExportTests {
  private static func logs(_ lines: String) -> ModuleLogs {
    var store = TraceDistillerStore()
    var stream = RecordStream()
    Array(lines.utf8).withUnsafeBytes { stream.feed($0) { store.apply($0, $1, source: SourceID(1), now: 0) } }
    stream.finish { store.apply($0, $1, source: SourceID(1), now: 0) }
    #expect(stream.statistics.lost == 0 && store.liveCount == 0, "\(stream.problems)")
    return store.logs
  }

  private static func facts(_ logs: ModuleLogs) -> [String] {
    var facts: [String] = []
    logs.visitAll { log in
      let attributes = log.attributes.map { "\($0.key)=\($0.value)" }
      facts.append(
        "\(log.timeUnixNano) \(log.level.name) \(log.service ?? "-") \(log.run ?? "-") \(log.target ?? "-") \(log.traceID ?? "-") \(log.message) \(attributes)"
      )
      return true
    }
    return facts
  }

  private static func line(_ record: String, service: String = "shop", scope: String = "shop.pay") -> String {
    """
    {"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"\(service)"}},{"key":"service.instance.id","value":\
    {"stringValue":"run-7"}}]},"scopeLogs":[{"scope":{"name":"\(scope)"},"logRecords":[\(record)]}]}]}\n
    """
  }

  @Test func readBackTheyAreTheSame() {
    let records = [
      #"{"timeUnixNano":"1700000000000000001","severityNumber":17,"severityText":"ERROR","body":{"stringValue":"no \"card\" 漢字\n"},"attributes":[{"key":"n","value":{"intValue":"7"}},{"key":"level","value":{"stringValue":"mine"}},{"key":"trace_distiller.x","value":{"boolValue":true}}]}"#,
      #"{"timeUnixNano":"1700000000000000002","severityNumber":9,"body":{"stringValue":"in a trace"},"traceId":"5b8efff798038103d269b633813fc6aa"}"#,
      #"{"timeUnixNano":"1700000000000000003","severityNumber":5,"body":{"stringValue":""},"attributes":[{"key":"d","value":{"doubleValue":0.25}}]}"#,
    ]
    let read = Self.logs(
      records.map { Self.line($0) }.joined() + Self.line(records[0], service: "pay") + Self.line(records[1], service: "pay", scope: "x"))
    let before = Self.facts(read)
    var text = ""
    var lines = 0
    ModuleLogExport.write(read) {
      text += String(decoding: $0, as: UTF8.self)
      lines += 1
    }
    #expect(before.count == 5 && lines == 3, "\(lines) lines: \(text)")
    #expect(Self.facts(Self.logs(text)) == before, "\(text)")
  }

  @Test func manyAreLinesOfABound() {
    let record = #"{"timeUnixNano":"1700000000000000001","severityNumber":9,"body":{"stringValue":"again"}}"#
    let read = Self.logs(String(repeating: Self.line(record), count: 1_100))
    var sizes: [Int] = []
    ModuleLogExport.write(read) { sizes.append(String(decoding: $0, as: UTF8.self).split(separator: "again").count - 1) }
    #expect(sizes == [512, 512, 76])
  }
}
