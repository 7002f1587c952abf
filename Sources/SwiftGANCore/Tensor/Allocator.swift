import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A caching allocator: blocks are aligned to a cache line, rounded up to size classes and kept for reuse, because a
/// training step asks for the same sizes again and again and fresh pages cost more than the arithmetic on them.
public final class Allocator: Sendable {
  /// The one that all tensors use.
  public static let shared = Allocator()

  /// What the allocator holds, in bytes.
  public struct Statistics: Sendable {
    /// In tensors now.
    public var live = 0
    /// The most that `live` has been.
    public var peak = 0
    /// Kept for reuse.
    public var cached = 0
  }

  private struct State: ~Copyable {
    var statistics = Statistics()
    var free: [Int: [UInt]] = [:]
  }

  private let state = Mutex(State())
  private static let alignment = 64
  private static let hugePage = 2 << 20
  /// Above this size a request is compared with the memory that is free, so that it fails as an error here and not as
  /// a killed process when the pages are touched.
  private static let guarded = 64 << 20

  /// What is held now.
  public var statistics: Statistics { state.withLock { $0.statistics } }

  /// Gives all cached blocks back to the system.
  public func trim() {
    let blocks = state.withLock { state in
      let blocks = state.free.values.flatMap { $0 }
      state.free.removeAll()
      state.statistics.cached = 0
      return blocks
    }
    for block in blocks { Self.systemFree(block) }
  }

  /// Size classes: eight to each power of two, so at most an eighth is wasted.
  private static func sizeClass(_ byteCount: Int) -> Int {
    if byteCount <= 512 { return max(64, (byteCount + 63) & ~63) }
    let step = 1 << (Int.bitWidth - (byteCount - 1).leadingZeroBitCount - 4)
    return (byteCount + step - 1) & ~(step - 1)
  }

  func allocate(_ byteCount: Int) throws(TensorError) -> UnsafeMutableRawPointer {
    let size = Self.sizeClass(byteCount)
    let reused: UInt? = state.withLock { state in
      guard let block = state.free[size]?.popLast() else { return nil }
      state.statistics.cached -= size
      state.statistics.live += size
      state.statistics.peak = max(state.statistics.peak, state.statistics.live)
      return block
    }
    if let reused, let pointer = UnsafeMutableRawPointer(bitPattern: reused) { return pointer }
    if size >= Self.guarded {
      if size > Self.availableMemory() { trim() }
      let available = Self.availableMemory()
      if size > available {
        throw TensorError(
          .memory, "cannot allocate \(byteCount) bytes: about \(available) bytes of memory are free")
      }
    }
    var pointer = Self.systemAllocate(size)
    if pointer == nil {
      trim()
      pointer = Self.systemAllocate(size)
    }
    guard let pointer else { throw TensorError(.memory, "cannot allocate \(byteCount) bytes: out of memory") }
    state.withLock { state in
      state.statistics.live += size
      state.statistics.peak = max(state.statistics.peak, state.statistics.live)
    }
    return pointer
  }

  func free(_ pointer: UnsafeMutableRawPointer, _ byteCount: Int) {
    let size = Self.sizeClass(byteCount)
    let block = UInt(bitPattern: pointer)
    let isKept = state.withLock { state in
      state.statistics.live -= size
      // What is idle never exceeds what was once in use: a single large tensor is not held for ever by many small ones.
      guard state.statistics.cached + size <= state.statistics.peak else { return false }
      state.free[size, default: []].append(block)
      state.statistics.cached += size
      return true
    }
    if !isKept { Self.systemFree(block) }
  }

  private static func systemAllocate(_ size: Int) -> UnsafeMutableRawPointer? {
    var pointer: UnsafeMutableRawPointer?
    let isLarge = size >= 2 * hugePage
    guard posix_memalign(&pointer, isLarge ? hugePage : alignment, size) == 0 else { return nil }
    #if os(Linux)
      if isLarge { madvise(pointer, size, MADV_HUGEPAGE) }
    #endif
    return pointer
  }

  private static func systemFree(_ block: UInt) {
    #if canImport(Glibc)
      Glibc.free(UnsafeMutableRawPointer(bitPattern: block))
    #elseif canImport(Darwin)
      Darwin.free(UnsafeMutableRawPointer(bitPattern: block))
    #endif
  }
}
