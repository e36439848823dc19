// gzip from a file, unpacked as it is read.

import CZlib

/// Unpacks one or several gzip members that follow each other. What was unpacked before a fault is good.
struct GzipInflater: ~Copyable {
  enum Outcome {
    case more, ended
    case broken(String)
  }

  static func isGzip(_ bytes: UnsafeRawBufferPointer) -> Bool { bytes.count >= 2 && bytes[0] == 0x1F && bytes[1] == 0x8B }

  /// zlib keeps a pointer back to its stream, which therefore must not move.
  private let stream: UnsafeMutablePointer<z_stream>
  private let output: UnsafeMutableRawBufferPointer
  private var isBetweenMembers = false
  private var hasEnded = false

  /// Nil where there is no memory for it.
  init?(outputBytes: Int = 1 << 20) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    output = .allocate(byteCount: outputBytes, alignment: 4096)
    guard trace_distiller_inflate_init(stream) == Z_OK else { return nil }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
    output.deallocate()
  }

  /// Unpacks a piece of the file and hands on what comes out. Bytes behind the last member that begin none are left unread.
  mutating func feed(_ input: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void) -> Outcome {
    guard !hasEnded, let base = input.baseAddress else { return hasEnded ? .ended : .more }
    stream.pointee.next_in = UnsafeMutablePointer(mutating: base.assumingMemoryBound(to: UInt8.self))
    stream.pointee.avail_in = UInt32(input.count)
    while stream.pointee.avail_in > 0 {
      if isBetweenMembers {
        // Padding of tapes and blocks is zeros.
        guard stream.pointee.next_in.pointee == 0x1F else {
          hasEnded = true
          return .ended
        }
        inflateReset(stream)
        isBetweenMembers = false
      }
      stream.pointee.next_out = output.baseAddress!.assumingMemoryBound(to: UInt8.self)
      stream.pointee.avail_out = UInt32(output.count)
      let result = inflate(stream, Z_NO_FLUSH)
      let count = output.count - Int(stream.pointee.avail_out)
      if count > 0 { body(UnsafeRawBufferPointer(rebasing: output[..<count])) }
      switch result {
      case Z_OK: break
      case Z_STREAM_END: isBetweenMembers = true
      case Z_BUF_ERROR where count == 0 && stream.pointee.avail_in == 0: break
      default:
        hasEnded = true
        return .broken(stream.pointee.msg.map { String(cString: $0) } ?? "zlib error \(result)")
      }
    }
    return .more
  }

  /// Whether the input may end here.
  var isWhole: Bool { isBetweenMembers || hasEnded }
}
