// Runs once, before a fork, what a child of `fork` may do with its program's traces: see `ForkLocks.prepare`.

import Platform
import TraceLayers

/// Stores and distils a trace of a few spans.
enum StoreRehearsal {
  static let once: Void = ForkLocks.prepare {
    var configuration = LayeredTracing.Configuration(service: "rehearsal", transport: nil)
    configuration.standardError = .none
    configuration.layers.append(.distiller())
    let tracing = LayeredTracing(configuration)
    for _ in 0..<2 { ForkRehearsal.run(tracing) }
    guard let store = tracing.store else { return }
    for trace in store.traces() { for locale in ["en", "zh"] { _ = try? store.distill(trace.handle, locale: locale) } }
    _ = store.trace("latest")
  }
}
