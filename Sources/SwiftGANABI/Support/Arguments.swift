import SwiftGANCore

/// Where a C function is to put its result.
func output<T>(_ pointer: UnsafeMutablePointer<T>?, _ argument: StaticString = "out", _ function: String = #function)
  throws(TensorError) -> UnsafeMutablePointer<T>
{
  guard let pointer else {
    throw TensorError(.value, "\(cName(function)): '\(argument)' is NULL; it must say where to put the result")
  }
  return pointer
}

/// Where a C function is to put a handle or text, which is set to NULL for the case that the call fails.
func output<T>(
  clearing pointer: UnsafeMutablePointer<T?>?, _ argument: StaticString = "out", _ function: String = #function
) throws(TensorError) -> UnsafeMutablePointer<T?> {
  let pointer = try output(pointer, argument, function)
  pointer.pointee = nil
  return pointer
}

/// A structure that C passes by address.
func structure<T>(_ pointer: UnsafePointer<T>?, _ argument: StaticString, _ function: String = #function)
  throws(TensorError) -> T
{
  guard let pointer else { throw TensorError(.value, "\(cName(function)): '\(argument)' is NULL") }
  return pointer.pointee
}

/// A structure's version must be one that this library knows.
func check(version: UInt32, of name: StaticString, _ function: String = #function) throws(TensorError) {
  guard version == 1 else {
    let hint =
      version == 0 ? "initialise it with its _INIT macro" : "this library knows version 1: it is older than the header"
    throw TensorError(.value, "\(cName(function)): \(name) has version \(version); \(hint)")
  }
}

/// More elements than this in an array of handles is a mistaken count, such as a negative one turned unsigned.
private let countLimit = 1 << 24

/// An array that C passes as address and count; NULL is the empty one.
func array<T>(_ pointer: UnsafePointer<T>?, _ count: Int, _ argument: StaticString, _ function: String = #function)
  throws(TensorError) -> UnsafeBufferPointer<T>
{
  // A size_t above Int.max arrives as a negative Int.
  guard count >= 0 && count <= countLimit else {
    throw TensorError(
      .value, "\(cName(function)): the count \(UInt(bitPattern: count)) of '\(argument)' is out of range")
  }
  guard pointer != nil || count == 0 else {
    throw TensorError(.value, "\(cName(function)): '\(argument)' is NULL, but its count is \(count)")
  }
  return UnsafeBufferPointer(start: pointer, count: pointer == nil ? 0 : count)
}

/// An array of outputs that C provides, all set to NULL for the case that the call fails.
func outputs<T>(
  clearing pointer: UnsafeMutablePointer<T?>?, _ count: Int, _ argument: StaticString, _ function: String = #function
) throws(TensorError) -> UnsafeMutableBufferPointer<T?> {
  let read = try array(UnsafePointer(pointer), count, argument, function)
  let buffer = UnsafeMutableBufferPointer(mutating: read)
  for index in buffer.indices { buffer[index] = nil }
  return buffer
}

extension HandleType {
  /// The objects behind an array of handles.
  static func list(
    _ pointer: UnsafePointer<OpaquePointer?>?, _ count: Int, _ argument: StaticString, _ function: String = #function
  ) throws(TensorError) -> [Self] {
    let pointers = try array(pointer, count, argument, function)
    var found: [Self] = []
    found.reserveCapacity(pointers.count)
    for index in pointers.indices {
      do throws(TensorError) {
        found.append(try from(pointers[index], argument, function))
      } catch {
        throw TensorError(error.kind, "\(error.message) (element \(index))")
      }
    }
    return found
  }
}
