// How a program configures and accesses its own traces.

public import TraceLayers

extension LayeredTracing.Configuration.Layer {
  /// Keeps the program's traces inside the program: see `LayeredTracing.store`.
  /// - Parameters:
  ///   - limits: The limits for kept traces.
  ///   - snapshots: Writes reports of those traces as files, for a while after the start and at exit; nil for none.
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
  /// The in-process traces, if a layer keeps them.
  public var store: TraceStore? { distiller?.store }

  /// The reports of those traces, if they were configured.
  public var snapshots: SnapshotReports? { distiller?.snapshots }

  private var distiller: TraceDistillerLayer? {
    for layer in layers { if let distiller = layer as? TraceDistillerLayer { return distiller } }
    return nil
  }
}
