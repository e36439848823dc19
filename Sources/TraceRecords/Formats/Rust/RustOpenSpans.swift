// The spans of a stream without ids that are open as far as its lines tell, and which of them a line means.

/// What is remembered of one span while its lines may still come.
struct RustOpenSpan: Sendable {
  /// How the store came to know it.
  enum Known: Sendable {
    /// Not told yet: who its parent is shows when it is entered.
    case pending
    case started
    /// Its `enter` came, its `new` did not.
    case entered
    /// Only events and children spoke of it.
    case byLogs
  }

  let number: UInt64
  let trace: UInt64
  /// 0 for a root.
  var parent: UInt64
  var identity: RustSpanIdentity
  /// Of the identities from the root to here.
  var path: UInt64
  var known: Known
  var startNanos: Int64
  /// The fields that were told already.
  var toldFields: [UInt64]
  /// Entered so often more than left, the last time by this thread.
  var depth = 0
  var thread: UInt64 = 0
  /// Some line about it fitted another span as well.
  var isApproximate = false
}

struct RustOpenSpans: Sendable {
  /// Beyond that the span that began first is given up: what comes of it later counts as another span.
  static let maxOpen = 16_384
  private let limit: Int
  /// So many alike spans are looked at, and so many of one name for one whose fields have grown: a bound on what one line costs.
  static let maxAlike = 1_024
  static let maxGrown = 64

  struct Match {
    var number: UInt64
    /// Another one that fits as well, the next in age.
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

  /// The path of a span below another; 0 stands for no parent.
  static func path(_ parent: UInt64, _ identity: RustSpanIdentity) -> UInt64 {
    FieldHash(continuing: parent, identity.hash).value
  }

  // MARK: Which span a line means

  /// The innermost span of a thread that has that path. A thread that lines do not name may be several.
  func innermost(on thread: UInt64, path: UInt64) -> Match? {
    guard let stack = stacks[thread], let found = stack.last(where: { spans[$0]?.path == path }) else { return nil }
    return Match(number: found, other: thread == 0 ? stack.first { $0 != found && spans[$0]?.path == path } : nil)
  }

  /// The innermost span of a thread with these fields, of which it may have had fewer when it began.
  mutating func innermost(on thread: UInt64, identity: RustSpanIdentity) -> Match? {
    guard let stack = stacks[thread] else { return nil }
    if let found = stack.last(where: { spans[$0]?.identity == identity }) { return Match(number: found) }
    let grown = stack.suffix(RustOpenSpans.maxGrown).last { spans[$0].map { identity.grew(from: $0.identity) } ?? false }
    guard let grown, let parent = spans[grown]?.parent else { return nil }
    become(grown, identity, path: RustOpenSpans.path(spans[parent]?.path ?? 0, identity))
    return Match(number: grown)
  }

  /// The oldest open span with that path that is eligible; where none is, the oldest of that path.
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

  /// The oldest eligible span of that name and these fields, wherever it is: for lines that do not tell what is around a span.
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

  // MARK: What happens to them

  /// A new span, of which more lines may come.
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

  /// A span of which no more is to come; it begins a trace where it has no parent.
  mutating func make(below parent: UInt64, _ identity: RustSpanIdentity, _ known: RustOpenSpan.Known, at startNanos: Int64) -> RustOpenSpan
  {
    if parent == 0 { traces += 1 }
    defer { next += 1 }
    return RustOpenSpan(
      number: next, trace: spans[parent]?.trace ?? traces, parent: parent, identity: identity,
      path: RustOpenSpans.path(spans[parent]?.path ?? 0, identity), known: known, startNanos: startNanos, toldFields: identity.fields)
  }

  /// The span was told of under another parent than it has.
  mutating func move(_ number: UInt64, below parent: UInt64) -> RustOpenSpan? {
    guard let old = close(number) else { return nil }
    return open(below: parent, old.identity, old.known, at: old.startNanos)
  }

  mutating func enter(_ number: UInt64, on thread: UInt64) {
    // Threads that enter and never leave would fill the memory.
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

  /// Forgets every span of a trace.
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

  /// Lists stay in the order of numbers: the oldest is first.
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
  /// The first place whose number is not less.
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
