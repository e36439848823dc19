// The one place that imports a C library. What the rest of the package uses of it comes through here, so that a new system is one more line.
//
// Clocks, threads, descriptors, the wake-up pipe, the timer, the lock and standard error have types of their own beside this file. What is handed on as it
// is: functions on bytes (memchr, memcmp, memcpy: a wrapper would stand between the scanner and the compiler's own knowledge of them), and calls on
// files that one place each makes (openat, fstat, flock, linkat, …), whose wrappers would only repeat their manual pages.

// @_exported has no official spelling yet; without it each of about a hundred files would choose among the three libraries itself.
#if canImport(Glibc)
  @_exported public import Glibc
#elseif canImport(Musl)
  @_exported public import Musl
#elseif canImport(Darwin)
  @_exported public import Darwin
#else
  #error("Platform knows glibc, musl and Darwin: add the C library of this system here")
#endif

/// The argument that C hands to a function of ours: some systems declare that it may be missing, others that it may not.
package func cArgument(_ pointer: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer { pointer! }

/// What an errno says.
package func errorText(_ code: Int32) -> String { String(cString: strerror(code)) }
