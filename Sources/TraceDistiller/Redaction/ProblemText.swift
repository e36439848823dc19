// What is said of lines that were not taken holds parts of them: on its way to answers and to standard error it loses its secrets like any other text.

package import TraceRecords

extension IngestProblem {
  /// The same without what looks like a secret.
  package var withoutSecrets: IngestProblem {
    var problem = self
    var reason = reason
    if let cleaned = reason.withUTF8({ SecretScan.cleaned(UnsafeRawBufferPointer($0)) }) {
      problem.reason = String(decoding: cleaned.bytes, as: UTF8.self)
    }
    return problem
  }
}
