// Steps on which traces are aligned: the calls from a root to a span, with their services and the services that answer.

import TraceRecords

/// The steps of any number of traces. A step is its caller's step, a service, a kind of call, and the service and kind of call that
/// answers: `HTTP GET` to three services are three steps. Parents have smaller numbers than their children.
struct StepPaths: Sendable {
  struct Step: Hashable, Sendable {
    /// -1 for roots.
    var parent: Int32
    /// Numbers of `texts`; 0 if the span has no service.
    var service: Int32
    var label: Int32
    /// The service that answers, if it is another one; 0 and -1 if there is no answering span.
    var calleeService: Int32 = 0
    var calleeLabel: Int32 = -1
  }

  private(set) var steps: [Step] = []
  private var places: [Step: Int32] = [:]
  private(set) var labels = CallLabels()
  private(set) var services: [String] = [""]
  private var serviceNumbers: [[UInt8]: Int32] = [[]: 0]

  var count: Int { steps.count }

  func name(of step: Int) -> String { labels.told(steps[step].label) }
  func service(of step: Int) -> String { services[Int(steps[step].service)] }
  /// The service to which a step's waiting time is charged: the one that answers, or the step's own if that is not known.
  func waitedFor(_ step: Int) -> Int { Int(steps[step].calleeService != 0 ? steps[step].calleeService : steps[step].service) }

  /// The number of the step for every row of a trace, -1 for rows without a record of their own.
  /// - Parameter isOfCalls: Only who does nothing but call says whom: a further call of a span that makes several changes no other path.
  /// - Complexity: O(n).
  mutating func add(_ trace: DistilledTrace, _ keys: CallKeys, isOfCalls: Bool = false) -> [Int32] {
    let tree = trace.tree
    let storage = trace.snapshot.storage
    var rows = [Int32](repeating: -1, count: tree.count)
    var labelOfKey = [Int32](repeating: -1, count: keys.count)
    var nameOfKey = [UInt32](repeating: 0, count: keys.count)
    var numberOfService: [UInt32: Int32] = [0: 0]
    func label(of row: Int) -> Int32 {
      let key = Int(keys[row])
      let name = tree.name[row]
      if labelOfKey[key] < 0 {
        labelOfKey[key] = labels.intern(keys.label(Int32(key)), name: storage.text(name))
        nameOfKey[key] = name
      } else if nameOfKey[key] != name {
        labels.markMixed(labelOfKey[key])
      }
      return labelOfKey[key]
    }
    func service(of row: Int) -> Int32 {
      let number = tree.service[row]
      if let known = numberOfService[number] { return known }
      let text = storage.text(number)
      let bytes = Array(text.utf8)
      let new = serviceNumbers[bytes] ?? Int32(services.count)
      if new == Int32(services.count) {
        services.append(text)
        serviceNumbers[bytes] = new
      }
      numberOfService[number] = new
      return new
    }
    for row in tree.parentsFirst.lazy.map(Int.init) {
      let above = tree.parent[row]
      var step = Step(parent: above < 0 ? -1 : rows[Int(above)], service: service(of: row), label: label(of: row))
      if let callee = isOfCalls ? tree.calledOnly(by: row) : tree.answering(row) {
        step.calleeService = service(of: callee)
        step.calleeLabel = label(of: callee)
      }
      if let known = places[step] {
        rows[row] = known
      } else {
        rows[row] = Int32(steps.count)
        places[step] = Int32(steps.count)
        steps.append(step)
      }
    }
    return rows
  }

  /// The step of the same call without an answering span: this is how a call looks that got no answer.
  func unanswered(_ step: Int) -> Int? {
    var bare = steps[step]
    (bare.calleeService, bare.calleeLabel) = (0, -1)
    return places[bare].map(Int.init)
  }
}

extension CallTree {
  /// The first child of another service.
  func answering(_ row: Int) -> Int? {
    let own = service[row]
    for child in children(of: row).lazy.map(Int.init) where service[child] != own && service[child] != 0 && own != 0 { return child }
    return nil
  }
}
