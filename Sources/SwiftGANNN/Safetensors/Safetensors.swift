import SwiftGANCore

/// The safetensors format: a length (8 bytes, little-endian), a JSON header, and the tensors' bytes, little-endian and in
/// row-major order. Nothing in such a file is ever executed.
///
/// ```swift
/// try Safetensors.write(network.state, metadata: ["epoch": "3"], to: "weights.safetensors")
/// let file = try Safetensors.read("weights.safetensors")
/// ```
public enum Safetensors {
  /// What a file holds.
  public struct Contents: Sendable {
    /// The tensors, in the order in which they lie in the file.
    public let tensors: NamedTensors
    /// The strings under `__metadata__`; empty when there are none.
    public let metadata: [String: String]
  }

  /// Longer headers are refused, as the reference implementation does.
  static let maximumHeader = 100_000_000
  static let metadataKey = "__metadata__"
}

/// An element type of the format: its name there, its width, and the tensors' type that it is read as.
struct SafetensorsType: Sendable {
  let name: String
  let byteSize: Int
  let dtype: DType

  init(_ name: String, _ byteSize: Int, _ dtype: DType) {
    self.name = name
    self.byteSize = byteSize
    self.dtype = dtype
  }

  /// The types that are read. Half-precision numbers become float32, which holds each of them exactly.
  static let readable = written + [SafetensorsType("F16", 2, .float32), SafetensorsType("BF16", 2, .float32)]

  static let written = [
    SafetensorsType("F32", 4, .float32), SafetensorsType("F64", 8, .float64), SafetensorsType("I32", 4, .int32),
    SafetensorsType("I64", 8, .int64), SafetensorsType("U8", 1, .uint8), SafetensorsType("BOOL", 1, .bool),
  ]

  static func named(_ name: String) -> SafetensorsType? { readable.first { $0.name == name } }

  static func of(_ dtype: DType) -> SafetensorsType? { written.first { $0.dtype == dtype } }
}
