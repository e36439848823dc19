// Finds the attribute group of a key by its prefix. This is done for every attribute of every span that a text examines.

import Platform

/// A list of prefixes of keys. Only prefixes with the key's first byte are compared.
struct KeyPrefixes: Sendable {
  private let all: [[UInt8]]
  /// By first byte: the indices of the prefixes that begin with it, in order.
  private let byFirst: [[UInt16]]

  /// - Parameter prefixes: must not be empty strings.
  init(_ prefixes: [String]) {
    all = prefixes.map { Array($0.utf8) }
    var byFirst = [[UInt16]](repeating: [], count: 256)
    for (number, prefix) in all.enumerated() { byFirst[Int(prefix[0])].append(UInt16(number)) }
    self.byFirst = byFirst
  }

  /// The index of the first prefix that the key begins with.
  func first(of key: String) -> Int? {
    var key = key
    return key.withUTF8 { bytes in
      guard let first = bytes.first else { return nil }
      return byFirst[Int(first)].first { number in
        let prefix = all[Int(number)]
        return prefix.count <= bytes.count && memcmp(prefix, bytes.baseAddress!, prefix.count) == 0
      }.map(Int.init)
    }
  }

  func hasBeginning(of key: String) -> Bool { first(of: key) != nil }
}
