// Decodes one value: the result is its records, or a counter and a description of the problem.

import JSON

extension RecordStream {
  /// Decodes one value; nil on success. Errors about elements are reported with their positions.
  mutating func attempt(_ value: UnsafeRawBufferPointer, _ offset: Int, elements: [DocumentSplitter.Element]? = nil) -> RecordError? {
    let mark = batch.mark
    do {
      let outcome = try decoder.decode(value, offset: offset, into: &batch)
      account(outcome, since: mark)
      if outcome.skippedRecords > 0 { locate(outcome, value, elements) }
      return nil
    } catch {
      batch.rewind(to: mark)
      return error
    }
  }

  /// Called after a complete value, or after its last piece: what follows is another document.
  mutating func leaveDocument(_ source: UnsafeRawBufferPointer, _ sink: Sink) {
    let mark = batch.mark
    account(decoder.endDocument(into: &batch), since: mark, skipping: true)
    if isFull { flush(source, sink: sink) }
  }

  /// The same for text after a torn part, where only a value with records counts.
  private mutating func attemptFound(_ value: UnsafeRawBufferPointer, _ offset: Int) -> Bool {
    let mark = batch.mark
    do {
      let outcome = try decoder.decode(value, offset: offset, into: &batch)
      // The `fields` of a torn line may look like a record (`{"log_type":"module"}`), but contain no instant.
      guard batch.records.count > mark.records, batch.records[mark.records].timeNanos != Record.unknown else {
        batch.rewind(to: mark)
        return false
      }
      account(outcome, since: mark)
      let end = batch.mark
      account(decoder.endDocument(into: &batch), since: end, skipping: true)
      return true
    } catch {
      batch.rewind(to: mark)
      return false
    }
  }

  /// - Parameter skipping: the skipped records are not in the current value.
  mutating func account(_ outcome: LineOutcome, since mark: (records: Int, attributes: Int, scratch: Int), skipping: Bool = false) {
    if outcome.isRepaired { statistics.repairedLines += 1 }
    statistics.unusableFields += outcome.unusableFields
    if outcome.isMetrics { statistics.metricLines += 1 }
    statistics.ignoredEvents += outcome.ignoredEvents
    if outcome.isActivity { statistics.activityLines += 1 }
    statistics.givenUpSpans += outcome.givenUpSpans
    statistics.records += UInt64(batch.records.count - mark.records)
    if let error = outcome.firstUnrecognised {
      statistics.unrecognisedLines += outcome.unrecognised
      note(error.description)
    }
    guard skipping, let skipped = outcome.firstSkipped else { return }
    statistics.invalidRecords += outcome.skippedRecords
    note(skipped.description)
  }

  /// Finds the elements that a decoder skipped by decoding each of them again: this is rare enough. An empty element at the end of a list,
  /// which many programs write, is not a loss.
  private mutating func locate(_ outcome: LineOutcome, _ value: UnsafeRawBufferPointer, _ elements: [DocumentSplitter.Element]?) {
    statistics.invalidRecords += outcome.skippedRecords
    guard let first = outcome.firstSkipped else { return }
    let found = ElementSearch.skipped(
      in: value, elements, first: first, format: format, at: DocumentSplitter.Place(line: lineNumber, offset: lineOffset + UInt64(column)))
    var rest = outcome.skippedRecords
    for element in found where rest > 0 {
      rest -= min(rest, element.count)
      if element.isEmpty {
        statistics.invalidRecords -= min(statistics.invalidRecords, element.count)
      } else {
        atPlace(element.place, element: element.index) { $0.note(element.error.description) }
      }
    }
    if found.isEmpty { note(rest == 1 ? first.description : "\(first), and \(rest - 1) more in this line") }
  }

  mutating func refuse(_ error: RecordError) {
    switch error {
    case .json: statistics.malformedLines += 1
    case .unrecognised: statistics.unrecognisedLines += 1
    case .missing, .invalid: statistics.invalidRecords += 1
    }
    note(error.description)
  }

  /// If a writer dies in the middle of a line, the next writer's record follows on the same line. Reads the complete objects in a text that
  /// are records by themselves. Returns their number.
  /// - Parameter besides: the element to which the text belongs: only what begins like it can be the next element.
  /// - Complexity: O(bytes): no byte is part of two of the tried objects.
  mutating func recover(_ text: UnsafeRawBufferPointer, _ offset: Int, besides element: UnsafeRawBufferPointer?) -> Int {
    let name = element.map { BrokenValueScan($0).beginning }
    var count = 0
    for range in BalancedValues.find(in: text) where element == nil || range.count < text.count {
      let value = UnsafeRawBufferPointer(rebasing: text[range])
      if let name, name.isEmpty || BrokenValueScan(value).beginning != name { continue }
      if attemptFound(value, offset + range.lowerBound) { count += 1 }
    }
    return count
  }

  /// The same for a multi-line value that broke off: its later lines may be records that were taken for parts of it. Lines that are not
  /// records are reported.
  mutating func recoverLines(of value: UnsafeRawBufferPointer) -> Int {
    var count = 0
    for range in BalancedValues.find(in: value) where range.lowerBound > 0 && value[range.lowerBound - 1] == 0x0A {
      if attemptFound(UnsafeRawBufferPointer(rebasing: value[range]), 0) { count += 1 } else { statistics.unrecognisedLines += 1 }
    }
    return count
  }

  mutating func note(_ reason: String) {
    if problems.count == RecordStream.maxProblems { problems.removeFirst() }
    problems.append(IngestProblem(line: lineNumber, byteOffset: lineOffset, reason: reason, element: elementIndex))
    noted += 1
  }
}
