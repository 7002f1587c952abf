import SwiftGANKernels

/// A strided view of any element type.
protocol AnyStrided: AnyObject {
  var view: sgk_view { get }
  var isIntactOutside: Bool { get }
  /// The elements in row-major order; all NaNs are one.
  var bits: [UInt64] { get }
}

extension Strided: AnyStrided {
  var bits: [UInt64] {
    values.map { element in
      switch element {
      case let x as Float: x.isNaN ? .max : UInt64(x.bitPattern)
      case let x as Double: x.isNaN ? .max : x.bitPattern
      case let x as Int32: UInt64(UInt32(bitPattern: x))
      case let x as Int64: UInt64(bitPattern: x)
      case let x as UInt8: UInt64(x)
      default: 0
      }
    }
  }
}

/// Numbers of either sign, among them zeros and NaNs.
func anyStrided(_ dtype: Int32, _ shape: [Int], _ layout: Layout, _ random: inout TestRandom) -> any AnyStrided {
  func small(_ random: inout TestRandom) -> Int { Int(random.next() % 2001) - 1000 }
  switch UInt32(dtype) {
  case SGK_FLOAT32.rawValue:
    return Strided(shape, layout: layout) { _ in
      random.next() % 50 == 0 ? (random.next() % 2 == 0 ? .nan : -0.0) : Float(small(&random)) / 37
    }
  case SGK_FLOAT64.rawValue:
    return Strided(shape, layout: layout) { _ in
      random.next() % 50 == 0 ? (random.next() % 2 == 0 ? .nan : -0.0) : Double(small(&random)) / 37
    }
  case SGK_INT32.rawValue: return Strided(shape, layout: layout) { _ in Int32(small(&random)) }
  case SGK_INT64.rawValue: return Strided(shape, layout: layout) { _ in Int64(small(&random)) }
  case SGK_UINT8.rawValue: return Strided(shape, layout: layout) { _ in UInt8(truncatingIfNeeded: random.next()) }
  default: return Strided(shape, layout: layout, dtype: SGK_BOOL) { _ in UInt8(random.next() % 2) }
  }
}

extension sgk_fused_step {
  static func unary(_ op: sgk_unary_op, _ x: Int, _ dtype: sgk_dtype = SGK_FLOAT32) -> sgk_fused_step {
    step(SGK_FUSED_UNARY, Int32(op.rawValue), dtype, op == SGK_IS_FINITE ? SGK_BOOL : dtype, x)
  }

  static func binary(_ op: sgk_binary_op, _ a: Int, _ b: Int, _ dtype: sgk_dtype = SGK_FLOAT32) -> sgk_fused_step {
    let compares = (SGK_EQ.rawValue...SGK_GE.rawValue).contains(op.rawValue)
    return step(SGK_FUSED_BINARY, Int32(op.rawValue), dtype, compares ? SGK_BOOL : dtype, a, b)
  }

  static func select(_ condition: Int, _ a: Int, _ b: Int, _ dtype: sgk_dtype = SGK_FLOAT32) -> sgk_fused_step {
    step(SGK_FUSED_SELECT, 0, dtype, dtype, condition, a, b)
  }

  static func cast(_ x: Int, from: sgk_dtype, to: sgk_dtype) -> sgk_fused_step { step(SGK_FUSED_CAST, 0, from, to, x) }

  private static func step(
    _ kind: sgk_fused_kind, _ op: Int32, _ from: sgk_dtype, _ to: sgk_dtype, _ a: Int, _ b: Int = 0, _ c: Int = 0
  ) -> sgk_fused_step {
    sgk_fused_step(
      kind: Int32(kind.rawValue), op: op, from: Int32(from.rawValue), to: Int32(to.rawValue),
      operands: (Int32(a), Int32(b), Int32(c)))
  }
}

/// A plan that frees itself.
final class FusedPlan: @unchecked Sendable {
  private let handle: OpaquePointer

  /// Nil with the status in `status` when the kernel refuses.
  init?(
    _ inputs: [sgk_view], _ steps: [sgk_fused_step], _ kept: [sgk_fused_result], _ results: [sgk_view],
    status: inout sgk_status
  ) {
    var made: OpaquePointer?
    status = sgk_fused_create(
      &made, Int32(inputs.count), inputs, Int32(steps.count), steps, Int32(kept.count), kept, results)
    guard let made else { return nil }
    handle = made
  }

  convenience init?(
    _ inputs: [sgk_view], _ steps: [sgk_fused_step], _ kept: [sgk_fused_result], _ results: [sgk_view]
  ) {
    var status = SGK_OK
    self.init(inputs, steps, kept, results, status: &status)
  }

  deinit { sgk_fused_free(handle) }

  /// Runs it on the data that it was made with, or on other data.
  func run(_ inputs: [UnsafeMutableRawPointer?]? = nil, _ results: [UnsafeMutableRawPointer?]? = nil) -> sgk_status {
    withExtendedLifetime(self) {
      guard let inputs, let results else { return sgk_fused_run(handle, nil, nil) }
      return sgk_fused_run(handle, inputs, results)
    }
  }

  static func runMany(_ plans: [FusedPlan?]) -> sgk_status {
    withExtendedLifetime(plans) { sgk_fused_run_many(Int32(plans.count), plans.map { $0?.handle }, nil, nil) }
  }
}

/// The steps one by one on whole tensors, then the reductions: the bits that a plan must give, result by result.
func runOneByOne(_ inputs: [sgk_view], _ steps: [sgk_fused_step], _ kept: [sgk_fused_result], _ results: [sgk_view])
  -> [[UInt64]]
{
  var random = TestRandom(0)
  let space = shape(of: inputs[0])
  var values = inputs
  var keptAlive: [any AnyStrided] = []
  for step in steps {
    let out = anyStrided(step.to, space, .contiguous, &random)
    keptAlive.append(out)
    var view = out.view
    var (a, b, c) = (
      values[Int(step.operands.0)], values[Int(step.operands.1)], values[Int(step.operands.2)]
    )
    switch UInt32(step.kind) {
    case SGK_FUSED_UNARY.rawValue: sgk_unary(sgk_unary_op(UInt32(step.op)), &a, &view)
    case SGK_FUSED_BINARY.rawValue: sgk_binary(sgk_binary_op(UInt32(step.op)), &a, &b, &view)
    case SGK_FUSED_SELECT.rawValue: sgk_select(&a, &b, &c, &view)
    default: sgk_cast(&a, &view)
    }
    values.append(view)
  }
  return zip(kept, results).map { result, view in
    let whole = anyStrided(view.dtype, space, .contiguous, &random)
    var (value, contiguous) = (values[Int(result.value)], whole.view)
    sgk_cast(&value, &contiguous)
    guard result.reduce >= 0 else { return whole.bits }
    let out = anyStrided(view.dtype, shape(of: view), .contiguous, &random)
    var reduced = out.view
    _ = sgk_reduce(sgk_reduce_op(UInt32(result.reduce)), &contiguous, &reduced)
    return out.bits
  }
}

func shape(of view: sgk_view) -> [Int] {
  withUnsafeBytes(of: view.shape) { $0.bindMemory(to: Int64.self).prefix(Int(view.rank)).map(Int.init) }
}
