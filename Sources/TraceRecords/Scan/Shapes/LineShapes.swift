// The shapes that a stream knows, as a tree: lines with the same beginning share its steps.

/// Shapes of native lines and of OTLP spans. Lines with none of these shapes are read as if there were no shapes.
///
/// Its memory is bounded by `maxShapes` and `maxLiteralBytes`: when one of them is reached, everything is forgotten and learned again.
/// Lines over `maxLineBytes` are not learned. Learning a line costs more than reading it, so it must be earned by lines with known shapes:
/// lines that never repeat cost at most `maxCredit` attempts.
struct LineShapes: Sendable {
  /// The root of a tree.
  enum Root {
    case native, span
  }

  static let maxShapes = 256
  private static let maxLiteralBytes = 256 << 10
  static let maxLineBytes = 16 << 10
  static let costOfLearning = 64
  static let maxCredit = 64 * costOfLearning

  private var nodes: [ShapeNode] = []
  private var literals: [UInt8] = []
  private var shapes: [LineShape] = []
  private var texts: [ShapeText] = []
  private var fields: [ShapeField] = []
  private var attributes: [ShapeAttribute] = []
  private var roots: (native: UInt32, span: UInt32) = (0, 0)
  private var credit = maxCredit

  var count: Int { shapes.count }

  // MARK: Known lines

  /// Passes the line or span at the cursor if it has a known shape, and notes its values. Returns the number of the shape.
  /// - Complexity: O(bytes), or O(shapes) if many begin alike.
  @inline(__always)
  mutating func match(_ cursor: inout LineCursor, _ root: Root, _ values: inout ShapeValues) -> Int? {
    let first = Int(root == .native ? roots.native : roots.span)
    guard first != 0 else { return nil }
    let found = nodes.withUnsafeBufferPointer { nodes in
      literals.withUnsafeBytes { LineShapes.match(cursor, first, nodes, $0, values) }
    }
    guard let found, shapes[found.shape].isUsable else { return nil }
    cursor = found.end
    credit = min(credit + 1, LineShapes.maxCredit)
    return found.shape
  }

  /// A separate function, so that its variables stay in registers.
  @inline(never)
  private static func match(
    _ cursor: LineCursor, _ first: Int, _ nodes: UnsafeBufferPointer<ShapeNode>, _ literals: UnsafeRawBufferPointer, _ values: ShapeValues
  ) -> (shape: Int, end: LineCursor)? {
    var at = cursor
    var node = first
    var count = 0
    while true {
      precondition(node < nodes.count)
      // The steps are read in place: a step is larger than the fields that are needed.
      let before = at
      pass: if at.pass(nodes[node].literal, of: literals) {
        switch nodes[node].value {
        case .text:
          guard values.passText(&at, count) else { break pass }
          node = Int(nodes[node].next)
        case .number:
          var number = at
          guard let kind = values.passNumber(&number, count) else { break pass }
          at = number
          node = Int(kind == .real ? nodes[node].nextBehindReal : nodes[node].next)
        case .end:
          values.end(at: at.offset, count)
          return (Int(nodes[node].next), at)
        }
        count &+= 1
        // No shape continues after a number of that kind.
        guard node != 0 else { return nil }
        continue
      }
      // Try the next alternative.
      node = Int(nodes[node].sibling)
      guard node != 0 else { return nil }
      at = before
    }
  }

  // Parts of a shape instead of the whole, which would be copied for each access.
  @inline(__always)
  func prototype(of shape: Int) -> Record { shapes[shape].prototype }

  // Single elements instead of a closure, for which everything would be retained.
  @inline(__always)
  func texts(of shape: Int) -> Range<Int> { shapes[shape].texts.indices }

  @inline(__always)
  func fields(of shape: Int) -> Range<Int> { shapes[shape].fields.indices }

  @inline(__always)
  func attributes(of shape: Int) -> Range<Int> { shapes[shape].attributes.indices }

  @inline(__always)
  subscript(text index: Int) -> ShapeText { texts[index] }

  @inline(__always)
  subscript(field index: Int) -> ShapeField { fields[index] }

  @inline(__always)
  subscript(attribute index: Int) -> ShapeAttribute { attributes[index] }

  // MARK: Learning

  /// Whether a line of unknown shape may be learned; this also pays for the attempt.
  mutating func mayLearn() -> Bool {
    guard credit >= LineShapes.costOfLearning else { return false }
    credit -= LineShapes.costOfLearning
    return true
  }

  /// Adds a line with its holes. Returns the number of its shape, which is not used before `confirm`; nil if it is already known.
  mutating func add(_ line: UnsafeRawBufferPointer, _ root: Root, _ draft: ShapeDraft) -> Int? {
    // Reserves room for this line with every literal padded to a full block.
    let most = line.count + (2 * ShapeWalk.maxHoles + 2) * ShapeLiteral.blockBytes
    if shapes.count >= LineShapes.maxShapes || literals.count + most > LineShapes.maxLiteralBytes { forget() }
    if nodes.isEmpty {
      nodes.append(ShapeNode(literal: ShapeLiteral(start: 0, end: 0, count: 0, lastBytes: 0), value: .end))
    }
    var behind = ScannedValue.Kind.null
    var start = 0
    var parent: Int?
    for hole in draft.holes {
      let step = step(parent, root, behind, hole.kind == .string ? .text : .number, line[start..<hole.text.lowerBound])
      guard let step else { return nil }
      parent = step.node
      behind = hole.kind
      start = hole.end
    }
    guard let last = step(parent, root, behind, .end, line[start...]), last.isNew else { return nil }
    nodes[last.node].next = UInt32(shapes.count)
    let shape = LineShape(
      prototype: draft.prototype, texts: ShapeRange(start: UInt32(texts.count), count: UInt32(draft.texts.count)),
      fields: ShapeRange(start: UInt32(fields.count), count: UInt32(draft.fields.count)),
      attributes: ShapeRange(start: UInt32(attributes.count), count: UInt32(draft.attributes.count)))
    texts += draft.texts
    fields += draft.fields
    attributes += draft.attributes
    shapes.append(shape)
    return shapes.count - 1
  }

  /// From now on lines of the shape are read with it.
  mutating func confirm(_ shape: Int) { shapes[shape].isUsable = true }

  /// The shape did not reproduce its record.
  mutating func reject(_ shape: Int) { shapes[shape].isUsable = false }

  private mutating func forget() {
    nodes = []
    literals = []
    shapes = []
    texts = []
    fields = []
    attributes = []
    roots = (0, 0)
  }

  /// The node for a step after another one, created if necessary. Nil for literals that are too long.
  private mutating func step(
    _ parent: Int?, _ root: Root, _ behind: ScannedValue.Kind, _ value: ShapeNode.Value, _ bytes: Slice<UnsafeRawBufferPointer>
  ) -> (node: Int, isNew: Bool)? {
    guard bytes.count <= Int(UInt16.max) else { return nil }
    let isReal = behind == .real
    let first = parent.map { isReal ? nodes[$0].nextBehindReal : nodes[$0].next } ?? (root == .native ? roots.native : roots.span)
    var node = Int(first)
    var last = 0
    while node != 0 {
      if nodes[node].value == value, holds(nodes[node].literal, bytes) { return (node, false) }
      last = node
      node = Int(nodes[node].sibling)
    }
    nodes.append(ShapeNode(literal: addLiteral(Array(bytes)[...]), value: value))
    let added = UInt32(nodes.count - 1)
    if last != 0 {
      nodes[last].sibling = added
    } else if let parent {
      if isReal { nodes[parent].nextBehindReal = added } else { nodes[parent].next = added }
    } else if root == .native {
      roots.native = added
    } else {
      roots.span = added
    }
    return (Int(added), true)
  }

  private func holds(_ literal: ShapeLiteral, _ bytes: Slice<UnsafeRawBufferPointer>) -> Bool {
    Int(literal.count) == bytes.count && literals[Int(literal.start)..<Int(literal.start) + bytes.count].elementsEqual(bytes)
  }

  /// Stored in whole blocks, padded.
  private mutating func addLiteral(_ bytes: ArraySlice<UInt8>) -> ShapeLiteral {
    let start = literals.count
    literals += bytes
    let rest = bytes.count % ShapeLiteral.blockBytes
    let isFull = rest == 0 && !bytes.isEmpty
    if !isFull { literals += repeatElement(0, count: ShapeLiteral.blockBytes - rest) }
    return ShapeLiteral(
      start: UInt32(start), end: UInt32(literals.count), count: UInt16(bytes.count), lastBytes: isFull ? 0xFFFF : 1 << UInt16(rest) - 1)
  }
}
