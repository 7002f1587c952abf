import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Writes a file so that a reader, or a crash at any moment, sees the old file or the new one and never a part.
///
/// The bytes go to a temporary file in the same directory, which is flushed to the disk (`fsync`) and then renamed over
/// the target. A symbolic link stays, and its target is replaced; the mode of a file that was there is kept.
public enum AtomicFile {
  /// Writes the chunks one after the other.
  /// - Throws: `TensorError` (`.io`) naming the path and the reason; the old file is then as it was.
  public static func write(_ path: String, chunks: [[UInt8]]) throws {
    try write(path) { append in
      for chunk in chunks { try chunk.withUnsafeBytes(append) }
    }
  }

  /// Writes UTF-8 text.
  /// - Throws: `TensorError` (`.io`) naming the path and the reason; the old file is then as it was.
  public static func write(_ path: String, text: String) throws {
    try write(path, chunks: [Array(text.utf8)])
  }

  /// Writes what `body` hands to its argument, in that order, with no copy.
  /// - Throws: what `body` throws, or `TensorError` (`.io`); the old file is then as it was.
  public static func write(
    _ path: String, _ body: (_ append: (UnsafeRawBufferPointer) throws -> Void) throws -> Void
  ) throws {
    try FileError.checkName(path)
    let target = resolvingLinks(path)
    let (temporary, descriptor) = try createTemporary(beside: target)
    var isOpen = true
    do {
      try body { try append($0, to: descriptor, path) }
      try keepMode(of: target, on: descriptor)
      guard FileError.retrying({ fsync(descriptor) }) == 0 else { throw FileError.last("write", path) }
      isOpen = false
      guard close(descriptor) == 0 else { throw FileError.last("write", path) }
      guard rename(temporary, target) == 0 else { throw FileError.last("replace", path) }
    } catch {
      if isOpen { close(descriptor) }
      unlink(temporary)
      throw error
    }
    flushDirectory(of: target)
  }

  private static func append(_ bytes: UnsafeRawBufferPointer, to descriptor: CInt, _ path: String) throws {
    var done = 0
    while done < bytes.count, let base = bytes.baseAddress {
      #if canImport(Darwin)
        let count = FileError.retrying { Darwin.write(descriptor, base + done, bytes.count - done) }
      #elseif canImport(Musl)
        let count = FileError.retrying { Musl.write(descriptor, base + done, bytes.count - done) }
      #else
        let count = FileError.retrying { Glibc.write(descriptor, base + done, bytes.count - done) }
      #endif
      guard count > 0 else { throw FileError.last("write", path) }
      done += count
    }
  }

  private static let counter = Atomic<UInt64>(0)

  private static func createTemporary(beside target: String) throws -> (path: String, descriptor: CInt) {
    let (directory, name) = split(target)
    for _ in 0..<100 {
      let serial = counter.wrappingAdd(1, ordering: .relaxed).newValue
      // The name is cut so that a target near the 255-byte limit of file names can still be written.
      let temporary = "\(directory).\(name.prefix(48)).\(getpid())-\(serial).tmp"
      let descriptor = FileError.retrying { open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666) }
      if descriptor >= 0 { return (temporary, descriptor) }
      guard errno == EEXIST else { throw FileError.last("write", target) }
    }
    throw FileError.last("write", target)
  }

  private static func keepMode(of target: String, on descriptor: CInt) throws {
    var information = stat()
    guard stat(target, &information) == 0 else { return }
    if information.st_mode & S_IFMT == S_IFDIR {
      throw TensorError(.io, "Cannot write \(JSON.quoted(target)): it is a directory.")
    }
    _ = fchmod(descriptor, information.st_mode & 0o777)
  }

  private static func resolvingLinks(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// The rename itself must reach the disk too; a file system that cannot flush a directory has nothing to flush.
  private static func flushDirectory(of target: String) {
    let directory = split(target).directory
    let descriptor = open(directory.isEmpty ? "." : directory, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  private static func split(_ path: String) -> (directory: String, name: Substring) {
    guard let slash = path.lastIndex(of: "/") else { return ("", path[...]) }
    let start = path.index(after: slash)
    return (String(path[..<start]), path[start...])
  }
}
