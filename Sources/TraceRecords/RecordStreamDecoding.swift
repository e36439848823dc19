// One line of a stream at the decoder: its records, or a counter and words for what is wrong with it.

import JSON

extension RecordStream {
  mutating func decode(_ line: UnsafeRawBufferPointer, offset: Int) {
    switch attempt(line, offset) {
    case nil: return
    case .json(let error):
      if recover(line, offset) {
        statistics.tornLines += 1
        note("torn: a whole record was found behind the torn part (\(error))")
      } else {
        statistics.malformedLines += 1
        note(error.description)
      }
    case .unrecognised(let what):
      statistics.unrecognisedLines += 1
      note(RecordError.unrecognised(what).description)
    case .some(let error):
      statistics.invalidRecords += 1
      note(error.description)
    }
  }

  /// Decodes one line, or the end of a torn one; nil where that went well.
  mutating func attempt(_ line: UnsafeRawBufferPointer, _ offset: Int, isTail: Bool = false) -> RecordError? {
    let mark = batch.mark
    do {
      let outcome = try decoder.decode(line, offset: offset, into: &batch)
      // Behind a torn part only what brings something is a find.
      if isTail, batch.records.count == mark.records {
        batch.rewind(to: mark)
        return .unrecognised("nothing behind a torn part")
      }
      // The `fields` of a torn line can look like a record (`{"log_type":"module"}`), but hold no instant.
      if isTail, batch.records[mark.records...].first?.timeNanos == Record.unknown {
        batch.rewind(to: mark)
        return .missing(field: "timestamp", kind: "a record behind a torn part")
      }
      account(outcome, since: mark)
      return nil
    } catch {
      batch.rewind(to: mark)
      return error
    }
  }

  mutating func account(_ outcome: LineOutcome, since mark: (records: Int, attributes: Int, scratch: Int)) {
    if outcome.isRepaired { statistics.repairedLines += 1 }
    statistics.unusableFields += outcome.unusableFields
    if outcome.isMetrics { statistics.metricLines += 1 }
    statistics.ignoredEvents += outcome.ignoredEvents
    if outcome.isActivity { statistics.activityLines += 1 }
    statistics.givenUpSpans += outcome.givenUpSpans
    if let skipped = outcome.firstSkipped {
      statistics.invalidRecords += outcome.skippedRecords
      note(outcome.skippedRecords == 1 ? skipped.description : "\(skipped), and \(outcome.skippedRecords - 1) more in this line")
    }
    statistics.records += UInt64(batch.records.count - mark.records)
  }

  /// A writer that died in the middle of a line leaves its beginning; the next writer's record follows on the same line. Looks for a place from
  /// which the rest of the line is a whole record. Bounded, because the bytes are anybody's: 16 tries on lines of up to 1 MiB.
  private mutating func recover(_ line: UnsafeRawBufferPointer, _ offset: Int) -> Bool {
    guard line.count <= 1 << 20 else { return false }
    var tries = 0
    var index = 1
    while index + 1 < line.count, tries < 16 {
      if line[index] == UInt8(ascii: "{"), line[index + 1] == UInt8(ascii: "\"") {
        tries += 1
        if attempt(UnsafeRawBufferPointer(rebasing: line[index...]), offset + index, isTail: true) == nil {
          statistics.recoveredRecords += 1
          return true
        }
      }
      index += 1
    }
    return false
  }

  mutating func note(_ reason: String) {
    if problems.count == RecordStream.maxProblems { problems.removeFirst() }
    problems.append(IngestProblem(line: lineNumber, byteOffset: lineOffset, reason: reason))
  }
}
