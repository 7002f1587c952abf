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
  /// What operations read is checked for NaN and infinity.
  static let reading: UInt8 = 4

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

  /// What the environment asks for: SWIFTGAN_DEBUG=nan, inputs, or both with a comma.
  private static func initialFlags() -> UInt8 {
    guard let text = getenv("SWIFTGAN_DEBUG").map({ String(cString: $0) }) else { return 0 }
    var flags: UInt8 = 0
    for word in text.split(separator: ",") {
      switch word {
      case "nan": flags |= checking
      case "inputs": flags |= reading
      default: warnOnStandardError("SWIFTGAN_DEBUG has '\(word)'; the checks there are, are 'nan' and 'inputs'")
      }
    }
    return flags
  }

  /// Runs a kernel under the instruments in use.
  static func run(_ primitive: Primitive, _ call: KernelCall, _ kernel: CPU.Kernel) throws {
    let active = active
    if active & profiling != 0 {
      let start = SteadyClock.now
      try kernel(call)
      Profiler.shared.record(
        primitive.name, from: start, nil,
        Cost(primitive, call.attributes, call.inputs.map { TensorSpec($0.shape, $0.dtype) }, call.output.spec))
    } else {
      try kernel(call)
    }
    if active & (checking | reading) != 0 { try Debug.check(call, active) }
  }
}

extension Tensor {
  /// Shape and element type.
  var spec: TensorSpec { TensorSpec(shape, dtype) }
}
