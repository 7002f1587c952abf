#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Writes a warning where nobody has asked to be told: to the standard error stream.
package func warnOnStandardError(_ message: String) {
  let line = Array("swiftgan: warning: \(message)\n".utf8)
  _ = line.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
}
