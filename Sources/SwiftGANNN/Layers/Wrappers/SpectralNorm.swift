import SwiftGANCore

/// Divides each weight of a layer by an estimate of its largest singular value, so that the layer is 1-Lipschitz (Miyato et
/// al. 2018, algorithm 1).
///
/// A weight counts as the matrix of its linear map: the filter of a convolution as (outputs, everything else). The estimate
/// is `sigma = u^T W v` with vectors that power iteration turns towards the first singular vectors: `v = W^T u / |W^T u|`,
/// `u = W v / |W v|`, once per application in training; in use they stay. Gradients flow through `W / sigma` with u and v
/// held fixed, as in the paper. Buffers beside each weight: `weight_u` (outputs) and `weight_v` (the rest); they are
/// part of checkpoints.
///
/// ```swift
/// let layer = try SpectralNorm(in: scope["conv1"]) { try Conv2D(1, 64, kernel: 4, stride: 2, in: $0) }
/// ```
public struct SpectralNorm: LayerWrapper {
  /// The layer that does the work.
  public let wrapped: any Layer

  /// Wraps the layer that `build` makes; of a network of layers, all weights inside.
  /// - Parameters:
  ///   - iterations: steps of power iteration per application in training.
  ///   - epsilon: the least length that a vector is divided by, so that a weight of zeros stays one.
  /// - Throws: `.value` for a number out of range or a layer without weights; what `build` throws.
  public init(
    iterations: Int = 1, epsilon: Double = 1e-12, in scope: Scope, _ build: (Scope) throws -> any Layer
  ) throws {
    let label = LayerLabel("spectral_norm", scope)
    try label.require("n_power_iterations", iterations)
    try label.requirePositive(epsilon: epsilon)
    wrapped = try Reparameterized("spectral_norm", in: scope, build) { weight, scope in
      let power = try PowerIteration(of: weight, steps: iterations, epsilon: epsilon, in: scope)
      return { power.normalised($0) }
    }
  }

  static let registration = LayerRegistration(
    "spectral_norm", "Divides the weights of a layer by their largest singular values (Miyato et al. 2018).",
    options: [
      .wrappedLayer,
      OptionDescription(
        "n_power_iterations", .integer(), default: 1, "Steps of power iteration per application in training."),
      OptionDescription("epsilon", .number(.positive), default: 1e-12, "The least length that vectors are divided by."),
    ]
  ) { options, scope in
    try SpectralNorm(
      iterations: options.int("n_power_iterations"), epsilon: options.double("epsilon"), in: scope
    ) { try LayerRegistry.shared.make(options.json("layer"), in: $0) }
  }
}

/// The estimate of one weight's first singular vectors.
private struct PowerIteration: Sendable {
  let weight: Parameter
  let u: Parameter
  let v: Parameter
  let steps: Int
  let epsilon: Double
  let store: ParameterStore

  init(of weight: Parameter, steps: Int, epsilon: Double, in scope: Scope) throws {
    self.weight = weight
    self.steps = steps
    self.epsilon = epsilon
    store = scope.store
    try scope.requireFirst("spectral_norm", around: weight, known: "\(weight.leafName)_u")
    u = try scope.buffer("\(weight.leafName)_u", [weight.fan.output], .normal(std: 1))
    v = try scope.buffer("\(weight.leafName)_v", [weight.fan.input], .normal(std: 1))
    // The first application shall not divide by the estimate of a vector drawn at random.
    improve(weight.matrix(weight.value), steps: 15)
  }

  func normalised(_ value: Tensor) -> Tensor {
    let matrix = weight.matrix(value)
    if store.isTraining { improve(matrix, steps: steps) }
    // With vectors that do not belong to the weight, as after it was set by hand, the estimate may be negative.
    let sigma = (matrix.matmul(u.value) * v.value).sum().abs()
    return value / Tensor.maximum(sigma, epsilon)
  }

  private func improve(_ matrix: Tensor, steps: Int) {
    withoutGradient {
      let matrix = matrix.detached()
      var (left, right) = (v.value.detached(), u.value.detached())
      for _ in 0..<steps {
        left = unit(matrix.matmul(right))
        right = unit(left.matmul(matrix))
      }
      // A weight with an error in it gives that error; the buffers stay good.
      guard left.error == nil, right.error == nil else { return }
      (v.value, u.value) = (left, right)
    }
  }

  private func unit(_ x: Tensor) -> Tensor { x / Tensor.maximum(x.square().sum().sqrt(), epsilon) }
}
