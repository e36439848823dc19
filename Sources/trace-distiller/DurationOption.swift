// A duration as a command line option: `500ms`, `2s`.

import ArgumentParser

struct DurationOption: ExpressibleByArgument, Sendable {
  var nanos: Int64

  init(nanos: Int64) { self.nanos = nanos }

  init?(argument: String) {
    let units: [(suffix: String, nanos: Int64)] = [
      ("ns", 1), ("us", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000),
    ]
    if argument == "0" {
      nanos = 0
      return
    }
    for (suffix, scale) in units where argument.hasSuffix(suffix) {
      guard let number = Int64(argument.dropLast(suffix.count)), number >= 0 else { continue }
      let (product, overflow) = number.multipliedReportingOverflow(by: scale)
      guard !overflow else { return nil }
      nanos = product
      return
    }
    return nil
  }

  var defaultValueDescription: String { nanos == 0 ? "0" : "\(nanos / 1_000_000)ms" }
}
