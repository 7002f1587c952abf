#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// A file opened for reading at any offset, through plain POSIX calls.
///
/// ```swift
/// let header = try File(reading: "weights.safetensors").read(count: 8, at: 0)
/// ```
public struct File: ~Copyable {
  /// The path that the file was opened by.
  public let path: String
  /// Length in bytes when the file was opened.
  public let size: Int
  private let descriptor: CInt

  /// Opens a regular file.
  /// - Throws: `TensorError` (`.io`) naming the path and the reason; directories, pipes and devices are refused.
  public init(reading path: String) throws {
    try FileError.checkName(path)
    let descriptor = FileError.retrying { open(path, O_RDONLY | O_CLOEXEC) }
    guard descriptor >= 0 else { throw FileError.last("open", path) }
    var information = stat()
    guard fstat(descriptor, &information) == 0 else {
      let error = FileError.last("read", path)
      close(descriptor)
      throw error
    }
    guard information.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      let kind = information.st_mode & S_IFMT == S_IFDIR ? "it is a directory" : "it is not a regular file"
      throw TensorError(.io, "Cannot read \(JSON.quoted(path)): \(kind).")
    }
    self.path = path
    self.size = Int(information.st_size)
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Fills the buffer with the bytes from `offset` on.
  /// - Throws: `TensorError` (`.io`) when reading fails or the file ends before the buffer is full.
  public func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws {
    var done = 0
    while done < buffer.count, let base = buffer.baseAddress {
      let count = FileError.retrying { pread(descriptor, base + done, buffer.count - done, off_t(offset + done)) }
      if count < 0 { throw FileError.last("read", path) }
      if count == 0 {
        throw TensorError(
          .io,
          "Cannot read \(JSON.quoted(path)): it ends after \(offset + done) bytes, "
            + "but \(offset + buffer.count) were expected.")
      }
      done += count
    }
  }

  /// The `count` bytes from `offset` on.
  /// - Throws: `TensorError` (`.io`) when the file does not hold that range or reading fails.
  public func read(count: Int, at offset: Int) throws -> [UInt8] {
    guard count >= 0, offset >= 0, offset <= size, count <= size - offset else {
      throw TensorError(
        .io, "Cannot read \(count) bytes at offset \(offset) of \(JSON.quoted(path)): it holds \(size) bytes.")
    }
    return try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      let bytes = UnsafeMutableRawBufferPointer(start: UnsafeMutableRawPointer(buffer.baseAddress), count: count)
      try read(into: bytes, at: offset)
      filled = count
    }
  }

  /// All bytes of a file.
  /// - Parameter limit: larger files are refused before anything is allocated (default 1 GiB).
  /// - Throws: `TensorError` (`.io`) naming the path and the reason.
  public static func read(_ path: String, limit: Int = 1 << 30) throws -> [UInt8] {
    let file = try File(reading: path)
    guard file.size <= limit else {
      throw TensorError(.io, "Cannot read \(JSON.quoted(path)): it holds \(file.size) bytes, more than \(limit).")
    }
    return try file.read(count: file.size, at: 0)
  }
}

/// The words of the errors that the system gives for files.
enum FileError {
  static func last(_ verb: String, _ path: String) -> TensorError {
    TensorError(.io, "Cannot \(verb) \(JSON.quoted(path)): \(String(cString: strerror(errno))).")
  }

  /// A name with a NUL would reach the system cut short, and so name another file.
  static func checkName(_ path: String) throws {
    if path.isEmpty { throw TensorError(.io, "The path of the file is empty.") }
    if path.utf8.contains(0) { throw TensorError(.io, "The path \(JSON.quoted(path)) contains a NUL character.") }
  }

  /// Repeats a call that a signal interrupted.
  static func retrying<Result: SignedInteger>(_ call: () -> Result) -> Result {
    while true {
      let result = call()
      if result >= 0 || errno != EINTR { return result }
    }
  }
}
