// The directory in which this process works.

package enum WorkingDirectory {
  /// Its absolute path; nil where the system does not tell it, as of one that was removed.
  package static var path: String? {
    guard let path = getcwd(nil, 0) else { return nil }
    defer { free(path) }
    return String(cString: path)
  }
}
