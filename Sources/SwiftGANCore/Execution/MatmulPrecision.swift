import SwiftGANKernels
import Synchronization

/// How float32 matrix products and convolutions are computed; PyTorch's names. Sums are float32 at each, results are
/// float32, and float64 is not affected.
///
/// ```swift
/// MatmulPrecision.current = .medium                          // from now on, for the process
/// let y = MatmulPrecision.highest.within { x.matmul(w) }      // on this thread, while the closure runs
/// ```
///
/// A precision is the least that is asked for: what a processor cannot do faster it does in float32 (``inEffect``), and so
/// are products too small to gain. Gradients have the precision of the product that they belong to. The same seed gives the
/// same bits on any number of threads at each precision.
public enum MatmulPrecision: String, Sendable, CaseIterable {
  /// IEEE float32 products; relative error some 1e-7 of the operands' norms.
  case highest
  /// Operands with some 16 bits of significand, as of a sum of two bfloat16; norm-wise relative error below 2^-15. Where it
  /// is in effect, what lies below 2^-126 counts as zero, also of the second of the two.
  case high
  /// Operands rounded to bfloat16, 8 bits of significand; norm-wise relative error below 2^-7. Magnitudes below 2^-126
  /// count as zero, and those above 3.39e38 as infinity.
  case medium

  /// The precision of that name.
  /// - Throws: `TensorError` (`.value`) for another name, with the three there are.
  public init(named name: String) throws(TensorError) {
    guard let found = MatmulPrecision(rawValue: name) else {
      let names = MatmulPrecision.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
      throw TensorError(.value, "the precision of float32 products must be one of \(names), not '\(name)'")
    }
    self = found
  }

  private static let ofProcess = Atomic<Int>(0)

  /// The precision in force on this thread: that of the innermost ``within(_:)`` around, else the process's, at first
  /// `highest`. Setting it changes the same.
  public static var current: MatmulPrecision {
    get { inForce(on: ThreadState.current) }
    set {
      let thread = ThreadState.current
      if thread.precisions.isEmpty {
        ofProcess.store(newValue.index, ordering: .relaxed)
      } else {
        thread.precisions[thread.precisions.count - 1] = newValue
      }
    }
  }

  static func inForce(on thread: ThreadState) -> MatmulPrecision {
    thread.precisions.last ?? allCases[ofProcess.load(ordering: .relaxed)]
  }

  /// Runs `body` with this precision in force on this thread.
  public func within<R>(_ body: () throws -> R) rethrows -> R {
    let thread = ThreadState.current
    thread.precisions.append(self)
    defer { thread.precisions.removeLast() }
    return try body()
  }

  /// Puts a precision in force on this thread until ``leave()``; for callers that cannot pass a closure.
  public static func enter(_ precision: MatmulPrecision) { ThreadState.current.precisions.append(precision) }

  /// Ends what the last ``enter(_:)`` on this thread began.
  /// - Throws: `TensorError` (`.state`) where there is none.
  public static func leave() throws(TensorError) {
    guard ThreadState.current.precisions.popLast() != nil else {
      throw TensorError(.state, "no precision was entered on this thread, so there is none to leave")
    }
  }

  /// The precision that this one comes down to on this processor, with the instruction set in use.
  public var inEffect: MatmulPrecision {
    MatmulPrecision.allCases[Int(sgk_precision_in_effect(kernelValue).rawValue)]
  }

  /// What products at this precision are made of on this processor, in words.
  public var products: String {
    let tiles = sgk_isa_current().rawValue >= SGK_AVX512_AMX.rawValue ? " in tiles" : ""
    switch inEffect {
    case .highest: return "float32"
    case .high: return "sums of two bfloat16 as operands, three products\(tiles), float32 sums; small products float32"
    case .medium: return "bfloat16 operands\(tiles), float32 sums; small products float32"
    }
  }

  var index: Int { MatmulPrecision.allCases.firstIndex(of: self) ?? 0 }
  private var kernelValue: sgk_precision { sgk_precision(UInt32(index)) }
}

extension Attributes {
  private static let precisionKey = "precision"

  /// These attributes of an application of a primitive that has precisions, for its kernel.
  func setting(_ precision: MatmulPrecision) -> Attributes {
    precision == .highest ? self : setting(Attributes.precisionKey, .int(precision.index))
  }

  /// The precision that a kernel is asked for.
  var precision: sgk_precision {
    guard case .int(let index) = self[Attributes.precisionKey] else { return SGK_PRECISION_HIGHEST }
    return sgk_precision(UInt32(clamping: index))
  }
}
