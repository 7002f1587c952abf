import CSwiftGAN
import SwiftGANCore

extension TensorError.Kind {
  /// The status that C sees.
  var status: sg_status {
    switch self {
    case .value: sg_status(SG_ERROR_VALUE)
    case .shape: sg_status(SG_ERROR_SHAPE)
    case .type: sg_status(SG_ERROR_TYPE)
    case .index: sg_status(SG_ERROR_INDEX)
    case .memory: sg_status(SG_ERROR_MEMORY)
    case .state: sg_status(SG_ERROR_STATE)
    case .io: sg_status(SG_ERROR_IO)
    case .interrupted: sg_status(SG_ERROR_INTERRUPTED)
    }
  }

  /// The kind that a callback meant by a status. A number that is none of ours still means failure.
  init(status: sg_status) {
    self = TensorError.Kind.allCases.first { $0.status == status } ?? .state
  }
}

/// Runs the body of a C function. What it throws becomes a status, and a message in `error` unless that is NULL.
@inline(__always)
func attempt(_ error: UnsafeMutablePointer<sg_error>?, _ body: () throws -> Void) -> sg_status {
  do {
    try body()
    return sg_status(SG_OK)
  } catch let failure {
    return report(failure, to: error)
  }
}

@inline(never)
private func report(_ failure: any Error, to error: UnsafeMutablePointer<sg_error>?) -> sg_status {
  let known = failure as? TensorError ?? TensorError(.state, "\(failure)")
  if let error { write(known, to: error) }
  return known.kind.status
}

private let messageOffset = MemoryLayout<sg_error>.offset(of: \sg_error.message) ?? MemoryLayout<sg_status>.size
private let messageSize = MemoryLayout<sg_error>.size - messageOffset

/// Fills an error for C: the text is cut, if it must be, between two characters, and always ends with NUL.
func write(_ failure: TensorError, to error: UnsafeMutablePointer<sg_error>) {
  error.pointee.code = failure.kind.status
  let target = (UnsafeMutableRawPointer(error) + messageOffset).assumingMemoryBound(to: UInt8.self)
  var length = 0
  for character in failure.message.unicodeScalars {
    let bytes = UTF8.encode(character) ?? UTF8.encodedReplacementCharacter
    // A NUL inside would end the text early for C.
    guard character.value != 0, length + bytes.count < messageSize else { break }
    for byte in bytes {
      target[length] = byte
      length += 1
    }
  }
  target[length] = 0
}

/// Calls a C callback and turns a status other than SG_OK, with the message that it wrote, into a Swift error.
func callBack(_ what: String, _ body: (UnsafeMutablePointer<sg_error>) -> sg_status) throws(TensorError) {
  var error = sg_error()
  let status = withUnsafeMutablePointer(to: &error) { body($0) }
  guard status == sg_status(SG_OK) else { throw callbackError(what, status, &error) }
}

/// The error that a callback reported: its own words, or that it gave none.
func callbackError(_ what: String, _ status: sg_status, _ error: inout sg_error) -> TensorError {
  let message = withUnsafeBytes(of: &error) { bytes in
    String(decoding: bytes[messageOffset...].prefix { $0 != 0 }, as: UTF8.self)
  }
  return TensorError(
    TensorError.Kind(status: status), message.isEmpty ? "\(what) returned status \(status) and no message" : message)
}
