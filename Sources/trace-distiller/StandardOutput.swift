// Text on stdout for the commands that print an answer and end.

import Platform

enum StandardOutput {
  /// Writes all of it; a reader that went away ends the program quietly, as for any filter.
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
