// Proves that a program which only writes to a pipe contains nothing else: the smallest such program has no symbols of the distiller or of
// the decoders, and does not need their libraries.

import Testing

@Suite struct LinkedCodeTests {
  /// How many lines of an executable's bytes contain a text.
  private func occurrences(of text: String, in executable: String) -> Int? {
    Int(run(["grep", "-c", "-a", "-F", text, executable]).output.split(separator: "\n").first ?? "")
  }

  /// Modules in the form of symbol names, and the library that decoders need.
  @Test(arguments: ["14TraceDistiller", "20TraceLayersDistiller", "12TraceRecords", "4JSON", "libjansson.so"])
  func `The least writer links neither the distiller nor the decoders`(_ text: String) {
    #expect(occurrences(of: text, in: layersWriter) == 0)
    // The other program, which keeps its traces, contains them: so the text is the right one to search for.
    #expect(occurrences(of: text, in: layersHost) ?? 0 > 0)
  }

  @Test func `The least writer says its logs on standard error, inside of spans too`() throws {
    let place = try TestPlace()
    let writer = run([layersWriter], environment: ["TRACE_DISTILLER_PIPE=\(place.pipe)"])
    #expect(writer.code == 0 && writer.output.isEmpty, "\(writer)")
    #expect(writer.error.hasSuffix(" INFO writer: inside\n") && writer.error.split(separator: "\n").count == 1, "\(writer.error)")
  }
}
