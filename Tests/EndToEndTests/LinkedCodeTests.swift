// Proves that a program which only writes to a pipe pays for nothing else: the least such program holds no symbol of the distiller or of the decoders, and
// needs no library of theirs.

import Testing

@Suite struct LinkedCodeTests {
  /// How many lines of an executable's bytes hold a text.
  private func occurrences(of text: String, in executable: String) -> Int? {
    Int(run(["grep", "-c", "-a", "-F", text, executable]).output.split(separator: "\n").first ?? "")
  }

  /// Modules as symbols name them, and the library that decoders need.
  @Test(arguments: ["14TraceDistiller", "20TraceLayersDistiller", "12TraceRecords", "4JSON", "libjansson.so"])
  func `The least writer links neither the distiller nor the decoders`(_ text: String) {
    #expect(occurrences(of: text, in: layersWriter) == 0)
    // The one beside it, which keeps its traces, does: the text is what such a program holds.
    #expect(occurrences(of: text, in: layersHost) ?? 0 > 0)
  }

  @Test func `The least writer says its logs on standard error, inside of spans too`() throws {
    let place = try TestPlace()
    let writer = run([layersWriter], environment: ["TRACE_DISTILLER_PIPE=\(place.pipe)"])
    #expect(writer.code == 0 && writer.output.isEmpty, "\(writer)")
    #expect(writer.error.hasSuffix(" INFO writer: inside\n") && writer.error.split(separator: "\n").count == 1, "\(writer.error)")
  }
}
