import SwiftGANCore
import SwiftGANNN

// What models share whose one network answers, for each sample, with logits of classes or with numbers.

extension ModelRequest {
  /// How training samples are changed before the network sees them; validation and use see them as they are.
  typealias View = (_ samples: Tensor, _ key: RandomKey) -> Tensor

  /// A game of one player that has a loss.
  /// - Parameter evaluation: figures of held-out rows.
  func soloGame(
    _ networks: [(name: String, network: Network)], loss: @escaping Game.Loss, state: GameState = GameState()
  ) throws -> Game {
    let player = try player("model", trains: networks.map(\.network))
    player.lossName = "loss"
    return try Game(networks: networks, players: [player], losses: ["model": loss], state: state)
  }

  /// A classifier: softmax cross-entropy of the network's logits.
  func classifier(_ network: Network, view: @escaping View = { samples, _ in samples }) throws -> ModelSystem {
    let classes = try classes
    let smoothing = try options.double("label_smoothing")
    let game = try soloGame([("network", network)]) { context in
      let labels = try context.target()
      let logits = network(view(context.batch.real, context.key("view")))
      context.record("accuracy", accuracy(logits, labels))
      return Losses.crossEntropy(logits, labels: labels, smoothing: smoothing)
    }
    return ModelSystem(
      game: game,
      functions: ModelSystem.classifying(classes: classes) { network($0) },
      evaluation: { batch, _ in
        let labels = try batch.target()
        let logits = network(batch.real)
        return [("loss", Losses.crossEntropy(logits, labels: labels)), ("accuracy", accuracy(logits, labels))]
      })
  }

  /// A regressor: the squared error of the network's answers to standardized targets.
  func regressor(_ network: Network, values: TargetValues) throws -> ModelSystem {
    let game = try soloGame([("network", network)]) { context in
      Losses.meanSquaredError(network(context.batch.real), try context.target())
    }
    return ModelSystem(
      game: game,
      functions: ["predict": { call in try call.mapRows { values.userValues(network($0.samples)) } }],
      evaluation: { batch, _ in [("loss", Losses.meanSquaredError(network(batch.real), try batch.target()))] })
  }
}

extension ModelSystem {
  /// ``ModelFunction/classifying`` by what gives samples a score for each class.
  static func classifying(classes: ClassLabels, _ scores: @escaping (Tensor) -> Tensor) -> [String: Function] {
    [
      "predict": { call in classes.labels(try call.mapRows { scores($0.samples).argmax(axis: -1) }) },
      "predict_proba": { call in try call.mapRows { scores($0.samples).softmax(axis: -1) } },
      "predict_log_proba": { call in try call.mapRows { scores($0.samples).logSoftmax(axis: -1) } },
    ]
  }
}

extension ModelFunction {
  /// What every classifier can do.
  static let classifying: [ModelFunction] = [.predict, .predictProba, .predictLogProba]
}

extension OptionDescription {
  static let dropout = OptionDescription(
    "dropout", .number(.decay), default: 0, "Probability of a hidden unit to be dropped in training; 0 for none.")

  static func batchNorm(_ isOn: Bool) -> OptionDescription {
    OptionDescription("batch_norm", .boolean, default: JSON(isOn), "Whether hidden layers are batch-normalized.")
  }

  static let labelSmoothing = OptionDescription(
    "label_smoothing", .number(.decay), default: 0,
    "Share of each label that is spread over all classes (Szegedy et al. 2016); 0 for none.")
}

extension RoundContext {
  /// What was given to `fit` beside the samples.
  func target() throws -> Tensor { try batch.target() }
}

extension Batch {
  /// What was given to `fit` beside the samples, as networks see it.
  func target() throws -> Tensor {
    guard let target = self["y"] else { throw TensorError(.state, "the batch has no targets") }
    return target
  }
}

/// The share of rows whose largest logit is that of their class.
func accuracy(_ logits: Tensor, _ labels: Tensor) -> Tensor {
  (logits.argmax(axis: -1) .== labels.cast(to: .int64)).cast(to: .float32).mean()
}
