package import TraceRecords

package enum OTLPSignal: Sendable { case traces, logs, metrics }
package struct OTLPProtobuf: Sendable {
  package init() {}
  package mutating func decode(_ message: UnsafeRawBufferPointer, _ signal: OTLPSignal, sink: RecordStream.Sink) -> OTLPOutcome {
    OTLPOutcome()
  }
}
package struct OTLPOutcome: Sendable, Equatable {
  package var accepted: UInt64 = 0
  package var rejected: UInt64 = 0
  package var reason: String?
  package var failure: ProtobufError?
  package func add(to statistics: inout IngestStatistics, bytes: Int) {}
}
package struct ProtobufError: Error, Sendable, Equatable, CustomStringConvertible { package var description: String }
