// Whose program is at the other end of a connection: Linux lists the sockets of this machine with their users and their numbers.

import NIOCore
import Platform

enum PeerUser {
  /// The user of the other end of a connection on this machine. Nil where it is not found: another machine's, or closed already.
  static func find(local: SocketAddress, remote: SocketAddress) -> uid_t? { socket(local: local, remote: remote)?.user }

  /// A socket as the tables have it: its number is in the names of its program's descriptors.
  struct Socket: Equatable {
    var user: uid_t
    var inode: UInt64
  }

  /// The socket at the other end.
  static func socket(local: SocketAddress, remote: SocketAddress) -> Socket? {
    guard let (ours, theirs) = texts(local, remote) else { return nil }
    // A program may have opened a socket of version 6 for an address of version 4.
    for table in ours.count == 1 ? [("/proc/net/tcp6", 0)] : [("/proc/net/tcp", 0), ("/proc/net/tcp6", 1)] {
      if let socket = find("\(theirs[table.1]) \(ours[table.1]) ", in: table.0) { return socket }
    }
    return nil
  }

  /// Whether this system tells users of sockets.
  static var isKnown: Bool {
    #if os(Linux)
      true
    #else
      false
    #endif
  }

  /// Both ends as the tables write them: of version 4 also as addresses of version 6.
  private static func texts(_ local: SocketAddress, _ remote: SocketAddress) -> (ours: [String], theirs: [String])? {
    guard let ours = texts(local), let theirs = texts(remote), ours.count == theirs.count else { return nil }
    return (ours, theirs)
  }

  private static func texts(_ address: SocketAddress) -> [String]? {
    guard let text = address.ipAddress, let number = address.port.flatMap(UInt16.init(exactly:)) else { return nil }
    let port = hex(UInt32(number), 4)
    var four: UInt32 = 0
    if inet_pton(AF_INET, text, &four) == 1 {
      let word = hex(four, 8)
      return ["\(word):\(port)", "0000000000000000\(hex(UInt32(0xFFFF).bigEndian, 8))\(word):\(port)"]
    }
    var six = [UInt32](repeating: 0, count: 4)
    // A scope behind an address of one link is not in the tables.
    guard inet_pton(AF_INET6, String(text.prefix { $0 != "%" }), &six) == 1 else { return nil }
    return ["\(six.map { hex($0, 8) }.joined()):\(port)"]
  }

  private static func hex(_ value: UInt32, _ digits: Int) -> String {
    let text = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }

  /// Looks for a line with both ends in a table: `sl local remote st queues timer retransmits uid timeout inode …`.
  private static func find(_ ends: String, in table: String) -> Socket? {
    let file = open(table, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    let wanted = Array(ends.utf8)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
    defer { buffer.deallocate() }
    var held = 0
    while true {
      let count = read(file, buffer.baseAddress! + held, buffer.count - held)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return nil }
      let filled = held + count
      var start = 0
      while let newline = buffer[start..<filled].firstIndex(of: 0x0A) {
        let line = UnsafeRawBufferPointer(rebasing: buffer[start..<newline])
        // Behind the number of the line and a space.
        if let colon = line.firstIndex(of: UInt8(ascii: ":")), line.dropFirst(colon + 2).starts(with: wanted) {
          let fields = line.dropFirst(colon + 2).split(separator: 0x20)
          guard fields.count > 6, let user = uid_t(String(decoding: fields[6], as: UTF8.self)) else { return nil }
          return Socket(user: user, inode: fields.count > 8 ? UInt64(String(decoding: fields[8], as: UTF8.self)) ?? 0 : 0)
        }
        start = newline + 1
      }
      guard start > 0 || filled < buffer.count else { return nil }
      memmove(buffer.baseAddress!, buffer.baseAddress! + start, filled - start)
      held = filled - start
    }
  }
}
