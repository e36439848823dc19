// A packed body, unpacked up to a bound: a few bytes of gzip can stand for a thousand times as many.

import TraceContextServer

enum BodyUnpacking {
  enum Outcome {
    case unpacked([UInt8])
    case tooLarge
    case broken(String)
    case noMemory
  }

  /// What is fed at a time. At most a thousand times as much comes out, before somebody looks at the bound.
  private static let sliceBytes = 4 << 10

  static func unpack(_ packed: UnsafeRawBufferPointer, upTo limit: Int) -> Outcome {
    guard var inflater = GzipInflater(outputBytes: 256 << 10) else { return .noMemory }
    var body: [UInt8] = []
    body.reserveCapacity(min(limit, 4 * packed.count))
    var start = 0
    while start < packed.count {
      let end = min(start + sliceBytes, packed.count)
      let outcome = inflater.feed(UnsafeRawBufferPointer(rebasing: packed[start..<end])) { piece in
        if body.count <= limit { body.append(contentsOf: piece) }
      }
      if case .broken(let reason) = outcome { return .broken(reason) }
      if body.count > limit { return .tooLarge }
      start = end
    }
    guard inflater.isWhole else { return .broken("it ends early") }
    guard inflater.foreignBytes == 0 else { return .broken("\(inflater.foreignBytes) bytes behind it are no gzip") }
    return .unpacked(body)
  }
}
