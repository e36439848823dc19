// All methods that a client may call, in the order of the table in protocol/README.md.

enum MethodRegistry {
  static let methods: [any (RequestMethod & SendableMetatype).Type] = [
    TracesList.self,
    TracesAggregate.self,
    TracesCompare.self,
    TracesCheck.self,
    TracesInsights.self,
    TracesSearch.self,
    TracesAwait.self,
    TracesReport.self,
    TracesClear.self,
    TraceExplain.self,
    TraceSummary.self,
    TraceCriticalPath.self,
    TraceErrors.self,
    TraceInsights.self,
    TraceTree.self,
    TraceSpan.self,
    TraceExportMethod.self,
    LogsList.self,
    ServerStatus.self,
  ]

  static func method(named name: String) -> (any (RequestMethod & SendableMetatype).Type)? { methods.first { $0.name == name } }
}
