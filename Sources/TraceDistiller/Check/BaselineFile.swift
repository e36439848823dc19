// A baseline as JSON: one line a step, in an order that does not change, so that a difference between two of them reads well.

package import JSON

/// Why a baseline cannot be read.
package struct BaselineError: Error, Equatable, CustomStringConvertible {
  package var description: String
  init(_ description: String) { self.description = description }
}

extension CheckBaseline {
  /// Steps of all roots that are read.
  static let mostStepsOfAll = 200_000

  /// The text of the file.
  package var text: String {
    var lines = [
      "{\"format\":\"\(Self.format)\",\"version\":\(Self.version),\"madeBy\":\(JSONValue.string(madeBy).serializedString),\"passedOver\":\(passedOver),\"roots\":["
    ]
    for (number, root) in roots.enumerated() {
      var head = JSONValue.object(Self.head(root)).serializedString
      head.removeLast()
      lines.append(head + ",\"services\":[")
      lines += Self.list(root.services.map(Self.json))
      lines.append("],\"steps\":[")
      lines += Self.list(root.steps.map(Self.json))
      lines.append("]}" + (number == roots.count - 1 ? "" : ","))
    }
    return lines.joined(separator: "\n") + "\n]}\n"
  }

  /// The same as a value: what a request carries.
  package var json: JSONValue {
    [
      "format": .string(Self.format), "version": .integer(Self.version), "madeBy": .string(madeBy), "passedOver": .integer(passedOver),
      "roots": .array(
        roots.map { root in
          var object = Self.head(root)
          object["services"] = .array(root.services.map(Self.json))
          object["steps"] = .array(root.steps.map(Self.json))
          return .object(object)
        }),
    ]
  }

  private static func list(_ values: [JSONValue]) -> [String] {
    values.enumerated().map { $0.element.serializedString + ($0.offset == values.count - 1 ? "" : ",") }
  }

  private static func head(_ root: Root) -> JSONObject {
    var object: JSONObject = ["service": .string(root.service), "name": .string(root.name), "traces": .integer(root.traces)]
    if root.failedTraces > 0 { object["failed"] = .integer(root.failedTraces) }
    if root.leftOut > 0 { object["leftOut"] = .integer(root.leftOut) }
    object["ns"] = json(root.nanos)
    return object
  }

  private static func json(_ service: Service) -> JSONValue {
    var object: JSONObject = ["service": .string(service.name)]
    if service.own != .zero { object["ownNs"] = json(service.own) }
    if service.wait != .zero { object["waitNs"] = json(service.wait) }
    return .object(object)
  }

  private static func json(_ step: Step) -> JSONValue {
    var object: JSONObject = ["depth": .integer(step.depth), "service": .string(step.service), "name": .string(step.name)]
    if !step.calleeService.isEmpty || !step.calleeName.isEmpty {
      object["callee"] = .string(step.calleeService)
      object["calleeName"] = .string(step.calleeName)
    }
    object["calls"] = json(step.calls)
    if step.failedTraces > 0 { object["failed"] = .integer(step.failedTraces) }
    if step.isRemote { object["remote"] = true }
    if step.own != .zero { object["ownNs"] = json(step.own) }
    if step.wait != .zero { object["waitNs"] = json(step.wait) }
    return .object(object)
  }

  /// Five numbers; one where all are the same.
  private static func json(_ quantiles: Quantiles) -> JSONValue {
    let all = [quantiles.least, quantiles.low, quantiles.median, quantiles.high, quantiles.most]
    return all.allSatisfy { $0 == quantiles.median } ? .integer(quantiles.median) : .array(all.map { .integer($0) })
  }

  // MARK: Reading

  /// Whether a value is meant to be a baseline.
  package static func isMeant(by value: JSONValue) -> Bool { value["format"]?.string == format }

  /// Reads this version and those before; a later one as far as it says the same.
  package init(_ value: JSONValue) throws(BaselineError) {
    guard Self.isMeant(by: value) else { throw BaselineError("no baseline: its format is not \(Self.format)") }
    let version = try Self.count(value["version"], "version")
    guard version >= 1 else { throw BaselineError("version must be 1 or more, not \(version)") }
    self.init(madeBy: value["madeBy"]?.string ?? "")
    passedOver = try value["passedOver"].map { value throws(BaselineError) in try Self.count(value, "passedOver") } ?? 0
    guard let entries = value["roots"]?.array, entries.count <= Self.mostRoots else {
      throw BaselineError("roots must be a list of at most \(Self.mostRoots)")
    }
    var steps = 0
    for (number, entry) in entries.enumerated() {
      let root = try Self.root(entry, "roots[\(number)]")
      steps += root.steps.count
      guard steps <= Self.mostStepsOfAll else { throw BaselineError("more than \(Self.mostStepsOfAll) steps") }
      roots.append(root)
    }
  }

  private static func root(_ value: JSONValue, _ place: String) throws(BaselineError) -> Root {
    guard let services = value["services"]?.array, let entries = value["steps"]?.array else {
      throw BaselineError("\(place) must have services and steps")
    }
    var root = Root(
      service: try text(value["service"], "\(place).service"), name: try text(value["name"], "\(place).name"),
      traces: try count(value["traces"], "\(place).traces"), failedTraces: 0, nanos: try quantiles(value["ns"], "\(place).ns"),
      services: [],
      steps: [])
    if let failed = value["failed"] { root.failedTraces = try count(failed, "\(place).failed") }
    if let leftOut = value["leftOut"] { root.leftOut = try count(leftOut, "\(place).leftOut") }
    for (number, entry) in services.enumerated() {
      let place = "\(place).services[\(number)]"
      root.services.append(
        Service(
          name: try text(entry["service"], "\(place).service"), own: try optional(entry["ownNs"], "\(place).ownNs"),
          wait: try optional(entry["waitNs"], "\(place).waitNs")))
    }
    var deepest = -1
    for (number, entry) in entries.enumerated() {
      let place = "\(place).steps[\(number)]"
      var step = Step(
        depth: try count(entry["depth"], "\(place).depth"), service: try text(entry["service"], "\(place).service"),
        name: try text(entry["name"], "\(place).name"), calls: try quantiles(entry["calls"], "\(place).calls"))
      guard step.depth <= deepest + 1 else { throw BaselineError("\(place).depth is \(step.depth), below no step of \(step.depth - 1)") }
      deepest = step.depth
      if let callee = entry["callee"] { step.calleeService = try text(callee, "\(place).callee") }
      if let callee = entry["calleeName"] { step.calleeName = try text(callee, "\(place).calleeName") }
      if let failed = entry["failed"] { step.failedTraces = try count(failed, "\(place).failed") }
      step.isRemote = entry["remote"]?.bool ?? false
      step.own = try optional(entry["ownNs"], "\(place).ownNs")
      step.wait = try optional(entry["waitNs"], "\(place).waitNs")
      root.steps.append(step)
    }
    return root
  }

  private static func text(_ value: JSONValue?, _ place: String) throws(BaselineError) -> String {
    guard let text = value?.string else { throw BaselineError("\(place) must be a string") }
    return text
  }

  private static func count(_ value: JSONValue?, _ place: String) throws(BaselineError) -> Int {
    guard let number = value?.integer, (0...1_000_000_000).contains(number) else {
      throw BaselineError("\(place) must be a whole number from 0 to 1000000000")
    }
    return Int(number)
  }

  private static func optional(_ value: JSONValue?, _ place: String) throws(BaselineError) -> Quantiles {
    value == nil ? .zero : try quantiles(value, place)
  }

  private static func quantiles(_ value: JSONValue?, _ place: String) throws(BaselineError) -> Quantiles {
    if let number = value?.integer, number >= 0 {
      return Quantiles(least: number, low: number, median: number, high: number, most: number)
    }
    guard let all = value?.array?.compactMap(\.integer), all.count == 5, value?.array?.count == 5, all[0] >= 0,
      zip(all, all.dropFirst()).allSatisfy({ $0 <= $1 })
    else { throw BaselineError("\(place) must be a whole number, or five that do not fall") }
    return Quantiles(least: all[0], low: all[1], median: all[2], high: all[3], most: all[4])
  }
}
