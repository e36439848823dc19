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
      let new = serviceNumber(storage.text(number))
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
      rows[row] = self.number(of: step)
    }
    return rows
  }

  /// Where the steps and services of another table are in this one.
  struct Numbers: Sendable {
    var steps: [Int32]
    var services: [Int32]
  }

  /// Adds all steps of another table.
  /// - Complexity: O(steps).
  mutating func add(_ other: StepPaths) -> Numbers {
    var numbers = Numbers(steps: [], services: [])
    numbers.steps.reserveCapacity(other.count)
    let labelNumbers = labels.add(other.labels)
    for text in other.services { numbers.services.append(serviceNumber(text)) }
    for var step in other.steps {
      // Parents come first.
      if step.parent >= 0 { step.parent = numbers.steps[Int(step.parent)] }
      (step.service, step.label) = (numbers.services[Int(step.service)], labelNumbers[Int(step.label)])
      step.calleeService = numbers.services[Int(step.calleeService)]
      if step.calleeLabel >= 0 { step.calleeLabel = labelNumbers[Int(step.calleeLabel)] }
      numbers.steps.append(self.number(of: step))
    }
    return numbers
  }

  private mutating func number(of step: Step) -> Int32 {
    if let known = places[step] { return known }
    let number = Int32(steps.count)
    places[step] = number
    steps.append(step)
    return number
  }

  private mutating func serviceNumber(_ text: String) -> Int32 {
    let bytes = Array(text.utf8)
    if let known = serviceNumbers[bytes] { return known }
    let number = Int32(services.count)
    services.append(text)
    serviceNumbers[bytes] = number
    return number
  }

  /// The approximate size in bytes: steps with their places, and what labels take at most.
  var allocatedBytes: Int { 512 + steps.count * 96 + labels.count * (64 + 2 * CallKeys.maxLabelBytes) + services.count * 128 }

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
