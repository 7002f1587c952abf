import SwiftGANCore
import SwiftGANNN

/// The way back from samples to noise (Schlegl et al. 2017, section 2.2): noise z is changed by gradient descent until G(z) is
/// as near to a sample as it gets; see ``LatentLoss``. The networks stay as they are.
/// Rows are searched for together, each down its own loss and from the same starts, so what is found for a row depends on that
/// row alone (to the bit in calls of one shape, as ``ModelCall/mapAlone(_:)`` makes them).
struct LatentSearch {
  let loss: LatentLoss
  private let steps: Int
  private let starts: Tensor
  private let step: LatentStep

  /// - Parameters:
  ///   - learningRate: of Adam: a number or a schedule.
  ///   - starts: `[k, latent size]`; a search begins at the one whose sample is nearest to the row.
  init(_ loss: LatentLoss, steps: Int, learningRate: JSON, starts: Tensor) throws {
    self.loss = loss
    self.steps = steps
    self.starts = try starts.checked()
    step = LatentStep(loss, plan: try OptimizerPlan(["name": "adam", "learning_rate": learningRate]))
  }

  /// The noise `[N, latent size]` that was found for samples `[N, ...]` in the networks' range, and the loss of each, `[N]`.
  func callAsFunction(_ samples: Tensor) throws -> (noise: Tensor, loss: Tensor) {
    let features = try loss.mismatch.features(samples).checked()
    var noise = try start(samples)
    var state = step.plan.initialState(for: [noise])
    for _ in 0..<steps {
      try Interruption.ask()
      (noise, state) = try step(noise, samples, features, state)
    }
    return (noise, try loss(noise, samples, features).checked())
  }

  /// Of the starts the one whose sample is nearest to each row, `[N, latent size]`.
  private func start(_ samples: Tensor) throws -> Tensor {
    let (count, kept) = (samples.shape[0], starts.shape[0])
    guard kept > 1 else { return try starts.broadcast(to: [count, starts.shape[1]]).checked() }
    let made = try loss.parts.samples(of: starts).checked().reshape([kept, -1])
    // |x - g|^2 without |x|^2, which is the same for all.
    let distances = made.square().sum(axes: [1]) - 2 * samples.reshape([count, -1]).matmul(made.transposed())
    return try starts.gather(distances.argmin(axis: 1), axis: 0).checked()
  }
}

/// What a search minimises (Schlegl et al. 2017, equations 1, 4 and 5), for each row:
///
///     L(z) = (1 - lambda) sum |x - G(z)| + lambda sum |f(x) - f(G(z))|
///
/// with f the discriminator's features.
struct LatentLoss {
  let parts: AdversarialGame
  let mismatch: Mismatch
  /// Lambda.
  let weight: Double

  /// `[N]` for noise `[N, latent size]` and samples whose features are known.
  func callAsFunction(_ noise: Tensor, _ samples: Tensor, _ features: Tensor) throws -> Tensor {
    let made = try parts.samples(of: noise)
    let residual = (1 - weight) * mismatch(samples, made)
    return weight == 0 ? residual : residual + weight * mismatch(features, try mismatch.features(made))
  }
}
