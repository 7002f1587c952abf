import SwiftGANCore

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The system's zlib, opened when the first compressed file is read: the library itself links to nothing but the
/// system's C library.
struct Zlib: Sendable {
  typealias Open = @convention(c) (UnsafePointer<CChar>, UnsafePointer<CChar>) -> OpaquePointer?
  typealias Read = @convention(c) (OpaquePointer, UnsafeMutableRawPointer, CUnsignedInt) -> CInt
  typealias Message = @convention(c) (OpaquePointer, UnsafeMutablePointer<CInt>) -> UnsafePointer<CChar>?
  typealias Close = @convention(c) (OpaquePointer) -> CInt

  let open: Open
  let read: Read
  let message: Message
  let close: Close

  /// The names by which systems know it.
  static let names = ["libz.so.1", "libz.so", "libz.1.dylib", "libz.dylib"]

  private static let found: Zlib? = names.lazy.compactMap { Zlib($0) }.first

  /// The system's zlib.
  /// - Throws: `TensorError` (`.io`) saying what to do where there is none.
  static func shared(for path: String) throws(TensorError) -> Zlib {
    if let found { return found }
    throw TensorError(
      .io,
      "Cannot read \(JSON.quoted(path)): it is compressed by gzip, and this system has no zlib "
        + "(\(names.joined(separator: ", "))). Install zlib (Debian: apt-get install zlib1g) or decompress the file.")
  }

  /// The library of this name; nil when it cannot be opened or lacks a function.
  private init?(_ name: String) {
    guard let library = dlopen(name, RTLD_NOW | RTLD_LOCAL) else { return nil }
    guard let open = dlsym(library, "gzopen"), let read = dlsym(library, "gzread"),
      let message = dlsym(library, "gzerror"), let close = dlsym(library, "gzclose")
    else { return nil }
    self.open = unsafeBitCast(open, to: Open.self)
    self.read = unsafeBitCast(read, to: Read.self)
    self.message = unsafeBitCast(message, to: Message.self)
    self.close = unsafeBitCast(close, to: Close.self)
  }
}

/// A gzip file, decompressed from its beginning on.
final class GzipFile {
  private let path: String
  private let zlib: Zlib
  private let handle: OpaquePointer

  /// - Throws: `TensorError` (`.io`) when there is no zlib or the file cannot be opened.
  init(reading path: String) throws(TensorError) {
    self.path = path
    zlib = try Zlib.shared(for: path)
    guard let handle = zlib.open(path, "rb") else {
      throw TensorError(.io, "Cannot open \(JSON.quoted(path)): \(String(cString: strerror(errno))).")
    }
    self.handle = handle
  }

  deinit { _ = zlib.close(handle) }

  /// Fills the buffer as far as the file reaches.
  /// - Returns: how many bytes were read: fewer than asked for only at the end of the file.
  /// - Throws: `TensorError` (`.io`) when the file is cut off or damaged.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(TensorError) -> Int {
    var done = 0
    while done < buffer.count, let base = buffer.baseAddress {
      let length = CUnsignedInt(min(buffer.count - done, 1 << 24))
      let count = zlib.read(handle, base + done, length)
      if count <= 0 {
        // A file that ends in the middle of its compressed data reads as one that ends; only the code tells.
        var code: CInt = 0
        let message = zlib.message(handle, &code).map { String(cString: $0) } ?? ""
        if count == 0 && code >= 0 { return done }
        let reason = message.hasPrefix("\(path): ") ? String(message.dropFirst(path.count + 2)) : message
        throw TensorError(
          .io, "Cannot read \(JSON.quoted(path)): its compressed data are damaged or cut off (\(reason)).")
      }
      done += Int(count)
    }
    return done
  }
}
