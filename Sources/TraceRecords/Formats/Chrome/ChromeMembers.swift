// The members of a Chrome trace event that are read.

struct ChromeMembers {
  var phase, name, category, process, thread, time, duration, arguments, id, id2, scope, file, line: ValueNode?

  init(_ node: ValueNode) {
    guard node.isObject else { return }
    node.forEachMember { key, value in
      switch key {
      case "ph": phase = value
      case "name": name = value
      case "cat": category = value
      case "pid": process = value
      case "tid": thread = value
      case "ts": time = value
      case "dur": duration = value
      case "args": arguments = value
      case "id": id = value
      case "id2": id2 = value
      case "scope": scope = value
      // Rust's tracing-chrome adds these.
      case ".file": file = value
      case ".line": line = value
      default: break
      }
    }
  }
}

/// A process, thread or id: producers write numbers as well as texts.
enum ChromeLabel: Hashable, Sendable, CustomStringConvertible {
  case number(Int64)
  case text(String)

  init(_ node: ValueNode?) {
    if let number = node?.integer {
      self = .number(number)
    } else if let text = node?.text {
      self = .text(String(decoding: text, as: UTF8.self))
    } else if let real = node?.double {
      self = .text("\(real)")
    } else {
      self = .number(0)
    }
  }

  var description: String {
    switch self {
    case .number(let number): "\(number)"
    case .text(let text): text
    }
  }
}

/// The events that form one trace of a profile: calls of a thread nest, and so do asynchronous calls with one id.
struct ChromeTrack: Hashable, Sendable, CustomStringConvertible {
  var process: ChromeLabel
  var thread: ChromeLabel
  /// The category and scope of an asynchronous track, whose `thread` is its id; nil for a thread.
  var category: String?

  init(thread members: ChromeMembers) {
    process = ChromeLabel(members.process)
    thread = ChromeLabel(members.thread)
  }

  /// Events of one process, category and id. Events of the older phases `S` and `F` do not nest, so their name is part of the track.
  init(async members: ChromeMembers, named: Bool) {
    func text(_ node: ValueNode?) -> String? { node?.text.map { String(decoding: $0, as: UTF8.self) } }
    let isGlobal = members.id == nil && members.id2?.member("global") != nil
    process = isGlobal ? .text("global") : ChromeLabel(members.process)
    thread = ChromeLabel(members.id ?? members.id2?.member("global") ?? members.id2?.member("local"))
    category = ([text(members.category) ?? "", text(members.scope)] + [named ? text(members.name) : nil]).compactMap { $0 }.joined(
      separator: "/")
  }

  /// The id of its trace.
  var description: String { category.map { "\(process)/async/\($0)/\(thread)" } ?? "\(process)/\(thread)" }
}
