// A database client with a span around each query, with names and attributes as in OpenTelemetry's conventions for databases
// (https://opentelemetry.io/docs/specs/semconv/database/database-spans/).

import Tracing

struct Database: Sendable {
  let outside: Outside

  /// - Parameter summary: Operation and table, used as the span's name: names that contain values could not be aggregated.
  /// - Parameters function, file, line: of the caller, which is the location that a reader of the trace needs.
  func query(
    _ text: String, summary: String, _ parameter: String, _ value: Int, function: String = #function, file: String = #fileID,
    line: UInt = #line
  ) async {
    await withSpan(summary, ofKind: .client, function: function, file: file, line: line) { span in
      span.attributes["db.system.name"] = "postgresql"
      span.attributes["db.namespace"] = "shop"
      span.attributes["db.query.text"] = text
      span.attributes["db.query.parameter.\(parameter)"] = value
      span.attributes["server.address"] = "db.shop.internal"
      await outside.answer(query: summary, value: value)
    }
  }
}
