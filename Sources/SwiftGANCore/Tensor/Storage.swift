/// A block of memory that tensors look at: our own, from the allocator, or borrowed from a caller who is told when the
/// last tensor on it is gone.
final class Storage: @unchecked Sendable {
  let pointer: UnsafeMutableRawPointer
  let byteCount: Int
  let isReadOnly: Bool
  private let release: (@Sendable () -> Void)?

  init(byteCount: Int) throws(TensorError) {
    self.pointer = try Allocator.shared.allocate(byteCount)
    self.byteCount = byteCount
    self.isReadOnly = false
    self.release = nil
  }

  init(
    borrowing pointer: UnsafeMutableRawPointer, byteCount: Int, isReadOnly: Bool,
    release: @escaping @Sendable () -> Void
  ) {
    self.pointer = pointer
    self.byteCount = byteCount
    self.isReadOnly = isReadOnly
    self.release = release
  }

  deinit {
    if let release { release() } else { Allocator.shared.free(pointer, byteCount) }
  }
}
