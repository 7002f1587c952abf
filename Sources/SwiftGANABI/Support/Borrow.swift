import CSwiftGAN
import SwiftGANCore

/// An sg_buffer found good: every number in it has been checked before memory is touched.
struct BorrowedMemory {
  let shape: [Int]
  let strides: [Int]?
  let dtype: DType
  let isReadOnly: Bool
  let pointer: UnsafeMutableRawPointer
  let owner: MemoryOwner

  init(_ buffer: sg_buffer, _ function: String = #function) throws(TensorError) {
    let name = cName(function)
    try check(version: buffer.version, of: "the sg_buffer", function)
    dtype = try SwiftGANABI.dtype(Int64(buffer.dtype), function)
    isReadOnly = buffer.read_only != 0
    let rank = Int(buffer.rank)
    guard rank >= 0 && rank <= Int(SG_MAX_RANK) else {
      throw TensorError(.shape, "\(name): the rank must be 0 to \(SG_MAX_RANK), not \(rank)")
    }
    guard buffer.shape != nil || rank == 0 else {
      throw TensorError(.value, "\(name): the shape is NULL, but the rank is \(rank)")
    }
    let shape = UnsafeBufferPointer(start: buffer.shape, count: rank).map { Int($0) }
    self.shape = shape
    let itemSize = dtype.byteSize
    let count = try Self.count(shape, itemSize, name)
    strides = try buffer.strides.map { pointer throws(TensorError) in
      try Self.strides(UnsafeBufferPointer(start: pointer, count: rank).map { Int($0) }, shape, itemSize, name)
    }
    owner = MemoryOwner(deleter: buffer.deleter, context: buffer.context)
    if let data = buffer.data {
      guard UInt(bitPattern: data) % UInt(itemSize) == 0 else {
        throw TensorError(
          .value,
          "\(name): data of \(dtype) must be aligned to \(itemSize) bytes, but starts at an odd address; copy it first")
      }
      pointer = data
    } else {
      guard count == 0 else {
        throw TensorError(.value, "\(name): data is NULL, but shape \(describe(shape: shape)) has \(count) elements")
      }
      pointer = Self.nothing
    }
  }

  /// Where an empty tensor without memory points: an address that is aligned for every type and never read.
  private static var nothing: UnsafeMutableRawPointer {
    UnsafeMutableRawPointer(bitPattern: 64) ?? UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 64)
  }

  private static func count(_ shape: [Int], _ itemSize: Int, _ name: String) throws(TensorError) -> Int {
    var bytes = itemSize
    for extent in shape {
      guard extent >= 0 else {
        throw TensorError(.shape, "\(name): sizes must not be negative, but the shape is \(describe(shape: shape))")
      }
      let (product, overflow) = bytes.multipliedReportingOverflow(by: max(extent, 1))
      guard !overflow else {
        throw TensorError(.memory, "\(name): shape \(describe(shape: shape)) has more elements than memory can address")
      }
      bytes = product
    }
    return shape.contains(0) ? 0 : bytes / itemSize
  }

  /// Strides in elements from strides in bytes.
  private static func strides(_ bytes: [Int], _ shape: [Int], _ itemSize: Int, _ name: String) throws(TensorError)
    -> [Int]
  {
    var reach = 0
    for (axis, step) in bytes.enumerated() {
      guard step % itemSize == 0 else {
        throw TensorError(
          .value,
          "\(name): the stride of axis \(axis) is \(step) bytes, no multiple of the element size \(itemSize)"
        )
      }
      let (distance, overflow) = max(shape[axis] - 1, 0).multipliedReportingOverflow(by: step)
      let (sum, overflows) = reach.addingReportingOverflow(Int(clamping: distance.magnitude))
      guard !overflow && !overflows else {
        throw TensorError(.memory, "\(name): a stride of \(step) bytes along axis \(axis) reaches beyond memory")
      }
      reach = sum
    }
    return bytes.map { $0 / itemSize }
  }

  /// A tensor on the memory.
  func tensor() -> Tensor {
    let owner = self.owner
    return Tensor(
      borrowing: pointer, shape: shape, strides: strides, dtype: dtype, isReadOnly: isReadOnly,
      release: { owner.release() })
  }

  /// A tensor with a copy of what is in the memory.
  func copy() throws(TensorError) -> Tensor {
    let view = try tensor().checked()
    guard view.isContiguous else { return view.contiguous() }
    return Tensor(copying: pointer, byteCount: view.count * dtype.byteSize, shape: shape, dtype: dtype)
  }
}

/// Calls a deleter of C's once, when Swift lets go of what it belongs to; but not before the call that took it over has
/// succeeded: until then the context is the caller's.
final class MemoryOwner: @unchecked Sendable {
  // `isArmed` is set before the object is shared with other threads; the pointers are the caller's to share.
  private let deleter: sg_deleter?
  let context: UnsafeMutableRawPointer?
  private var isArmed = false

  init(deleter: sg_deleter?, context: UnsafeMutableRawPointer?) {
    self.deleter = deleter
    self.context = context
  }

  func arm() { isArmed = true }

  func release() {
    guard isArmed, let deleter else { return }
    isArmed = false
    deleter(context)
  }
}
