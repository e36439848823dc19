// Who sent a body, as far as its records are concerned: where a program works that says nothing of it.

protocol BodySender: Sendable {
  /// It was looked for, or is not to be.
  var isSought: Bool { get }
  /// Looks for it. Nil where its directory says nothing.
  func takeUsable() -> String?
  func giveUp()
}
