import SwiftGANCore

extension Safetensors {
  /// Reads all tensors and the metadata of a file.
  ///
  /// Everything that the header says is checked before memory is asked for: its length against the file's, each shape
  /// against its bytes, and that the tensors fill the file with no gap and no overlap.
  /// - Throws: `.io`, naming the file and what is wrong with it; `.memory` when a tensor does not fit into memory.
  public static func read(_ path: String) throws -> Contents {
    do {
      let file = try File(reading: path)
      let (entries, metadata, start) = try header(of: file)
      try checkCoverage(entries, dataSize: file.size - start)
      var tensors = NamedTensors()
      for entry in entries { tensors[entry.name] = try tensor(entry, of: file, dataStart: start) }
      return Contents(tensors: tensors, metadata: metadata)
    } catch let error as TensorError {
      switch error.kind {
      case .io: throw error
      case .memory: throw error.prefixed(JSON.quoted(path))
      default: throw TensorError(.io, "\(JSON.quoted(path)) is no good safetensors file: \(error.message)")
      }
    }
  }

  /// One tensor as the header describes it.
  private struct Entry {
    let name: String
    let type: SafetensorsType
    let shape: [Int]
    let range: Range<Int>
  }

  // MARK: The header

  private static func header(
    of file: borrowing File
  ) throws -> (entries: [Entry], metadata: [String: String], dataStart: Int) {
    guard file.size >= 8 else {
      throw TensorError(.value, "it holds \(file.size) bytes, and the length of the header alone takes 8")
    }
    let length = try file.read(count: 8, at: 0).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(maximumHeader) else {
      throw TensorError(.value, "its header would be \(length) bytes long, more than \(maximumHeader)")
    }
    guard Int(length) <= file.size - 8 else {
      throw TensorError(
        .value, "its header would be \(length) bytes long, but only \(file.size - 8) follow; it is cut short or foreign"
      )
    }
    let json = try JSON.parse(utf8: file.read(count: Int(length), at: 8))
    guard let members = json.objectValue else {
      throw TensorError(.value, "its header is \(json.kind), not an object")
    }
    var entries: [Entry] = []
    var metadata: [String: String] = [:]
    for (name, value) in members {
      if name == metadataKey {
        metadata = try readMetadata(value)
      } else {
        entries.append(try entry(name, value))
      }
    }
    return (
      entries.sorted { ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound) },
      metadata, 8 + Int(length)
    )
  }

  private static func readMetadata(_ json: JSON) throws -> [String: String] {
    guard let members = json.objectValue else {
      throw TensorError(.value, "\(metadataKey) is \(json.kind), not an object")
    }
    var metadata: [String: String] = [:]
    for (key, value) in members {
      guard let text = value.stringValue else {
        throw TensorError(.value, "\(metadataKey): \(JSON.quoted(key)) is \(value.kind), not a string")
      }
      metadata[key] = text
    }
    return metadata
  }

  private static func entry(_ name: String, _ json: JSON) throws -> Entry {
    func fault(_ message: String) -> TensorError { TensorError(.value, "tensor \(JSON.quoted(name)): \(message)") }
    guard let members = json.objectValue else { throw fault("its description is \(json.kind), not an object") }
    for key in members.keys where !["dtype", "shape", "data_offsets"].contains(key) {
      throw fault("its description has an unknown member \(JSON.quoted(key))")
    }
    guard let typeName = members["dtype"]?.stringValue else { throw fault("it has no dtype") }
    guard let type = SafetensorsType.named(typeName) else {
      let known = SafetensorsType.readable.map(\.name).joined(separator: ", ")
      throw fault("its dtype \(JSON.quoted(typeName)) is none of \(known)")
    }
    guard let shapeList = members["shape"]?.arrayValue else { throw fault("it has no shape") }
    let shape = shapeList.compactMap(\.intValue)
    guard shape.count == shapeList.count, shape.allSatisfy({ $0 >= 0 }) else {
      throw fault("its shape \(JSON.array(shapeList).text()) is no list of sizes")
    }
    let offsets = members["data_offsets"]?.arrayValue?.compactMap(\.intValue) ?? []
    guard offsets.count == 2, members["data_offsets"]?.arrayValue?.count == 2, offsets[0] >= 0,
      offsets[1] >= offsets[0]
    else {
      throw fault("its data_offsets \(members["data_offsets"]?.text() ?? "are missing and") are no range of bytes")
    }
    var size = type.byteSize
    var overflows = false
    for extent in shape where !overflows { (size, overflows) = size.multipliedReportingOverflow(by: extent) }
    if shape.contains(0) { (size, overflows) = (0, false) }
    guard !overflows, size == offsets[1] - offsets[0] else {
      let needed = overflows ? "more bytes than can be counted" : "\(size) bytes"
      throw fault(
        "its shape \(describe(shape: shape)) of \(typeName) takes \(needed), but its data_offsets "
          + "\(offsets[0]) to \(offsets[1]) hold \(offsets[1] - offsets[0])")
    }
    return Entry(name: name, type: type, shape: shape, range: offsets[0]..<offsets[1])
  }

  /// Every byte of the data must belong to exactly one tensor: anything else hides something or was damaged.
  private static func checkCoverage(_ entries: [Entry], dataSize: Int) throws {
    var end = 0
    var last = "the header"
    for entry in entries {
      guard entry.range.lowerBound == end else {
        let fault = entry.range.lowerBound < end ? "overlaps" : "leaves a gap after"
        throw TensorError(
          .value,
          "tensor \(JSON.quoted(entry.name)) starts at byte \(entry.range.lowerBound) of the data and \(fault) "
            + "\(last), which ends at \(end)")
      }
      end = entry.range.upperBound
      last = JSON.quoted(entry.name)
    }
    guard end == dataSize else {
      let fault = end > dataSize ? "it is cut short" : "the rest belongs to no tensor"
      throw TensorError(.value, "its tensors take \(end) bytes, but \(dataSize) follow the header; \(fault)")
    }
  }

  // MARK: The data

  private static func tensor(_ entry: Entry, of file: borrowing File, dataStart: Int) throws -> Tensor {
    let offset = dataStart + entry.range.lowerBound
    if entry.type.byteSize != entry.type.dtype.byteSize {
      return try halves(entry, file.read(count: entry.range.count, at: offset))
    }
    // Fresh memory that no one else has seen yet is filled in place.
    let tensor = try Tensor.zeros(entry.shape, dtype: entry.type.dtype).checked()
    if let address = tensor.address, !entry.range.isEmpty {
      let bytes = UnsafeMutableRawBufferPointer(start: address, count: entry.range.count)
      try file.read(into: bytes, at: offset)
      if entry.type.dtype == .bool, let other = bytes.first(where: { $0 > 1 }) {
        throw TensorError(.value, "tensor \(JSON.quoted(entry.name)): a BOOL is 0 or 1, not \(other)")
      }
    }
    return tensor
  }

  private static func halves(_ entry: Entry, _ bytes: [UInt8]) throws -> Tensor {
    let isBrain = entry.type.name == "BF16"
    let values = (0..<(bytes.count / 2)).map { index in
      let bits = UInt16(bytes[2 * index]) | UInt16(bytes[2 * index + 1]) << 8
      return isBrain ? Float(bitPattern: UInt32(bits) << 16) : float(half: bits)
    }
    return try Tensor(values, shape: entry.shape).checked()
  }

  /// The value of an IEEE binary16 number, by its definition: `Float16` is not on every platform.
  static func float(half bits: UInt16) -> Float {
    let sign: UInt32 = UInt32(bits & 0x8000) << 16
    let exponent = UInt32(bits >> 10 & 0x1F)
    let fraction = UInt32(bits & 0x3FF)
    switch exponent {
    case 0x1F: return Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
    case 0: return (sign == 0 ? 1 : -1) * Float(fraction) * 0x1p-24
    default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
  }
}
