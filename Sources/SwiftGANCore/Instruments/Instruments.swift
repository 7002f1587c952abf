import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What looks on while operations run. Where nothing does, an operation pays one test of one byte.
enum Instruments {
  /// Results are checked for NaN and infinity.
  static let checking: UInt8 = 1
  /// Times are recorded.
  static let profiling: UInt8 = 2

  private static let flags = Atomic<UInt8>(initialFlags())

  /// The instruments in use.
  static var active: UInt8 { flags.load(ordering: .relaxed) }

  /// Turns one on or off.
  /// - Returns: whether it was on.
  static func set(_ flag: UInt8, _ isOn: Bool) -> Bool {
    let before =
      isOn
      ? flags.bitwiseOr(flag, ordering: .relaxed).oldValue
      : flags.bitwiseAnd(~flag, ordering: .relaxed).oldValue
    return before & flag != 0
  }

  /// What the environment asks for: SWIFTGAN_DEBUG=nan.
  private static func initialFlags() -> UInt8 {
    guard let text = getenv("SWIFTGAN_DEBUG").map({ String(cString: $0) }), !text.isEmpty else { return 0 }
    if text == "nan" { return checking }
    warnOnStandardError("SWIFTGAN_DEBUG is '\(text)'; the one check there is, is 'nan'")
    return 0
  }

  /// Runs a kernel under the instruments in use.
  static func run(_ primitive: Primitive, _ call: KernelCall, _ kernel: CPU.Kernel) throws {
    let active = active
    if active & profiling != 0 {
      let start = Profiler.now
      try kernel(call)
      Profiler.shared.record(
        primitive.name, from: start, Profiler.op,
        Cost(primitive, call.attributes, call.inputs.map { TensorSpec($0.shape, $0.dtype) }, call.output.spec))
    } else {
      try kernel(call)
    }
    if active & checking != 0 { try Debug.check(primitive, call) }
  }
}

extension Tensor {
  /// Shape and element type.
  var spec: TensorSpec { TensorSpec(shape, dtype) }
}
