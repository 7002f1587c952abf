import SwiftGANCore
import SwiftGANNN

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#endif

/// The networks, the bound and the functions of variational autoencoders, conditional or not.
///
/// The encoder gives `[N, 2 latent]`: means and log-variances. The decoder gives logits (Bernoulli), or means and
/// log-variances side by side on the last axis (Gaussian; Kingma and Welling 2014, appendix C.2).
struct VariationalSystem {
  private let encoder: Network
  private let decoder: Network
  private let layers: AutoencodingLayers
  private let latent: Latent
  private let classes: Int
  private let isBernoulli: Bool
  private let request: ModelRequest

  /// Log-variances of the Gaussian likelihood stay above this, because a density has no upper bound: a feature that never
  /// varies would be learned ever more sharply.
  private static let lowestLogVariance = -8.0

  init(_ request: ModelRequest) throws {
    let isBounded = request.data.scaling.bounds != nil
    let likelihood = try request.options.string("likelihood")
    isBernoulli = likelihood == "auto" ? isBounded : likelihood == "bernoulli"
    guard isBounded || !isBernoulli else {
      throw TensorError(
        .value,
        "\(request.name): the bernoulli likelihood is for data in a range, such as images; use gaussian, or give the "
          + "range")
    }
    classes = request.target == nil ? 0 : try request.classes.count
    latent = Latent(size: try request.options.int("latent"))
    layers = try AutoencodingLayers(
      request, codes: 2 * latent.size, latent: latent.size, classes: classes, outputs: isBernoulli ? 1 : 2,
      activation: nil, dropout: request.options.double("dropout"))
    encoder = try request.network("encoder", layers.encoder)
    decoder = try request.network("decoder", layers.decoder)
    self.request = request
  }

  func system() throws -> ModelSystem {
    let beta = try request.options.double("beta")
    let game = try request.soloGame([("encoder", encoder), ("decoder", decoder)]) { context in
      let (samples, told) = (context.batch.real, told(context.batch["y"]))
      let posterior = posterior(samples, told)
      let noise = posterior.draw(context.key("noise"))
      let cost = negativeLogLikelihood(samples, decoded(noise, told)).mean()
      let divergence = posterior.divergence.mean()
      context.record("reconstruction", cost)
      context.record("kl", divergence)
      context.record("elbo", -(cost + divergence))
      return cost + beta * divergence
    }
    return ModelSystem(
      game: game, latent: latent, sampler: sample, functions: functions,
      evaluation: { batch, key in
        let (samples, told) = (batch.real, told(batch["y"]))
        let posterior = posterior(samples, told)
        let cost = negativeLogLikelihood(samples, decoded(posterior.draw(key), told)).mean()
        let divergence = posterior.divergence.mean()
        return [("loss", cost + beta * divergence), ("elbo", -(cost + divergence))]
      })
  }

  // MARK: The model

  /// A normal law with independent coordinates.
  private struct Posterior {
    let mean: Tensor
    let logVariance: Tensor

    /// A draw that gradients flow through (the reparameterisation trick).
    func draw(_ key: RandomKey) -> Tensor {
      mean + (0.5 * logVariance).exp() * Tensor.randomNormal(mean.error == nil ? mean.shape : [], key: key)
    }

    /// Its divergence from the standard normal law, for each row.
    var divergence: Tensor { Losses.gaussianKL(mean: mean, logVariance: logVariance, reduction: .perExample) }
  }

  private func told(_ labels: Tensor?) -> Tensor? {
    classes == 0 ? nil : labels.map { indicators($0, classes: classes) }
  }

  private func posterior(_ samples: Tensor, _ told: Tensor?) -> Posterior {
    let numbers = encoder(layers.input(samples, told))
    return Posterior(
      mean: numbers.sliced(axis: 1, from: 0, to: latent.size),
      logVariance: numbers.sliced(axis: 1, from: latent.size, to: 2 * latent.size))
  }

  private func decoded(_ noise: Tensor, _ told: Tensor?) -> Tensor { decoder(layers.code(noise, told)) }

  /// The means and log-variances that the decoder gives with the Gaussian likelihood.
  private func gaussian(_ output: Tensor) -> (mean: Tensor, logVariance: Tensor) {
    guard output.error == nil, let last = output.shape.last else { return (output, output) }
    let axis = output.rank - 1
    let raw = output.sliced(axis: axis, from: last / 2, to: last)
    let lowest = VariationalSystem.lowestLogVariance
    return (output.sliced(axis: axis, from: 0, to: last / 2), lowest + (raw - lowest).softplus())
  }

  /// Minus the log-likelihood of each sample.
  private func negativeLogLikelihood(_ samples: Tensor, _ output: Tensor) -> Tensor {
    if isBernoulli {
      return Losses.bernoulliNegativeLogLikelihood(samples, logits: output, reduction: .perExample)
    }
    let (mean, logVariance) = gaussian(output)
    return Losses.gaussianNegativeLogLikelihood(samples, mean: mean, logVariance: logVariance, reduction: .perExample)
  }

  /// The mean of samples in the networks' range.
  private func mean(_ output: Tensor) -> Tensor { isBernoulli ? output.sigmoid() : gaussian(output).mean }

  // MARK: Functions

  private func sample(_ wanted: SampleRequest) throws -> Tensor {
    let output = decoded(latent.sample(wanted.count, key: wanted.key), told(wanted.labels))
    let way = try wanted.options.string("observation")
    guard way == "draw" || (way == "auto" && !request.data.isImage) else { return mean(output) }
    let key = wanted.key.folded(-1)
    if isBernoulli {
      let probability = output.sigmoid()
      let numbers = Tensor.randomUniform(try probability.checked().shape, key: key)
      return (numbers .< probability).cast(to: .float32)
    }
    let (mean, logVariance) = gaussian(output)
    return mean + (0.5 * logVariance).exp() * Tensor.randomNormal(try mean.checked().shape, key: key)
  }

  private var functions: [String: ModelSystem.Function] {
    let data = request.data
    return [
      "transform": { call in try call.mapRows { posterior($0.samples, told($0.labels)).mean } },
      "inverse_transform": { call in
        try call.requireSize(latent.size)
        return try call.mapRows { data.userSamples(mean(decoded($0.samples, told($0.labels)))) }
      },
      "reconstruct": { call in
        try call.mapRows { rows in
          let told = told(rows.labels)
          return data.userSamples(mean(decoded(posterior(rows.samples, told).mean, told)))
        }
      },
      "score_samples": { call in
        let count = try call.options.int("k")
        return try call.mapRows { try bound($0, count) }
      },
    ]
  }

  /// The evidence lower bound of each row, or that of `count` weighted draws.
  private func bound(_ rows: ModelCall.Rows, _ count: Int) throws -> Tensor {
    let told = told(rows.labels)
    let posterior = posterior(rows.samples, told)
    if count == 1 {
      let cost = negativeLogLikelihood(rows.samples, decoded(posterior.draw(rows.key), told))
      return try unitShift - (cost + posterior.divergence)
    }
    let weights = try (0..<count).map { index in
      let noise = posterior.draw(rows.key.folded(index))
      let likelihood = -negativeLogLikelihood(rows.samples, decoded(noise, told))
      let prior = -Losses.gaussianNegativeLogLikelihood(
        noise, mean: noise.zerosLike, logVariance: noise.zerosLike, reduction: .perExample)
      let own = -Losses.gaussianNegativeLogLikelihood(
        noise, mean: posterior.mean, logVariance: posterior.logVariance, reduction: .perExample)
      return try (likelihood + prior - own).checked()
    }
    let sum = Tensor.stack(weights, axis: 0).logSumExp(axes: [0])
    return try unitShift + (sum - log(Double(count)))
  }

  /// What brings log-densities from the networks' range to the data's own units; probabilities of binary values, or of
  /// shares of the range, have no unit.
  private var unitShift: Double { get throws { isBernoulli ? 0 : try request.data.logDensityShift } }
}
