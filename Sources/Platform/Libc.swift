// The only file that imports a C library. The rest of the package uses it through this module, so supporting a new system takes one more
// line.
//
// Clocks, threads, descriptors, the wake-up pipe, the timer, the lock and standard error have types of their own in this folder.
// Re-exported without a wrapper: functions on bytes (memchr, memcmp, memcpy), which the compiler knows and the scanner depends on, and
// calls on files that are used in one place each (openat, fstat, flock, linkat, …), whose wrappers would only repeat their manual pages.

// @_exported has no official spelling yet. Without it each of about a hundred files would have to choose among the three libraries.
#if canImport(Glibc)
  @_exported public import Glibc
#elseif canImport(Musl)
  @_exported public import Musl
#elseif canImport(Darwin)
  @_exported public import Darwin
#else
  #error("Platform knows glibc, musl and Darwin: add the C library of this system here")
#endif

/// The argument of a C callback: some systems declare it as optional, others do not.
package func cArgument(_ pointer: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer { pointer! }

/// The system's text for an errno.
package func errorText(_ code: Int32) -> String { String(cString: strerror(code)) }
