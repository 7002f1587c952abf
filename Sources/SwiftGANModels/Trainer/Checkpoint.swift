import SwiftGANCore
import SwiftGANNN

/// One safetensors file with everything that training needs to go on with the same bits: all weights, averages, optimizer
/// states, random numbers, position in the data and history, and a description of what was trained.
///
/// The metadata have one entry, `swiftgan`, a JSON object with `format`, `version`, `position`, `content` (the model's name,
/// options and data; null for a game made by hand) and `checksum`, over all tensors and the rest of the entry.
enum Checkpoint {
  private static let key = "swiftgan"
  private static let format = "swiftgan checkpoint"
  private static let version = 1

  /// Writes a state, atomically.
  /// - Throws: `TensorError` (`.io`) when the file cannot be written.
  static func write(_ state: TrainingState, content: JSON, to path: String) throws {
    var header: JSONObject = [
      "format": JSON(format), "version": JSON(version), "content": content, "position": state.position,
    ]
    header["checksum"] = JSON(try checksum(of: state.tensors, header))
    try Safetensors.write(state.tensors, metadata: [key: JSON.object(header).text()], to: path)
  }

  /// Reads a file whole, before anything is made of it.
  /// - Throws: `TensorError` (`.io`) for a file that cannot be read, is none of ours, is of a later version, or was damaged.
  static func read(_ path: String) throws -> (state: TrainingState, content: JSON) {
    let file = try Safetensors.read(path)
    do {
      guard let text = file.metadata[key] else {
        throw TensorError(.io, "it holds tensors but no training state; was it written by another program?")
      }
      guard case .object(var header) = try JSON.parse(text), header["format"] == JSON(format) else {
        throw TensorError(.io, "its description is not one of a checkpoint")
      }
      guard let found = header["version"]?.intValue, found <= version else {
        throw TensorError(
          .io,
          "it is of version \(header["version"]?.text() ?? "unknown"), later than \(version), the last that is known")
      }
      let written = header["checksum"]?.stringValue
      header["checksum"] = nil
      guard let written, written == (try checksum(of: file.tensors, header)) else {
        throw TensorError(.io, "its content does not fit its checksum: it was damaged or changed")
      }
      let state = TrainingState(tensors: file.tensors, position: header["position"] ?? .null)
      return (state, header["content"] ?? .null)
    } catch let error as TensorError {
      throw TensorError(.io, "\(JSON.quoted(path)) is no usable checkpoint: \(error.message)")
    }
  }

  /// Sixteen hexadecimal digits over names, types, shapes and bytes of all tensors, in the order of their names, and over
  /// the header. It finds damage; it does not protect against forgery.
  private static func checksum(of tensors: NamedTensors, _ header: JSONObject) throws -> String {
    var sum = Checksum()
    sum.add(JSON.object(header).text())
    for (name, tensor) in tensors.sorted(by: { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }) {
      sum.add("\(name) \(tensor.dtype.name) \(describe(shape: tensor.shape))")
      try tensor.withUnsafeBytes { sum.add($0) }
    }
    return sum.text
  }
}

/// A 64-bit checksum that takes eight bytes at a time: every step is a bijection of the running value, so that changed
/// bytes always change it until others are changed too.
private struct Checksum {
  private var value: UInt64 = 0xcbf2_9ce4_8422_2325

  mutating func add(_ text: String) {
    var copy = text
    copy.withUTF8 { add(UnsafeRawBufferPointer($0)) }
  }

  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    let whole = bytes.count & ~7
    for offset in stride(from: 0, to: whole, by: 8) {
      mix(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
    }
    for offset in whole..<bytes.count { mix(UInt64(bytes[offset])) }
    mix(UInt64(bytes.count))
  }

  private mutating func mix(_ word: UInt64) {
    value = (value ^ word) &* 0x9e37_79b9_7f4a_7c15
    value ^= value >> 29
  }

  var text: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

extension Trainer {
  /// Writes everything that training needs to go on with the same bits to one safetensors file, atomically; also while
  /// another thread trains (the state is that between two rounds).
  /// - Parameter content: what was trained, for what reads the file; ``Model`` puts its name and options there.
  /// - Throws: `TensorError` (`.io`) when the file cannot be written.
  public func save(to path: String, content: JSON = nil) throws {
    try Checkpoint.write(TrainingState(of: self), content: content, to: path)
  }

  /// Goes to the state that a file holds, which a trainer of the same game has written; on an error nothing changes.
  ///
  /// Training then goes on as if it had never stopped, given the same data.
  /// - Throws: `TensorError`: `.io` for a file that cannot be read or is damaged or foreign, `.value` for one of another game.
  public func load(from path: String) throws {
    let state = try Checkpoint.read(path).state
    do {
      try state.restore(to: self)
    } catch let error as TensorError {
      throw error.prefixed("\(JSON.quoted(path)) is of another game")
    }
  }
}
