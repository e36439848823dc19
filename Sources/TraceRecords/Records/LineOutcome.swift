// What reading one line or value reported in addition to its records. It is returned by the reader, so that nothing has to be reset before
// the next one.

import JSON

/// What a decoder had to repair, leave out or skip. Usually empty.
package struct LineOutcome: Sendable, Equatable {
  /// The text was read after a repair: broken UTF-8, numbers beyond 64 bits, NaN.
  package var isRepaired = false
  /// Records that were accepted without one of their values.
  package var unusableFields: UInt64 = 0
  /// Records that lacked required data, and the first of their errors: for a value with many spans the others are only counted.
  package private(set) var skippedRecords: UInt64 = 0
  package private(set) var firstSkipped: RecordError?
  /// Elements of a list that lacked required data, by their index: another format may know them.
  private(set) var skippedElements: [ListElement] = []
  /// Elements of a list that are of no known format, although others of it are.
  package private(set) var unrecognised: UInt64 = 0
  package private(set) var firstUnrecognised: RecordError?
  /// It contained only metrics.
  package var isMetrics = false
  /// Events that are not spans: counters, samples.
  package var ignoredEvents: UInt64 = 0
  /// The line only reported that a span was entered or left.
  package var isActivity = false
  /// Spans that were forgotten although more lines about them may arrive.
  package var givenUpSpans: UInt64 = 0

  /// A skipped element, and why it was skipped.
  struct ListElement: Sendable, Equatable {
    var place: Int
    var error: RecordError
  }

  package init() {}

  init(_ repairs: JSONRepair.Findings) { isRepaired = !repairs.isEmpty }

  /// Notes a record that could not be used; the others are kept.
  mutating func skip(_ error: RecordError) {
    skippedRecords += 1
    if firstSkipped == nil { firstSkipped = error }
  }

  /// Decodes one element of a list, and notes whether it is skipped. Above some thousand elements nothing is noted.
  mutating func take(elementAt place: Int, _ body: (inout LineOutcome) -> Void) {
    let (skipped, first) = (skippedRecords, firstSkipped)
    firstSkipped = nil
    body(&self)
    if skippedRecords == skipped + 1, skippedElements.count < 4_096, let error = firstSkipped {
      skippedElements.append(ListElement(place: place, error: error))
    }
    firstSkipped = first ?? firstSkipped
  }

  /// Adds the result of another format that could use a skipped element.
  mutating func adopt(_ other: LineOutcome, at place: Int) {
    skippedElements.removeAll { $0.place == place }
    skippedRecords -= 1
    firstSkipped = skippedRecords == 0 ? nil : skippedElements.first?.error ?? firstSkipped
    add(other)
  }

  /// Counts a value of the record whose form is not understood, and notes it in the record.
  mutating func noteUnread(_ record: inout Record) {
    record.diagnostics.insert(.unreadField)
    unusableFields += 1
  }

  /// A negative duration is kept, and the record gets a diagnostic.
  mutating func noteNegativeDuration(_ record: inout Record) {
    record.diagnostics.insert(.negativeDuration)
    unusableFields += 1
  }

  /// Notes an element of a list that no format recognises.
  mutating func leave(_ error: RecordError) {
    unrecognised += 1
    if firstUnrecognised == nil { firstUnrecognised = error }
  }

  /// Adds another outcome.
  mutating func add(_ other: LineOutcome) {
    isRepaired = isRepaired || other.isRepaired
    unusableFields += other.unusableFields
    skippedRecords += other.skippedRecords
    firstSkipped = firstSkipped ?? other.firstSkipped
    unrecognised += other.unrecognised
    firstUnrecognised = firstUnrecognised ?? other.firstUnrecognised
    isMetrics = isMetrics || other.isMetrics
    ignoredEvents += other.ignoredEvents
    isActivity = isActivity || other.isActivity
    givenUpSpans += other.givenUpSpans
  }
}
