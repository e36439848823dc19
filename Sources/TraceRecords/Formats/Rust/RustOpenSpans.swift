// The spans of a stream without ids that are open according to its lines, and the rules for finding the span of a line.

/// The data of one span while more lines about it may arrive.
struct RustOpenSpan: Sendable {
  /// How the store knows the span.
  enum Known: Sendable {
    /// Not reported yet: its parent is known only when it is entered.
    case pending
    case started
    /// Its `enter` arrived, but no `new`.
    case entered
    /// Only events and children referred to it.
    case byLogs
  }

  let number: UInt64
  let trace: UInt64
  /// 0 for a root.
  var parent: UInt64
  var identity: RustSpanIdentity
  /// A hash of the identities from the root to this span.
  var path: UInt64
  var known: Known
  var startNanos: Int64
  /// The fields that were already reported.
  var toldFields: [UInt64]
  /// How many more times it was entered than exited, most recently on this thread.
  var depth = 0
  var thread: UInt64 = 0
  /// Some line about it also matched another span.
  var isApproximate = false
}

struct RustOpenSpans: Sendable {
  /// Above this, the span that began first is given up: later lines about it count as another span.
  static let maxOpen = 16_384
  private let limit: Int
  /// The maximum number of similar spans that are examined, and of spans with one name when searching for one with additional fields: this
  /// limits the cost per line.
  static let maxAlike = 1_024
  static let maxGrown = 64

  struct Match {
    var number: UInt64
    /// Another span that also matches, the next by age.
    var other: UInt64?
    var isAmbiguous: Bool { other != nil }
  }

  private var spans: [UInt64: RustOpenSpan] = [:]
  private var byPath: [UInt64: [UInt64]] = [:]
  private var byName: [UInt64: [UInt64]] = [:]
  /// By thread: the spans that it is in, the innermost last.
  private var stacks: [UInt64: [UInt64]] = [:]
  private var stacked = 0
  private var next: UInt64 = 1
  /// No open span has a lower number.
  private var first: UInt64 = 1
  private var traces: UInt64 = 0
  private(set) var givenUp: UInt64 = 0

  init(limit: Int = RustOpenSpans.maxOpen) { self.limit = limit }

  subscript(number: UInt64) -> RustOpenSpan? {
    get { spans[number] }
    set { spans[number] = newValue }
  }

  /// The path of a span below another; 0 means no parent.
  static func path(_ parent: UInt64, _ identity: RustSpanIdentity) -> UInt64 {
    FieldHash(continuing: parent, identity.hash).value
  }

  // MARK: Finding the span of a line

  /// The innermost span of a thread with that path. If lines do not name threads, this may be several threads.
  func innermost(on thread: UInt64, path: UInt64) -> Match? {
    guard let stack = stacks[thread], let found = stack.last(where: { spans[$0]?.path == path }) else { return nil }
    return Match(number: found, other: thread == 0 ? stack.first { $0 != found && spans[$0]?.path == path } : nil)
  }

  /// The innermost span of a thread with these fields; it may have had fewer of them when it began.
  mutating func innermost(on thread: UInt64, identity: RustSpanIdentity) -> Match? {
    guard let stack = stacks[thread] else { return nil }
    if let found = stack.last(where: { spans[$0]?.identity == identity }) { return Match(number: found) }
    let grown = stack.suffix(RustOpenSpans.maxGrown).last { spans[$0].map { identity.grew(from: $0.identity) } ?? false }
    guard let grown, let parent = spans[grown]?.parent else { return nil }
    become(grown, identity, path: RustOpenSpans.path(spans[parent]?.path ?? 0, identity))
    return Match(number: grown)
  }

  /// The oldest eligible open span with that path; if none is eligible, the oldest one with that path.
  func find(path: UInt64, _ isEligible: (RustOpenSpan) -> Bool) -> Match? {
    guard let candidates = byPath[path] else { return nil }
    return oldest(candidates.prefix(RustOpenSpans.maxAlike), isEligible)
      ?? candidates.first.map { Match(number: $0, other: candidates.dropFirst().first) }
  }

  /// The oldest span below a given parent, whatever its own fields were when it began.
  mutating func find(below parent: UInt64, path: UInt64, identity: RustSpanIdentity) -> Match? {
    if let match = oldest((byPath[path] ?? []).prefix(RustOpenSpans.maxAlike), { $0.parent == parent }) { return match }
    let named = (byName[identity.name] ?? []).prefix(RustOpenSpans.maxGrown)
    guard let match = oldest(named, { $0.parent == parent && identity.grew(from: $0.identity) }) else { return nil }
    become(match.number, identity, path: path)
    return match
  }

  /// The oldest eligible span with that name and these fields, anywhere: for lines that do not give the enclosing spans.
  mutating func find(identity: RustSpanIdentity, _ isEligible: (RustOpenSpan) -> Bool) -> Match? {
    let named = (byName[identity.name] ?? []).prefix(RustOpenSpans.maxAlike)
    if let match = oldest(named, { $0.identity == identity && isEligible($0) }) { return match }
    let grown = oldest(named.prefix(RustOpenSpans.maxGrown), { identity.grew(from: $0.identity) && isEligible($0) })
    guard let grown, let parent = spans[grown.number]?.parent else { return nil }
    become(grown.number, identity, path: RustOpenSpans.path(spans[parent]?.path ?? 0, identity))
    return grown
  }

  private func oldest(_ candidates: ArraySlice<UInt64>, _ isEligible: (RustOpenSpan) -> Bool) -> Match? {
    var match: Match?
    for number in candidates {
      guard let span = spans[number], isEligible(span) else { continue }
      guard let found = match else {
        match = Match(number: number)
        continue
      }
      return Match(number: found.number, other: number)
    }
    return match
  }

  // MARK: Changes

  /// Adds a new span, about which more lines may arrive.
  mutating func open(below parent: UInt64, _ identity: RustSpanIdentity, _ known: RustOpenSpan.Known, at startNanos: Int64) -> RustOpenSpan
  {
    let span = make(below: parent, identity, known, at: startNanos)
    spans[span.number] = span
    list(span)
    if spans.count > limit {
      while spans[first] == nil { first += 1 }
      close(first)
      givenUp += 1
    }
    return span
  }

  /// Creates a span about which no more lines will arrive. It begins a trace if it has no parent.
  mutating func make(below parent: UInt64, _ identity: RustSpanIdentity, _ known: RustOpenSpan.Known, at startNanos: Int64) -> RustOpenSpan
  {
    if parent == 0 { traces += 1 }
    defer { next += 1 }
    return RustOpenSpan(
      number: next, trace: spans[parent]?.trace ?? traces, parent: parent, identity: identity,
      path: RustOpenSpans.path(spans[parent]?.path ?? 0, identity), known: known, startNanos: startNanos, toldFields: identity.fields)
  }

  /// The span was reported under another parent than the current one.
  mutating func move(_ number: UInt64, below parent: UInt64) -> RustOpenSpan? {
    guard let old = close(number) else { return nil }
    return open(below: parent, old.identity, old.known, at: old.startNanos)
  }

  mutating func enter(_ number: UInt64, on thread: UInt64) {
    // Threads that enter and never exit would fill the memory.
    if stacked >= RustOpenSpans.maxOpen {
      stacks = [:]
      stacked = 0
    }
    stacks[thread, default: []].append(number)
    stacked += 1
    spans[number]?.depth += 1
    spans[number]?.thread = thread
  }

  mutating func exit(_ number: UInt64, on thread: UInt64) {
    unstack(number, thread)
    if let depth = spans[number]?.depth, depth > 0 { spans[number]?.depth = depth - 1 }
  }

  /// Removes every span of a trace.
  /// - Complexity: O(open spans).
  mutating func close(trace: UInt64) {
    for number in spans.values.lazy.filter({ $0.trace == trace }).map(\.number) { close(number) }
  }

  private mutating func unstack(_ number: UInt64, _ thread: UInt64) {
    guard let place = stacks[thread]?.lastIndex(of: number) else { return }
    stacks[thread]?.remove(at: place)
    stacked -= 1
    if stacks[thread]?.isEmpty == true { stacks[thread] = nil }
  }

  @discardableResult
  mutating func close(_ number: UInt64) -> RustOpenSpan? {
    guard let span = spans.removeValue(forKey: number) else { return nil }
    unlist(span)
    if span.depth > 0 { unstack(number, span.thread) }
    return span
  }

  private mutating func become(_ number: UInt64, _ identity: RustSpanIdentity, path: UInt64) {
    guard var span = spans[number] else { return }
    unlist(span)
    span.identity = identity
    span.path = path
    spans[number] = span
    list(span)
  }

  /// Lists stay in ascending order: the oldest is first.
  private mutating func list(_ span: RustOpenSpan) {
    byPath[span.path, default: []].insertInOrder(span.number)
    byName[span.identity.name, default: []].insertInOrder(span.number)
  }

  private mutating func unlist(_ span: RustOpenSpan) {
    byPath.remove(span.number, of: span.path)
    byName.remove(span.number, of: span.identity.name)
  }
}

extension [UInt64] {
  /// The first index whose number is not smaller.
  fileprivate func place(_ number: UInt64) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < number { low = middle + 1 } else { high = middle }
    }
    return low
  }

  fileprivate mutating func insertInOrder(_ number: UInt64) { insert(number, at: place(number)) }
}

extension [UInt64: [UInt64]] {
  fileprivate mutating func remove(_ number: UInt64, of key: UInt64) {
    guard var numbers = removeValue(forKey: key) else { return }
    let place = numbers.place(number)
    if place < numbers.count, numbers[place] == number { numbers.remove(at: place) }
    if !numbers.isEmpty { self[key] = numbers }
  }
}
