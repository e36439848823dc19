// An answer in words.

/// An answer as text.
package struct TextAnswer: Sendable {
  package var text: String
  /// Not everything is shown; the text says what is missing and how to get it.
  package var isCut: Bool
  /// What is missing of a text that has no place to say so: the file of another tool.
  package var note: String?

  init(_ text: String, isCut: Bool, note: String? = nil) {
    self.text = text
    self.isCut = isCut
    self.note = note
  }
}
