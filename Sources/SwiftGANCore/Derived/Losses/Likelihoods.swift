// Each is a sum over independent elements, so the default reduction is the mean over the batch of each example's sum: what
// an evidence lower bound adds up.
extension Losses {
  /// The Kullback-Leibler divergence of diagonal Gaussians, `KL(N(mean, e^logVariance) || N(priorMean, e^priorLogVariance))`
  /// in nats, element by element; the prior is the standard normal distribution unless it is given (Kingma and Welling
  /// 2014, appendix B).
  ///
  /// - Parameters:
  ///   - mean, logVariance: of one shape, (batch, ...).
  ///   - priorMean, priorLogVariance: broadcast to that shape; nil for 0.
  public static func gaussianKL(
    mean: Tensor, logVariance: Tensor, priorMean: Tensor? = nil, priorLogVariance: Tensor? = nil,
    reduction: Reduction = .batchMean
  ) -> Tensor {
    named("gaussian_kl") {
      let mean = try prediction(mean)
      let logVariance = try target(logVariance, like: mean, "log variance").broadcast(to: mean.shape)
      let shift = try priorMean.map { mean - (try parameter($0, "prior's mean", like: mean)) } ?? mean
      guard let priorLogVariance else {
        // expm1, because near the prior the two terms cancel.
        return try reduced((logVariance.expm1() - logVariance + shift.square()) * 0.5, reduction)
      }
      let ratio = logVariance - (try parameter(priorLogVariance, "prior's log variance", like: mean))
      let precision = (-(try parameter(priorLogVariance, "prior's log variance", like: mean))).exp()
      return try reduced((ratio.expm1() - ratio + shift.square() * precision) * 0.5, reduction)
    }
  }

  /// Minus the log-density of `x` under independent Gaussians, `(log 2 pi + logVariance + (x - mean)^2 e^-logVariance) / 2`
  /// in nats.
  ///
  /// - Parameters:
  ///   - x: (batch, ...).
  ///   - mean: of that shape, or a number.
  ///   - logVariance: broadcast to that shape: one number, one for each feature, or one for each element.
  public static func gaussianNegativeLogLikelihood(
    _ x: Tensor, mean: Tensor, logVariance: Tensor, reduction: Reduction = .batchMean
  ) -> Tensor {
    named("gaussian_nll") {
      // The type is that of the network's output.
      let mean = try prediction(mean)
      let x = try target(x, like: mean, "observation")
      let logVariance = try parameter(logVariance, "log variance", like: mean)
      let squares = (x - mean).square() * (-logVariance).exp()
      return try reduced((squares + logVariance + 1.8378770664093454836) * 0.5, reduction)
    }
  }

  /// Minus the log-probability of `x` in {0, 1} under independent Bernoulli distributions with these logits, in nats. For x
  /// in between (grey pixels) it is the cross-entropy.
  public static func bernoulliNegativeLogLikelihood(
    _ x: Tensor, logits: Tensor, reduction: Reduction = .batchMean
  ) -> Tensor {
    binaryCrossEntropy(logits: logits, targets: x, reduction: reduction)
  }
}
