import SwiftGANCore
import SwiftGANNN

extension ModelDeclaration {
  /// A masked autoencoder for distribution estimation (Germain et al. 2015): a fully visible belief network whose
  /// conditionals come from one masked perceptron, so that the likelihood of a sample is exact and one pass. Binary
  /// data by Bernoulli conditionals, real numbers by Gaussian ones.
  public static let made = ModelDeclaration(
    "made",
    "A masked autoencoder for distribution estimation (Germain et al. 2015): exact likelihoods of binary or real data.",
    epochs: 100,
    options: TrainingOptions.descriptions(
      own: [
        .hidden([500], "Sizes of the hidden layers; none for a fully visible sigmoid belief network."),
        OptionDescription(
          "distribution", .choice(AutoregressiveDensity.Law.allCases.map(\.rawValue)), default: "bernoulli",
          "The law of each feature given those before it: bernoulli for binary data, gaussian for real numbers."),
        OptionDescription(
          "masks", .integer(1...1024), default: 1,
          "Orders and connectivities that share the weights: each update uses the next, and the density is their mean."
        ),
        OptionDescription(
          "ordering", .choice(["natural", "random"]), default: "natural",
          "The features' order: as they come, or a permutation drawn for each mask."),
        OptionDescription(
          "connectivity", .choice(["even", "random"]), default: "even",
          "How many features each hidden unit sees: a fixed pattern, or drawn for each mask."),
        OptionDescription(
          "direct", .boolean, default: false, "Whether inputs are also connected to outputs directly."),
        .activation,
        Binarization.option(
          "How grey values become binary: threshold (at one half), stochastic (drawn at each update), or none for data "
            + "that are binary."),
      ]), networks: ["network"],
    functions: [
      .sample(),
      ModelFunction(
        "score_samples",
        "The exact log-likelihood log p(x) of each row in nats, float64 (N,); of real data the log-density in their "
          + "own units.",
        inputs: [.samples], options: [.seed("Which binary values are drawn, where binarize is 'stochastic'.")]),
    ], interval: { _ in 0...1 },
    range: { options, data in
      try options.string("distribution") == "gaussian"
        ? DataRange(json: options.json("range")) : DataRange.unit(options.json("range"), data)
    },
    check: { options, description, data in
      guard try options.string("distribution") == "bernoulli", try options.binarization() == .none else { return }
      for start in stride(from: 0, to: data.shape.first ?? 0, by: 4096) {
        let end = min(start + 4096, data.shape.first ?? 0)
        try requireBinary(description.internalSamples(data.sliced(axis: 0, from: start, to: end)))
      }
    },
    build: { try AutoregressiveFunctions($0).system() })
}

/// - Throws: `TensorError` (`.value`) unless all values are 0 or 1.
private func requireBinary(_ x: Tensor) throws {
  guard try ((x .== 0) .| (x .== 1)).all().item() == 1 else {
    throw TensorError(
      .value,
      "the data are not binary: between the ends of their range there are other values; use binarize='threshold' or "
        + "'stochastic', or distribution='gaussian' for real numbers")
  }
}

/// Builds the game and the functions of a masked autoencoder.
private struct AutoregressiveFunctions {
  let request: ModelRequest
  let network: Network
  let density: AutoregressiveDensity
  let binarization: Binarization

  init(_ request: ModelRequest) throws {
    let options = request.options
    let law = AutoregressiveDensity.Law(rawValue: try options.string("distribution")) ?? .bernoulli
    binarization = try options.binarization()
    guard law == .bernoulli || binarization == .none else {
      throw TensorError(.value, "\(request.name): binarize is for bernoulli data, not for gaussian ones")
    }
    var members: JSONObject = [
      "name": "made", "in_features": JSON(try elementCount(of: request.data.networkShape)),
      "parameters": JSON(law.parametersPerFeature),
    ]
    for name in ["hidden", "masks", "ordering", "connectivity", "direct", "activation"] {
      members[name] = try options.json(name)
    }
    let network = try Network(.object(members), seed: request.seed(for: "network"))
    guard let made = network.layer as? MADE else { throw TensorError(.state, "the layer 'made' is no MADE") }
    self.request = request
    self.network = network
    density = try AutoregressiveDensity(made, law: law)
  }

  func system() throws -> ModelSystem {
    let parts = self
    let masks = density.network.maskCount
    let game = try request.soloGame([("network", network)]) { context in
      let x = try parts.rows(context.batch.real, key: context.key("binarize"))
      return -parts.density.logProbability(x, mask: context.turn(of: masks)).mean()
    }
    let shift = try density.law == .gaussian ? request.data.logDensityShift : 0
    return ModelSystem(
      game: game,
      sampler: { request in
        let samples = try parts.density.sample(request.count, key: request.key)
        return samples.reshape([request.count] + parts.request.data.networkShape)
      },
      functions: [
        "to_network": { call in try call.mapRows { $0.samples.reshape([$0.count, -1]) } },
        "score_samples": { call in
          try call.mapRows {
            parts.density.logProbability(try parts.rows($0.samples, key: $0.key)).cast(to: .float64) + shift
          }
        },
      ],
      evaluation: { batch, key in
        [("loss", -parts.density.logProbability(try parts.rows(batch.real, key: key)).mean())]
      })
  }

  /// Samples as rows of the density's kind.
  private func rows(_ samples: Tensor, key: RandomKey) throws -> Tensor {
    let x = try binarization(samples.reshape([samples.shape.first ?? 0, -1]), key: key).checked()
    // Training samples were looked at when the fit began: a traced update cannot.
    if density.law == .bernoulli, binarization == .none, !x.isTraced { try requireBinary(x) }
    return x
  }
}
