import SwiftGANCore

/// A term added to the discriminator's (critic's) loss to keep its slope in bounds.
///
/// A penalty asks for gradients of the critic with respect to its input, and training then differentiates the penalty with
/// respect to the critic's parameters: gradients of gradients, which the core gives to any order.
public protocol Penalty: Sendable {
  /// Whether it takes outputs of the critic for functions of one sample each, which networks that look at the whole batch
  /// are not: a game with such a network (see `ParameterStore.batchLayer`) is refused. True unless the penalty says
  /// otherwise.
  var isOnSingleSamples: Bool { get }

  /// The weighted penalty, a scalar.
  ///
  /// - Parameters:
  ///   - critic: maps a batch `[N, ...]` to its raw outputs; outputs of one sample must depend on that sample alone
  ///     where ``isOnSingleSamples``, so a critic with batch norm does not qualify (use layer norm or none).
  ///   - real: real samples `[N, ...]`.
  ///   - fake: generated samples of the same shape, with no gradient flowing to the generator.
  ///   - key: the random key of this evaluation.
  func callAsFunction(
    critic: (Tensor) throws -> Tensor, real: Tensor, fake: Tensor, key: RandomKey
  ) throws -> Tensor
}

extension Penalty {
  /// Yes.
  public var isOnSingleSamples: Bool { true }
}

/// The gradients of a critic at each sample: a tensor of `points`' shape whose row i is the gradient of the critic's
/// output for sample i with respect to that sample.
func inputGradients(of critic: (Tensor) throws -> Tensor, at points: Tensor) throws -> Tensor {
  // The outputs are summed because each depends on its own sample alone: the gradient of the sum holds all of them.
  let result = try valueAndGrad(at: [points.stopGradient()]) { try critic($0[0]).sum() }
  return result.gradients[0]
}

/// The squared Euclidean norm of every sample, `[N]`.
func squaredNorms(_ samples: Tensor) -> Tensor {
  samples.reshape([samples.shape.first ?? 1, -1]).square().sum(axes: [1])
}

/// The Euclidean norm of every sample, `[N]`, with gradient 0 where the norm vanishes.
///
/// The square root has no derivative at 0, and 0 times its infinity is the NaN that ends many a training run: there the
/// root is taken of 1 instead and the result replaced by 0, so neither value nor gradient sees it.
func safeNorms(_ samples: Tensor) -> Tensor {
  let squares = squaredNorms(samples)
  let isPositive = squares .> smallestSquare
  return Tensor.select(isPositive, Tensor.select(isPositive, squares, squares.onesLike).sqrt(), squares.zerosLike)
}

/// Squares below this are taken for 0: float32 cannot hold the inverse of smaller ones' roots with any accuracy.
private let smallestSquare = 1e-30

/// One uniform number from [0, 1) per sample, shaped to multiply `samples`: `[N, 1, ..., 1]`.
func uniformPerSample(_ samples: Tensor, key: RandomKey) -> Tensor {
  let shape = samples.shape.enumerated().map { $0.offset == 0 ? $0.element : 1 }
  return Tensor.randomUniform(shape, key: key, dtype: samples.dtype)
}
