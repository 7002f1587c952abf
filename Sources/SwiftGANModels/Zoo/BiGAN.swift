import SwiftGANCore
import SwiftGANNN

extension ModelDeclaration {
  /// BiGAN (Donahue et al. 2017), and ALI (Dumoulin et al. 2017) with `stochastic_encoder`: an encoder is trained together with
  /// the generator, against a discriminator that judges samples with their codes. See ``JointGame``.
  public static let bigan = ModelDeclaration(
    "bigan", "BiGAN (Donahue et al. 2017) and ALI (Dumoulin et al. 2017): generator and encoder learn together.",
    options: JointSystem.options, networks: ["generator", "discriminator", "encoder"],
    functions: [
      .sample(), .generate(false),
      ModelFunction(
        "discriminate",
        "The discriminator's raw outputs (logits; above 0: taken for real) for each row with its own code, float32 (n,).",
        inputs: [.samples]),
      .transform, .reconstruct,
    ],
    interval: { try AdversarialOptions.interval($0, bounded: "tanh") }, build: { try JointSystem($0).system() })
}

/// Builds BiGAN's networks and functions.
private struct JointSystem {
  private let request: ModelRequest
  private let parts: JointGame

  static let options = AdversarialOptions.descriptions(
    defaults: ["batch_size": 128],
    own: AdversarialModel.networkOptions(hidden: [512, 512]).filter { $0.name != "discriminator_norm" } + [
      OptionDescription(
        "joint_units", .integer(1...65_536), default: 512,
        "Units of the discriminator's layer for codes, and of that for samples with their codes (conv)."),
      OptionDescription(
        "stochastic_encoder", .boolean, default: false,
        "Whether the encoder gives a normal distribution from which codes are drawn in training (ALI), or codes (BiGAN). With uniform "
          + "noise codes are the tanh of what is drawn, so that they lie where the noise does."),
      OptionDescription(
        "encoder_norm", .choice(["batch", "none"]), default: "batch",
        "Normalisation between the layers of the encoder."),
    ],
    // What a discriminator of pairs cannot have.
    without: [
      "pack", "unroll", "augment", "historical_averaging", "minibatch_discrimination", "critic_features",
      "virtual_batch_norm",
    ])

  init(_ request: ModelRequest) throws {
    self.request = request
    let (options, data) = (request.options, request.data)
    let latent = try AdversarialOptions.latent(options, shape: data.networkShape)
    guard let objective = try ObjectiveRegistry.shared.make(options.json("objective")) as? any LogitObjective else {
      throw TensorError(
        .value,
        "\(request.name): its discriminator gives one logit for a pair, so the objective must be one of logits, such as "
          + "'non_saturating', 'minimax', 'least_squares', 'hinge' or 'wasserstein', not "
          + (try options.json("objective").text()))
    }
    let isStochastic = try options.bool("stochastic_encoder")
    let layers = try JointSystem.layers(request, latent: latent)
    parts = JointGame(
      generator: try request.network("generator", layers.generator),
      encoder: isStochastic
        ? try request.encoder("encoder", outputs: 2 * latent.size)
        : try request.encoder("encoder", inverting: latent),
      discriminator: try request.network(
        "discriminator",
        options.bool("spectral_norm") ? spectrallyNormed(layers.discriminator) : sequential(layers.discriminator)),
      latent: latent, objective: objective,
      penalties: try PenaltyRegistry.make(PenaltyRegistry.resolve(options.json("penalty"))), isStochastic: isStochastic)
  }

  private static func layers(_ request: ModelRequest, latent: Latent) throws -> AdversarialModel.Networks {
    let (options, shape) = (request.options, request.data.networkShape)
    let size = try elementCount(of: shape)
    let output = try AdversarialOptions.output(options, request.data, bounded: "tanh")
    guard try AdversarialModel.isConvolutional(options, shape) else {
      let (hidden, activation) = (try options.ints("hidden"), try options.json("activation"))
      return (
        try perceptronGenerator(
          latent: latent.size, hidden: hidden, shape: shape, activation: activation, output: output,
          initializer: "glorot_uniform"),
        perceptron(
          [size + latent.size] + hidden.reversed() + [1], activation: ["name": "leaky_relu", "slope": 0.2],
          initializer: "glorot_uniform")
      )
    }
    let plan = try ConvolutionalPlan(options, shape: shape, alternative: "architecture='mlp'")
    let initializer: JSON = ["name": "normal", "std": 0.02]
    let (leaky, units): (JSON, Int) = (["name": "leaky_relu", "slope": 0.2], try options.int("joint_units"))
    func part(_ start: Int, _ end: Int) -> JSON { ["name": "slice", "start": JSON(start), "end": JSON(end)] }
    let seen: [JSON] =
      [part(0, size), reshape(to: shape)]
      + (try plan.discriminator(
        channels: plan.channels, outputs: units, norm: { _ in Optional.none }, initializer: initializer)) + [leaky]
    let coded: [JSON] = [
      part(size, size + latent.size), dense(latent.size, units, initializer: initializer), leaky,
    ]
    return (
      try plan.generator(latent: latent.size, output: output, initializer: initializer),
      [
        ["name": "parallel", "branches": [sequential(seen), sequential(coded)]],
        dense(2 * units, units, initializer: initializer), leaky, dense(units, 1, initializer: initializer),
      ]
    )
  }

  func system() throws -> ModelSystem {
    let (options, data, parts) = (request.options, request.data, parts)
    let rates = try AdversarialOptions.rates(options)
    let generating = try Player(
      "generator", trains: [parts.generator, parts.encoder],
      optimizer: AdversarialOptions.optimizer(options, rate: rates.generator), batchUse: .latest,
      averageDecay: options.averageDecay())
    let judging = try Player(
      "discriminator", trains: [parts.discriminator],
      optimizer: AdversarialOptions.optimizer(options, rate: rates.discriminator),
      stepsPerRound: options.int("critic_steps"),
      projections: options.optionalDouble("clip_weights").map { [try ClipWeights($0)] } ?? [])
    return ModelSystem(
      game: try parts.game(generator: generating, discriminator: judging), latent: parts.latent,
      sampler: { parts.generator(parts.latent.sample($0.count, key: $0.key)) },
      functions: [
        "generate": { call in
          try call.requireSize(parts.latent.size)
          return try call.mapRows { data.userSamples(parts.generator($0.samples)) }
        },
        "discriminate": { call in
          try call.mapRows { parts.discriminator(parts.pair($0.samples, parts.code($0.samples))).reshape([-1]) }
        },
        "transform": { call in try call.mapRows { parts.code($0.samples) } },
        "reconstruct": { call in
          try call.mapRows { data.userSamples(parts.generator(parts.code($0.samples))) }
        },
      ])
  }
}
