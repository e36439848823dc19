// The numbered tracks of a profile, and the names of their processes and threads from its metadata events.

struct ChromeTracks: Sendable {
  private var numbers: [ChromeTrack: Int32] = [:]
  private var tracks: [ChromeTrack] = []
  /// The ids of their traces, created once per track.
  private var ids: [[UInt8]] = []
  /// By track: the latest document that contained it, and the number of earlier ones. Traces of later documents get a number.
  private var uses: [ChromeTrack: (document: Int, before: Int)] = [:]
  private var document = 0
  /// The track of the previous event: profiles are usually ordered by thread.
  private var latest: Int32 = 0
  private var processNames: [ChromeLabel: String] = [:]
  private var threadNames: [ChromeTrack: String] = [:]
  /// The maximum number of names that are kept.
  static let maxNames = 65_536

  mutating func number(of track: ChromeTrack) -> Int32 {
    if Int(latest) < tracks.count, tracks[Int(latest)] == track { return latest }
    if let known = numbers[track] {
      latest = known
      return known
    }
    latest = Int32(tracks.count)
    numbers[track] = latest
    tracks.append(track)
    ids.append(id(of: track))
    return latest
  }

  /// The tracks of the next document are different ones, even with the same names.
  mutating func endDocument() {
    document += 1
    (numbers, tracks, ids, latest) = ([:], [], [], 0)
    (processNames, threadNames) = ([:], [:])
  }

  /// `7/1`, and `7/1#2` in the second document that contains it. For tracks beyond the limit the number of earlier documents is not known,
  /// so they are numbered by document.
  private mutating func id(of track: ChromeTrack) -> [UInt8] {
    var use = uses[track] ?? (document, uses.count < ChromeTracks.maxNames ? 0 : document)
    if use.document != document { use = (document, use.before + 1) }
    if uses[track] != nil || uses.count < ChromeTracks.maxNames { uses[track] = use }
    return Array((use.before == 0 ? track.description : "\(track)#\(use.before + 1)").utf8)
  }

  /// Keeps only the given tracks, with new numbers. Returns the new number for each old one.
  mutating func keep(_ kept: Set<Int32>) -> [Int32: Int32] {
    var renumbered: [Int32: Int32] = [:]
    var remaining: [ChromeTrack] = []
    numbers.removeAll()
    for old in kept.sorted() {
      renumbered[old] = Int32(remaining.count)
      numbers[tracks[Int(old)]] = Int32(remaining.count)
      remaining.append(tracks[Int(old)])
    }
    tracks = remaining
    ids = remaining.map { id(of: $0) }
    latest = 0
    return renumbered
  }

  /// Handles a metadata event: only names are kept.
  mutating func name(_ members: ChromeMembers) {
    guard let name = members.arguments?.member("name")?.text, processNames.count + threadNames.count < ChromeTracks.maxNames else { return }
    let text = String(decoding: name, as: UTF8.self)
    switch members.name?.text {
    case .some("process_name"): processNames[ChromeLabel(members.process)] = text
    case .some("thread_name"): threadNames[ChromeTrack(thread: members)] = text
    default: break
    }
  }

  func addID(_ track: Int32, to batch: inout RecordBatch) -> TextRange { ids[Int(track)].withUnsafeBytes { batch.add(text: $0) } }

  func process(_ track: Int32) -> ChromeLabel { tracks[Int(track)].process }
  func processName(_ track: Int32) -> String? { processNames[tracks[Int(track)].process] }
  func threadName(_ track: Int32) -> String? { threadNames[tracks[Int(track)]] }
}
