// Writes text to stdout for commands that print an answer and end.

import Platform

enum StandardOutput {
  /// Writes the whole text. If the reader is gone the program ends quietly, like any filter.
  static func write(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while !rest.isEmpty {
        let count = Platform.write(STDOUT_FILENO, rest.baseAddress, rest.count)
        if count < 0 {
          if errno == EINTR { continue }
          Platform.exit(EX_IOERR)
        }
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      }
    }
  }
}
