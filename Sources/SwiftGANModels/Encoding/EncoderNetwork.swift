import SwiftGANCore
import SwiftGANNN

extension OptionDescription {
  /// The options of encoders that learn from a GAN: see ``ModelRequest/encoder(_:outputs:last:)``.
  static func encoding(norm: String, passes: Int) -> [OptionDescription] {
    [
      OptionDescription(
        "gan_epochs", .optional(.integer(1...1_000_000_000)), default: JSON(passes),
        "Passes over the data in which the GAN is trained; encoders learn from it in those after, while it stays as it is. "
          + "Null: all are trained in all passes, side by side."),
      OptionDescription(
        "encoder_norm", .choice(["batch", "none"]), default: JSON(norm),
        "Normalisation between the layers of encoders."),
      OptionDescription(
        "encoder_learning_rate", .optional(.schedule), default: nil,
        "The encoders' own rate; null for learning_rate."),
    ]
  }
}

extension ModelRequest {
  /// An encoder: convolutions of a discriminator's shape where the model's networks are convolutional, else the generator's
  /// hidden layers in reverse.
  /// - Parameters:
  ///   - purpose: its name, which with the model's seed decides its first weights.
  ///   - outputs: how many numbers it gives for each sample.
  ///   - last: what they pass at the end; nil for nothing.
  func encoder(_ purpose: String, outputs: Int, last: JSON? = nil) throws -> Network {
    let shape = data.networkShape
    let isNormed = try options.string("encoder_norm") == "batch"
    let end = last.map { [$0] } ?? []
    guard try AdversarialModel.isConvolutional(options, shape) else {
      let sizes = [try elementCount(of: shape)] + (try options.ints("hidden").reversed()) + [outputs]
      let layers = perceptron(
        sizes, activation: try options.json("activation"), initializer: "glorot_uniform", isNormed: isNormed)
      return try network(purpose, (shape.count > 1 ? ["flatten"] : []) + layers + end)
    }
    let plan = try ConvolutionalPlan(options, shape: shape, alternative: "architecture='mlp'")
    let layers = try plan.discriminator(
      channels: plan.channels, outputs: outputs,
      norm: { isNormed ? batchNorm($0.last ?? 1) : Optional.none }, initializer: "he_normal")
    return try network(purpose, layers + end)
  }

  /// An encoder of noise: its numbers stay in the noise's range.
  func encoder(_ purpose: String, inverting latent: Latent) throws -> Network {
    // Not a conditional expression: its nil would be JSON's null.
    guard latent.distribution == .uniform else { return try encoder(purpose, outputs: latent.size) }
    return try encoder(purpose, outputs: latent.size, last: "tanh")
  }

  /// A player that trains an encoder in the stage that the options give it.
  func encoding(_ name: String, _ network: Network, batchUse: Player.BatchUse = .fresh) throws -> Player {
    let own = try options.json("encoder_learning_rate")
    let rate = try own.isNull ? options.json("learning_rate") : own
    let player = try Player(
      name, trains: [network], optimizer: TrainingOptions.optimizer(options, rate: rate),
      batchUse: batchUse, averageDecay: options.averageDecay())
    player.stage = Stage(from: try options.json("gan_epochs").intValue ?? 0)
    return player
  }

  /// Ends the stage of a GAN's players where encoders begin to learn from it.
  func endStage(of players: [Player]) throws {
    for player in players { player.stage = Stage(until: try options.json("gan_epochs").intValue) }
  }

  /// Throws unless an encoder has learned anything.
  /// - Throws: `TensorError` (`.state`) saying how to go on.
  func requireTrained(_ player: Player) throws {
    guard try player.updates == 0 else { return }
    let passes = try options.json("gan_epochs").intValue
    let when = passes.map { " gan_epochs is \($0), so it learns after \($0) passes over the data:" } ?? ""
    throw TensorError(
      .state,
      "\(name): the \(player.name) has not been trained yet:\(when) train on\(passes == nil ? "" : ", or set fewer")")
  }
}

extension Player {
  /// How many updates its optimizers have made.
  var updates: Int {
    get throws { try optimizers.map { try $0.stepCount }.max() ?? 0 }
  }

  /// Calls `body` while the player's networks are as they are used (with their moving average, where there is one, and in
  /// evaluation mode): what another player's loss does that learns from them. Gradients flow through them.
  func inUse<Result>(_ body: () throws -> Result) throws -> Result {
    func evaluated(_ rest: ArraySlice<Network>) throws -> Result {
      guard let first = rest.first else { return try body() }
      return try first.evaluating { try evaluated(rest.dropFirst()) }
    }
    return try average?.withAveragedWeights { try evaluated(networks[...]) } ?? evaluated(networks[...])
  }
}
