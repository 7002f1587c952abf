import CSwiftGAN
import SwiftGANCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The text behind a C string.
func text(_ pointer: UnsafePointer<CChar>?, _ argument: String, _ function: String = #function)
  throws(TensorError) -> String
{
  guard let pointer else {
    throw TensorError(.value, "\(cName(function)): '\(argument)' is NULL; it must be text ended by NUL")
  }
  guard let text = String(validatingCString: pointer) else {
    throw TensorError(.value, "\(cName(function)): '\(argument)' is not valid UTF-8")
  }
  return text
}

/// Options as C gives them: a JSON object, or NULL or "" for none.
func options(_ pointer: UnsafePointer<CChar>?, _ argument: String = "options", _ function: String = #function)
  throws -> JSON
{
  guard let pointer, pointer.pointee != 0 else { return .object(JSONObject()) }
  let source = try text(pointer, argument, function)
  let json: JSON
  do {
    json = try JSON.parse(source)
  } catch let error as TensorError {
    throw error.prefixed("\(cName(function)): '\(argument)'")
  }
  guard case .object = json else {
    throw TensorError(.value, "\(cName(function)): '\(argument)' must be a JSON object, not \(json.kind)")
  }
  return json
}

/// A copy of the text for C, who frees it with sg_string_free.
func copied(_ text: String) throws(TensorError) -> UnsafeMutablePointer<CChar> {
  guard let copy = strdup(text) else {
    throw TensorError(.memory, "out of memory for \(text.utf8.count) bytes of text")
  }
  return copy
}

/// Text that C may read as long as this object lives.
final class CText: @unchecked Sendable {
  // Written once, here, and only read after.
  let pointer: UnsafePointer<CChar>

  init(_ text: String) {
    let characters = text.utf8CString
    let memory = UnsafeMutablePointer<CChar>.allocate(capacity: characters.count)
    for (index, character) in characters.enumerated() { (memory + index).initialize(to: character) }
    pointer = UnsafePointer(memory)
  }

  deinit { pointer.deallocate() }
}

/// Frees what `copied` made.
func freeText(_ text: UnsafeMutablePointer<CChar>?) { free(text) }
