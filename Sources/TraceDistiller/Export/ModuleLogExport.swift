// Module logs as OTLP/JSON lines, which our own decoder reads back to the same logs: `run --keep` writes them behind the spans.

import TraceRecords

package enum ModuleLogExport {
  /// The batch size of OpenTelemetry's batch processor.
  static let maxBatch = 512

  /// Every log in order of arrival, as lines of at most `maxBatch` of one service, run and module.
  /// - Complexity: O(bytes).
  package static func write(_ logs: ModuleLogs, _ line: ([UInt8]) -> Void) {
    var batch = ExportText()
    var (count, head): (Int, [UInt8]) = (0, [])
    func close() {
      guard count > 0 else { return }
      batch.raw("]}]}]}\n")
      line(batch.bytes)
      (batch, count) = (ExportText(), 0)
    }
    logs.visitAll { log in
      let own = opening(of: log)
      if count == maxBatch || own != head { close() }
      if count == 0 {
        head = own
        batch.raw(own)
      } else {
        batch.comma()
      }
      batch.raw(record(log).bytes)
      count += 1
      return true
    }
    close()
  }

  private static func opening(of log: ModuleLog) -> [UInt8] {
    var text = ExportText()
    var list = AttributeList()
    if let service = log.service { list.add("service.name", .string(service)) }
    if let run = log.run { list.add("service.instance.id", .string(run)) }
    text.raw("{\"resourceLogs\":[{\"resource\":{\"attributes\":[")
    text.raw(list.text.bytes)
    text.raw("]},\"scopeLogs\":[{\"scope\":{")
    if let target = log.target {
      text.raw("\"name\":")
      text.string(target)
    }
    text.raw("},\"logRecords\":[")
    return text.bytes
  }

  private static func record(_ log: ModuleLog) -> ExportText {
    var text = ExportText()
    text.raw("{\"timeUnixNano\":\"")
    text.raw(max(0, log.timeUnixNano))
    text.raw("\",\"severityNumber\":")
    text.raw(Int(log.level.rawValue) * 4 + 1)
    text.raw(",\"severityText\":\"")
    text.raw(log.level.name)
    text.raw("\",\"body\":{\"stringValue\":")
    let message = log.message
    text.string(message)
    text.raw("},\"attributes\":[")
    var list = AttributeList()
    if message.isEmpty { list.add(OTLPMark.message, .string("")) }
    if log.timeUnixNano <= 0 { list.add(OTLPMark.eventTime, .integer(log.timeUnixNano)) }
    let trace = log.traceID
    if let trace, !isHex(trace) { list.add(OTLPMark.traceID, .string(trace)) }
    // With both ids it would be read as a log of that span, which the program did not say.
    if let span = log.spanID { list.add("span_id", .string(span)) }
    if let name = log.spanName { list.add("span_name", .string(name)) }
    for attribute in log.attributes { list.add(program: attribute) }
    text.raw(list.text.bytes)
    text.raw("]")
    if let trace, isHex(trace) {
      text.raw(",\"traceId\":")
      text.string(trace)
    }
    text.raw("}")
    return text
  }

  /// OTLP's form of a trace's id.
  private static func isHex(_ id: String) -> Bool {
    id.utf8.count == 32 && id.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
      && id.utf8.contains { $0 != 0x30 }
  }
}
