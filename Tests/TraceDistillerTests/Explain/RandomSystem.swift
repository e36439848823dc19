// A system of a few services that answers one kind of request, always the same except for noise; and faults that are planted in it.

import TraceRecords

@testable import TraceDistiller

/// What is planted, and what the first finding must be.
struct PlantedFault {
  enum Kind: CaseIterable { case ownTime, waitBefore, waitAfter, stopped, error, noAnswer, repeated }

  var kind: Kind
  /// The index of the step in the plan.
  var step: Int
  var extra: Int64
}

struct RandomSystem {
  struct Step {
    enum Role { case server, client, inner, leaf }

    var role: Role
    var service: String
    var name: String
    /// Time before each child and after the last one, in ticks of a tenth of a millisecond.
    var work: [Int64]
    var children: [Int] = []
  }

  static let tick: Int64 = 100_000
  private(set) var steps: [Step] = []
  private var random: SplitMix64

  init(seed: UInt64) {
    random = SplitMix64(seed: seed)
    _ = server("s0", depth: 0)
  }

  private mutating func piece(_ least: Int, _ range: Int) -> Int64 { Int64(least + random.below(range)) }

  private mutating func server(_ service: String, depth: Int) -> Int {
    let place = add(.server, service, "serve")
    for _ in 0..<(depth == 0 ? 3 + random.below(3) : random.below(3)) {
      let child: Int
      if depth < 3, random.chance(50) {
        child = add(.client, service, "call")
        let callee = server("s\(1 + random.below(5))x\(steps.count)", depth: depth + 1)
        steps[child].children = [callee]
        steps[child].work = [piece(5, 15), piece(5, 15)]
      } else {
        child = add(.inner, service, "step")
        if random.chance(60) {
          let leaf = add(.leaf, service, "query")
          steps[leaf].work = [piece(20, 60)]
          steps[child].children = [leaf]
        }
        steps[child].work = (0...steps[child].children.count).map { _ in 10 + Int64(random.below(40)) }
      }
      steps[place].children.append(child)
    }
    steps[place].work = (0...steps[place].children.count).map { _ in 5 + Int64(random.below(30)) }
    return place
  }

  private mutating func add(_ role: Step.Role, _ service: String, _ name: String) -> Int {
    // Letters, because numbers in names do not distinguish calls.
    let letters = String(steps.count).utf8.map { String(UnicodeScalar($0 - 48 + 97)) }.joined()
    steps.append(Step(role: role, service: service, name: "\(name) \(letters)", work: []))
    return steps.count - 1
  }

  /// One request. - Parameter noise: The percentage by which durations vary in either direction.
  func trace(seed: UInt64, noise: Int = 20, fault: PlantedFault? = nil) -> TraceSketch {
    var random = SplitMix64(seed: seed)
    var sketch = TraceSketch()
    sketch.id = "trace-\(seed)"
    func noisy(_ ticks: Int64) -> Int64 { max(1, ticks + ticks * Int64(random.below(2 * noise + 1) - noise) / 100) }
    func emit(_ place: Int, parent: String?, at start: Int64, copy: Int = 0) -> Int64 {
      let step = steps[place]
      let id = "n\(place)" + (copy > 0 ? "c\(copy)" : "")
      let index = sketch.spans.count
      sketch.spans.append(SketchSpan(id: id, parent: parent, name: step.name, start: start * Self.tick, end: nil, service: step.service))
      switch step.role {
      case .server: sketch.spans[index].kind = .server
      case .client: sketch.spans[index].kind = .client
      case .inner: break
      case .leaf: sketch.spans[index].attributes = [("db.statement", .text("SELECT a FROM \(step.name) WHERE id = ?"))]
      }
      var now = start
      let isHere = fault?.step == place
      for (number, child) in step.children.enumerated() {
        now += noisy(step.work[number])
        if isHere, fault!.kind == .waitBefore { now += fault!.extra }
        if isHere, fault!.kind == .stopped, number >= step.children.count - 1 { break }
        if isHere, fault!.kind == .noAnswer {
          now += fault!.extra
          continue
        }
        now = emit(child, parent: id, at: now)
        if fault?.kind == .repeated, fault!.step == child {
          for copy in 1...24 { now = emit(child, parent: id, at: now + 1, copy: copy) }
        }
      }
      now += noisy(step.work.last!)
      if isHere, fault!.kind == .ownTime || fault!.kind == .waitAfter { now += fault!.extra }
      if isHere, fault!.kind == .error {
        sketch.logs.append(SketchLog(span: id, level: .error, message: "no seat left for it", time: now * Self.tick))
      }
      sketch.spans[index].end = now * Self.tick
      return now
    }
    _ = emit(0, parent: nil, at: 0)
    return sketch
  }

  /// Plants a fault somewhere in the system; nil if there is no suitable step.
  func fault(_ kind: PlantedFault.Kind, seed: UInt64) -> PlantedFault? {
    var random = SplitMix64(seed: seed &* 31)
    let fits = steps.indices.filter { place in
      let step = steps[place]
      switch kind {
      case .ownTime: return step.role != .client
      case .waitBefore, .waitAfter, .noAnswer: return step.role == .client
      case .error: return step.role == .server || step.role == .inner
      case .repeated: return step.role == .leaf
      // There must be an inner step before it: otherwise the call before it could be the reason for the stop.
      case .stopped: return step.children.count >= 2 && steps[step.children[step.children.count - 2]].role == .inner
      }
    }
    guard !fits.isEmpty else { return nil }
    let whole = steps.reduce(Int64(0)) { $0 + $1.work.reduce(0, +) }
    return PlantedFault(kind: kind, step: fits[random.below(fits.count)], extra: max(600, whole / 2))
  }

  func expected(_ fault: PlantedFault) -> (service: String, kinds: Set<Finding.Kind>) {
    let step = steps[fault.step]
    switch fault.kind {
    case .ownTime: return (step.service, [.ownTime])
    case .waitBefore, .waitAfter: return (steps[step.children[0]].service, [.waitingOutside])
    case .noAnswer: return (steps[step.children[0]].service, [.noAnswer])
    case .error: return (step.service, [.failed])
    case .stopped: return (step.service, [.stoppedEarly])
    case .repeated: return (step.service, [.repeatedCalls, .sequentialCalls])
    }
  }
}
