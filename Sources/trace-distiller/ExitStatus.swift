// The exit codes of commands, in one table. protocol/serving.md has it for users.

import ArgumentParser
import JSONRPC
import Platform
import TraceContextServer

/// | code | |
/// |---|---|
/// | 0 | answered |
/// | 1 | a negative answer: an error result, no trace, a broken rule |
/// | 2 | undecided: the answer rests on traces that are not complete |
/// | 64 | the arguments cannot be used |
/// | 65 | there was input, and no record in any of it |
/// | 66 | a file cannot be opened |
/// | 69 | the source of records is unavailable |
/// | 71 | the system refused what the program cannot do without |
/// | 74 | reading or writing failed |
///
/// `run` ends as its program does: with its code, or 128 and the number of the signal; 3 where `--fail-on` applies, 125 where `run` itself failed, 126 and 127
/// where the program cannot be started.
enum ExitStatus {
  static let negative = ExitCode(1)
  /// For commands with a verdict.
  static let undecided = ExitCode(2)
  static let usage = ExitCode(EX_USAGE)
  static let noRecord = ExitCode(EX_DATAERR)
  static let noInput = ExitCode(EX_NOINPUT)
  static let unavailable = ExitCode(EX_UNAVAILABLE)
  /// The system refused something that the program needs.
  static let system = ExitCode(EX_OSERR)
  static let ioError = ExitCode(EX_IOERR)
  /// `run`: the program ended well, and `--fail-on` says that it did not.
  static let condition = ExitCode(3)
  /// `run` itself failed, the program could not be started, or was not found, as env(1) ends.
  static let ownFailure = ExitCode(125)
  static let programNotStarted = ExitCode(126)
  static let programNotFound = ExitCode(127)

  /// The exit code for an error result.
  static func of(_ error: ResponseError) -> ExitCode {
    error.code == ResponseError.Code.sourceUnavailable ? unavailable : negative
  }
}
