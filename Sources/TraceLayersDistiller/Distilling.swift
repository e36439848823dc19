// How a program asks for its own traces, and where it finds them.

public import TraceLayers

extension LayeredTracing.Configuration.Layer {
  /// Keeps the program's traces in the program itself: see `LayeredTracing.store`.
  /// - Parameters:
  ///   - limits: Bounds of what is kept.
  ///   - snapshots: Reports of those traces as files, for a while after the start and at exit; none where nil.
  public static func distiller(
    limits: TraceStoreLimits = TraceStoreLimits(), snapshots: SnapshotReports.Options? = nil
  ) -> LayeredTracing.Configuration.Layer {
    LayeredTracing.Configuration.Layer { program in
      _ = StoreRehearsal.once
      return TraceDistillerLayer(service: program.service, run: program.run, limits: limits, snapshots: snapshots)
    }
  }
}

extension LayeredTracing {
  /// The in-process traces, where a layer keeps them.
  public var store: TraceStore? { distiller?.store }

  /// The reports of those traces, where they were asked for.
  public var snapshots: SnapshotReports? { distiller?.snapshots }

  private var distiller: TraceDistillerLayer? {
    for layer in layers { if let distiller = layer as? TraceDistillerLayer { return distiller } }
    return nil
  }
}
