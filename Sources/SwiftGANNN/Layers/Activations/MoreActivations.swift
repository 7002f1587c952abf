import SwiftGANCore

/// `x` where positive, else `alpha * (exp(x) - 1)` (Clevert, Unterthiner and Hochreiter 2016).
public struct ELU: Layer {
  private let alpha: Double
  /// - Parameter alpha: minus the limit on the negative side.
  public init(_ alpha: Double = 1) { self.alpha = alpha }
  /// The function of each element of `x`.
  public func callAsFunction(_ x: Tensor) -> Tensor { x.elu(alpha: alpha) }
  static let registration = LayerRegistration(
    "elu", "x where positive, else alpha * (exp(x) - 1) (Clevert et al. 2016).",
    options: [OptionDescription("alpha", .number(), default: 1, "Minus the limit on the negative side.")]
  ) { options, _ in ELU(try options.double("alpha")) }
}

/// The two halves of the last axis, or of another: the first times the sigmoid of the second (Dauphin et al. 2017).
///
/// Input (..., 2 n), output (..., n).
public struct GLU: Layer {
  private let axis: Int
  /// - Parameter axis: which is halved; negative counts from the last.
  public init(axis: Int = -1) { self.axis = axis }
  /// The gated half of `x`.
  public func callAsFunction(_ x: Tensor) -> Tensor { x.glu(axis: axis) }
  static let registration = LayerRegistration(
    "glu", "The first half of an axis times the sigmoid of the second (Dauphin et al. 2017).",
    options: [OptionDescription("axis", .integer(-64...63), default: -1, "The axis that is halved.")]
  ) { options, _ in GLU(axis: try options.int("axis")) }
}

/// The logarithm of ``Softmax``, without overflow: log-probabilities.
public struct LogSoftmax: Layer {
  private let axis: Int
  /// - Parameter axis: along which the probabilities' sum is 1; negative counts from the last.
  public init(axis: Int = -1) { self.axis = axis }
  /// Log-probabilities of the shape of `x`.
  public func callAsFunction(_ x: Tensor) -> Tensor { x.logSoftmax(axis: axis) }
  static let registration = LayerRegistration(
    "log_softmax", "The logarithm of softmax, without overflow.",
    options: [OptionDescription("axis", .integer(-64...63), default: -1, "The axis along which the sum is 1.")]
  ) { options, _ in LogSoftmax(axis: try options.int("axis")) }
}

/// `x` limited to an interval: the straight-line form of tanh.
public struct HardTanh: Layer {
  private let range: ClosedRange<Double>
  /// - Parameter range: the interval.
  public init(_ range: ClosedRange<Double> = -1...1) { self.range = range }
  /// The function of each element of `x`.
  public func callAsFunction(_ x: Tensor) -> Tensor { x.clip(min: range.lowerBound, max: range.upperBound) }
  static let registration = LayerRegistration(
    "hard_tanh", "x limited to an interval.",
    options: [
      OptionDescription("min_val", .number(), default: -1, "Lower end."),
      OptionDescription("max_val", .number(), default: 1, "Upper end."),
    ]
  ) { options, _ in
    let (low, high) = (try options.double("min_val"), try options.double("max_val"))
    guard low <= high else {
      throw TensorError(.value, "hard_tanh: min_val (\(low)) must not be above max_val (\(high))")
    }
    return HardTanh(low...high)
  }
}

/// A function of each element that has no options: the many activations that are one line each.
///
/// ```swift
/// let layer = Activation.silu
/// ```
public struct Activation: Layer {
  private let name: String
  private let summary: String
  private let function: @Sendable (Tensor) -> Tensor

  /// An activation of one's own.
  /// - Parameters:
  ///   - name: for the registry.
  ///   - summary: one sentence for documentation.
  ///   - function: made of differentiable operations.
  public init(_ name: String, _ summary: String, _ function: @escaping @Sendable (Tensor) -> Tensor) {
    self.name = name
    self.summary = summary
    self.function = function
  }

  /// The function of each element of `x`.
  public func callAsFunction(_ x: Tensor) -> Tensor { function(x) }

  /// `x sigmoid(x)` (Elfwing et al. 2018), also called swish.
  public static let silu = Activation("silu", "x * sigmoid(x) (Elfwing et al. 2018).") { $0.silu() }
  /// The self-normalising unit (Klambauer et al. 2017).
  public static let selu = Activation("selu", "The self-normalising unit (Klambauer et al. 2017).") { $0.selu() }
  /// `x tanh(softplus(x))` (Misra 2020).
  public static let mish = Activation("mish", "x * tanh(softplus(x)) (Misra 2020).") { $0.mish() }
  /// `x / (1 + |x|)`.
  public static let softsign = Activation("softsign", "x / (1 + |x|).") { $0.softsign() }
  /// `min(max(x, 0), 6)` (Howard et al. 2017).
  public static let relu6 = Activation("relu6", "min(max(x, 0), 6) (Howard et al. 2017).") { $0.relu6() }
  /// `log sigmoid(x)`.
  public static let logSigmoid = Activation("log_sigmoid", "log(sigmoid(x)), without overflow.") { $0.logSigmoid() }
  /// `clip((x + 3) / 6, 0, 1)` (Howard et al. 2019).
  public static let hardSigmoid = Activation("hard_sigmoid", "clip((x + 3) / 6, 0, 1) (Howard et al. 2019).") {
    $0.hardSigmoid()
  }
  /// `x hardSigmoid(x)` (Howard et al. 2019).
  public static let hardSwish = Activation("hard_swish", "x * hard_sigmoid(x) (Howard et al. 2019).") {
    $0.hardSwish()
  }

  static let registrations: [LayerRegistration] = [
    silu, selu, mish, softsign, relu6, logSigmoid, hardSigmoid, hardSwish,
  ].map { activation in LayerRegistration(activation.name, activation.summary) { _, _ in activation } }
}
