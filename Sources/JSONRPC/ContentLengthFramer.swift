// The framing of language servers. Bad headers are common while someone develops a client, so the framer then searches for the next good
// header.

/// The state between two chunks of a stream of headers and bodies.
struct ContentLengthFramer: Sendable {
  let limits: FramingLimits
  private(set) var skippedBytes = 0
  private var state = State.headers(HeaderBlock())
  /// How many bytes of the unfinished header line are known to hold no newline.
  private var scanned = 0

  private enum State: Sendable {
    case headers(HeaderBlock)
    case body(Int)
    case skipping(Int)
    case lost(HeaderSearch)
  }

  init(limits: FramingLimits) { self.limits = limits }

  mutating func next(in input: inout ByteQueue) -> FramedMessage? {
    while true {
      switch state {
      case .headers(var block):
        guard let newline = input.firstIndex(of: 0x0A, from: scanned) else {
          scanned = input.count
          return block.byteCount + input.count > limits.maxHeaderBytes ? giveUpOnLength() : nil
        }
        scanned = 0
        guard block.byteCount + newline < limits.maxHeaderBytes else { return giveUpOnLength() }
        let end = newline > 0 && input[newline - 1] == 0x0D ? newline - 1 : newline
        if end > 0 {
          let line = input.prefix(end)
          guard block.add(line, byteCount: newline + 1) else {
            // The line is kept: if a body is longer than its header says, the rest of the body and the next header are in one line.
            state = .lost(HeaderSearch(isFrontLineStart: true))
            return .failure(.badHeader(String(decoding: line.prefix(200), as: UTF8.self)))
          }
          state = .headers(block)
          input.drop(newline + 1)
        } else {
          input.drop(newline + 1)
          // Blank lines before the first header are ignored.
          if block.byteCount > 0, let failure = settle(block) { return .failure(failure) }
        }
      case .body(let count):
        guard input.count >= count else { return nil }
        state = .headers(HeaderBlock())
        defer { input.drop(count) }
        return .message(input.prefix(count))
      case .skipping(let count):
        let skipped = min(count, input.count)
        skippedBytes += skipped
        input.drop(skipped)
        state = skipped == count ? .headers(HeaderBlock()) : .skipping(count - skipped)
        if skipped < count { return nil }
      case .lost(var search):
        let found = search.run(&input)
        skippedBytes += found.skipped
        state = found.isHeader ? .headers(HeaderBlock()) : .lost(search)
        if !found.isHeader { return nil }
      }
    }
  }

  /// The bytes left at the end of the stream are a truncated message, or nothing.
  mutating func finish(_ input: inout ByteQueue) -> FramedMessage? {
    defer {
      skippedBytes += input.count
      input.drop(input.count)
      scanned = 0
      state = .headers(HeaderBlock())
    }
    switch state {
    case .headers(let block):
      let isBlank = input.withBytes { $0.allSatisfy(\.isBlank) }
      return block.byteCount > 0 || !isBlank ? .failure(.truncatedHeaders) : nil
    case .body(let count): return .failure(.truncatedBody(expected: count, got: input.count))
    case .skipping, .lost: return nil
    }
  }

  private mutating func settle(_ block: HeaderBlock) -> FramingFailure? {
    switch block.outcome(limits) {
    case .body(let count):
      state = .body(count)
      return nil
    case .skip(let count, let failure):
      state = .skipping(count)
      return failure
    case .nothing(let failure):
      state = .headers(HeaderBlock())
      return failure
    case .lost(let failure):
      state = .lost(HeaderSearch(isFrontLineStart: true))
      return failure
    }
  }

  private mutating func giveUpOnLength() -> FramedMessage {
    scanned = 0
    // The front is the line that was too long. Its start does not count as a line start here, or the search would find the same line again.
    state = .lost(HeaderSearch(isFrontLineStart: false))
    return .failure(.headersTooLong(limit: limits.maxHeaderBytes))
  }
}
