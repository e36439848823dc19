// OTLP over HTTP as options of commands that listen.

import ArgumentParser
import OTLPReceiver
import Platform
import TraceDistiller

extension ListenerPlace: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}

struct ReceiverOptions: ParsableArguments {
  @Option(
    help: "Take OTLP over HTTP too: auto (port 4318 where it is free, else a free one), a port, or an address such as 127.0.0.1:4318.")
  var otlp: ListenerPlace?

  @Flag(help: "Take OTLP of programs of other users too, and of those whose user is not to be found.")
  var otlpAnyUser = false

  func validate() throws {
    if otlpAnyUser, otlp == nil { throw ValidationError("--otlp-any-user says something only beside --otlp") }
  }

  /// Listens where that was asked for; what is in the way is the reason of the failure.
  func listen(_ store: SharedTraceStore, source: SourceID, maxMemory: Int, say: @escaping @Sendable (String) -> Void)
    throws(ServerHost.Failure) -> OTLPListener?
  {
    guard let otlp else { return nil }
    do throws(ListenerError) {
      return try OTLPListener(
        otlp, anyUser: otlpAnyUser, limits: ListenerLimits(maxMemory: maxMemory), store: store, source: source,
        clock: { MonotonicClock.nanos }, tell: say)
    } catch {
      throw ServerHost.Failure(message: error.description, code: error.isSystemsRefusal ? ExitStatus.system : ExitStatus.usage)
    }
  }
}
