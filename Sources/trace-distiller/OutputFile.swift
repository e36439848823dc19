// Files that commands write: whole or not at all, so that a reader never sees half of one.

import Platform

enum OutputFile {
  /// Writes beside the file and renames; what cannot be renamed onto, such as /dev/stdout, is written as it is.
  static func write(_ text: String, to path: String) throws {
    var status = stat()
    let isPlain = stat(path, &status) != 0 || status.st_mode & S_IFMT == S_IFREG
    let place = isPlain ? "\(path).\(getpid()).new" : path
    let descriptor = open(place, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw fail(path) }
    var text = text
    let isWritten = text.withUTF8 { write(UnsafeRawBufferPointer($0), to: descriptor) }
    guard isWritten else {
      let failure = fail(path)
      close(descriptor)
      if isPlain { unlink(place) }
      throw failure
    }
    guard close(descriptor) == 0, !isPlain || rename(place, path) == 0 else {
      let failure = fail(path)
      if isPlain { unlink(place) }
      throw failure
    }
  }

  private static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Bool {
    var rest = bytes
    while !rest.isEmpty {
      let count = Platform.write(descriptor, rest.baseAddress, rest.count)
      if count < 0 {
        if errno == EINTR { continue }
        return false
      }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
    return true
  }

  private static func fail(_ path: String) -> any Error {
    tell("\(path): \(errorText(errno))")
    return ExitStatus.ioError
  }
}
