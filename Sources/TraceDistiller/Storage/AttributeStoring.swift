// Stores attributes and names of a record in a trace: secrets are removed and long values are cut, the rest is copied to the arena
// unchanged.

import TraceRecords

extension TraceStorage {
  /// The number of a name, key, target or service. Only new texts are searched for secrets: stored ones are clean, or are marks.
  @inline(__always)
  mutating func intern(_ text: UnsafeRawBufferPointer) -> UInt32 { texts.find(text, in: arena) ?? internNew(text) }

  /// The same for the name of a span.
  @inline(__always)
  mutating func intern(name text: UnsafeRawBufferPointer) -> UInt32 { texts.find(name: text, in: arena) ?? internNew(text) }

  @inline(never)
  private mutating func internNew(_ text: UnsafeRawBufferPointer) -> UInt32 {
    if text.count == 22, TraceStorage.isPruningSign(text) { mayHoldGroups = true }
    guard redacts, let cleaned = SecretScan.cleaned(text) else { return texts.append(text, in: &arena) }
    redactedValues += cleaned.count
    return cleaned.bytes.withUnsafeBytes { texts.intern($0, in: &arena) }
  }

  /// OpenTelemetry's attribute for a status message, used by formats without a field for it.
  static let statusMessageKey: StaticString = "otel.status_description"

  /// Writes attributes that need no change directly to their final place. Returns nil if something must be cut or removed, or if the arena
  /// is full.
  private mutating func plainBlock(_ attributes: UnsafeBufferPointer<Attribute>, previous: UInt32, _ batch: BatchTexts) -> UInt32? {
    // A size known at compile time costs nothing.
    let usual = 32
    guard attributes.count > usual else {
      return withUnsafeTemporaryAllocation(of: UInt32.self, capacity: usual) { plainBlock(attributes, $0, previous: previous, batch) }
    }
    return withUnsafeTemporaryAllocation(of: UInt32.self, capacity: attributes.count) {
      plainBlock(attributes, $0, previous: previous, batch)
    }
  }

  /// - Parameter keys: memory for the numbers of the keys.
  @inline(__always)
  private mutating func plainBlock(
    _ attributes: UnsafeBufferPointer<Attribute>, _ keys: UnsafeMutableBufferPointer<UInt32>, previous: UInt32, _ batch: BatchTexts
  ) -> UInt32? {
    // Copied here: calling a method of `self` inside a closure would copy the whole trace.
    let (limit, redacts) = (maxValueBytes, redacts)
    var most = PlainBlockWriter.overhead
    for place in attributes.indices {
      let keyText = batch[attributes[place].key]
      let key = intern(keyText)
      keys[place] = key
      if !keyVerdicts.isOrdinary(key) {
        let verdict = keyVerdicts.verdict(key, keyText)
        if case .code(let part) = verdict { codeAttributes.note(part, at: place) }
        if redacts, verdict.reason(for: attributes[place].value, batch) != nil { return nil }
      }
      most += PlainBlockWriter.overhead
      switch attributes[place].value {
      case .string(let range):
        guard Self.isPlain(batch[range], isJSON: false, limit, redacts) else { return nil }
        most += Int(range.count)
      case .json(let range):
        guard Self.isPlain(batch[range], isJSON: true, limit, redacts) else { return nil }
        most += Int(range.count)
      case .integer, .double, .bool: break
      }
    }
    return arena.append(upTo: most) { memory in
      var writer = PlainBlockWriter(into: memory, previous: previous)
      for place in attributes.indices { writer.append(key: keys[place], value: attributes[place].value, texts: batch) }
      return writer.count
    }?.rawValue
  }

  @inline(__always)
  private static func isPlain(_ text: UnsafeRawBufferPointer, isJSON: Bool, _ limit: Int, _ redacts: Bool) -> Bool {
    text.count <= limit && !(redacts && SecretScan.mayHoldSecret(text, isJSON: isJSON))
  }

  /// Writes attributes as a block of the arena. Returns the previous block's reference if there are no attributes.
  mutating func block(
    _ attributes: UnsafeBufferPointer<Attribute>, previous: UInt32, _ batch: BatchTexts,
    statusMessage: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0)
  ) -> UInt32 {
    if statusMessage.isEmpty {
      if attributes.isEmpty { return previous }
      if let block = plainBlock(attributes, previous: previous, batch) { return block }
    }
    codeAttributes = CodeAttributes()
    // Rewritten values, by the index of the attribute; the status message comes after the last attribute.
    var cleaned: [(place: Int, text: CleanedText)] = []
    let status = redacts ? SecretScan.cleaned(statusMessage) : nil
    var most = 2 * AttributeBlockWriter.overhead + min(status?.bytes.count ?? statusMessage.count, maxValueBytes)
    for place in attributes.indices {
      most += AttributeBlockWriter.overhead
      let range: TextRange
      var isJSON = false
      switch attributes[place].value {
      case .string(let text): range = text
      case .json(let text): (range, isJSON) = (text, true)
      case .integer, .double, .bool: continue
      }
      var count = Int(range.count)
      if redacts, let text = SecretScan.cleaned(batch[range], key: batch[attributes[place].key], isJSON: isJSON) {
        count = text.bytes.count
        cleaned.append((place, text))
      }
      most += min(count, maxValueBytes)
    }
    return withUnsafeTemporaryAllocation(byteCount: most, alignment: 1) { memory in
      var writer = AttributeBlockWriter(into: memory, previous: previous, maxValueBytes: maxValueBytes)
      var nextCleaned = 0
      for place in attributes.indices {
        let attribute = attributes[place]
        let keyText = batch[attribute.key]
        let key = intern(keyText)
        let isCleaned = nextCleaned < cleaned.count && cleaned[nextCleaned].place == place
        if isCleaned { nextCleaned += 1 }
        let verdict = keyVerdicts.verdict(key, keyText)
        // A rewritten value does not name a source location.
        if case .code(let part) = verdict, !isCleaned { codeAttributes.note(part, at: place) }
        if redacts, let reason = verdict.reason(for: attribute.value, batch) {
          redactedValues += 1
          writer.append(key: key, text: reason.markBytes)
        } else if isCleaned {
          let text = cleaned[nextCleaned - 1].text
          redactedValues += text.count
          text.bytes.withUnsafeBytes { writer.append(key: key, text: $0, isJSON: attribute.value.isJSON) }
        } else {
          writer.append(key: key, value: attribute.value, texts: batch)
        }
      }
      if !statusMessage.isEmpty {
        let name = TraceStorage.statusMessageKey
        let key = texts.intern(UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount), in: &arena)
        if let status {
          redactedValues += status.count
          status.bytes.withUnsafeBytes { writer.append(key: key, text: $0) }
        } else {
          writer.append(key: key, text: statusMessage)
        }
      }
      truncatedValues += writer.truncated
      return arena.append(writer.written).map(\.rawValue) ?? previous
    }
  }
}
