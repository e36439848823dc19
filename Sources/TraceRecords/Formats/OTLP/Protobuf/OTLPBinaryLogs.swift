// Log records in a binary message. What their members mean is said in `OTLPLogMembers`.

extension OTLPBinaryReader {
  mutating func addLogRecord(_ log: ProtobufCursor, _ origin: OTLPOrigin, _ batch: inout RecordBatch) {
    let mark = batch.mark
    source.pointee.isUnread = false
    do throws(ProtobufFault) {
      batch.add(try record(of: log, origin, &batch))
      if let fault = source.pointee.fault { throw fault }
      outcome.accepted += 1
      if source.pointee.isUnread { outcome.unusableFields += 1 }
    } catch {
      source.pointee.fault = nil
      batch.rewind(to: mark)
      reject(error)
    }
  }

  private func record(of log: ProtobufCursor, _ origin: OTLPOrigin, _ batch: inout RecordBatch) throws(ProtobufFault) -> Record {
    var marks = OTLPMarkValues()
    var members = OTLPLogMembers<OTLPBinaryField>()
    var text = EventText(name: "")
    var body: OTLPBinaryValue?
    let first = batch.attributes.count
    var cursor = log
    while let field = try cursor.field() {
      let name = source.pointee.name(of: field, in: .logRecord)
      switch name {
      case .time, .observedTime: members.take(name, self.field(.instant(try cursor.fixed64())))
      case .severityNumber: members.severityNumber = enumeration(try cursor.varint())
      case .severityText, .traceID, .spanID: members.take(name, self.field(.bytes(try cursor.bytes())))
      case .body: body = try OTLPBinaryValue(try cursor.message(), source)
      case .attributes: try addAttribute(try cursor.message(), &marks, telling: &text, &batch)
      default: try cursor.skip(field.wire)
      }
    }
    marks.settle(&batch)
    return members.record(origin, marks, text, body: body, attributesFrom: first, &batch)
  }
}
