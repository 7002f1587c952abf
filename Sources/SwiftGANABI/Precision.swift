import CSwiftGAN
import SwiftGANCore
import SwiftGANKernels
import SwiftGANNN

private let precisionNames = MatmulPrecision.allCases.map { ($0, CText($0.rawValue)) }

@_cdecl("sg_float32_matmul_precision_get") @implementation
public func sg_float32_matmul_precision_get() -> UnsafePointer<CChar>? {
  let current = MatmulPrecision.current
  return precisionNames.first { $0.0 == current }?.1.pointer
}

@_cdecl("sg_float32_matmul_precision_set") @implementation
public func sg_float32_matmul_precision_set(
  _ precision: UnsafePointer<CChar>?, _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) { MatmulPrecision.current = try MatmulPrecision(named: text(precision, "precision")) }
}

@_cdecl("sg_float32_matmul_precision_enter") @implementation
public func sg_float32_matmul_precision_enter(
  _ precision: UnsafePointer<CChar>?, _ error: UnsafeMutablePointer<sg_error>?
) -> sg_status {
  attempt(error) { MatmulPrecision.enter(try MatmulPrecision(named: text(precision, "precision"))) }
}

@_cdecl("sg_float32_matmul_precision_leave") @implementation
public func sg_float32_matmul_precision_leave(_ error: UnsafeMutablePointer<sg_error>?) -> sg_status {
  attempt(error) { try MatmulPrecision.leave() }
}

/// What the processor is and which of its instructions are used.
func processorConfiguration() -> JSONObject {
  let levels = (0...sgk_isa_supported().rawValue).map { JSON(String(cString: sgk_isa_name(sgk_isa($0)))) }
  let precision = MatmulPrecision.current
  return [
    "cpu": JSON(String(cString: sgk_cpu_name())), "isa": JSON(String(cString: sgk_isa_name(sgk_isa_current()))),
    "isa_supported": .array(levels), "threads": .number(Double(sgk_num_threads())),
    "float32_matmul_precision": [
      "asked": JSON(precision.rawValue), "in_effect": JSON(precision.inEffect.rawValue),
      "products": JSON(precision.products),
    ],
  ]
}

extension OptionDescription {
  /// The option `precision`: a name of a ``MatmulPrecision``, or null.
  static func precision(_ summary: String) -> OptionDescription {
    OptionDescription(
      "precision", .optional(.choice(MatmulPrecision.allCases.map(\.rawValue))), default: nil, summary)
  }
}

extension Options {
  /// The option `precision`; nil for null.
  func precision() throws -> MatmulPrecision? {
    try json("precision").stringValue.map { name in try MatmulPrecision(named: name) }
  }
}
