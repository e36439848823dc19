// The contents and counters of a store, copied under its lock for `server/status`.

import TraceRecords

/// What is kept, and the counters of ingestion.
package struct StoreStatus: Sendable {
  package var running: Int
  package var completed: Int
  package var abandoned: Int
  package var logs: Int
  package var logBytes: Int
  package var maxLogBytes: Int
  package var bytes: Int
  package var producers: Int
  package var runs: Int
  package var missingRecords: UInt64
  package var counters: [(name: String, value: UInt64)]
  package var limits: StoreLimits

  init(_ store: TraceDistillerStore) {
    (running, completed, abandoned) = (store.runningCount, store.completedCount, store.abandonedCount)
    (logs, logBytes, maxLogBytes) = (store.logs.count, store.logs.allocatedBytes, store.logs.maxBytes)
    (bytes, producers, runs) = (store.countedBytes, store.producerCount, store.runCount)
    (missingRecords, counters, limits) = (store.missingRecords, store.statistics.counters, store.limits)
  }
}
