// Who is the hub: the process that holds the lock on `<pipe>.hub.lock`. The file also has what the next hub must know.

import Platform
import Synchronization

/// The lock belongs to the open file, so a starting process can hand it to the hub that it starts. The file is never deleted; an unlocked
/// one hinders nobody.
package final class HubLock: Sendable {
  package let descriptor: Int32
  package let path: String
  private let written: Mutex<HubRecord>

  /// What stands in the way.
  package struct Refused: Error, Sendable, CustomStringConvertible {
    package var description: String

    package init(description: String) { self.description = description }
  }

  package init(path: String) throws(Refused) {
    self.path = path
    descriptor = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw Refused(description: errno == ELOOP ? "\(path) is a symbolic link" : "\(path): \(errorText(errno))")
    }
    do throws(Refused) { written = Mutex(try Self.check(descriptor, path)) } catch {
      close(descriptor)
      throw error
    }
  }

  /// A lock that was inherited from the process that started this one.
  package init(inherited descriptor: Int32, path: String) throws(Refused) {
    (self.descriptor, self.path) = (descriptor, path)
    written = Mutex(try Self.check(descriptor, path))
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
  }

  deinit { close(descriptor) }

  private static func check(_ descriptor: Int32, _ path: String) throws(Refused) -> HubRecord {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw Refused(description: "\(path): \(errorText(errno))") }
    guard status.st_mode & S_IFMT == S_IFREG else { throw Refused(description: "\(path) is not a file") }
    guard status.st_uid == geteuid(), status.st_nlink == 1 else { throw Refused(description: "\(path) is not a file of ours alone") }
    guard let record = read(descriptor) else { throw Refused(description: "\(path) holds something else than a hub's lock; remove it") }
    return record
  }

  /// Whether the path still leads to this file: if the directory was removed, another process would lock another file.
  package var isInPlace: Bool {
    var ours = stat()
    var there = stat()
    return fstat(descriptor, &ours) == 0 && lstat(path, &there) == 0 && ours.st_ino == there.st_ino && ours.st_dev == there.st_dev
  }

  /// Takes the lock if it is free.
  package func tryLock() -> Bool {
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      if errno != EINTR { return false }
    }
    guard let record = Self.read(descriptor) else { return false }
    written.withLock { $0 = record }
    return true
  }

  /// What the file says: of the living hub, or of the last one.
  package var record: HubRecord { Self.read(descriptor) ?? HubRecord() }

  /// Changes the file with one write. A full disk leaves what was there; the numbers are then not safe, and false is returned.
  @discardableResult
  package func change(_ body: (inout HubRecord) -> Void) -> Bool {
    written.withLock { record in
      body(&record)
      let text = record.text
      return text.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) } == text.count
    }
  }

  private static func read(_ descriptor: Int32) -> HubRecord? {
    var bytes = [UInt8](repeating: 0, count: HubRecord.byteCount + 1)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    guard count >= 0, count <= HubRecord.byteCount else { return nil }
    return count == 0 ? HubRecord() : HubRecord(text: String(decoding: bytes[..<count], as: UTF8.self))
  }
}

/// The content of the lock's file. It always has the same size, so that one write replaces another.
package struct HubRecord: Sendable, Equatable {
  package var pid: Int32 = 0
  package var binary = ""
  package var protocolVersion = 0
  /// Handles below this may have been given away.
  package var numbers = 1
  /// The traces that were in memory only, and when the first and the last of them began, in nanoseconds since 1970.
  package var held: Held?

  package struct Held: Sendable, Equatable {
    package var traces: Int
    package var first: Int64
    package var last: Int64

    package init(traces: Int, first: Int64, last: Int64) { (self.traces, self.first, self.last) = (traces, first, last) }
  }

  package static let byteCount = 256

  package init() {}

  package init?(text: String) {
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard let name = words.first else { continue }
      switch (name, words.count) {
      case ("pid", 2): pid = Int32(words[1]) ?? 0
      case ("binary", 2): binary = String(words[1].prefix(40))
      case ("protocol", 2): protocolVersion = Int(words[1]) ?? 0
      case ("numbers", 2):
        guard let number = Int(words[1]), number > 0 else { return nil }
        numbers = number
      case ("held", 4):
        guard let traces = Int(words[1]), let first = Int64(words[2]), let last = Int64(words[3]) else { continue }
        held = Held(traces: traces, first: first, last: last)
      // A newer version may write more.
      case ("binary", _), ("held", _): continue
      default: guard text.hasPrefix("pid ") else { return nil }
      }
    }
    guard text.hasPrefix("pid ") else { return nil }
  }

  var text: [UInt8] {
    var text = "pid \(pid)\nbinary \(binary.prefix(40))\nprotocol \(protocolVersion)\nnumbers \(numbers)\n"
    if let held { text += "held \(held.traces) \(held.first) \(held.last)\n" }
    var bytes = Array(text.utf8.prefix(Self.byteCount - 1))
    bytes += [UInt8](repeating: UInt8(ascii: " "), count: Self.byteCount - 1 - bytes.count)
    return bytes + [UInt8(ascii: "\n")]
  }
}
