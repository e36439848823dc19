// Regular expressions as people and models write them, in RE2's syntax, made into code. What takes more than linear time, or could not mean anything
// here, is refused with its place.

/// Reads a pattern. Groups stand on a stack, not in calls.
struct RegexParser: Sendable {
  /// Characters of a pattern, at most.
  static let mostCharacters = 1_000
  /// Steps of its code, at most: what each byte of a text may cost.
  static let mostSteps = 2_000
  /// `{n}`, at most: RE2's own bound.
  static let mostRepeats = 1_000

  /// An open bracket, and what has been read behind it.
  private struct Group: Sendable {
    var place: Int
    var branches: [RegexPiece] = []
    var pieces: [RegexPiece] = []
    /// `(?s)`: a dot is a line's end too. `(?m)`: ^ and $ are those of lines.
    var dotIsAll: Bool
    var isMultiline: Bool
    /// What was read last is a repetition: another one behind it says nothing.
    var endsWithRepeat = false

    /// What its code takes, at most.
    var steps = 0

    var piece: RegexPiece { .choice(branches + [.sequence(pieces)]) }
  }

  private let scalars: [Unicode.Scalar]
  private var place = 0
  private var groups: [Group]
  private(set) var sets: [ByteSet] = []
  private var setNumbers: [ByteSet: UInt16] = [:]
  /// Each character beyond ASCII that is named is one of all of them.
  private(set) var treatsBeyondASCIIAlike = true
  private(set) var hasAssertions = false

  /// The pattern as code that ends with a match.
  private(set) var whole = RegexPiece.empty

  init(_ pattern: String) throws(RegexError) {
    scalars = Array(pattern.unicodeScalars)
    groups = [Group(place: 0, dotIsAll: false, isMultiline: false)]
    guard scalars.count <= Self.mostCharacters else {
      throw RegexError(place: Self.mostCharacters + 1, reason: "longer than \(Self.mostCharacters) characters")
    }
    while place < scalars.count {
      let start = place
      try next()
      try check(groups[groups.count - 1].steps, at: start)
    }
    guard groups.count == 1 else { throw error("no ) for this (", at: groups[groups.count - 1].place) }
    whole = groups[0].piece
    whole.code.append(.match)
  }

  /// Whether some text of these bytes alone may match: no step asks for another one. Assertions are taken as met.
  func mayMatch(only bytes: ByteSet) -> Bool {
    var isSeen = [Bool](repeating: false, count: whole.code.count)
    var stack = [0]
    while let place = stack.popLast() {
      guard !isSeen[place] else { continue }
      isSeen[place] = true
      switch whole.code[place] {
      case .match: return true
      case .bytes(let set): if sets[Int(set)].meets(bytes) { stack.append(place + 1) }
      case .split(let one, let other): stack += [place + Int(one), place + Int(other)]
      case .jump(let distance): stack.append(place + Int(distance))
      case .assert: stack.append(place + 1)
      }
    }
    return false
  }

  private func error(_ reason: String, at place: Int) -> RegexError { RegexError(place: place + 1, reason: reason) }

  private func check(_ steps: Int, at place: Int) throws(RegexError) {
    guard steps <= Self.mostSteps else {
      throw error("too large: more than \(Self.mostSteps) steps; repeat less often or fewer characters", at: place)
    }
  }

  private func peek(_ distance: Int = 0) -> Unicode.Scalar? { place + distance < scalars.count ? scalars[place + distance] : nil }

  private mutating func append(_ piece: RegexPiece, isRepeat: Bool = false) {
    groups[groups.count - 1].pieces.append(piece)
    groups[groups.count - 1].steps += piece.code.count
    groups[groups.count - 1].endsWithRepeat = isRepeat
  }

  private mutating func next() throws(RegexError) {
    let start = place
    let scalar = scalars[place]
    place += 1
    switch scalar {
    case "(": try open(start)
    case ")":
      guard groups.count > 1, let group = groups.popLast() else { throw error("no ( for this )", at: start) }
      append(group.piece)
    case "|":
      let last = groups.count - 1
      groups[last].branches.append(.sequence(groups[last].pieces))
      (groups[last].pieces, groups[last].endsWithRepeat) = ([], false)
      groups[last].steps += 2
    case "*": try repeatLast(0, nil, start)
    case "+": try repeatLast(1, nil, start)
    case "?": try repeatLast(0, 1, start)
    case "{":
      guard let (least, most) = try counts(start) else { return literal(scalar) }
      try repeatLast(least, most, start)
    case "[": append(try piece(of: try brackets(start), start))
    case ".":
      var all = CharacterRanges([0...CharacterRanges.last])
      if !groups[groups.count - 1].dotIsAll { all = CharacterRanges([0x0A...0x0A]).inverted }
      append(try piece(of: all, start))
    case "^": assert(groups[groups.count - 1].isMultiline ? .lineStart : .textStart)
    case "$": assert(groups[groups.count - 1].isMultiline ? .lineEnd : .textEnd)
    case "\\": try escape(start)
    default: literal(scalar)
    }
  }

  // MARK: Characters

  /// A character stands for itself in either case.
  private mutating func literal(_ scalar: Unicode.Scalar) {
    let bytes = Array(scalar.properties.lowercaseMapping.utf8)
    let isASCII = bytes.allSatisfy { $0 < 0x80 }
    if !isASCII { treatsBeyondASCIIAlike = false }
    append(RegexPiece(code: bytes.map { .bytes(number(of: ByteSet($0...$0))) }, exact: isASCII ? bytes : nil, needed: nil))
  }

  private mutating func number(of set: ByteSet) -> UInt16 {
    if let known = setNumbers[set] { return known }
    let number = UInt16(sets.count)
    sets.append(set)
    setNumbers[set] = number
    return number
  }

  private mutating func assert(_ assertion: RegexAssertion) {
    hasAssertions = true
    append(RegexPiece(code: [.assert(assertion)], exact: nil, needed: nil))
  }

  private mutating func piece(of characters: CharacterRanges, _ start: Int) throws(RegexError) -> RegexPiece {
    if characters.hasAllBeyondASCII {
      // A first byte and what goes on behind it, however much that is: nothing else begins with such bytes.
      var first = ByteSet(0xC0...0xFF)
      for range in characters.ranges where range.lowerBound < 0x80 {
        first.insert(UInt8(range.lowerBound)...UInt8(min(range.upperBound, 0x7F)))
      }
      let steps: [RegexStep] = [.bytes(number(of: first)), .split(1, 3), .bytes(number(of: ByteSet(0x80...0xBF))), .jump(-2)]
      return RegexPiece(code: steps, exact: nil, needed: nil)
    }
    if !characters.isASCII { treatsBeyondASCIIAlike = false }
    try check(characters.ranges.count, at: start)
    let found = characters.utf8
    try check(found.reduce(0) { $0 + $1.count + 2 }, at: start)
    let sequences = found.map { sets in RegexPiece(code: sets.map { .bytes(number(of: $0)) }, exact: nil, needed: nil) }
    // No character at all: a set that no byte is of.
    return sequences.isEmpty ? RegexPiece(code: [.bytes(number(of: ByteSet()))], exact: nil, needed: nil) : .choice(sequences)
  }

  // MARK: Repetition

  private mutating func repeatLast(_ least: Int, _ most: Int?, _ start: Int) throws(RegexError) {
    let last = groups.count - 1
    guard let piece = groups[last].pieces.last else { throw error("nothing stands before it that could be repeated", at: start) }
    guard !groups[last].endsWithRepeat else {
      throw error("a repetition of a repetition (possessive ones are not supported): put the inner one into (?:…)", at: start)
    }
    // Copies, and a step for each that may be left out, or two to go back.
    let count = piece.code.count
    try check(least * count + (most.map { ($0 - least) * (count + 1) } ?? count + 2), at: start)
    groups[last].pieces.removeLast()
    groups[last].steps -= piece.code.count
    append(piece.repeated(least, most), isRepeat: true)
    // As few as possible is the same to who asks whether there is a match.
    if peek() == "?" { place += 1 }
  }

  /// Behind a `{`: how often; nil where it is no repetition, and stands for itself.
  private mutating func counts(_ start: Int) throws(RegexError) -> (Int, Int?)? {
    var at = place
    func number() -> Int? {
      var value: Int?
      while at < scalars.count, ("0"..."9").contains(scalars[at]) {
        value = min(1_000_000, (value ?? 0) * 10 + Int(scalars[at].value - 0x30))
        at += 1
      }
      return value
    }
    guard let least = number(), at < scalars.count else { return nil }
    var most: Int? = least
    if scalars[at] == "," {
      at += 1
      most = number()
    }
    guard at < scalars.count, scalars[at] == "}" else { return nil }
    place = at + 1
    guard least <= Self.mostRepeats, most ?? 0 <= Self.mostRepeats else {
      throw error("more than \(Self.mostRepeats) repetitions", at: start)
    }
    guard least <= most ?? least else { throw error("the first number is larger than the second", at: start) }
    return (least, most)
  }

  // MARK: Groups

  private mutating func open(_ start: Int) throws(RegexError) {
    var group = groups[groups.count - 1]
    group = Group(place: start, dotIsAll: group.dotIsAll, isMultiline: group.isMultiline)
    guard peek() == "?" else {
      groups.append(group)
      return
    }
    place += 1
    guard let kind = peek() else { throw error("the pattern ends within (?", at: start) }
    let after = peek(1) ?? " "
    switch (kind, after) {
    case ("=", _), ("!", _), ("<", "="), ("<", "!"): throw error("looking ahead or behind is not supported", at: start)
    case (">", _): throw error("atomic groups are not supported", at: start)
    case ("#", _): throw error("comments are not supported", at: start)
    case ("P", "="): throw error("references to groups are not supported", at: start)
    case ("P", ">"), ("R", _), ("&", _), ("0"..."9", _): throw error("patterns that call themselves are not supported", at: start)
    case ("(", _): throw error("conditions are not supported", at: start)
    case ("P", "<"), ("<", _):
      place += kind == "P" ? 2 : 1
      try name(start)
      groups.append(group)
    default: try flags(&group, start)
    }
  }

  /// The name of a group, which nobody asks for.
  private mutating func name(_ start: Int) throws(RegexError) {
    let first = place
    while let scalar = peek(), scalar == "_" || (scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))) {
      place += 1
    }
    guard place > first, peek() == ">" else { throw error("a group's name is letters, digits and _, then >", at: start) }
    place += 1
  }

  /// `(?s:` for a group, `(?s)` for what follows in this one.
  private mutating func flags(_ group: inout Group, _ start: Int) throws(RegexError) {
    var (isOff, isAny) = (false, false)
    while let flag = peek() {
      place += 1
      switch flag {
      case ")":
        guard isAny else { throw error("(?) says nothing", at: start) }
        (groups[groups.count - 1].dotIsAll, groups[groups.count - 1].isMultiline) = (group.dotIsAll, group.isMultiline)
        // Nothing stands there that could be repeated.
        append(.empty, isRepeat: true)
        return
      case ":":
        groups.append(group)
        return
      case "-":
        guard !isOff else { throw error("two - among flags", at: start) }
        isOff = true
        continue
      case "i": if isOff { throw error("case never makes a difference, and (?-i) cannot change that", at: start) }
      case "s": group.dotIsAll = !isOff
      case "m": group.isMultiline = !isOff
      // Which of several matches is taken makes no difference here.
      case "U": break
      case "x": throw error("the flag x is not supported: write the pattern without blanks", at: start)
      default: throw error("no such flag; there are i, m, s, U", at: place - 1)
      }
      isAny = true
    }
    throw error("the pattern ends within (?", at: start)
  }

  // MARK: Escapes

  /// What an escape stands for: a set or a character; nil where it is neither.
  private enum Escaped {
    case characters(CharacterRanges)
    case scalar(Unicode.Scalar)
  }

  private mutating func escape(_ start: Int) throws(RegexError) {
    guard let scalar = peek() else { throw error("a \\ at the end", at: start) }
    switch scalar {
    case "A": assert(.textStart)
    case "z": assert(.textEnd)
    case "b": assert(.wordBoundary)
    case "B": assert(.noWordBoundary)
    case "Q":
      place += 1
      while let scalar = peek() {
        if scalar == "\\", peek(1) == "E" {
          place += 2
          return
        }
        place += 1
        literal(scalar)
      }
      return
    case "E":
      place += 1
      return
    case "1"..."9", "k", "g": throw error("references to groups are not supported", at: start)
    default:
      switch try escaped(start) {
      case .characters(let characters): append(try piece(of: characters, start))
      case .scalar(let scalar): literal(scalar)
      }
      return
    }
    place += 1
  }

  /// Behind a `\`, in brackets and outside.
  private mutating func escaped(_ start: Int) throws(RegexError) -> Escaped {
    guard let scalar = peek() else { throw error("a \\ at the end", at: start) }
    place += 1
    switch scalar {
    case "d": return .characters(.digits)
    case "D": return .characters(CharacterRanges.digits.inverted)
    case "s": return .characters(.spaces)
    case "S": return .characters(CharacterRanges.spaces.inverted)
    case "w": return .characters(.words)
    case "W": return .characters(CharacterRanges.words.inverted)
    case "n": return .scalar("\n")
    case "t": return .scalar("\t")
    case "r": return .scalar("\r")
    case "f": return .scalar("\u{C}")
    case "v": return .scalar("\u{B}")
    case "a": return .scalar("\u{7}")
    case "0":
      var value: UInt32 = 0
      for _ in 0..<2 {
        guard let digit = peek(), ("0"..."7").contains(digit) else { break }
        value = value * 8 + (digit.value - 0x30)
        place += 1
      }
      return .scalar(Unicode.Scalar(value) ?? "\u{0}")
    case "x": return .scalar(try hexadecimal(start))
    case "p", "P", "N": throw error("classes of Unicode are not supported: write a range like [α-ω]", at: start)
    case "C": throw error("single bytes are not supported", at: start)
    case "1"..."9": throw error("references to groups are not supported", at: start)
    default:
      // Every other letter could come to mean something.
      guard scalar.isASCII, !scalar.properties.isAlphabetic else { throw error("no such escape", at: start) }
      return .scalar(scalar)
    }
  }

  /// `\x7F` or `\x{10FFFF}`.
  private mutating func hexadecimal(_ start: Int) throws(RegexError) -> Unicode.Scalar {
    let isBraced = peek() == "{"
    if isBraced { place += 1 }
    var (value, digits) = (UInt32(0), 0)
    while let digit = peek(), digits < (isBraced ? 8 : 2), let number = digit.isASCII ? Character(digit).hexDigitValue : nil {
      value = value << 4 | UInt32(number)
      digits += 1
      place += 1
    }
    guard digits > 0, isBraced || digits == 2, !isBraced || peek() == "}", let scalar = Unicode.Scalar(value) else {
      throw error("write \\x7F or \\x{10FFFF}", at: start)
    }
    if isBraced { place += 1 }
    return scalar
  }

  // MARK: Brackets

  private mutating func brackets(_ start: Int) throws(RegexError) -> CharacterRanges {
    // What is named by characters counts in either case; what is named as a class is as it is.
    var (characters, classes) = (CharacterRanges(), CharacterRanges())
    var isInverted = false
    if peek() == "^" {
      isInverted = true
      place += 1
    }
    // Right behind the beginning ] stands for itself.
    var isFirst = true
    while let scalar = peek() {
      if scalar == "]", !isFirst {
        place += 1
        var all = characters.folded
        all.insert(classes)
        return isInverted ? all.inverted : all
      }
      isFirst = false
      if scalar == "[", peek(1) == ":", let named = try posix() {
        classes.insert(named)
        continue
      }
      let from = place
      guard let low = try element(start, &classes) else { continue }
      guard peek() == "-", let behind = peek(1), behind != "]" else {
        characters.insert(low.value...low.value)
        continue
      }
      place += 1
      guard let high = try element(start, &classes) else { throw error("a range ends with a character", at: from) }
      guard low.value <= high.value else { throw error("a range that ends before it begins", at: from) }
      characters.insert(low.value...high.value)
    }
    throw error("no ] for this [", at: start)
  }

  /// One character; nil for a class, which is inserted.
  private mutating func element(_ start: Int, _ classes: inout CharacterRanges) throws(RegexError) -> Unicode.Scalar? {
    guard let scalar = peek() else { throw error("no ] for this [", at: start) }
    place += 1
    guard scalar == "\\" else { return scalar }
    switch try escaped(place - 1) {
    case .scalar(let scalar): return scalar
    case .characters(let set):
      classes.insert(set)
      return nil
    }
  }

  /// `[:alpha:]` or `[:^alpha:]`; nil where it is none.
  private mutating func posix() throws(RegexError) -> CharacterRanges? {
    var (at, name) = (place + 2, "")
    let isInverted = at < scalars.count && scalars[at] == "^"
    if isInverted { at += 1 }
    while at < scalars.count, scalars[at].isASCII, scalars[at].properties.isAlphabetic {
      name.unicodeScalars.append(scalars[at])
      at += 1
    }
    guard at + 1 < scalars.count, scalars[at] == ":", scalars[at + 1] == "]" else { return nil }
    guard let named = CharacterRanges.posix(name) else { throw error("no such class", at: place) }
    place = at + 2
    return isInverted ? named.inverted : named.folded
  }
}
