// Which groups of attributes a key belongs to, told by how it begins: asked for every attribute of every span that a text looks at.

import Platform

/// A list of beginnings of keys. Only those with the key's first byte are compared.
struct KeyPrefixes: Sendable {
  private let all: [[UInt8]]
  /// By first byte, the numbers of those that begin with it, the first one first.
  private let byFirst: [[UInt16]]

  /// - Parameter prefixes: none of them empty.
  init(_ prefixes: [String]) {
    all = prefixes.map { Array($0.utf8) }
    var byFirst = [[UInt16]](repeating: [], count: 256)
    for (number, prefix) in all.enumerated() { byFirst[Int(prefix[0])].append(UInt16(number)) }
    self.byFirst = byFirst
  }

  /// The number of the first that a key begins with.
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
