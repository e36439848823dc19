// Which records of the journal are in the memory of this server alone, because their segments are deleted. A server that is killed leaves the list to the
// next one, which tells what is gone; one that ends by itself takes it along.

import Platform
import TraceRecords

/// The file `taken` of a journal's directory: for each producer the lowest and the highest number that went, `<producer> <first> <last>` a line.
struct JournalTaken {
  struct Entry: Equatable {
    var producer: String
    var range: ClosedRange<UInt64>
  }

  /// Of more producers the one that lost a segment first is forgotten.
  static let maxEntries = 256
  private static let name = "taken"
  private static let maxBytes = 128 << 10
  private(set) var entries: [Entry] = []

  /// A segment goes that held these numbers.
  /// - Parameter folder: the journal's directory. Where nothing can be written there, the segment goes all the same: deleting it makes room.
  mutating func add(_ range: ClosedRange<UInt64>, of producer: String, in folder: Int32) {
    var entry = Entry(producer: producer, range: range)
    if let place = entries.firstIndex(where: { $0.producer == producer }) {
      let known = entries.remove(at: place).range
      entry.range = min(known.lowerBound, range.lowerBound)...max(known.upperBound, range.upperBound)
    }
    entries.append(entry)
    if entries.count > JournalTaken.maxEntries { entries.removeFirst() }
    write(in: folder)
  }

  /// Written beside the old one, which it then replaces: a kill leaves one of the two.
  private func write(in folder: Int32) {
    let new = JournalTaken.name + ".new"
    let file = openat(folder, new, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard file >= 0 else { return }
    let bytes = Array(entries.map { "\($0.producer) \($0.range.lowerBound) \($0.range.upperBound)\n" }.joined().utf8)
    let written = Platform.write(file, bytes, bytes.count)
    close(file)
    if written == bytes.count { renameat(folder, new, folder, JournalTaken.name) } else { unlinkat(folder, new, 0) }
  }

  /// Takes what a server left behind that was killed. What is no line of ours is passed over.
  static func takeLeft(in folder: Int32) -> [Entry] {
    let file = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard file >= 0 else { return [] }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid() else { return [] }
    var bytes = [UInt8](repeating: 0, count: maxBytes)
    let count = read(file, &bytes, bytes.count)
    unlinkat(folder, name, 0)
    return bytes[..<max(0, count)].split(separator: 0x0A).prefix(maxEntries).compactMap { line in
      let words = line.split(separator: 0x20)
      guard words.count == 3, let first = UInt64(String(decoding: words[1], as: UTF8.self)),
        let last = UInt64(String(decoding: words[2], as: UTF8.self)), first > 0, first <= last
      else { return nil }
      return Entry(producer: String(decoding: words[0], as: UTF8.self), range: first...last)
    }
  }

  /// This server ends by itself: nothing is told to the next one.
  static func forget(pipe path: String) { unlink("\(JournalPlace.directory(ofPipe: path))/\(name)") }
}
