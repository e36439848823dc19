// Writes files that are complete from the moment they appear: they are written under a hidden name, then linked to their final name.

import Platform

/// The directory of the reports, and the number of the next one.
final class ReportDirectory: Sendable {
  struct Failure: Error, CustomStringConvertible {
    var what: String
    var code: Int32
    var description: String { "\(what): \(String(cString: strerror(code)))" }
  }

  private let path: String
  private let prefix: String

  /// - Parameter prefix: The beginning of every file name.
  init(_ path: String, prefix: String) {
    self.path = path.utf8.first == UInt8(ascii: "/") ? path : ReportDirectory.currentDirectory() + "/" + path
    self.prefix = prefix
  }

  /// Another process with the same id may have left files: in a container most processes have id 1. More files than this in one directory
  /// are an error.
  private static let maxNumber = 9_999

  /// Writes one file with the first free number.
  /// - Parameter text: Creates the content for that number.
  func write(_ text: (Int) -> String) -> Result<Int, Failure> {
    if mkdir(path, 0o700) != 0, errno != EEXIST { return .failure(Failure(what: path, code: errno)) }
    let directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else { return .failure(Failure(what: path, code: errno)) }
    defer { close(directory) }
    var number = 1
    while number <= ReportDirectory.maxNumber {
      var found = stat()
      if fstatat(directory, name(number), &found, AT_SYMLINK_NOFOLLOW) == 0 {
        number += 1
        continue
      }
      do {
        try write(Array(text(number).utf8), as: name(number), in: directory)
        return .success(number)
      } catch {
        // Another process created the file first.
        guard error.code == EEXIST else { return .failure(error) }
        number += 1
      }
    }
    return .failure(Failure(what: "\(path)/\(name(number))", code: EEXIST))
  }

  /// `link` fails if the name exists, while `rename` would replace the existing file.
  private func write(_ bytes: [UInt8], as name: String, in directory: Int32) throws(Failure) {
    var generator = SystemRandomNumberGenerator()
    let hidden = ".\(name).\(String(generator.next(), radix: 16)).tmp"
    let file = openat(directory, hidden, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw Failure(what: "\(path)/\(hidden)", code: errno) }
    defer { unlinkat(directory, hidden, 0) }
    var code = ReportDirectory.writeAll(bytes, to: file)
    // Some file systems report only here that they are full.
    if close(file) != 0, code == 0 { code = errno }
    if code == 0, linkat(directory, hidden, directory, name, 0) != 0 { code = errno }
    if code != 0 { throw Failure(what: "\(path)/\(name)", code: code) }
  }

  private static func writeAll(_ bytes: [UInt8], to file: Int32) -> Int32 {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { Platform.write(file, $0.baseAddress! + done, bytes.count - done) }
      if count > 0 { done += count } else if count == 0 || errno != EINTR { return count == 0 ? ENOSPC : errno }
    }
    return 0
  }

  private func name(_ number: Int) -> String {
    let digits = String(number)
    return "\(prefix)-\(String(repeating: "0", count: max(0, 4 - digits.utf8.count)))\(digits).txt"
  }

  /// A name without characters that are special in paths and shells, at most 64 bytes.
  static func fileName(_ text: String) -> String {
    let bytes = text.utf8.prefix(64).map { byte -> UInt8 in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."): byte
      default: UInt8(ascii: "_")
      }
    }
    let name = String(decoding: bytes, as: UTF8.self)
    return name.isEmpty ? "program" : name.hasPrefix(".") ? "_" + name.dropFirst() : name
  }

  private static func currentDirectory() -> String { WorkingDirectory.path ?? "." }
}
