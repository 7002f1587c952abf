import SwiftGANCore
import SwiftGANNN

private let elmOptions: [OptionDescription] = [
  OptionDescription("hidden", .integer(1...100_000), default: 1000, "Random features."),
  OptionDescription(
    "activation", .choice(RandomFeatures.activations), default: "sigmoid", "Of the random features."),
  OptionDescription(
    "alpha", .number(.nonNegative), default: 0.1,
    "Strength of the ridge penalty alpha |B|^2 on the readout's weights; larger for noisier data."),
  OptionDescription(
    "batch_size", .integer(), default: 4096,
    "Rows in a pass of the sums; it changes memory and time, and the result by rounding only."),
  OptionDescription(
    "last_batch", .choice(Dataset.LastBatch.allCases.map(\.rawValue)), default: "keep",
    "Rows that do not fill a batch: dropped from the epoch, filled up from the next (wrap), or a smaller batch "
      + "(keep; a single row goes with the batch before it)."),
  TrainingOptions.validation,
]

extension ModelDeclaration {
  /// An extreme learning machine that tells classes (Huang, Zhu and Siew 2006): a layer of random features that are
  /// never trained and a linear readout by ridge regression on the classes as 0 and 1, solved in closed form from sums
  /// over the rows in one pass, of which several epochs would only be repetitions. Fitting again adds the rows to the sums (Liang et
  /// al. 2006).
  public static let elmClassifier = ModelDeclaration(
    "elm_classifier",
    "An extreme learning machine that tells classes (Huang et al. 2006): random features and a ridge readout.",
    target: .labels, epochs: 1, isOnePass: true, options: elmOptions + TrainingOptions.data, networks: ["network"],
    functions: [
      .predict,
      ModelFunction(
        "decision_function",
        "The readout's score of each class, float32 (N, classes), near 1 for the row's class and 0 for others; for two "
          + "classes (N,), the second's score less the first's: above 0 where the second is predicted.",
        inputs: [.samples]),
    ]
  ) { request in
    let classes = try request.classes
    let machine = try ExtremeLearningMachine(request, outputs: classes.count)
    func oneHot(_ labels: Tensor) -> Tensor {
      let all = Tensor.arange(0, Double(classes.count), dtype: labels.dtype)
      return (labels.expandDims(at: 1) .== all.expandDims(at: 0)).cast(to: .float32)
    }
    func figures(_ batch: Batch) throws -> [(name: String, value: Tensor)] {
      let (labels, scores) = (try batch.target(), machine.network(batch.real))
      return [
        ("loss", Losses.meanSquaredError(scores, oneHot(labels))), ("accuracy", accuracy(scores, labels)),
      ]
    }
    return ModelSystem(
      game: try machine.game(targets: { oneHot(try $0.target()) }, figures: figures),
      functions: [
        "predict": { call in classes.labels(try call.mapRows { machine.network($0.samples).argmax(axis: -1) }) },
        "decision_function": { call in
          try call.mapRows { rows in
            let scores = machine.network(rows.samples)
            guard classes.count == 2, scores.error == nil else { return scores }
            return (scores.sliced(axis: 1, from: 1, to: 2) - scores.sliced(axis: 1, from: 0, to: 1)).reshape([-1])
          }
        },
      ],
      evaluation: { batch, _ in try figures(batch) })
  }

  /// An extreme learning machine that predicts numbers; see ``elmClassifier``.
  public static let elmRegressor = ModelDeclaration(
    "elm_regressor",
    "An extreme learning machine that predicts numbers (Huang et al. 2006): random features and a ridge readout.",
    target: .values, epochs: 1, isOnePass: true, options: elmOptions + TrainingOptions.data, networks: ["network"],
    functions: [.predictValues]
  ) { request in
    guard case .values(let values)? = request.target else {
      throw TensorError(.state, "\(request.name) has no targets")
    }
    let machine = try ExtremeLearningMachine(request, outputs: values.size)
    func figures(_ batch: Batch) throws -> [(name: String, value: Tensor)] {
      [("loss", Losses.meanSquaredError(machine.network(batch.real), try batch.target()))]
    }
    return ModelSystem(
      game: try machine.game(targets: { try $0.target() }, figures: figures),
      functions: ["predict": { call in try call.mapRows { values.userValues(machine.network($0.samples)) } }],
      evaluation: { batch, _ in try figures(batch) })
  }
}

/// Random features with a linear readout, and the move that solves it.
private struct ExtremeLearningMachine {
  let network: Network
  private let features: Sequential
  private let readout: Dense
  private let hidden: Int
  private let outputs: Int
  private let alpha: Double

  init(_ request: ModelRequest, outputs: Int) throws {
    let options = request.options
    let hidden = try options.int("hidden")
    network = try request.network(
      "network",
      [
        "flatten",
        [
          "name": "random_features", "in_features": JSON(try elementCount(of: request.data.networkShape)),
          "out_features": JSON(hidden), "activation": options.json("activation"),
        ],
        dense(hidden, outputs, initializer: "zeros"),
      ])
    guard let layers = (network.layer as? Sequential)?.layers, let readout = layers.last as? Dense else {
      throw TensorError(.state, "\(request.name) has no dense layer at its end")
    }
    features = Sequential(Array(layers.dropLast()))
    self.readout = readout
    self.hidden = hidden
    self.outputs = outputs
    alpha = try options.double("alpha")
  }

  /// A game of one player, whose move adds a batch to the sums and solves for the readout.
  func game(
    targets: @escaping (Batch) throws -> Tensor, figures: @escaping (Batch) throws -> [(name: String, value: Tensor)]
  ) throws -> Game {
    let machine = self
    return try Game(
      networks: [("network", network)], players: [Player("model", moves: [network])],
      moves: [
        "model": { context in
          try machine.take(context.batch, targets(context.batch), context.state)
          for (name, value) in try figures(context.batch) { context.record(name, value) }
        }
      ],
      state: GameState(RidgeAccumulator(features: hidden, targets: outputs).sums))
  }

  private func take(_ batch: Batch, _ targets: Tensor, _ state: GameState) throws {
    var sums = RidgeAccumulator(features: hidden, targets: outputs) { state[$0] }
    try sums.add(features(batch.real), targets)
    let (weights, intercept) = try sums.solve(alpha: alpha)
    for (name, value) in sums.sums { state[name] = value }
    try readout.weight.assign(weights)
    try readout.bias?.assign(intercept)
  }
}
