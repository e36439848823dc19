// Starting another program and waiting for it, without Foundation: it keeps the terminal and the descriptors of this process, and gets the signals as a
// shell would hand them on.

/// A program that this process started.
package struct ChildProcess: Sendable {
  /// How a program ended.
  package enum End: Sendable, Equatable {
    case exited(Int32)
    case signalled(Int32)

    /// What shells make of it: 128 and the signal's number where a signal ended it.
    package var code: Int32 {
      switch self {
      case .exited(let code): code
      case .signalled(let signal): 128 + signal
      }
    }
  }

  /// No program was started.
  package struct Refused: Error, Equatable, Sendable {
    package var errorNumber: Int32
    package init(errorNumber: Int32) { self.errorNumber = errorNumber }
    /// It does not exist, by this name or in `PATH`.
    package var isNotFound: Bool { errorNumber == ENOENT || errorNumber == ENOTDIR }
  }

  package let process: pid_t

  /// Starts a program: a path, or a name that is looked for in `PATH`. A text without a first line that names its reader is given to `/bin/sh`, as execvp(3)
  /// does.
  /// - Parameters:
  ///   - environment: `NAME=value`, all of it.
  ///   - input: what becomes its standard input; that of this process where nil.
  ///   - output: what becomes its standard output; that of this process where nil.
  ///   - signals: the mask it begins with, and what this process ignores and it shall not.
  package init(_ arguments: [String], environment: [String], input: Int32? = nil, output: Int32? = nil, signals: SignalState)
    throws(Refused)
  {
    do throws(Refused) {
      process = try Self.spawn(arguments, environment, input, output, signals)
    } catch {
      guard error.errorNumber == ENOEXEC else { throw error }
      process = try Self.spawn(["/bin/sh"] + arguments, environment, input, output, signals)
    }
  }

  private static func spawn(
    _ arguments: [String], _ environment: [String], _ input: Int32?, _ output: Int32?, _ signals: SignalState
  ) throws(Refused) -> pid_t {
    #if canImport(Darwin)
      var actions: posix_spawn_file_actions_t?
      var attributes: posix_spawnattr_t?
    #else
      var actions = posix_spawn_file_actions_t()
      var attributes = posix_spawnattr_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    if let input { posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO) }
    if let output { posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO) }
    var mask = signals.mask
    var defaults = signals.defaults
    posix_spawnattr_setsigmask(&attributes, &mask)
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF))
    let words = CStrings(arguments)
    let variables = CStrings(environment)
    var process = pid_t()
    let code = posix_spawnp(&process, words.pointers[0]!, &actions, &attributes, words.pointers, variables.pointers)
    guard code == 0 else { throw Refused(errorNumber: code) }
    return process
  }

  /// Waits until it ends; what else ends meanwhile, such as orphans that were taken in, is cleared away. Nil where somebody else waited for it already.
  package func wait() -> End? {
    var status: Int32 = 0
    while true {
      let ended = waitpid(-1, &status, 0)
      if ended == process { return Self.end(status) }
      if ended < 0, errno != EINTR { return nil }
    }
  }

  static func end(_ status: Int32) -> End { status & 0x7F == 0 ? .exited(status >> 8 & 0xFF) : .signalled(status & 0x7F) }

  /// Whether this process has children still, those that it adopted among them. Ended ones are cleared away.
  package static var hasAny: Bool {
    var status: Int32 = 0
    while true {
      let process = waitpid(-1, &status, WNOHANG)
      if process == 0 { return true }
      if process < 0, errno != EINTR { return false }
    }
  }
}

/// Texts as C has them, ended by a null.
private final class CStrings {
  let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  private let count: Int

  init(_ texts: [String]) {
    count = texts.count
    pointers = .allocate(capacity: count + 1)
    for (index, text) in texts.enumerated() { (pointers + index).initialize(to: strdup(text)) }
    (pointers + count).initialize(to: nil)
  }

  deinit {
    for index in 0..<count { free(pointers[index]) }
    pointers.deallocate()
  }
}
