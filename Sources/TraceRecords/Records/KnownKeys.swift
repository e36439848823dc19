// Attribute names that our decoders add and that are in no line. Each batch begins with their bytes, so that none is copied for a record.

enum KnownKeys {
  private static let names: [StaticString] = ["code.file.path", "code.line.number", "code.function.name", "otel.links", "otel.trace_state"]

  static let bytes: [UInt8] = names.flatMap { Array($0.bytes) }
  private static let ranges: [TextRange] = {
    var start = 0
    return names.map { name in
      defer { start += name.utf8CodeUnitCount }
      return TextRange(scratch: start, count: name.utf8CodeUnitCount)
    }
  }()

  /// The range of the name in every batch; nil for other names.
  static func range(of name: UnsafeRawBufferPointer) -> TextRange? {
    for (place, known) in names.enumerated() where name.equals(known) { return ranges[place] }
    return nil
  }

  static func holds(_ key: TextRange) -> Bool { !key.isInSource && key.offset < bytes.count }
}
