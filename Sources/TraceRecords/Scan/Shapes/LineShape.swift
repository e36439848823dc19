// What the scanner has learned about lines that occur again: programs write the same few lines with other values in them.

/// Lines that differ only in their values: the bytes between the values are known, and so is the meaning of the line.
///
/// Guessing the form of a record from earlier ones is speculation as in FAD.js (Bonetta and Brantner, PVLDB 10(12), 2017).
struct LineShape: BitwiseCopyable, Sendable {
  /// The parts of the record that are the same for all lines of the shape.
  var prototype: Record
  /// The ranges of its parts in the lists of `LineShapes`.
  var texts: ShapeRange
  var fields: ShapeRange
  var attributes: ShapeRange
  /// False for a shape that did not reproduce the record from which it was learned: its lines are read without it.
  var isUsable = false
}

struct ShapeRange: BitwiseCopyable, Sendable {
  var start: UInt32
  var count: UInt32

  @inline(__always)
  var indices: Range<Int> { Int(start)..<Int(start) + Int(count) }
}

/// One step of a line: known bytes, then a value.
struct ShapeNode: BitwiseCopyable, Sendable {
  enum Value: UInt8, BitwiseCopyable {
    /// The inside of a string and its closing quote; the known bytes end with the opening quote.
    case text
    case number
    /// No value: the line ends.
    case end
  }

  var literal: ShapeLiteral
  var value: Value
  /// The first node after the value; at the end of a line the number of the shape.
  var next: UInt32 = 0
  /// The same after a number with a fraction, which has another meaning than one without.
  var nextBehindReal: UInt32 = 0
  /// An alternative to this node; 0 if there is none.
  var sibling: UInt32 = 0
}

/// Known bytes of a line: blocks of 16, of which the last is compared only in `lastBytes`.
struct ShapeLiteral: BitwiseCopyable, Sendable {
  static let blockBytes = 16

  var start: UInt32
  /// The end of the last block.
  var end: UInt32
  var count: UInt16
  /// One bit per byte of the last block.
  var lastBytes: UInt16
}

/// A text of the record that comes from a value: the number of the value, and the offset of the text in the record.
struct ShapeText: BitwiseCopyable, Sendable {
  var hole: UInt8
  var place: UInt16
}

/// Another member of the record that comes from a value.
struct ShapeField: BitwiseCopyable, Sendable {
  enum Target: UInt8, BitwiseCopyable {
    /// A text that must be an id in OTLP's stored form.
    case identifier
    case time, startTime, milliseconds, sequence
    /// Nanoseconds in OTLP's form.
    case startNanos, endNanos
  }

  var target: Target
  /// The number of the value.
  var hole: UInt8
  /// For ids: their offset in the record.
  var place: UInt16 = 0
}

/// An attribute of the record.
struct ShapeAttribute: BitwiseCopyable, Sendable {
  enum Source: UInt8, BitwiseCopyable {
    case text, integer, real
    /// An integer as digits in a string.
    case digits
    case isTrue, isFalse
    /// A value in the known bytes, as text and as JSON.
    case knownText, knownJSON
  }

  var key: ShapePlace
  /// The key is not in the line: it is one of `KnownKeys`.
  var isKeyForeign = false
  var source: Source
  var hole: UInt8 = 0
  var known = ShapePlace.none
}

/// A range of the known bytes of a line.
struct ShapePlace: BitwiseCopyable, Sendable {
  /// The number of the next value after it, or that of the line's end if there is none.
  var anchor: UInt8
  var count: UInt16
  /// The distance from its first byte to that value.
  var distance: UInt32

  static let none = ShapePlace(anchor: 0, count: 0, distance: 0)
}
