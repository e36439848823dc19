// What a child of `fork` may ask of the traces that its program keeps, asked once before: see `ForkLocks.prepare`.

import Platform
import TraceLayers

/// A trace of a few spans, kept and distilled.
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
