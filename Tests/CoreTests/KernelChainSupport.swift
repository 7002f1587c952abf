import SwiftGANKernels
import Testing

/// relu(a b + bias) by a product and a chain on it, beside the single kernels.
struct ChainedProduct {
  let m: Int
  let n: Int
  let k: Int
  /// Of the right side.
  let layout: Layout
  var precision = SGK_PRECISION_HIGHEST

  func check<T: KernelElement & BinaryFloatingPoint>(_: T.Type) {
    var random = TestRandom(UInt64(m &* 31 &+ n &* 17 &+ k))
    func some(_ shape: [Int], _ layout: Layout = .contiguous) -> Strided<T> {
      Strided(shape, layout: layout) { _ in T(Double.random(in: -1...1, using: &random)) }
    }
    let (a, b, bias) = (some([m, k]), some([k, n], layout), some([n]))
    var (left, right, row) = (a.view, b.view, sgk_view())
    sgk_view_set(&row, bias.view.data, Int32(T.dtype.rawValue), 2, [Int64(m), Int64(n)], [0, 1])

    let (product, sum, expected) = (empty(T.self), empty(T.self), empty(T.self))
    var (productView, sumView, expectedView) = (product.view, sum.view, expected.view)
    #expect(sgk_matmul_then(precision, &left, &right, &productView, nil) == SGK_OK)
    sgk_binary(SGK_ADD, &productView, &row, &sumView)
    sgk_unary(SGK_RELU, &sumView, &expectedView)

    // Beside the product, and in its place.
    for isInPlace in [false, true] {
      let made = empty(T.self)
      let chained = isInPlace ? made : empty(T.self)
      withBiasAndRelu(on: made, bias, row, to: chained) { then in
        var out = made.view
        #expect(sgk_matmul_then(precision, &left, &right, &out, then) == SGK_OK)
      }
      #expect(chained.bits == expected.bits && made.isIntactOutside && chained.isIntactOutside, "\(self), \(T.self)")
    }

    let count = sgk_matmul_packed_count(T.dtype, Int64(m), Int64(n), Int64(k))
    guard count > 0 else { return }
    let packed = Strided<T>([Int(count)]) { _ in T.nan }
    #expect(sgk_matmul_pack(precision, &right, Int64(m), packed.view.data) == SGK_OK)
    let (made, chained) = (empty(T.self), empty(T.self))
    withBiasAndRelu(on: made, bias, row, to: chained) { then in
      var out = made.view
      #expect(sgk_matmul_packed(precision, &left, packed.view.data, &out, then) == SGK_OK)
    }
    #expect(made.bits == product.bits && chained.bits == expected.bits, "\(self), \(T.self), packed")
    #expect(packed.isIntactOutside)
  }

  private func empty<T: KernelElement & BinaryFloatingPoint>(_: T.Type) -> Strided<T> {
    Strided([m, n]) { _ in T.nan }
  }
}

/// Calls run with relu(product + bias), a chain on the product's memory.
func withBiasAndRelu<T: KernelElement & BinaryFloatingPoint>(
  on product: Strided<T>, _ bias: Strided<T>, _ row: sgk_view, to result: Strided<T>,
  _ run: (UnsafePointer<sgk_fused_call>) -> Void
) {
  var plan: OpaquePointer?
  let steps = [
    sgk_fused_step.binary(SGK_ADD, 0, 1, T.dtype), .unary(SGK_RELU, 2, T.dtype),
  ]
  let status = sgk_fused_create(
    &plan, 2, [product.view, row], 2, steps, 1, [sgk_fused_result(value: 3, reduce: -1)], [result.view])
  #expect(status == SGK_OK)
  defer { sgk_fused_free(plan) }
  let (inputs, results) = ([product.view.data, bias.view.data], [result.view.data])
  inputs.withUnsafeBufferPointer { inputs in
    results.withUnsafeBufferPointer { results in
      var call = sgk_fused_call(plan: plan, inputs: inputs.baseAddress, results: results.baseAddress)
      run(&call)
    }
  }
}
