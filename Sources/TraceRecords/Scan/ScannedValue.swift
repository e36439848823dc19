// One JSON value of a line in the form that the scanner keeps: its kind, its range, and a number's value.

struct ScannedValue: BitwiseCopyable {
  enum Kind: UInt8, BitwiseCopyable {
    case null, isFalse, isTrue, integer, real, string
    /// A string with escapes that must be decoded.
    case escapedString
    case object, array, emptyArray
    /// Objects and arrays that jansson would write differently: with other escapes, digits, members or blanks.
    case looseObject, looseArray
    /// A list of OTLP's values, converted to JSON when it becomes an attribute.
    case list
  }

  var kind: Kind
  var text: ScannedText
  /// A number's value, as Int64 or as Double.
  private var bits: UInt64 = 0

  @inline(__always)
  init(_ kind: Kind, start: Int, count: Int) {
    self.kind = kind
    text = ScannedText(start: start, count: count)
  }

  @inline(__always)
  var integer: Int64 {
    get { Int64(bitPattern: bits) }
    set { bits = UInt64(bitPattern: newValue) }
  }

  @inline(__always)
  var real: Double {
    get { Double(bitPattern: bits) }
    set { bits = newValue.bitPattern }
  }

  /// A string without escapes; nil for other values and for strings with escapes.
  @inline(__always)
  var plainText: ScannedText? { kind == .string ? text : nil }

  var isString: Bool { kind == .string || kind == .escapedString }

  /// Exact powers of 10, from 0 to 19.
  @inline(__always)
  static func power(ofTen exponent: Int) -> Double {
    exponent < 10 ? small(exponent) : 1e10 * small(exponent - 10)
  }

  @inline(__always)
  private static func small(_ exponent: Int) -> Double {
    switch exponent {
    case 0: 1
    case 1: 1e1
    case 2: 1e2
    case 3: 1e3
    case 4: 1e4
    case 5: 1e5
    case 6: 1e6
    case 7: 1e7
    case 8: 1e8
    default: 1e9
    }
  }
}

/// A member of an object, with the number of its name if the name has a meaning.
struct ScannedMember: BitwiseCopyable {
  var key: ScannedText
  var name: UInt8
  var value: ScannedValue
}
