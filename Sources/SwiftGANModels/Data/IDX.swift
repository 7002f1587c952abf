import SwiftGANCore

/// Reads the IDX format, in which MNIST, Fashion-MNIST and their kin are kept: a type, the sizes of the axes, and the
/// values in row-major order, big-endian.
///
/// ```swift
/// let images = try IDX.read("train-images-idx3-ubyte.gz")   // uint8 (60000, 28, 28)
/// ```
///
/// Format: Y. LeCun, C. Cortes and C. Burges, "The MNIST database of handwritten digits".
public enum IDX {
  /// The tensor in a file, compressed by gzip or not (the content decides, not the name). 8-bit signed and 16-bit
  /// integers become int32.
  ///
  /// - Throws: `TensorError` (`.io`) when the file cannot be read, is no IDX file, or holds fewer or more values than it
  ///   declares.
  public static func read(_ path: String) throws -> Tensor {
    var stream = try ByteStream(path)
    let magic = try stream.take(4, "the 4 bytes that say what the file is")
    guard magic[0] == 0, magic[1] == 0, let element = Element(rawValue: magic[2]) else {
      let bytes = magic.map { String($0, radix: 16).count == 1 ? "0\(String($0, radix: 16))" : String($0, radix: 16) }
      throw failure(path, "it is no IDX file: it begins with the bytes \(bytes.joined(separator: " "))")
    }
    let rank = Int(magic[3])
    let sizes = try stream.take(4 * rank, "the sizes of \(rank) axes")
    let shape = (0..<rank).map { axis in sizes[4 * axis..<4 * axis + 4].reduce(0) { $0 << 8 | Int($1) } }
    let declared = shape.reduce(element.byteSize) { size, extent in
      let (product, overflow) = size.multipliedReportingOverflow(by: extent)
      return overflow ? Int.max : product
    }
    // Before memory is taken for them: a damaged header must not ask for all there is.
    guard declared <= stream.largestSize else {
      throw failure(
        path, "it declares the shape \(describe(shape: shape)), which is \(declared) bytes, but holds fewer")
    }
    let bytes = try stream.take(declared, "the \(declared) bytes of shape \(describe(shape: shape))")
    guard try stream.isAtEnd() else {
      throw failure(path, "it holds more than the \(declared) bytes of its shape \(describe(shape: shape))")
    }
    return try element.tensor(bytes, shape: shape).checked()
  }

  static func failure(_ path: String, _ reason: String) -> TensorError {
    TensorError(.io, "Cannot read \(JSON.quoted(path)): \(reason).")
  }

  /// What the third byte of a file says of its values.
  private enum Element: UInt8 {
    case uint8 = 8
    case int8 = 9
    case int16 = 11
    case int32 = 12
    case float32 = 13
    case float64 = 14

    var byteSize: Int {
      switch self {
      case .uint8, .int8: 1
      case .int16: 2
      case .int32, .float32: 4
      case .float64: 8
      }
    }

    func tensor(_ bytes: [UInt8], shape: [Int]) -> Tensor {
      switch self {
      case .uint8: Tensor(bytes, shape: shape)
      case .int8: Tensor(bytes.map { Int32(Int8(bitPattern: $0)) }, shape: shape)
      case .int16: Tensor(words(bytes, UInt16.self).map { Int32(Int16(bitPattern: $0)) }, shape: shape)
      case .int32: Tensor(words(bytes, UInt32.self).map { Int32(bitPattern: $0) }, shape: shape)
      case .float32: Tensor(words(bytes, UInt32.self).map { Float(bitPattern: $0) }, shape: shape)
      case .float64: Tensor(words(bytes, UInt64.self).map { Double(bitPattern: $0) }, shape: shape)
      }
    }

    private func words<Word: FixedWidthInteger & UnsignedInteger>(_ bytes: [UInt8], _ type: Word.Type) -> [Word] {
      bytes.withUnsafeBytes { raw in
        stride(from: 0, to: raw.count, by: MemoryLayout<Word>.size).map { offset in
          Word(bigEndian: raw.loadUnaligned(fromByteOffset: offset, as: Word.self))
        }
      }
    }
  }
}

/// The bytes of a file one after the other, decompressed when it is gzip's.
private struct ByteStream: ~Copyable {
  /// No more bytes than these can come out of the file.
  let largestSize: Int
  private let path: String
  private let file: File
  private let gzip: GzipFile?
  private var offset = 0

  init(_ path: String) throws {
    let file = try File(reading: path)
    let isGzip = try file.size >= 2 && file.read(count: 2, at: 0) == [0x1f, 0x8b]
    let gzip = isGzip ? try GzipFile(reading: path) : nil
    // Deflate makes of 1 byte at most 1,032.
    largestSize = isGzip ? file.size.multipliedReportingOverflow(by: 1_032).partialValue : file.size
    self.path = path
    self.file = file
    self.gzip = gzip
  }

  /// The next `count` bytes.
  /// - Throws: `TensorError` (`.io`) naming `what` when the file ends before.
  mutating func take(_ count: Int, _ what: String) throws -> [UInt8] {
    let bytes = try next(count)
    guard bytes.count == count else {
      throw IDX.failure(path, "it is cut off: it ends after \(offset) bytes, before the end of \(what)")
    }
    return bytes
  }

  /// Whether no byte is left, and what was read is what was compressed.
  mutating func isAtEnd() throws -> Bool { try next(1).isEmpty }

  private mutating func next(_ count: Int) throws -> [UInt8] {
    let bytes =
      if let gzip {
        try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
          filled = try gzip.read(into: UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: count))
        }
      } else {
        try file.read(count: min(count, file.size - offset), at: offset)
      }
    offset += bytes.count
    return bytes
  }
}
