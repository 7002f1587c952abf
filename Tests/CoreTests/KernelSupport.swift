import SwiftGANKernels
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The instruction set and the thread count belong to the process: tests that set them take turns.
enum KernelSettings {
  private static let turn = Mutex(())

  /// Every instruction set that this machine has.
  static let levels: [sgk_isa] = [SGK_PORTABLE, SGK_AVX2, SGK_AVX512].filter {
    $0.rawValue <= sgk_isa_supported().rawValue
  }

  static func with<Result: ~Copyable>(
    level: sgk_isa? = nil, threads: Int32? = nil, _ body: () throws -> Result
  ) rethrows -> Result {
    try turn.withLock { _ in
      let previous = (sgk_isa_current(), sgk_num_threads())
      if let level { sgk_isa_set(level) }
      if let threads { sgk_set_num_threads(threads) }
      defer {
        sgk_isa_set(previous.0)
        sgk_set_num_threads(previous.1)
      }
      return try body()
    }
  }
}

protocol KernelElement: BitwiseCopyable, Equatable {
  static var dtype: sgk_dtype { get }
  init(truncating value: Int)
}
extension Float: KernelElement {
  static var dtype: sgk_dtype { SGK_FLOAT32 }
  init(truncating value: Int) { self = Float(value) }
}
extension Double: KernelElement {
  static var dtype: sgk_dtype { SGK_FLOAT64 }
  init(truncating value: Int) { self = Double(value) }
}
extension Int32: KernelElement {
  static var dtype: sgk_dtype { SGK_INT32 }
  init(truncating value: Int) { self.init(truncatingIfNeeded: value) }
}
extension Int64: KernelElement {
  static var dtype: sgk_dtype { SGK_INT64 }
  init(truncating value: Int) { self.init(truncatingIfNeeded: value) }
}
extension UInt8: KernelElement {
  static var dtype: sgk_dtype { SGK_UINT8 }
  init(truncating value: Int) { self.init(truncatingIfNeeded: value) }
}

/// How a view lies in memory.
enum Layout: CaseIterable {
  case contiguous, transposed, gaps, reversed, broadcastRows, broadcastColumns

  /// Layouts that an output may have: no two indices name the same element.
  static let ofOutputs: [Layout] = [.contiguous, .transposed, .gaps, .reversed]

  func strides(of shape: [Int]) -> [Int] {
    var strides = [Int](repeating: 0, count: shape.count)
    var step = self == .gaps ? 2 : 1
    let order = self == .transposed ? Array(shape.indices) : shape.indices.reversed()
    for axis in order {
      strides[axis] = step
      step *= shape[axis] + (self == .gaps ? 1 : 0)
    }
    switch self {
    case .reversed: return strides.map { -$0 }
    case .broadcastRows: return strides.enumerated().map { $0.offset == shape.count - 1 ? $0.element : 0 }
    case .broadcastColumns: return strides.enumerated().map { $0.offset == shape.count - 1 ? 0 : $0.element }
    default: return strides
    }
  }
}

/// A strided view whose memory ends at a page that must not be touched: a read past the end stops the test.
final class Strided<Element: KernelElement> {
  let shape: [Int]
  let strides: [Int]
  let dtype: sgk_dtype
  let memory: UnsafeMutableBufferPointer<Element>
  private let origin: Int
  private let pages: UnsafeMutableRawPointer
  private let byteCount: Int
  private var initial: [Element] = []

  init(_ shape: [Int], layout: Layout = .contiguous, dtype: sgk_dtype = Element.dtype, fill: (Int) -> Element) {
    self.shape = shape
    self.strides = layout.strides(of: shape)
    self.dtype = dtype
    var low = 0
    var high = 0
    if !shape.contains(0) {
      for (extent, stride) in zip(shape, strides) {
        low += min(0, (extent - 1) * stride)
        high += max(0, (extent - 1) * stride)
      }
    }
    origin = -low
    let count = high - low + 1
    let size = MemoryLayout<Element>.stride
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let dataBytes = (count * size + page - 1) / page * page
    byteCount = dataBytes + page
    #if canImport(Glibc)
      let flags = MAP_PRIVATE | MAP_ANONYMOUS
    #else
      let flags = MAP_PRIVATE | MAP_ANON
    #endif
    guard let mapped = mmap(nil, byteCount, PROT_READ | PROT_WRITE, flags, -1, 0), mapped != MAP_FAILED else {
      fatalError("mmap of \(byteCount) bytes failed")
    }
    pages = mapped
    mprotect(mapped + dataBytes, page, PROT_NONE)
    let start = (mapped + dataBytes - count * size).bindMemory(to: Element.self, capacity: count)
    memory = UnsafeMutableBufferPointer(start: start, count: count)
    for i in 0..<count { memory.initializeElement(at: i, to: fill(i)) }
    initial = Array(memory)
  }

  deinit { munmap(pages, byteCount) }

  var view: sgk_view {
    var view = sgk_view()
    guard let start = memory.baseAddress else { return view }
    sgk_view_set(
      &view, start + origin, Int32(dtype.rawValue), Int32(shape.count), shape.map(Int64.init), strides.map(Int64.init))
    return view
  }

  private lazy var places: [Int] = {
    var places = [origin]
    for (extent, stride) in zip(shape, strides) {
      var next: [Int] = []
      next.reserveCapacity(places.count * extent)
      for place in places { for i in 0..<extent { next.append(place + i * stride) } }
      places = next
    }
    return places
  }()

  /// The elements in row-major order of the indices.
  var values: [Element] { places.map { memory[$0] } }

  /// Whether all memory outside the view is as it was: what an output must leave alone.
  var isIntactOutside: Bool {
    var inside = [Bool](repeating: false, count: memory.count)
    for place in places { inside[place] = true }
    return memory.indices.allSatisfy { i in
      inside[i]
        || withUnsafeBytes(of: memory[i]) { now in
          withUnsafeBytes(of: initial[i]) { then in now.elementsEqual(then) }
        }
    }
  }
}

/// Small, fast, seeded numbers for test data.
struct TestRandom: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed &+ 0x9e37_79b9_7f4a_7c15 }
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

/// Equal, or both NaN; a zero's sign counts.
func isSame<T: BinaryFloatingPoint>(_ a: T, _ b: T) -> Bool {
  a.isNaN || b.isNaN ? a.isNaN && b.isNaN : a == b && a.sign == b.sign
}
func isSame<T: FixedWidthInteger>(_ a: T, _ b: T) -> Bool { a == b }

/// Shapes of rank 0 to 6: one element, none, and both sides of the kernels' tile and row sizes.
let kernelShapes: [[Int]] = [
  [], [1], [7], [0], [2500], [3, 0, 2], [5, 3], [130, 4], [4, 130], [300, 17], [17, 300], [2, 3, 4], [40, 3, 30],
  [2, 3, 2, 5], [7, 1, 130], [3, 1, 2, 2, 3], [2, 3, 2, 2, 2, 3],
]
