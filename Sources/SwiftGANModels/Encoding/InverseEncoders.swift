import SwiftGANCore
import SwiftGANNN

/// The encoders of IcGAN, which learn from a conditional GAN G that is done (Perarnau et al. 2016, section 3.1):
///
///     E_z   1/d |z - E_z(G(z, y))|^2 of generated images, with classes of the data    (equation 3)
///     E_y   the cross-entropy of the classes that it tells of real images             (equation 4)
///
/// The paper's E_y has squared errors of attributes that exclude each other or not; classes always do.
struct InverseEncoders {
  private let gan: AdversarialAddition.Base
  private let request: ModelRequest
  private let classes: ClassLabels
  let noise: Network
  let label: Network
  private let players: (noise: Player, label: Player)

  init(_ gan: AdversarialAddition.Base, _ request: ModelRequest) throws {
    self.gan = gan
    self.request = request
    classes = try request.classes
    noise = try request.encoder("encoder_z", inverting: gan.parts.latent)
    label = try request.encoder("encoder_y", outputs: classes.count)
    players = (try request.encoding("encoder_z", noise), try request.encoding("encoder_y", label, batchUse: .latest))
    try request.endStage(of: gan.game.players)
  }

  /// The two players.
  func game() throws -> Game {
    try Game(
      networks: [("encoder_z", noise), ("encoder_y", label)], players: [players.noise, players.label],
      losses: [
        players.noise.name: { context in try gan.inUse { try noiseLoss(context) } },
        players.label.name: { context in
          let labels = try context.target()
          let logits = label(context.batch.real)
          context.record("encoder_y_accuracy", accuracy(logits, labels))
          return Losses.crossEntropy(logits, labels: labels)
        },
      ])
  }

  private func noiseLoss(_ context: RoundContext) throws -> Tensor {
    let drawn = gan.parts.latent.sample(context.batch.count, key: context.key("noise"))
    // No gradient is wanted of what the images are made of.
    let made = try withoutGradient { try gan.parts.samples(of: drawn, context.target()) }
    return Losses.meanSquaredError(noise(made), drawn)
  }

  /// What they can do.
  var functions: [String: ModelSystem.Function] {
    let data = request.data
    func trained(_ call: ModelCall, _ body: (ModelCall.Rows) throws -> Tensor) throws -> Tensor {
      try request.requireTrained(players.noise)
      return try call.mapRows(body)
    }
    func made(_ noise: Tensor, _ labels: Tensor) throws -> Tensor {
      data.userSamples(try gan.parts.samples(of: noise, labels))
    }
    let told = ModelSystem.classifying(classes: classes) { label($0) }
    return told.mapValues { function in
      { call in
        try request.requireTrained(players.label)
        return try function(call)
      }
    }.merging([
      "encode": { call in try trained(call) { noise($0.samples) } },
      "reconstruct": { call in
        try trained(call) { try made(noise($0.samples), label($0.samples).argmax(axis: -1).cast(to: .int32)) }
      },
      "edit": { call in
        try trained(call) { rows in
          let codes = noise(rows.samples)
          if let asked = rows.labels { return try made(codes, asked) }
          let all = try (0..<classes.count).map { index in
            try made(codes, Tensor([Int32](repeating: Int32(index), count: rows.count)))
          }
          return .stack(all, axis: 1)
        }
      },
    ]) { first, _ in first }
  }
}
