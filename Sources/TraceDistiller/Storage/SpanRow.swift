// The stored form of a span and of an event: fixed-size rows that refer to the trace's arena. They are rows rather than one array per
// field, because a record touches nearly all fields of one span, most traces have only a few spans (an array per field would cost more in
// headers than in content), and the analysis creates its own columns.

package import TraceRecords

/// Facts about a span except its times, as bits.
package struct SpanFlags: OptionSet, Sendable, BitwiseCopyable {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }

  /// A start or an end was reported. If neither is set, only children or logs refer to the span.
  package static let started = SpanFlags(rawValue: 1 << 0)
  package static let ended = SpanFlags(rawValue: 1 << 1)
  package static let isRoot = SpanFlags(rawValue: 1 << 2)
  package static let parentUnstated = SpanFlags(rawValue: 1 << 3)
  package static let followsFrom = SpanFlags(rawValue: 1 << 4)
  package static let hasErrorLog = SpanFlags(rawValue: 1 << 5)
  package static let hasWarning = SpanFlags(rawValue: 1 << 6)
  /// Its status is error, or it logged an error.
  package static let failed = SpanFlags(rawValue: 1 << 7)
  package static let hasChild = SpanFlags(rawValue: 1 << 8)
  /// Stands for a group of ended spans, which were folded to save memory or pruned before they arrived.
  package static let collapsed = SpanFlags(rawValue: 1 << 9)
  /// The end arrived before the start, with a duration or with an instant: needed when the start arrives.
  package static let toldDuration = SpanFlags(rawValue: 1 << 10)
  package static let toldEnd = SpanFlags(rawValue: 1 << 11)
  /// The group was pruned before it arrived.
  package static let pruned = SpanFlags(rawValue: 1 << 12)
  // Diagnostics are bits 16 to 23. From bit 24 on: the row's status and kind.
  package static let anyDiagnostic = SpanFlags(rawValue: 0xFF << 16)
  package static let duplicate = SpanFlags(rawValue: 1 << 16)
  package static let duplicateEnd = SpanFlags(rawValue: 1 << 17)
  package static let negativeDuration = SpanFlags(rawValue: 1 << 18)
  package static let durationMismatch = SpanFlags(rawValue: 1 << 19)
  package static let selfParent = SpanFlags(rawValue: 1 << 20)
  package static let approximate = SpanFlags(rawValue: 1 << 21)
  package static let logsOnly = SpanFlags(rawValue: 1 << 22)
  package static let unreadField = SpanFlags(rawValue: 1 << 23)

  /// The diagnostics of a decoder use the same bits as our own diagnostics.
  package init(_ diagnostics: SpanDiagnostics) { rawValue = UInt32(diagnostics.rawValue) << 16 }

  /// Diagnostics with their names in answers.
  package static let diagnostics: [(flag: SpanFlags, name: String)] = SpanDiagnostics.names.map { (SpanFlags($0.diagnostic), "\($0.name)") }
}

package struct SpanRow: Sendable, BitwiseCopyable {
  package static let none = UInt32.max

  /// Nanoseconds since 1970; `Record.unknown` if it is not known.
  package var start = Record.unknown
  package var end = Record.unknown
  package var id: TextReference
  /// The parent's row; `none` for roots and if no parent is given.
  package var parent = SpanRow.none
  /// Numbers in the trace's text table; 0 is empty.
  package var name: UInt32 = 0
  package var target: UInt32 = 0
  package var service: UInt32 = 0
  /// The latest block of attributes, which refers to the one before; `none` if there are none.
  package var attributes = SpanRow.none
  /// The latest event, which refers to the one before.
  package var lastEvent = SpanRow.none
  package var flags: SpanFlags = []

  package init(id: TextReference) { self.id = id }

  /// Status and kind share a word with the flags: two bytes of their own would add eight to every row.
  package var status: SpanStatus {
    get { SpanStatus(rawValue: UInt8(flags.rawValue >> 24 & 3)) ?? .unset }
    set { flags = SpanFlags(rawValue: flags.rawValue & ~(3 << 24) | UInt32(newValue.rawValue) << 24) }
  }
  package var kind: SpanKind {
    get { SpanKind(rawValue: UInt8(flags.rawValue >> 26 & 7)) ?? .unspecified }
    set { flags = SpanFlags(rawValue: flags.rawValue & ~(7 << 26) | UInt32(newValue.rawValue) << 26) }
  }

  /// The same as `status == .error`, which would call into the module of the record.
  var hasErrorStatus: Bool { flags.rawValue >> 24 & 3 == UInt32(SpanStatus.error.rawValue) }

  /// Whether a record reported the span itself, not only its children or logs.
  package var isDefined: Bool { flags.contains(.started) || flags.contains(.ended) }
  package var isOpen: Bool { flags.contains(.started) && !flags.contains(.ended) }
}

/// A log line of a span.
package struct EventRow: Sendable, BitwiseCopyable {
  package var time: Int64
  package var span: UInt32
  /// The previous event of the same span.
  package var previous: UInt32
  package var message: TextReference
  package var attributes: UInt32
  package var target: UInt32
  package var level: SeverityLevel
}
