import CSwiftGAN
import SwiftGANCore

final class TensorHandle: Handle, HandleType, @unchecked Sendable {
  static let kind = HandleKind.tensor
  let tensor: Tensor

  /// - Throws: the error that the tensor carries: no failed tensor reaches C.
  init(_ tensor: Tensor) throws(TensorError) {
    self.tensor = try tensor.checked()
    super.init(.tensor)
  }
}

/// The element type that a number from C stands for.
func dtype(_ value: Int64, _ function: String = #function) throws(TensorError) -> DType {
  guard let raw = UInt8(exactly: value), let dtype = DType(rawValue: raw) else {
    throw TensorError(.type, "\(cName(function)): \(value) is no sg_dtype; they are 0 (float32) to 5 (bool)")
  }
  return dtype
}

@_cdecl("sg_tensor_borrow") @implementation
public func sg_tensor_borrow(
  _ out: UnsafeMutablePointer<OpaquePointer?>?, _ buffer: UnsafePointer<sg_buffer>?,
  _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let out = try output(clearing: out)
    let memory = try BorrowedMemory(try structure(buffer, "buffer"))
    let handle = try TensorHandle(memory.tensor())
    memory.owner.arm()
    out.pointee = handle.passedToC()
  }
}

@_cdecl("sg_tensor_copy_in") @implementation
public func sg_tensor_copy_in(
  _ out: UnsafeMutablePointer<OpaquePointer?>?, _ buffer: UnsafePointer<sg_buffer>?,
  _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let out = try output(clearing: out)
    let memory = try BorrowedMemory(try structure(buffer, "buffer"))
    out.pointee = try TensorHandle(memory.copy()).passedToC()
  }
}

@_cdecl("sg_tensor_scalar") @implementation
public func sg_tensor_scalar(
  _ out: UnsafeMutablePointer<OpaquePointer?>?, _ value: Double, _ dtype: sg_dtype,
  _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let out = try output(clearing: out)
    let type = try SwiftGANABI.dtype(Int64(dtype))
    let fits: Bool =
      switch type {
      case .float32, .float64: true
      case .int32: Int32(exactly: value) != nil
      case .int64: Int64(exactly: value) != nil
      case .uint8: UInt8(exactly: value) != nil
      case .bool: value == 0 || value == 1
      }
    guard fits else { throw TensorError(.value, "sg_tensor_scalar: \(value) is not a value of \(type)") }
    out.pointee = try TensorHandle(Tensor(value, dtype: type)).passedToC()
  }
}

@_cdecl("sg_tensor_info_get") @implementation
public func sg_tensor_info_get(
  _ info: UnsafeMutablePointer<sg_tensor_info>?, _ tensor: OpaquePointer?, _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let info = try output(info, "info")
    let tensor = try TensorHandle.from(tensor, "tensor").tensor
    let itemSize = tensor.dtype.byteSize
    info.pointee.dtype = sg_dtype(tensor.dtype.rawValue)
    info.pointee.rank = Int32(tensor.rank)
    info.pointee.read_only = tensor.isReadOnly ? 1 : 0
    info.pointee.contiguous = tensor.isContiguous ? 1 : 0
    info.pointee.count = Int64(tensor.count)
    info.pointee.byte_count = Int64(tensor.count * itemSize)
    info.pointee.data = tensor.address
    withUnsafeMutableBytes(of: &info.pointee.shape) { fill($0, tensor.shape, 1) }
    withUnsafeMutableBytes(of: &info.pointee.strides) { fill($0, tensor.strides, itemSize) }
  }
}

/// Writes values, times a factor, into a fixed array of a C structure; the rest of it becomes 0.
private func fill(_ target: UnsafeMutableRawBufferPointer, _ values: [Int], _ factor: Int) {
  let target = target.bindMemory(to: Int64.self)
  for index in target.indices { target[index] = index < values.count ? Int64(values[index] &* factor) : 0 }
}

@_cdecl("sg_tensor_address") @implementation
public func sg_tensor_address(
  _ address: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ tensor: OpaquePointer?,
  _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let address = try output(clearing: address, "address")
    address.pointee = try TensorHandle.from(tensor, "tensor").tensor.known().address
  }
}

@_cdecl("sg_tensor_set_name") @implementation
public func sg_tensor_set_name(
  _ tensor: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) { try TensorHandle.from(tensor, "tensor").tensor.name(try text(name, "name")) }
}

@_cdecl("sg_tensor_is_traced") @implementation
public func sg_tensor_is_traced(_ tensor: OpaquePointer?) -> Int32 {
  TensorHandle.ifValid(tensor)?.tensor.isTraced == true ? 1 : 0
}

@_cdecl("sg_tensor_copy_out") @implementation
public func sg_tensor_copy_out(
  _ destination: UnsafeMutableRawPointer?, _ byteCount: Int, _ tensor: OpaquePointer?,
  _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let tensor = try TensorHandle.from(tensor, "tensor").tensor.known()
    let needed = tensor.count * tensor.dtype.byteSize
    guard byteCount == needed else {
      throw TensorError(
        .value,
        "sg_tensor_copy_out: \(UInt(bitPattern: byteCount)) bytes were offered, but a tensor of \(tensor.dtype) and "
          + "shape \(describe(shape: tensor.shape)) has \(needed)")
    }
    guard needed > 0 else { return }
    try tensor.copyBytes(to: try output(destination?.assumingMemoryBound(to: UInt8.self), "destination"))
  }
}

@_cdecl("sg_tensor_item") @implementation
public func sg_tensor_item(
  _ value: UnsafeMutablePointer<Double>?, _ tensor: OpaquePointer?, _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) {
    let value = try output(value, "value")
    value.pointee = try TensorHandle.from(tensor, "tensor").tensor.item()
  }
}

@_cdecl("sg_tensor_retain") @implementation
public func sg_tensor_retain(_ tensor: OpaquePointer?) -> OpaquePointer? { TensorHandle.retain(tensor) }

@_cdecl("sg_tensor_free") @implementation
public func sg_tensor_free(_ tensor: OpaquePointer?) { TensorHandle.release(tensor) }
