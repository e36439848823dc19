// gzip from a file or a request, unpacked as it is read.

import CZlib

/// Decompresses one or several consecutive gzip members. Data decompressed before an error is valid.
package struct GzipInflater: ~Copyable {
  package enum Outcome {
    case more, ended
    case broken(String)
  }

  /// The first bytes of a member: two magic bytes, and the only compression method.
  private static let magic: [UInt8] = [0x1F, 0x8B, 0x08]
  static let firstByte = magic[0]

  /// Whether a file that begins with these bytes is compressed; nil if more bytes are needed.
  static func isGzip(_ bytes: UnsafeRawBufferPointer) -> Bool? {
    guard let first = bytes.first else { return nil }
    guard first == magic[0] else { return false }
    return bytes.count == 1 ? nil : bytes[1] == magic[1]
  }

  /// zlib keeps a pointer back to its stream, so the stream must not move in memory.
  private let stream: UnsafeMutablePointer<z_stream>
  private let output: UnsafeMutableRawBufferPointer
  private var isBetweenMembers = false
  private var hasEnded = false
  /// Bytes of a possible next member's header that matched so far.
  private var matched = 0
  /// Bytes after a member that are neither padding nor a member.
  private var foreign = 0

  /// Nil if there is not enough memory.
  package init?(outputBytes: Int = 1 << 20) {
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

  /// Decompresses a chunk of the file and passes on the output. Bytes after a member that do not begin another one are skipped and counted.
  package mutating func feed(_ input: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void) -> Outcome {
    guard !hasEnded, let base = input.baseAddress else { return hasEnded ? .ended : .more }
    stream.pointee.next_in = UnsafeMutablePointer(mutating: base.assumingMemoryBound(to: UInt8.self))
    stream.pointee.avail_in = UInt32(input.count)
    while stream.pointee.avail_in > 0 {
      if isBetweenMembers {
        guard findMember() else { return .more }
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

  /// Searches for the start of the next member and skips to it. Returns false if the chunk holds none.
  private mutating func findMember() -> Bool {
    while stream.pointee.avail_in > 0 {
      let byte = stream.pointee.next_in.pointee
      stream.pointee.next_in += 1
      stream.pointee.avail_in -= 1
      if byte == GzipInflater.magic[matched] {
        matched += 1
        guard matched == GzipInflater.magic.count else { continue }
        begin()
        return true
      }
      // Tapes and block devices pad with zeros.
      foreign += matched + (byte == 0 || byte == GzipInflater.magic[0] ? 0 : 1)
      matched = byte == GzipInflater.magic[0] ? 1 : 0
    }
    return false
  }

  /// Begins a member whose first bytes have already been read.
  private mutating func begin() {
    inflateReset(stream)
    let (next, left) = (stream.pointee.next_in, stream.pointee.avail_in)
    var magic = GzipInflater.magic
    magic.withUnsafeMutableBufferPointer { bytes in
      stream.pointee.next_in = bytes.baseAddress
      stream.pointee.avail_in = UInt32(bytes.count)
      stream.pointee.next_out = output.baseAddress!.assumingMemoryBound(to: UInt8.self)
      stream.pointee.avail_out = UInt32(output.count)
      _ = inflate(stream, Z_NO_FLUSH)
    }
    (stream.pointee.next_in, stream.pointee.avail_in) = (next, left)
    matched = 0
  }

  /// Whether the input may end here.
  package var isWhole: Bool { isBetweenMembers || hasEnded }

  /// Bytes between and after members that are not gzip.
  package var foreignBytes: Int { foreign + matched }
}
