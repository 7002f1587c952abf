/// A block of memory that tensors look at: our own, from the allocator, or borrowed from a caller who is told when the
/// last tensor on it is gone; or, while a function is traced, memory that there will be.
final class Storage: @unchecked Sendable {
  /// Where the elements are. Only a program moves it, for the places that it reads and writes (see ``Slot``).
  var pointer: UnsafeMutableRawPointer
  let byteCount: Int
  let isReadOnly: Bool
  /// What the memory will hold when the function that is being traced runs; nil for memory that is there.
  let variable: Variable?
  private let release: (@Sendable () -> Void)?
  /// Whether an operation filled it while inputs were being checked (``Debug/checksInputs``).
  var isComputed = false

  /// Whether the memory is somebody else's, who may write to it.
  var isBorrowed: Bool { release != nil && variable == nil }

  init(byteCount: Int) throws(TensorError) {
    self.pointer = try Allocator.shared.allocate(byteCount)
    ThreadState.current.allocations &+= 1
    self.byteCount = byteCount
    self.isReadOnly = false
    self.variable = nil
    self.release = nil
  }

  /// Memory that is not there: nothing may read or write it.
  init(for variable: Variable) {
    pointer = Storage.nowhere
    byteCount = 0
    isReadOnly = false
    self.variable = variable
    release = {}
  }

  /// A place of a program: memory that it sets before use, and that belongs to something else.
  init(slotOf byteCount: Int) {
    pointer = Storage.nowhere
    self.byteCount = byteCount
    isReadOnly = false
    variable = nil
    release = {}
  }

  private nonisolated(unsafe) static let nowhere = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 64)

  init(
    borrowing pointer: UnsafeMutableRawPointer, byteCount: Int, isReadOnly: Bool,
    release: @escaping @Sendable () -> Void
  ) {
    self.pointer = pointer
    self.byteCount = byteCount
    self.isReadOnly = isReadOnly
    self.variable = nil
    self.release = release
  }

  deinit {
    if let release { release() } else { Allocator.shared.free(pointer, byteCount) }
  }
}
