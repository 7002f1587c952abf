import SwiftGANCore
import SwiftGANNN

extension ModelDeclaration {
  /// A restricted Boltzmann machine (Smolensky 1986) of binary or Gaussian visible units, trained by contrastive
  /// divergence (Hinton 2002) or with persistent chains (Tieleman 2008), which checkpoints keep. Block Gibbs sampling
  /// makes samples; the partition function is summed out where 2^20 states suffice, and else estimated by annealed
  /// importance sampling (Salakhutdinov and Murray 2008), so that there are log-likelihoods.
  public static let rbm = ModelDeclaration(
    "rbm",
    "A restricted Boltzmann machine trained by contrastive divergence (Hinton 2002; persistent, Tieleman 2008).",
    epochs: 100,
    options: TrainingOptions.descriptions(
      own: [
        OptionDescription("hidden", .integer(1...1_000_000), default: 256, "Hidden units."),
        OptionDescription(
          "visible", .choice(BoltzmannMachine.Visible.allCases.map(\.rawValue)), default: "bernoulli",
          "The law of the visible units: bernoulli for data in [0, 1], gaussian for vectors of real numbers, which are "
            + "standardized."
        ),
        OptionDescription("gibbs_steps", .integer(1...10_000), default: 1, "Gibbs steps at each update: k of CD-k."),
        OptionDescription(
          "persistent", .boolean, default: false,
          "Whether chains go on from update to update (persistent CD, best with a learning rate that falls) or start "
            + "at the data each time (CD)."),
        OptionDescription(
          "chains", .optional(.integer(1...1_000_000)), default: nil,
          "How many persistent chains; null for as many as samples in a minibatch."),
        OptionDescription(
          "momentum", .number(.decay), default: 0.5, "Share of the last step that is kept; only for sgd and rmsprop."),
        Binarization.option(
          "How grey values become binary: none (they stand for probabilities), threshold (at one half), or stochastic "
            + "(drawn at each update)."),
      ],
      defaults: [
        "batch_size": 32, "optimizer": "sgd", "learning_rate": 0.05, "weight_decay": 1e-4,
      ]), networks: ["network"], functions: BoltzmannFunctions.declared,
    interval: { _ in 0...1 },
    range: { options, data in
      try options.string("visible") == "gaussian"
        ? DataRange(json: options.json("range")) : DataRange.unit(options.json("range"), data)
    },
    build: { try BoltzmannFunctions($0).system() })
}

/// Builds the game and the functions of a restricted Boltzmann machine.
private struct BoltzmannFunctions {
  let request: ModelRequest
  let network: Network
  let rbm: RBM
  let binarization: Binarization
  let rule: ContrastiveDivergence
  let state: GameState

  init(_ request: ModelRequest) throws {
    let options = request.options
    let law = BoltzmannMachine.Visible(rawValue: try options.string("visible")) ?? .bernoulli
    guard try law == .bernoulli || options.binarization() == .none else {
      throw TensorError(.value, "\(request.name): binarize is for bernoulli visible units, not for gaussian ones")
    }
    let network = try Network(
      [
        "name": "rbm", "in_features": JSON(try elementCount(of: request.data.networkShape)),
        "out_features": options.json("hidden"), "visible": options.json("visible"),
      ], seed: request.seed(for: "network"))
    guard let rbm = network.layer as? RBM else { throw TensorError(.state, "the layer 'rbm' is no RBM") }
    self.request = request
    self.network = network
    self.rbm = rbm
    binarization = try options.binarization()
    rule = ContrastiveDivergence(
      rbm, steps: try options.int("gibbs_steps"), isPersistent: try options.bool("persistent"))
    state = try rule.initialState(
      chains: options.json("chains").intValue ?? options.int("batch_size"),
      key: RandomKey(seed: request.seed(for: "chains")))
  }

  func system() throws -> ModelSystem {
    let (rule, binarization) = (rule, binarization)
    let player = try Player(
      "model", trains: [network], optimizer: optimizer(), averageDecay: request.options.averageDecay())
    player.lossName = "loss"
    let game = try Game(
      networks: [("network", network)], players: [player],
      losses: [
        "model": { context in
          try rule.loss(
            context, on: binarization(BoltzmannFunctions.rows(context.batch.real), key: context.key("binarize")))
        }
      ], state: state)
    return ModelSystem(game: game, sampler: sample, functions: functions(), evaluation: evaluate)
  }

  /// Biases do not decay: they carry how often a unit is on.
  private func optimizer() throws -> JSON {
    let options = request.options
    var members = try TrainingOptions.optimizer(options, rate: options.json("learning_rate")).objectValue ?? [:]
    let known = try OptimizerRegistry.shared.find(options.string("optimizer")).options.map(\.name)
    if known.contains("momentum"), members["momentum"] == nil { members["momentum"] = try options.json("momentum") }
    if members["groups"] == nil { members["groups"] = [["parameters": ["*_bias"], "weight_decay": 0]] }
    return .object(members)
  }

  /// Samples as rows of numbers.
  static func rows(_ samples: Tensor) -> Tensor { samples.reshape([samples.shape.first ?? 0, -1]) }

  // MARK: Functions

  static let declared: [ModelFunction] = [
    ModelFunction("transform", "Hidden probabilities p(h = 1 | x), float32 (N, hidden).", inputs: [.samples]),
    ModelFunction(
      "reconstruct",
      "What the hidden probabilities of each row expect the visible units to be, in the range and dtype of "
        + "the data.", inputs: [.samples]),
    ModelFunction(
      "gibbs", "The rows after so many steps of block Gibbs sampling, in the range and dtype of the data.",
      inputs: [.samples],
      options: [
        OptionDescription("steps", .integer(0...1_000_000), default: 1, "Steps, hidden and visible units once each."),
        .seed("Which random numbers."),
      ]),
    .sample(options: [
      OptionDescription(
        "gibbs_steps", .integer(0...1_000_000), default: 1000,
        "Steps of block Gibbs sampling, from the persistent chains where there are some, else from the visible biases.")
    ]),
    ModelFunction(
      "free_energy",
      "The free energy F(x) = -log sum_h exp(-E(x, h)) of each row, float64 (N,); lower is more probable.",
      inputs: [.samples]),
    ModelFunction(
      "score_samples",
      "The log-likelihood log p(x) = -F(x) - log Z of each row in nats, float64 (N,), with log Z as "
        + "log_partition gives it.", inputs: [.samples], options: annealing),
    ModelFunction(
      "pseudo_likelihood",
      "The pseudo-log-likelihood sum_i log p(x_i | all others) of each row in nats, float64 (N,): the mean of what "
        + "scikit-learn's BernoulliRBM estimates from one random i in score_samples.", inputs: [.samples]),
    ModelFunction(
      "log_partition",
      "log Z, float64: exact when the smaller layer has at most 20 units (for gaussian visible units, the hidden "
        + "layer), else by annealed importance sampling from the data's means and from even units. With return_std an "
        + "array (2,): log Z and its standard error, 0 when exact; above 0.5 more steps are needed.",
      options: annealing + [
        OptionDescription("return_std", .boolean, default: false, "Whether to give the standard error too.")
      ]),
  ]

  private static let annealing: [OptionDescription] = [
    OptionDescription(
      "chains", .integer(2...100_000), default: 100, "Chains of annealed importance sampling, where log Z is estimated."
    ),
    OptionDescription(
      "steps", .integer(1...10_000_000), default: 1000,
      "Machines between the first and this one, where log Z is estimated."),
    .seed("Which random numbers."),
  ]

  private func functions() -> [String: ModelSystem.Function] {
    let (rbm, data, binarization) = (rbm, request.data, binarization)
    func seen(_ samples: Tensor) -> Tensor { binarization.expected(BoltzmannFunctions.rows(samples)) }
    func given(_ rows: Tensor) -> Tensor { data.userSamples(rows.reshape([rows.shape.first ?? 0] + data.networkShape)) }
    return [
      "to_network": { call in try call.mapRows { BoltzmannFunctions.rows($0.samples) } },
      "transform": { call in try call.mapRows { rbm.machine.hiddenProbabilities(seen($0.samples)) } },
      "reconstruct": { call in
        try call.mapRows {
          let machine = rbm.machine
          return given(machine.visibleMean(machine.hiddenProbabilities(seen($0.samples))))
        }
      },
      "gibbs": { call in
        let steps = try call.options.int("steps")
        return try call.mapRows { given(rbm.machine.gibbs(from: seen($0.samples), steps: steps, key: $0.key)) }
      },
      "free_energy": { call in try call.mapRows { energies(seen($0.samples)) } },
      "score_samples": { call in
        let shift = try data.logDensityShift * (rbm.visible == .gaussian ? 1 : 0) - logPartition(call).value
        return try call.mapRows { shift - energies(seen($0.samples)) }
      },
      "pseudo_likelihood": { call in try call.mapRows { try rbm.machine.pseudoLikelihood(seen($0.samples)) } },
      "log_partition": { call in
        let found = try logPartition(call)
        guard try call.options.bool("return_std") else { return Tensor(found.value, dtype: .float64) }
        return Tensor([found.value, found.standardError])
      },
    ]
  }

  private func energies(_ rows: Tensor) -> Tensor { rbm.machine.cast(to: .float64).freeEnergy(rows.cast(to: .float64)) }

  private func logPartition(_ call: ModelCall) throws -> LogPartition {
    try rbm.machine.logPartition(
      chains: call.options.int("chains"), steps: call.options.int("steps"), base: rule.base(state),
      key: RandomKey(seed: UInt64(call.options.int("seed"))))
  }

  private func sample(_ request: SampleRequest) throws -> Tensor {
    let machine = rbm.machine
    let start = try rule.start(request.count, state, key: request.key.folded(0))
    let v = machine.gibbs(from: start, steps: try request.options.int("gibbs_steps"), key: request.key.folded(1))
    return v.reshape([request.count] + self.request.data.networkShape)
  }

  private func evaluate(_ batch: Batch, _ key: RandomKey) throws -> [(name: String, value: Tensor)] {
    try ContrastiveDivergence.figures(rbm.machine, binarization.expected(BoltzmannFunctions.rows(batch.real)), key: key)
  }
}
