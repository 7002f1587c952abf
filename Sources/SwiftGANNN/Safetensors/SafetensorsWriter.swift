import SwiftGANCore

extension Safetensors {
  /// Writes tensors to a file, atomically. The same tensors and metadata always give the same bytes: wide types come
  /// first, so that each tensor lies aligned to its type, and names are in order of their bytes within a type.
  /// - Throws: `.io` when the file cannot be written; a tensor's own error; `.value` for a name that the format reserves.
  public static func write(_ tensors: NamedTensors, metadata: [String: String] = [:], to path: String) throws {
    var items: [(name: String, tensor: Tensor, type: SafetensorsType)] = []
    for (name, tensor) in tensors {
      try tensor.checked()
      guard name != metadataKey, let type = SafetensorsType.of(tensor.dtype) else {
        throw TensorError(.value, "a tensor cannot be saved as '\(name)': the format keeps this name for metadata")
      }
      items.append((name, tensor, type))
    }
    items.sort { a, b in
      a.type.byteSize != b.type.byteSize
        ? a.type.byteSize > b.type.byteSize : a.name.utf8.lexicographicallyPrecedes(b.name.utf8)
    }
    let header = try headerBytes(items, metadata)
    try AtomicFile.write(path) { append in
      try header.withUnsafeBytes(append)
      for item in items { try item.tensor.withUnsafeBytes(append) }
    }
  }

  private static func headerBytes(
    _ items: [(name: String, tensor: Tensor, type: SafetensorsType)], _ metadata: [String: String]
  ) throws -> [UInt8] {
    var header = JSONObject()
    if !metadata.isEmpty {
      let ordered = metadata.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      header[metadataKey] = .object(JSONObject(ordered.map { ($0.key, JSON($0.value)) }))
    }
    var offset = 0
    for item in items {
      let end = offset + item.tensor.count * item.type.byteSize
      header[item.name] = [
        "dtype": JSON(item.type.name), "shape": JSON(item.tensor.shape), "data_offsets": JSON([offset, end]),
      ]
      offset = end
    }
    var text = Array(JSON.object(header).text().utf8)
    // Spaces bring the data to a multiple of 8 bytes, which aligns it for every type.
    while text.count % 8 != 0 { text.append(0x20) }
    guard text.count <= maximumHeader else {
      throw TensorError(.value, "names and metadata take \(text.count) bytes, more than the format's \(maximumHeader)")
    }
    return (0..<8).map { UInt8(truncatingIfNeeded: text.count >> ($0 * 8)) } + text
  }
}
