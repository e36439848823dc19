// Our own errors: what is wrong, and in `data` the caller's next step.

import JSON
package import JSONRPC
import TraceDistiller

extension ResponseError.Code {
  static let traceNotFound = 1_001
  static let ambiguousTraceID = 1_002
  static let spanNotFound = 1_003
  // 1004 is busy.
  package static let sourceUnavailable = 1_005
  static let budgetTooSmall = 1_006
}

extension ResponseError {
  /// - Parameters:
  ///   - near: ids that look alike, best first.
  ///   - gone: why the trace is no longer here, if it was here once.
  static func traceNotFound(_ name: String, near: [String], gone: TraceDeparture? = nil) -> ResponseError {
    let shown = VisibleText.make(name, limit: 80)
    let what =
      switch gone {
      case nil: "no trace \(shown)"
      case .evicted: "trace \(shown) was evicted to make room"
      case .evictedOrCleared: "trace \(shown) was evicted to make room or cleared"
      case .hubRestarted: "trace \(shown) was kept by an earlier hub of this pipe and is gone with it"
      }
    var data: JSONObject = ["near": .array(near.map { .string($0) }), "evicted": .bool(gone != nil), "next": "traces/list"]
    if gone == .hubRestarted { data["reason"] = .string(TraceDeparture.hubRestarted.rawValue) }
    return ResponseError(code: Code.traceNotFound, message: "\(what); traces/list shows what there is", data: .object(data))
  }

  /// A position of a list that an earlier process had given.
  static func departedCursor(_ cursor: String) -> ResponseError {
    .invalidParams(
      "cursor \(VisibleText.make(cursor, limit: 80)) is of an earlier hub of this pipe, whose traces are gone; leave it out to start at the first page",
      data: ["parameter": "cursor", "evicted": true, "reason": .string(TraceDeparture.hubRestarted.rawValue)])
  }

  static func noTrace(_ selector: String, hint: String) -> ResponseError {
    ResponseError(
      code: Code.traceNotFound, message: selector == "latest-error" ? "no trace with an error yet; \(hint)" : "no trace yet; \(hint)",
      data: ["near": [], "evicted": false, "hint": .string(hint)])
  }

  /// There is no trace, and none will arrive: the pipe cannot be read.
  static func sourceUnavailable(_ hint: String) -> ResponseError {
    ResponseError(code: Code.sourceUnavailable, message: "no trace; \(hint)", data: ["hint": .string(hint), "next": "server/status"])
  }

  /// A source of traces does not answer.
  static func sourceUnavailable(_ failure: SourceUnavailable) -> ResponseError {
    let (source, reason) = (VisibleText.make(failure.source, limit: 120), VisibleText.make(failure.reason, limit: 240))
    var data: JSONObject = ["source": .string(source), "reason": .string(reason), "next": "server/status"]
    data.append("retryAfterMs", failure.retryAfterMillis.map { .integer($0) })
    return ResponseError(
      code: Code.sourceUnavailable, message: "source \(source) gives no answer: \(reason); server/status shows what can be read",
      data: .object(data))
  }

  /// Traces of another server cannot be cleared here.
  static func cannotForget(_ source: String) -> ResponseError {
    .invalidRequest(
      "source \(VisibleText.make(source, limit: 120)) keeps its traces: traces/clear forgets those of this server's store alone")
  }

  static func ambiguousTraceID(_ prefix: String, candidates: [String]) -> ResponseError {
    ResponseError(
      code: Code.ambiguousTraceID,
      message: "several traces begin with \(VisibleText.make(prefix, limit: 80)); give more characters or a handle",
      data: ["candidates": .array(candidates.map { .string($0) })])
  }

  static func ambiguousSpanID(_ prefix: String, candidates: [String]) -> ResponseError {
    ResponseError(
      code: Code.ambiguousTraceID,
      message: "several spans of this trace begin with \(VisibleText.make(prefix, limit: 80)); give more characters",
      data: ["candidates": .array(candidates.map { .string($0) })])
  }

  static func spanNotFound(_ id: String, near: [String]) -> ResponseError {
    ResponseError(
      code: Code.spanNotFound, message: "no span \(VisibleText.make(id, limit: 80)) in this trace; trace/tree shows its spans",
      data: ["near": .array(near.map { .string($0) }), "next": "trace/tree"])
  }

  /// - Parameter known: The number of traces of that run, none of which is complete.
  static func runNotFound(_ run: String, near: [String], known: Int) -> ResponseError {
    let shown = VisibleText.make(run, limit: 80)
    let what =
      known == 0 ? "no trace of run \(shown)" : "run \(shown) has \(known) \(known == 1 ? "trace" : "traces"), none of them complete"
    return ResponseError(
      code: Code.traceNotFound, message: "\(what); traces/list shows what there is",
      data: ["near": .array(near.map { .string($0) }), "evicted": false, "next": "traces/list"])
  }

  static func nothingToCompare(matching: Int, kept: Int) -> ResponseError {
    let what = matching == 0 ? "no trace matches" : "\(matching) \(matching == 1 ? "trace matches" : "traces match"), none of them complete"
    return ResponseError(
      code: Code.traceNotFound, message: "\(what), of \(kept) that are kept; traces/list shows what there is",
      data: ["near": [], "evicted": false, "next": "traces/list"])
  }

  static func nothingLike(_ trace: String, looked: Int) -> ResponseError {
    ResponseError(
      code: Code.traceNotFound,
      message: "no kept trace is like \(VisibleText.make(trace, limit: 80)), of \(looked) with its root; name a trace as base",
      data: ["near": [], "evicted": false, "next": "traces/list"])
  }

  static func ambiguousRun(_ part: String, candidates: [String]) -> ResponseError {
    ResponseError(
      code: Code.ambiguousTraceID, message: "several runs have \(VisibleText.make(part, limit: 80)) in their names; give the whole name",
      data: ["candidates": .array(candidates.map { .string($0) })])
  }

  /// Even the shortest answer does not fit.
  static func budgetTooSmall(_ maxChars: Int, needed: Int) -> ResponseError {
    ResponseError(
      code: Code.budgetTooSmall, message: "maxChars \(maxChars) cannot hold one entry of this answer; \(needed) would",
      data: ["needed": .integer(needed)])
  }

  static func invalidCursor(_ cursor: String) -> ResponseError {
    .invalidParams(
      "cursor \(VisibleText.make(cursor, limit: 80)) is not one of ours; leave it out to start at the first page",
      data: ["parameter": "cursor"])
  }

  /// A cursor of `traces/await` from an earlier run of the server.
  static func foreignCursor(_ cursor: String) -> ResponseError {
    .invalidParams(
      "cursor \(VisibleText.make(cursor, limit: 80)) is not of this server, which may have been started anew; leave it out to wait from now on",
      data: ["parameter": "cursor"])
  }

  static func unknownKey(_ key: String, in place: String, known: [String]) -> ResponseError {
    let near = nearest(key, among: known, limit: 1)
    let hint = near.first.map { "; did you mean \($0)?" } ?? ""
    return .invalidParams(
      "\(place) has no \(VisibleText.make(key, limit: 80))\(hint)",
      data: ["near": .array(near.map { .string($0) }), "known": .array(known.map { .string($0) })])
  }
}
