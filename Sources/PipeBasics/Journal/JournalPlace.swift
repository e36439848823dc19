// The names of the journal's files, shared by the program that writes and the server that reads.

/// `<pipe>.journal/` holds `<producer>-<n>.jsonl`, n from 1.
package enum JournalPlace {
  package static func directory(ofPipe path: String) -> String { path + ".journal" }

  package static func fileName(producer: String, number: Int) -> String { "\(producer)-\(number).jsonl" }

  /// The producer and number in a file's name; nil for other files.
  package static func parse(_ name: String) -> (producer: String, number: Int)? {
    guard name.utf8.count <= 255, name.hasSuffix(".jsonl"), let dash = name.lastIndex(of: "-") else { return nil }
    let digits = name[name.index(after: dash)...].dropLast(6)
    guard dash > name.startIndex, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(digits), number > 0 else {
      return nil
    }
    return (String(name[..<dash]), number)
  }
}
