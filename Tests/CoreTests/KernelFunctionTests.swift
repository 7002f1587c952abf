import SwiftGANKernels
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The distance from the exact result in units in the last place of float32, infinite where one is NaN and the other is
/// not, or where a limit is missed.
func ulps(_ value: Float, _ exact: Double) -> Double {
  if exact.isNaN || value.isNaN { return exact.isNaN && value.isNaN ? 0 : .infinity }
  let rounded = Float(exact)
  if rounded.isInfinite || value.isInfinite { return rounded == value ? 0 : .infinity }
  return abs(Double(value) - exact) / Double(max(rounded.magnitude, .leastNormalMagnitude).ulp)
}

/// A float32 function, its exact counterpart, and the bound in ulp that its comment states.
struct FunctionCase: CustomTestStringConvertible, Sendable {
  let name: String
  let op: sgk_unary_op
  let bound: Double
  let exact: @Sendable (Double) -> Double
  var testDescription: String { name }

  static let all = [
    FunctionCase(name: "exp", op: SGK_EXP, bound: 1, exact: { exp($0) }),
    FunctionCase(name: "expm1", op: SGK_EXPM1, bound: 1.5, exact: { expm1($0) }),
    FunctionCase(name: "log", op: SGK_LOG, bound: 1, exact: { log($0) }),
    FunctionCase(name: "log1p", op: SGK_LOG1P, bound: 1, exact: { log1p($0) }),
    FunctionCase(name: "tanh", op: SGK_TANH, bound: 1.5, exact: { tanh($0) }),
    FunctionCase(
      name: "sigmoid", op: SGK_SIGMOID, bound: 2.1, exact: { $0 < 0 ? exp($0) / (1 + exp($0)) : 1 / (1 + exp(-$0)) }),
    FunctionCase(
      name: "softplus", op: SGK_SOFTPLUS, bound: 2, exact: { max($0, 0) + log1p(exp(-abs($0))) + ($0.isNaN ? .nan : 0) }
    ),
    FunctionCase(name: "erf", op: SGK_ERF, bound: 2.5, exact: { erf($0) }),
    FunctionCase(name: "sin", op: SGK_SIN, bound: 1.5, exact: { sin($0) }),
    FunctionCase(name: "cos", op: SGK_COS, bound: 1.5, exact: { cos($0) }),
    // The C library's.
    FunctionCase(name: "log2", op: SGK_LOG2, bound: 1, exact: { log2($0) }),
    FunctionCase(name: "log10", op: SGK_LOG10, bound: 2.5, exact: { log10($0) }),
    FunctionCase(name: "exp2", op: SGK_EXP2, bound: 1, exact: { exp2($0) }),
    FunctionCase(name: "cbrt", op: SGK_CBRT, bound: 1.5, exact: { cbrt($0) }),
    FunctionCase(name: "tan", op: SGK_TAN, bound: 1.5, exact: { tan($0) }),
    FunctionCase(name: "asin", op: SGK_ASIN, bound: 1.5, exact: { asin($0) }),
    FunctionCase(name: "acos", op: SGK_ACOS, bound: 1.5, exact: { acos($0) }),
    FunctionCase(name: "atan", op: SGK_ATAN, bound: 1.5, exact: { atan($0) }),
    FunctionCase(name: "sinh", op: SGK_SINH, bound: 2.5, exact: { sinh($0) }),
    FunctionCase(name: "cosh", op: SGK_COSH, bound: 2.5, exact: { cosh($0) }),
    FunctionCase(name: "asinh", op: SGK_ASINH, bound: 2.5, exact: { asinh($0) }),
    FunctionCase(name: "acosh", op: SGK_ACOSH, bound: 2.5, exact: { acosh($0) }),
    FunctionCase(name: "atanh", op: SGK_ATANH, bound: 2.5, exact: { atanh($0) }),
    FunctionCase(name: "trunc", op: SGK_TRUNC, bound: 0, exact: { trunc($0) }),
  ]

  func apply(_ values: [Float]) -> [Float] {
    let x = Strided([values.count]) { values.isEmpty ? 0 : values[$0] }
    let out = Strided([values.count]) { _ in Float(77) }
    withUnsafePointer(to: x.view) { x in withUnsafePointer(to: out.view) { sgk_unary(op, x, $0) } }
    return out.values
  }
}

@Suite struct KernelFunctionTests {
  @Test(arguments: FunctionCase.all, KernelSettings.levels) func staysWithinItsBound(
    function: FunctionCase, level: sgk_isa
  ) {
    // Bit patterns a prime apart: all exponents, both signs, denormals, infinities and NaN.
    let values = stride(from: UInt32(0), to: UInt32.max - 20_011, by: 20_011).map { Float(bitPattern: $0) }
    let dense = (0..<40_000).map { Float($0 - 20_000) / 1500 }
    let results = KernelSettings.with(level: level) { function.apply(values + dense) }
    var worst = 0.0
    var place: Float = 0
    for (x, y) in zip(values + dense, results) {
      let error = ulps(y, function.exact(Double(x)))
      if error > worst { (worst, place) = (error, x) }
    }
    #expect(worst <= function.bound, "\(function.name) is off by \(worst) ulp at \(place)")
  }

  @Test(arguments: FunctionCase.all, KernelSettings.levels) func hasTheRightLimits(
    function: FunctionCase, level: sgk_isa
  ) {
    let values: [Float] = [
      .infinity, -.infinity, .nan, 0, -0.0, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, .greatestFiniteMagnitude,
      -.greatestFiniteMagnitude, 88.7228, 88.7229, -103.97, -103.98, -87.4, 1, -1, -1.5, 1e-30, -1e-30, 1_048_576, 2e6,
    ]
    let results = KernelSettings.with(level: level) { function.apply(values) }
    for (x, y) in zip(values, results) {
      let exact = function.exact(Double(x))
      #expect(ulps(y, exact) <= function.bound, "\(function.name)(\(x)) is \(y), not \(exact)")
      if exact == 0, x == 0 { #expect(y.sign == exact.sign, "\(function.name)(\(x)) has the wrong sign") }
    }
  }

  @Test(arguments: FunctionCase.all, KernelSettings.levels) func givesTheSameBitsAtEveryPosition(
    function: FunctionCase, level: sgk_isa
  ) {
    KernelSettings.with(level: level) {
      let values = (0..<67).map { Float($0) * 0.37 - 9 } + [1e7, .nan]
      let alone = values.map { function.apply([$0])[0].bitPattern }
      for count in 1...values.count {
        #expect(function.apply(Array(values.prefix(count))).map(\.bitPattern) == Array(alone.prefix(count)))
        #expect(function.apply(Array(values.suffix(count))).map(\.bitPattern) == Array(alone.suffix(count)))
      }
    }
  }

  @Test(arguments: FunctionCase.all) func float64IsTheLibrarys(function: FunctionCase) {
    KernelSettings.with(threads: 2) {
      let values = (0..<500).map { Double($0) * 0.11 - 20 } + [.infinity, -.infinity, .nan, 1e-300, -0.0, 800, -800]
      let x = Strided([values.count]) { values[$0] }
      let out = Strided([values.count]) { _ in 77.0 }
      withUnsafePointer(to: x.view) { x in withUnsafePointer(to: out.view) { sgk_unary(function.op, x, $0) } }
      for (x, y) in zip(values, out.values) {
        let exact = function.exact(x)
        #expect(isSame(y, exact) || abs(y - exact) <= 4 * exact.ulp, "\(function.name)(\(x)) is \(y), not \(exact)")
      }
    }
  }
}
