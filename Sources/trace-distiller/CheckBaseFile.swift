// What --baseline names: a file that `baseline` wrote, files of records, or a run of the records that are checked.

import ArgumentParser
import JSON
import Platform
import TraceContextServer
import TraceDistiller

struct CheckBaseFile {
  /// The parameter `base`; nil where there is no base yet.
  private(set) var value: JSONValue?

  /// - Parameter mayBeMissing: The one file may be written for the first time.
  init(_ names: [String], mayBeMissing: Bool, format: FormatName?, options: StoreOptions) throws {
    if names.contains(where: { $0.hasPrefix("run:") }) {
      guard names.count == 1 else { throw ValidationError("--baseline run:ID stands alone") }
      value = .string(names[0])
      return
    }
    if mayBeMissing, access(names[0], F_OK) != 0, errno == ENOENT { return }
    if names.count == 1, names[0] != "-", let baseline = try Self.baseline(names[0]) {
      value = baseline.json
      return
    }
    let input = try RecordedInput(names, format: format, options: options)
    try Check.refuse(input, names)
    let (baseline, leftOut) = try Baseline.make(input, filter: nil, run: nil)
    if leftOut > 0 { tell("--baseline: \(leftOut) traces that are not complete are left out") }
    guard baseline.traceCount > 0 else {
      tell("--baseline: no complete trace in \(names.joined(separator: ", "))")
      throw ExitStatus.negative
    }
    value = baseline.json
  }

  /// Nil for a file of something else.
  private static func baseline(_ path: String) throws -> CheckBaseline? {
    guard let bytes = try SmallFile.readIfBegins(path, with: "{\"format\":\"\(CheckBaseline.format)\"", limit: 64 << 20) else { return nil }
    let value: JSONValue
    do { value = try JSONValue(parsing: bytes) } catch {
      tell("\(path): \(error)")
      throw ExitStatus.noRecord
    }
    do throws(BaselineError) { return try CheckBaseline(value) } catch {
      tell("\(path): \(error)")
      throw ExitStatus.noRecord
    }
  }
}
