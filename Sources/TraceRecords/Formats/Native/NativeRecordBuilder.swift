// Converts the members of a native line in a tree to its record, using `NativeMeaning`, and handles the objects and lists among them.

import JSON

struct NativeRecordBuilder {
  let tree: NativeTree
  let kind: RecordKind
  private var members: NativeMeaning<NativeTree> { NativeMeaning(source: tree) }
  private var plain: PlainAttributes { PlainAttributes(repairs: tree.repairs) }

  func build(into batch: inout RecordBatch) throws(RecordError) -> LineOutcome {
    var outcome = LineOutcome(tree.repairs)
    var record = members.record(kind, &batch)
    switch kind {
    case .spanStart, .spanEnd, .span, .log:
      if try members.fillSpan(&record, &batch) { outcome.unusableFields += 1 }
      addSpanAttributes(to: &record, &batch)
    case .moduleLog:
      members.fillModuleLog(&record, &batch)
      addSpanContext(to: &record, &batch)
      addModuleAttributes(to: &record, &batch)
    case .session: members.fillSession(&record, &batch)
    case .gap: try members.fillGap(&record, &batch)
    case .process: break
    }
    batch.add(record)
    if members.layout == .spanLine { addEvents(of: record, &batch) }
    return outcome
  }

  /// Adds the span in which a module log was written. It is only a hint for readers, so it may be missing.
  private func addSpanContext(to record: inout Record, _ batch: inout RecordBatch) {
    members[.span]?.node.forEachMember { key, node in
      let value = RepairedNode(node: node, repairs: tree.repairs)
      switch NativeName(key) {
      case .traceID: record.traceID = NativeMeaning<NativeTree>.identifier(value, &batch) ?? .empty
      case .spanID: record.spanID = NativeMeaning<NativeTree>.identifier(value, &batch) ?? .empty
      case .spanName: record.name = value.range(&batch)
      default: break
      }
    }
  }

  /// Converts the events of a span line to log records of that span.
  private func addEvents(of span: Record, _ batch: inout RecordBatch) {
    guard let events = tree.top(.events)?.node, events.isArray else { return }
    events.forEachElement { event in
      guard event.isObject else { return }
      var record = Record(.log, format: span.format)
      record.traceID = span.traceID
      record.spanID = span.spanID
      record.target = span.target
      record.run = span.run
      record.attributeStart = UInt32(batch.attributes.count)
      event.forEachMember { key, value in
        switch NativeName(key) {
        case .timestamp: record.timeNanos = value.text.flatMap { Timestamp.parse($0) } ?? Record.unknown
        case .name, .message: record.message = plain.text(value, &batch)
        case .level: record.level = value.text.flatMap { SeverityLevel($0) } ?? .info
        case .attributes where value.isObject: plain.add(membersOf: value, to: &batch)
        default: break
        }
      }
      record.attributeCount = UInt32(batch.attributes.count) - record.attributeStart
      batch.add(record)
    }
  }

  // MARK: Attributes

  private func addSpanAttributes(to record: inout Record, _ batch: inout RecordBatch) {
    record.attributeStart = UInt32(batch.attributes.count)
    plain.add(membersOf: members[.attributes]?.node, to: &batch)
    // `run` is the run's id only if it is a text: old producers have a field with that name for numbers of their own.
    let isRunID = tree.field(.run)?.isText ?? true
    addFields(besides: isRunID ? NativeName.reservedInSpans : NativeName.reservedInSpans & ~NativeName.run.bit, &batch)
    members.addPlace(&batch)
    if let links = members[.links]?.node, links.isArray, links.count > 0 {
      batch.add(attribute: "otel.links", .json(links.withCompactText(undoing: tree.repairs) { batch.add(text: $0) }))
    }
    record.attributeCount = UInt32(batch.attributes.count) - record.attributeStart
  }

  private func addModuleAttributes(to record: inout Record, _ batch: inout RecordBatch) {
    record.attributeStart = UInt32(batch.attributes.count)
    var reserved = NativeName.reservedEverywhere
    for name in [NativeName.service, .run] where tree.field(name)?.isText ?? false { reserved |= name.bit }
    if tree.field(.span) != nil { reserved |= NativeName.span.bit }
    addFields(besides: reserved, &batch)
    record.attributeCount = UInt32(batch.attributes.count) - record.attributeStart
  }

  /// Members of `fields` without a meaning for the decoder are the program's own attributes.
  private func addFields(besides reserved: UInt64, _ batch: inout RecordBatch) {
    guard members.layout == .fields else { return }
    tree.top(.fields)?.node.forEachMember { key, value in
      if let name = NativeName(key), reserved & name.bit != 0 { return }
      plain.add(key, value, to: &batch)
    }
  }
}
