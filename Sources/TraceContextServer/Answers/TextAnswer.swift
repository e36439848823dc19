// An answer as text.

/// An answer as text.
package struct TextAnswer: Sendable {
  package var text: String
  /// Not everything is shown. The text says what is missing and how to get it.
  package var isCut: Bool
  /// What is missing, if the text has no place to say so: a file for another tool.
  package var note: String?

  init(_ text: String, isCut: Bool, note: String? = nil) {
    self.text = text
    self.isCut = isCut
    self.note = note
  }
}
