// A database client with a span around each query, named and described as OpenTelemetry's conventions for databases ask
// (https://opentelemetry.io/docs/specs/semconv/database/database-spans/).

import Tracing

struct Database: Sendable {
  let outside: Outside

  /// - Parameter summary: Operation and table, the name of the span: a name with values in it could not be counted.
  /// - Parameters function, file, line: of the caller, which is where somebody who reads the trace wants to go.
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
