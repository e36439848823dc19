// What traces are usually like, as plain data of a few kilobytes: what a baseline's file holds.

/// By kind of root: how many traces, how long, and for every call path how often and how long, as quantiles over traces. No attribute values, no ids.
package struct CheckBaseline: Sendable, Equatable {
  package struct Step: Sendable, Equatable {
    /// 0 for the root: a step is called by the last one before it that is less deep by one.
    package var depth: Int
    package var service: String
    package var name: String
    /// Who answers, where that is another service.
    package var calleeService = ""
    package var calleeName = ""
    /// Calls in one trace.
    package var calls: Quantiles
    /// Traces in which one failed.
    package var failedTraces = 0
    /// On the critical path of one trace: its own time, and the waiting around what it calls.
    package var own = Quantiles.zero
    package var wait = Quantiles.zero
    /// It leaves its program: a call of a client, a statement.
    package var isRemote = false
  }

  package struct Service: Sendable, Equatable {
    package var name: String
    package var own: Quantiles
    /// Of its callers, around its spans.
    package var wait: Quantiles
  }

  package struct Root: Sendable, Equatable {
    package var service: String
    package var name: String
    package var traces: Int
    /// Those whose root failed.
    package var failedTraces: Int
    package var nanos: Quantiles
    package var services: [Service]
    /// Parents first, siblings by service and name.
    package var steps: [Step]
    /// Steps that were too many.
    package var leftOut = 0
  }

  package static let format = "trace-distiller-baseline"
  package static let version = 1
  /// Of fewer traces of a root, nothing is said.
  package static let leastTraces = RootChanges.least
  /// Steps of one root that are kept.
  package static let mostSteps = 2_000
  /// Roots that are kept.
  package static let mostRoots = 1_000

  package var madeBy: String
  /// By service and name.
  package var roots: [Root]
  /// Traces without a root, and those beyond the bounds.
  package var passedOver = 0

  package init(madeBy: String, roots: [Root] = []) { (self.madeBy, self.roots) = (madeBy, roots) }

  package var traceCount: Int { roots.reduce(0) { $0 + $1.traces } }
}
