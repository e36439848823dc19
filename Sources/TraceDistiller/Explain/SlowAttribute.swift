// What distinguishes the slow traces from the others: an attribute with a value that most slow ones and few of the others have.

import TraceRecords

struct SlowAttribute {
  /// The minimum number of slow traces and of other traces.
  private static let leastSlow = 3
  private static let leastOthers = 5
  /// The maximum number of attributes per span, and of characters in a value: longer values are texts, not properties.
  private static let most = 64
  private static let longest = 120

  private let target: DistilledTrace
  private let profile: TraceProfile
  private let base: [(trace: TraceSnapshot, profile: TraceProfile)]

  init(_ target: DistilledTrace, _ profile: TraceProfile, _ base: [(TraceSnapshot, TraceProfile)]) {
    self.target = target
    self.profile = profile
    self.base = base
  }

  /// An attribute of the root, or of the span of a finding.
  func find(near finding: Finding?) -> Finding? {
    let median = Baseline.value(base.map { $0.profile.rootNanos } + [profile.rootNanos]).median
    func isSlow(_ nanos: Int64) -> Bool { nanos - median >= max(1_000_000, median / 2) }
    guard isSlow(profile.rootNanos), let root = target.primaryRoot else { return nil }
    let slow = base.filter { isSlow($0.profile.rootNanos) }
    let others = base.filter { !isSlow($0.profile.rootNanos) }
    guard slow.count + 1 >= Self.leastSlow, others.count >= Self.leastOthers else { return nil }
    var rows = [(row: root.row, step: -1)]
    if let finding, finding.row != root.row, let step = step(of: finding) { rows.append((finding.row, step)) }
    var best: (share: Double, finding: Finding)?
    for (row, step) in rows {
      func have(_ traces: [(trace: TraceSnapshot, profile: TraceProfile)], _ attribute: DistilledAttribute) -> Int {
        traces.count { has($0.trace, step: step, $0.profile, attribute) }
      }
      for attribute in attributes(target, row) {
        let (ofSlow, ofOthers) = (have(slow, attribute) + 1, have(others, attribute))
        let share = Double(ofSlow) / Double(slow.count + 1) - Double(ofOthers) / Double(others.count)
        guard share >= 0.5, best.map({ share > $0.share }) ?? true else { continue }
        let node = target.node(row)
        best = (
          share,
          Finding(
            kind: .attribute, service: node.service ?? "", operation: node.name, row: row,
            head: .attribute(
              key: attribute.key, value: attribute.value.told, slow: ofSlow, ofSlow: slow.count + 1, others: ofOthers,
              ofOthers: others.count))
        )
      }
    }
    return best?.finding
  }

  private func step(of finding: Finding) -> Int? { profile.step(ofRow: finding.row) }

  private func attributes(_ trace: DistilledTrace, _ row: Int) -> [DistilledAttribute] {
    trace.node(row).attributes.prefix(Self.most).filter { $0.value.told.utf8.count <= Self.longest }
  }

  /// Whether the root, or the first span of a step, has the same attribute.
  private func has(_ base: TraceSnapshot, step: Int, _ profile: TraceProfile, _ wanted: DistilledAttribute) -> Bool {
    let row = Int(step < 0 ? profile.rootRow : profile.sums(of: step).row)
    guard row >= 0 else { return false }
    let told = wanted.value.told
    let storage = base.storage
    return AttributeReader(arena: storage.arena, texts: storage.texts).attributes(storage.spans[row].attributes).contains {
      $0.key.utf8.elementsEqual(wanted.key.utf8) && $0.value.told.utf8.elementsEqual(told.utf8)
    }
  }
}

extension DistilledAttribute.Value {
  /// As text: the same for equal values.
  fileprivate var told: String {
    switch self {
    case .string(let text), .json(let text): text
    case .integer(let number): "\(number)"
    case .double(let number): "\(number)"
    case .bool(let flag): "\(flag)"
    }
  }
}
