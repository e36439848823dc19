// What the scanner has learnt of a line that it will see again: programs write the same few lines with other values in them.

/// Lines that differ in their values only: the bytes between the values are known, and with them what the line means.
///
/// To guess the form of a record from those before it is speculation as FAD.js does it (Bonetta and Brantner, PVLDB 10(12), 2017).
struct LineShape: BitwiseCopyable, Sendable {
  /// The record as far as it is the same for all lines of the shape.
  var prototype: Record
  /// Where its parts lie in the lists of `LineShapes`.
  var texts: ShapeRange
  var fields: ShapeRange
  var attributes: ShapeRange
  /// False for a shape that did not give the record that it was learnt from: its lines are read without it.
  var isUsable = false
}

struct ShapeRange: BitwiseCopyable, Sendable {
  var start: UInt32
  var count: UInt32

  @inline(__always)
  var indices: Range<Int> { Int(start)..<Int(start) + Int(count) }
}

/// One step of a line: bytes that are known, then a value.
struct ShapeNode: BitwiseCopyable, Sendable {
  enum Value: UInt8, BitwiseCopyable {
    /// The inside of a string and its closing quote; the known bytes end with the opening one.
    case text
    case number
    /// There is none: the line ends.
    case end
  }

  var literal: ShapeLiteral
  var value: Value
  /// The first node behind the value; at the end the number of the shape.
  var next: UInt32 = 0
  /// The same behind a number with a fraction: it means something else than one without.
  var nextBehindReal: UInt32 = 0
  /// What else may stand in the place of this node; 0 for nothing.
  var sibling: UInt32 = 0
}

/// Known bytes of a line: blocks of 16, of which the last is compared as far as `lastBytes` says.
struct ShapeLiteral: BitwiseCopyable, Sendable {
  static let blockBytes = 16

  var start: UInt32
  /// Behind the last block.
  var end: UInt32
  var count: UInt16
  /// A bit a byte of the last block.
  var lastBytes: UInt16
}

/// A text of the record that a value gives: the number of the value, and where the text lies in the record.
struct ShapeText: BitwiseCopyable, Sendable {
  var hole: UInt8
  var place: UInt16
}

/// Another member of the record that a value gives.
struct ShapeField: BitwiseCopyable, Sendable {
  enum Target: UInt8, BitwiseCopyable {
    /// A text that has to be an id as OTLP's are kept.
    case identifier
    case time, startTime, milliseconds, sequence
    /// Nanoseconds as OTLP has them.
    case startNanos, endNanos
  }

  var target: Target
  /// The number of the value.
  var hole: UInt8
  /// Of ids: where they lie in the record.
  var place: UInt16 = 0
}

/// An attribute of the record.
struct ShapeAttribute: BitwiseCopyable, Sendable {
  enum Source: UInt8, BitwiseCopyable {
    case text, integer, real
    /// An integer as digits in a string.
    case digits
    case isTrue, isFalse
    /// What stands among the known bytes, as text and as JSON.
    case knownText, knownJSON
  }

  var key: ShapePlace
  /// The key is none of the line's: it is one of `KnownKeys`.
  var isKeyForeign = false
  var source: Source
  var hole: UInt8 = 0
  var known = ShapePlace.none
}

/// A piece of the known bytes of a line.
struct ShapePlace: BitwiseCopyable, Sendable {
  /// The number of the next value behind it; that of the line's end where there is none.
  var anchor: UInt8
  var count: UInt16
  /// From its first byte to that of the value.
  var distance: UInt32

  static let none = ShapePlace(anchor: 0, count: 0, distance: 0)
}
