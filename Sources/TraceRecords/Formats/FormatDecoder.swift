// Formats may be mixed in one source: each value is parsed once, and its format is recognised by its members.

package import JSON

/// The decoder for pipes and files. It first tries the format of the previous value, then the others in the registry's order.
package struct FormatDecoder: RecordDecoder {
  private let limits: JSONLimits
  private var formats: [any TraceFormat]
  /// The format of the latest value: streams rarely change their format.
  private var latest = 0
  private var scanner = ValueScanner()

  private let scansValues: Bool
  /// The formats that have documents.
  private let withDocuments: [Int]

  /// - Parameters:
  ///   - name: the name of the only format to read; nil, or an unknown name, reads all.
  ///   - scansValues: if false, every value is parsed by jansson: used to check the scanner.
  package init(limits: JSONLimits = JSONLimits(), only name: String? = nil, scansValues: Bool = true) {
    self.limits = limits
    self.scansValues = scansValues
    let chosen = name.flatMap { FormatRegistry.named($0) }.map { [$0] } ?? FormatRegistry.formats
    formats = chosen.map { $0.init() }
    withDocuments = chosen.indices.filter { chosen[$0].hasDocuments }
  }

  package mutating func decode(_ line: UnsafeRawBufferPointer, offset: Int, into batch: inout RecordBatch) throws(RecordError)
    -> LineOutcome
  {
    if formats[latest].readsScannedValues, let outcome = try decodeScanned(line, latest..<latest + 1, into: &batch) { return outcome }
    let tree: JanssonTree
    do { tree = try JanssonTree(parsing: line, limits: limits, repair: .text) } catch { throw .json(error) }
    let root = ValueNode(tree.root)
    if !formats[latest].readsScannedValues, let outcome = try take(tree, by: latest, into: &batch) { return outcome }
    for index in formats.indices where index != latest && !formats[index].readsScannedValues {
      if let outcome = try take(tree, by: index, into: &batch) { return outcome }
    }
    // The scanner keeps the digits of a real, jansson only the nearest Double.
    if let outcome = try decodeScanned(line, formats.indices, into: &batch) { return outcome }
    for index in formats.indices where formats[index].readsScannedValues {
      if let outcome = try take(tree, by: index, into: &batch) { return outcome }
    }
    if root.isArray, let outcome = decodeElements(of: root, tree.repairs, &batch) { return outcome }
    throw .unrecognised(root.isArray ? root.first.map { "a list of \($0.described)" } ?? root.described : root.described)
  }

  private mutating func decode(_ root: ValueNode, _ repairs: JSONRepair.Findings, _ batch: inout RecordBatch) throws(RecordError)
    -> LineOutcome?
  {
    if let outcome = try formats[latest].decode(root, repairs: repairs, into: &batch) { return outcome }
    for index in formats.indices where index != latest {
      if let outcome = try formats[index].decode(root, repairs: repairs, into: &batch) {
        latest = index
        return outcome
      }
    }
    return nil
  }

  /// Decodes a list of values that could also stand alone; nil if none of them is recognised.
  private mutating func decodeElements(of root: ValueNode, _ repairs: JSONRepair.Findings, _ batch: inout RecordBatch) -> LineOutcome? {
    var elements: [ValueNode] = []
    root.forEachElement { element in
      // Lists of lists, the form for several traces.
      if element.isArray { element.forEachElement { elements.append($0) } } else { elements.append(element) }
    }
    var outcome = LineOutcome(repairs)
    var isKnown = false
    // Many programs end a list with one of these.
    for element in elements where !element.isNull && !(element.isObject && element.count == 0) {
      let mark = batch.mark
      do throws(RecordError) {
        if let told = try decode(element, repairs, &batch) {
          outcome.add(told)
          isKnown = true
        } else {
          outcome.leave(.unrecognised(element.described))
        }
      } catch {
        batch.rewind(to: mark)
        outcome.skip(error)
        isKnown = true
      }
    }
    return isKnown ? outcome : nil
  }

  private mutating func take(_ tree: borrowing JanssonTree, by index: Int, into batch: inout RecordBatch) throws(RecordError)
    -> LineOutcome?
  {
    guard let outcome = try formats[index].decode(tree, into: &batch) else { return nil }
    latest = index
    return shared(outcome, ValueNode(tree.root), tree.repairs, &batch)
  }

  /// Offers the elements that the list's format could not use to other formats.
  private mutating func shared(
    _ outcome: LineOutcome, _ root: ValueNode, _ repairs: JSONRepair.Findings, _ batch: inout RecordBatch
  ) -> LineOutcome {
    guard !outcome.skippedElements.isEmpty, root.isArray, formats.count > 1 else { return outcome }
    var (all, place, next) = (outcome, 0, 0)
    let taker = latest
    root.forEachElement { element in
      defer { place += 1 }
      guard next < outcome.skippedElements.count, outcome.skippedElements[next].place == place else { return }
      next += 1
      guard element.isObject else { return }
      if element.jansson != nil {
        if let told = offer(element, repairs, but: taker, &batch) { all.adopt(told, at: place) }
      } else if let told = offerParsed(element, but: taker, &batch) {
        all.adopt(told, at: place)
      }
    }
    return all
  }

  /// The result of another format for an element; nil if none can use it.
  private mutating func offer(_ element: ValueNode, _ repairs: JSONRepair.Findings, but taker: Int, _ batch: inout RecordBatch)
    -> LineOutcome?
  {
    for index in formats.indices where index != taker {
      let mark = batch.mark
      do throws(RecordError) {
        if let told = try formats[index].decode(element, repairs: repairs, into: &batch) { return told }
      } catch { batch.rewind(to: mark) }
    }
    return nil
  }

  /// The same with jansson: some formats read only its tree.
  private mutating func offerParsed(_ element: ValueNode, but taker: Int, _ batch: inout RecordBatch) -> LineOutcome? {
    let limits = limits
    return element.withCompactText(undoing: []) { text in
      guard let tree = try? JanssonTree(parsing: text, limits: limits, repair: .text) else { return nil }
      return offer(tree, but: taker, &batch)
    }
  }

  private mutating func offer(_ tree: borrowing JanssonTree, but taker: Int, _ batch: inout RecordBatch) -> LineOutcome? {
    offer(ValueNode(tree.root), tree.repairs, but: taker, &batch)
  }

  /// Decodes a value with the scanner, which does not allocate per value; nil if no format took it. jansson parses what the scanner does
  /// not accept.
  private mutating func decodeScanned(_ line: UnsafeRawBufferPointer, _ readers: Range<Int>, into batch: inout RecordBatch)
    throws(RecordError) -> LineOutcome?
  {
    guard scansValues, line.count <= limits.maxBytes else { return nil }
    // Moved out meanwhile, because its memory is used by code that changes the rest of self.
    var scanner = ValueScanner()
    swap(&scanner, &self.scanner)
    defer { swap(&scanner, &self.scanner) }
    func offer(_ root: ValueNode, withTwins: Bool) -> Result<LineOutcome?, RecordError> {
      Result { () throws(RecordError) in
        for index in readers where formats[index].readsScannedValues {
          let outcome =
            withTwins
            ? try formats[index].decodeTwins(root, into: &batch) : try formats[index].decode(root, repairs: [], into: &batch)
          guard let outcome else { continue }
          latest = index
          return shared(outcome, root, [], &batch)
        }
        return nil
      }
    }
    if let taken = scanner.read(line, { offer($0, withTwins: false) }) { return try taken.get() }
    guard scanner.foundTwins else { return nil }
    return try scanner.read(line, keepsTwins: true) { offer($0, withTwins: true) }?.get()
  }

  package mutating func endDocument(into batch: inout RecordBatch) -> LineOutcome {
    var outcome = LineOutcome()
    for index in withDocuments { outcome.add(formats[index].endDocument(into: &batch)) }
    return outcome
  }

  package mutating func finish(into batch: inout RecordBatch) -> LineOutcome {
    var outcome = LineOutcome()
    for index in formats.indices { outcome.add(formats[index].finish(into: &batch)) }
    return outcome
  }

  package var holdsRecords: Bool { formats[latest].holdsRecords || formats.contains { $0.holdsRecords } }
}
