// What reading one line, or one value, told beside its records: returned by whoever read it, so that nothing has to be reset before the next one.

import JSON

/// What a decoder had to mend, to do without, or to leave out. The usual line has nothing to tell.
package struct LineOutcome: Sendable, Equatable {
  /// The text was read after repairing: broken UTF-8, numbers beyond 64 bits, NaN.
  package var isRepaired = false
  /// Records that were taken without one of their values.
  package var unusableFields: UInt64 = 0
  /// Records that lacked what they need, and the first of their complaints: of a value with many spans the others count.
  package private(set) var skippedRecords: UInt64 = 0
  package private(set) var firstSkipped: RecordError?
  /// Elements of a list that lacked what they need, by their places: another format may know them.
  private(set) var skippedElements: [ListElement] = []
  /// Elements of a list that are of no known format, where others of it are.
  package private(set) var unrecognised: UInt64 = 0
  package private(set) var firstUnrecognised: RecordError?
  /// It told of metrics only.
  package var isMetrics = false
  /// Events that tell of no span: counters, samples.
  package var ignoredEvents: UInt64 = 0
  /// It only said that a span was entered or left.
  package var isActivity = false
  /// Spans that were forgotten while their lines may still come.
  package var givenUpSpans: UInt64 = 0

  /// An element that was skipped, and why.
  struct ListElement: Sendable, Equatable {
    var place: Int
    var error: RecordError
  }

  package init() {}

  init(_ repairs: JSONRepair.Findings) { isRepaired = !repairs.isEmpty }

  /// A record that could not be used; the others are taken.
  mutating func skip(_ error: RecordError) {
    skippedRecords += 1
    if firstSkipped == nil { firstSkipped = error }
  }

  /// Takes one element of a list, and notes whether it is skipped. Of more than some thousand nothing is noted.
  mutating func take(elementAt place: Int, _ body: (inout LineOutcome) -> Void) {
    let (skipped, first) = (skippedRecords, firstSkipped)
    firstSkipped = nil
    body(&self)
    if skippedRecords == skipped + 1, skippedElements.count < 4_096, let error = firstSkipped {
      skippedElements.append(ListElement(place: place, error: error))
    }
    firstSkipped = first ?? firstSkipped
  }

  /// Another format took an element that was skipped.
  mutating func adopt(_ other: LineOutcome, at place: Int) {
    skippedElements.removeAll { $0.place == place }
    skippedRecords -= 1
    firstSkipped = skippedRecords == 0 ? nil : skippedElements.first?.error ?? firstSkipped
    add(other)
  }

  /// A value of the record was told in a form that was not understood: the record says so, and it is counted.
  mutating func noteUnread(_ record: inout Record) {
    record.diagnostics.insert(.unreadField)
    unusableFields += 1
  }

  /// A duration below zero is kept as told: whoever asks for the trace learns of it.
  mutating func noteNegativeDuration(_ record: inout Record) {
    record.diagnostics.insert(.negativeDuration)
    unusableFields += 1
  }

  /// An element of a list that no format knows.
  mutating func leave(_ error: RecordError) {
    unrecognised += 1
    if firstUnrecognised == nil { firstUnrecognised = error }
  }

  /// The same for what was found elsewhere.
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
