// Starting a hub: a process of its own that holds nothing of ours but the socket and the lock.

import CProcess
import Platform

package enum HubStart {
  /// Where a started hub finds the socket that it listens on, and the lock.
  package static let listener: Int32 = 3
  package static let lock: Int32 = 4

  /// Starts this program with those arguments, detached from everything here. Returns the errno of what failed, or nil.
  package static func detached(_ arguments: [String], listener: Int32, lock: Int32) -> Int32? {
    guard let program = ownProgram() else { return ENOENT }
    let words = [strdup("trace-distiller")] + arguments.map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    let code = words.withUnsafeBufferPointer { start_detached(program, $0.baseAddress, environ, listener, lock) }
    return code == 0 ? nil : code
  }

  /// The file of this program; where it was replaced meanwhile, the running one.
  package static func ownProgram() -> String? {
    #if os(Linux)
      var bytes = [CChar](repeating: 0, count: 4_096)
      let count = readlink("/proc/self/exe", &bytes, bytes.count - 1)
      guard count > 0 else { return nil }
      let path = String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
      return access(path, X_OK) == 0 ? path : "/proc/self/exe"
    #else
      return CommandLine.arguments.first
    #endif
  }
}
