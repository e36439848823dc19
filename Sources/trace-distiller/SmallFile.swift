// Whole files that people write or that commands made: rules, baselines. Records are read in pieces elsewhere.

import Platform

enum SmallFile {
  static func read(_ path: String, limit: Int) throws -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      tell("\(path): \(errorText(errno))")
      throw ExitStatus.noInput
    }
    defer { close(descriptor) }
    return try rest(of: descriptor, path, limit: limit)
  }

  /// Nil for a file that begins otherwise: it is not read any further.
  static func readIfBegins(_ path: String, with beginning: String, limit: Int) throws -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      tell("\(path): \(errorText(errno))")
      throw ExitStatus.noInput
    }
    defer { close(descriptor) }
    var status = stat()
    // A pipe is records: what is read of it is gone.
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    let wanted = Array(beginning.utf8)
    var start = [UInt8](repeating: 0, count: wanted.count)
    let count = pread(descriptor, &start, start.count, 0)
    guard count == wanted.count, start == wanted else { return nil }
    return try rest(of: descriptor, path, limit: limit)
  }

  private static func rest(of descriptor: Int32, _ path: String, limit: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let outcome = buffer.withUnsafeMutableBytes { FileDescriptors.read(descriptor, into: $0) }
      switch outcome {
      case .bytes(let count):
        bytes += buffer.prefix(count)
        guard bytes.count <= limit else {
          tell("\(path) is longer than \(limit) bytes")
          throw ExitStatus.noRecord
        }
      case .endOfInput, .nothing: return bytes
      case .failed(let code):
        tell("\(path): \(errorText(code))")
        throw ExitStatus.ioError
      }
    }
  }
}
