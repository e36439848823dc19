// Reports about rejected lines contain parts of those lines. Secrets are removed before they reach answers or standard error.

package import TraceRecords

extension IngestProblem {
  /// The same, without texts that look like secrets.
  package var withoutSecrets: IngestProblem {
    var problem = self
    var reason = reason
    if let cleaned = reason.withUTF8({ SecretScan.cleaned(UnsafeRawBufferPointer($0)) }) {
      problem.reason = String(decoding: cleaned.bytes, as: UTF8.self)
    }
    return problem
  }
}
