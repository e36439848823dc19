// Scans OTLP/JSON lines of spans as collectors and SDKs write them: `OTLPRecordBuilder` on bytes. A line is accepted completely or not at
// all: if a span has missing data, a mark of our own export, or a value that must be rewritten, the line is read with jansson.

extension LineScan {
  /// Whether a line begins with `{"resource`; native lines never do.
  @inline(__always)
  static func isOTLP(_ line: LineCursor) -> Bool {
    // `{"resour`, the first byte in the lowest position.
    line.word(at: 0) == 0x7275_6F73_6572_227B && line.byte(at: 8) == UInt8(ascii: "c") && line.byte(at: 9) == UInt8(ascii: "e")
  }

  /// - Returns: the end of the line.
  @inline(never)
  mutating func addOTLP(_ line: LineCursor, _ origin: TextOrigin, to batch: inout RecordBatch) -> LineCursor? {
    var cursor = line
    let text = ScanText(line: line, origin: origin)
    guard cursor.pass(UInt8(ascii: "{")), cursor.passKey("resourceSpans"), cursor.pass(UInt8(ascii: "[")) else { return nil }
    cursor.passBlanks()
    repeat {
      cursor.passBlanks()
      guard addResourceSpans(&cursor, text, &batch) else { return nil }
      cursor.passBlanks()
    } while cursor.pass(UInt8(ascii: ","))
    guard cursor.pass(UInt8(ascii: "]")) else { return nil }
    cursor.passBlanks()
    // Members beside the spans are not handled here.
    guard cursor.pass(UInt8(ascii: "}")) else { return nil }
    cursor.passBlanks()
    return cursor
  }

  private mutating func addResourceSpans(_ cursor: inout LineCursor, _ text: ScanText, _ batch: inout RecordBatch) -> Bool {
    var origin = OTLPOrigin()
    var seen: UInt64 = 0
    guard cursor.pass(UInt8(ascii: "{")) else { return false }
    repeat {
      guard let name = cursor.passName(otlp, seen: &seen) else { return false }
      switch name {
      case .resource:
        // A resource after the spans comes too late for them.
        guard seen & OTLPName.scopeSpans.bit == 0, passResource(&cursor, &origin, text, &batch) else { return false }
      case .scopeSpans:
        guard addScopes(&cursor, origin, text, &batch) else { return false }
      default:
        guard passIgnored(&cursor) else { return false }
      }
      cursor.passBlanks()
    } while cursor.pass(UInt8(ascii: ","))
    return cursor.pass(UInt8(ascii: "}"))
  }

  private mutating func addScopes(_ cursor: inout LineCursor, _ origin: OTLPOrigin, _ text: ScanText, _ batch: inout RecordBatch) -> Bool {
    guard cursor.pass(UInt8(ascii: "[")) else { return false }
    repeat {
      cursor.passBlanks()
      guard addScope(&cursor, origin, text, &batch) else { return false }
      cursor.passBlanks()
    } while cursor.pass(UInt8(ascii: ","))
    return cursor.pass(UInt8(ascii: "]"))
  }

  private mutating func addScope(_ cursor: inout LineCursor, _ origin: OTLPOrigin, _ text: ScanText, _ batch: inout RecordBatch) -> Bool {
    var origin = origin
    var seen: UInt64 = 0
    guard cursor.pass(UInt8(ascii: "{")) else { return false }
    repeat {
      guard let name = cursor.passName(otlp, seen: &seen) else { return false }
      switch name {
      case .scope:
        guard seen & OTLPName.spans.bit == 0, passScope(&cursor, &origin, text, &batch) else { return false }
      case .instrumentationLibrary: return false
      case .spans:
        guard addSpans(&cursor, origin, text, &batch) else { return false }
      default:
        guard passIgnored(&cursor) else { return false }
      }
      cursor.passBlanks()
    } while cursor.pass(UInt8(ascii: ","))
    return cursor.pass(UInt8(ascii: "}"))
  }

  private mutating func addSpans(_ cursor: inout LineCursor, _ origin: OTLPOrigin, _ text: ScanText, _ batch: inout RecordBatch) -> Bool {
    guard cursor.pass(UInt8(ascii: "[")) else { return false }
    repeat {
      cursor.passBlanks()
      let mark = batch.mark
      if let end = addKnownSpan(cursor, origin, text, &batch) {
        cursor = end
      } else {
        batch.rewind(to: mark)
        guard let end = addSpan(cursor, origin, text, &batch) else { return false }
        if batch.records.count == mark.records + 1 { learnSpan(cursor, end: end, origin, text, &batch) }
        cursor = end
      }
      cursor.passBlanks()
    } while cursor.pass(UInt8(ascii: ","))
    return cursor.pass(UInt8(ascii: "]"))
  }

  @inline(__always)
  func passIgnored(_ cursor: inout LineCursor) -> Bool {
    var ignored = ScannedValue(.null, start: 0, count: 0)
    return cursor.passValue(&ignored, names: names)
  }

  // MARK: Resource and scope

  private mutating func passScope(_ cursor: inout LineCursor, _ origin: inout OTLPOrigin, _ text: ScanText, _ batch: inout RecordBatch)
    -> Bool
  {
    var seen: UInt64 = 0
    guard cursor.pass(UInt8(ascii: "{")) else { return false }
    cursor.passBlanks()
    if cursor.pass(UInt8(ascii: "}")) { return true }
    repeat {
      guard let name = cursor.passName(otlp, seen: &seen) else { return false }
      var value = ScannedValue(.null, start: 0, count: 0)
      guard cursor.passValue(&value, names: names) else { return false }
      if name == .name { origin.scope = text.range(value, &batch) }
      cursor.passBlanks()
    } while cursor.pass(UInt8(ascii: ","))
    return cursor.pass(UInt8(ascii: "}"))
  }

  private mutating func passResource(_ cursor: inout LineCursor, _ origin: inout OTLPOrigin, _ text: ScanText, _ batch: inout RecordBatch)
    -> Bool
  {
    var seen: UInt64 = 0
    var pid: Int64?
    guard cursor.pass(UInt8(ascii: "{")) else { return false }
    cursor.passBlanks()
    if cursor.pass(UInt8(ascii: "}")) { return true }
    repeat {
      guard let name = cursor.passName(otlp, seen: &seen) else { return false }
      if name == .attributes {
        guard passResourceAttributes(&cursor, &origin, &pid, text, &batch) else { return false }
      } else {
        guard passIgnored(&cursor) else { return false }
      }
      cursor.passBlanks()
    } while cursor.pass(UInt8(ascii: ","))
    if origin.run.isEmpty, let pid { origin.run = batch.add(text: "pid \(pid)") }
    origin.tellDirectory(&batch)
    return cursor.pass(UInt8(ascii: "}"))
  }

  /// The run is the instance id if there is one; otherwise the process, if its number distinguishes it.
  private mutating func passResourceAttributes(
    _ cursor: inout LineCursor, _ origin: inout OTLPOrigin, _ pid: inout Int64?, _ text: ScanText, _ batch: inout RecordBatch
  ) -> Bool {
    guard cursor.pass(UInt8(ascii: "[")) else { return false }
    cursor.passBlanks()
    if cursor.pass(UInt8(ascii: "]")) { return true }
    repeat {
      var attribute = ScannedMember(key: .empty, name: 0, value: ScannedValue(.null, start: 0, count: 0))
      cursor.passBlanks()
      guard cursor.pass(UInt8(ascii: "{")), cursor.passAttributeKey(&attribute.key) else { return false }
      if let key = OTLPResourceKey(text.line.bytes(attribute.key)) {
        guard cursor.passAnyValue(&attribute.value), attribute.value.isString || key == .process && attribute.value.kind == .integer else {
          return false
        }
        switch key {
        case .service: origin.service = text.range(attribute.value, &batch)
        case .instance: origin.run = text.range(attribute.value, &batch)
        case .directory: origin.directory = text.range(attribute.value, &batch)
        // The id of a machine is preferred to its name.
        case .hostID: origin.host = text.range(attribute.value, &batch)
        case .hostName: if origin.host.isEmpty { origin.host = text.range(attribute.value, &batch) }
        case .process:
          guard attribute.value.kind == .integer else { return false }
          pid = attribute.value.integer
        }
      } else {
        guard passIgnored(&cursor) else { return false }
      }
      cursor.passBlanks()
      guard cursor.pass(UInt8(ascii: "}")) else { return false }
      cursor.passBlanks()
    } while cursor.pass(UInt8(ascii: ","))
    return cursor.pass(UInt8(ascii: "]"))
  }
}
