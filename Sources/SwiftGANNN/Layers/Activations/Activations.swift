import SwiftGANCore

// Functions of each element (but for Softmax): inputs and outputs have the same shape, and there are no parameters.

/// `max(x, 0)`; its gradient at 0 is 0.
public struct ReLU: Layer {
  /// The function has no options.
  public init() {}
  /// The function of each element of `x`.
  public func callAsFunction(_ x: Tensor) -> Tensor { x.relu() }
  static let registration = LayerRegistration("relu", "max(x, 0).") { _, _ in ReLU() }
}

/// `x` where positive, else `slope * x` (Maas et al. 2013); 0.2 is DCGAN's slope.
public struct LeakyReLU: Layer {
  private let slope: Double
  /// - Parameter slope: of the negative side.
  public init(_ slope: Double = 0.2) { self.slope = slope }
  /// The function of each element of `x`.
  public func callAsFunction(_ x: Tensor) -> Tensor { x.leakyReLU(slope) }
  static let registration = LayerRegistration(
    "leaky_relu", "x where positive, else slope * x (Maas et al. 2013).",
    options: [OptionDescription("slope", .number(), default: 0.2, "Slope of the negative side.")]
  ) { options, _ in LeakyReLU(try options.double("slope")) }
}

/// The hyperbolic tangent: the output of generators of images in [-1, 1].
public struct Tanh: Layer {
  /// The function has no options.
  public init() {}
  /// The function of each element of `x`.
  public func callAsFunction(_ x: Tensor) -> Tensor { x.tanh() }
  static let registration = LayerRegistration("tanh", "The hyperbolic tangent.") { _, _ in Tanh() }
}

/// `1 / (1 + exp(-x))`.
public struct Sigmoid: Layer {
  /// The function has no options.
  public init() {}
  /// The function of each element of `x`.
  public func callAsFunction(_ x: Tensor) -> Tensor { x.sigmoid() }
  static let registration = LayerRegistration("sigmoid", "1 / (1 + exp(-x)).") { _, _ in Sigmoid() }
}

/// `log(1 + exp(x))`, without overflow.
public struct Softplus: Layer {
  /// The function has no options.
  public init() {}
  /// The function of each element of `x`.
  public func callAsFunction(_ x: Tensor) -> Tensor { x.softplus() }
  static let registration = LayerRegistration("softplus", "log(1 + exp(x)).") { _, _ in Softplus() }
}

/// `x Phi(x)`, with the distribution function of the standard normal distribution (Hendrycks and Gimpel 2016): exact
/// through erf, or by its approximation through tanh.
public struct GELU: Layer {
  private let isApproximate: Bool
  /// - Parameter approximate: use the tanh approximation in place of erf.
  public init(approximate: Bool = false) { isApproximate = approximate }
  /// The function of each element of `x`.
  public func callAsFunction(_ x: Tensor) -> Tensor { x.gelu(approximate: isApproximate) }
  static let registration = LayerRegistration(
    "gelu", "x Phi(x) (Hendrycks and Gimpel 2016).",
    options: [
      OptionDescription("approximate", .boolean, default: false, "Use the tanh approximation in place of erf.")
    ]
  ) { options, _ in GELU(approximate: try options.bool("approximate")) }
}

/// `exp(x)` divided by its sum along an axis: probabilities.
public struct Softmax: Layer {
  private let axis: Int
  /// - Parameter axis: along which the sum is 1; negative counts from the last.
  public init(axis: Int = -1) { self.axis = axis }
  /// Probabilities of the shape of `x`.
  public func callAsFunction(_ x: Tensor) -> Tensor { x.softmax(axis: axis) }
  static let registration = LayerRegistration(
    "softmax", "exp(x) divided by its sum along an axis.",
    options: [OptionDescription("axis", .integer(-64...63), default: -1, "The axis along which the sum is 1.")]
  ) { options, _ in Softmax(axis: try options.int("axis")) }
}

/// Gives its input back: a place to put another layer later.
public struct Identity: Layer {
  /// The function has no options.
  public init() {}
  /// `x` itself.
  public func callAsFunction(_ x: Tensor) -> Tensor { x }
  static let registration = LayerRegistration("identity", "Gives its input back.") { _, _ in Identity() }
}
