// Classifies command line arguments by their form, and combines them with the options that always have one meaning.

import ArgumentParser
import JSON
import Platform
import TraceHub

/// An argument that begins with `{` or `[` is parameters; one that exists as a file is a file, `-` is standard input; any other one names a
/// trace.
struct CommandArguments {
  /// An object; nil if none is given.
  private(set) var params: JSONObject?
  private(set) var files: [String] = []
  private(set) var trace: String?
  /// The hub that is to be asked, where no file is named.
  private(set) var hub: HubClient?

  /// - Parameters:
  ///   - arguments: The arguments to classify.
  ///   - options: `--params`, `--input`, `--trace`, which have a fixed meaning.
  ///   - hub: asked where no file is named; nil where files are needed.
  init(_ arguments: [String], params: String?, input: [String], trace: String?, hub: HubPlace? = nil) throws {
    var texts = params.map { [$0] } ?? []
    var traces = trace.map { [$0] } ?? []
    files = []
    for argument in arguments {
      if argument.hasPrefix("{") || argument.hasPrefix("[") {
        texts.append(argument)
      } else if argument == "-" || access(argument, F_OK) == 0 {
        files.append(argument)
      } else {
        traces.append(argument)
      }
    }
    files += input
    if files.isEmpty, let hub { self.hub = try HubQuestion.find(hub, orFile: traces.first { $0 != trace }) }
    // Without any file, no trace can have that name: the argument was meant to be a file.
    if files.isEmpty, self.hub == nil, let missing = traces.first(where: { $0 != trace }) {
      tell("\(missing): \(errorText(ENOENT))")
      throw ExitStatus.noInput
    }
    guard !files.isEmpty || self.hub != nil else {
      throw ValidationError("name the records: FILE…, or - for standard input; a running server is asked through its own stdin")
    }
    guard files.count(where: { $0 == "-" }) <= 1 else { throw ValidationError("standard input can be read once") }
    guard texts.count <= 1 else { throw ValidationError("parameters are given twice: \(texts[0]) and \(texts[1])") }
    guard traces.count <= 1 else {
      throw ValidationError("two traces are named, \(traces[0]) and \(traces[1]); a file that does not exist counts as the name of a trace")
    }
    self.params = try texts.first.map(Self.object)
    self.trace = traces.first
  }

  /// The parameters of a method, including the trace if one is named.
  /// - Parameter takesTrace: Whether the method has a parameter `traceId`.
  func params(of method: String, takesTrace: Bool) throws -> JSONObject {
    var params = params ?? [:]
    guard let trace else { return params }
    guard takesTrace else {
      throw ValidationError("\(method) takes no trace, and \(trace) is neither a file nor parameters")
    }
    if let given = params["traceId"], !given.isNull, given.string != trace {
      throw ValidationError("two traces are named, \(trace) and \(given.serializedString)")
    }
    params["traceId"] = .string(trace)
    return params
  }

  private static func object(_ text: String) throws -> JSONObject {
    do {
      let value = try JSONValue(parsing: text)
      guard let object = value.object else { throw ValidationError("the parameters must be a JSON object, not \(value.kindName)") }
      return object
    } catch let error as JSONError {
      throw ValidationError("the parameters: \(error)")
    }
  }
}
