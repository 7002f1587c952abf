import SwiftGANCore
import SwiftGANNN

extension AdversarialModel {
  /// f-AnoGAN (Schlegl et al. 2019): a Wasserstein GAN with gradient penalty learns what is normal, then an encoder learns the
  /// way back from samples to noise; a row is the more of an anomaly the worse it comes back. See ``EncoderLoss``.
  public static let fAnoGAN = AdversarialModel(
    "f_anogan", "f-AnoGAN (Schlegl et al. 2019): tells anomalies by an encoder that learns the way back to the noise.",
    defaults: [
      "objective": "wasserstein", "critic_steps": 5, "learning_rate": 5e-4, "beta1": 0, "beta2": 0.9,
    ],
    options: networkOptions(hidden: [256, 256]) + OptionDescription.encoding(norm: "none", passes: 80) + [
      OptionDescription(
        "encoder_loss", .choice(EncoderLoss.Form.allCases.map(\.rawValue)), default: "izi_f",
        "What the encoder minimises: the residual of images that come back (izi), that and the features' (izi_f), or the "
          + "distance of noise that comes back (ziz)."),
      OptionDescription(
        "feature_weight", .number(.nonNegative), default: 1,
        "Kappa: weight of the discriminator's features in the score, and in the encoder's loss izi_f."),
      OptionDescription(
        "penalty", .automaticPenalty, default: "auto",
        "Added to the critic's loss; auto: gradient_penalty with weight 10 for images and 0.1 for vectors (N, d); "
          + "null for none."),
    ] + OutlierThreshold.options(rows: nil), automaticPenalty: authorsPenalty,
    addition: AdversarialAddition(
      networks: ["encoder"],
      functions: [.noise, .reconstruct, .anomalyScore("mean (x - G(E(x)))^2 + kappa mean (f(x) - f(G(E(x))))^2")]
        + OutlierThreshold.declared, build: encodingAnomalies), networks: convolutional(or: perceptrons))

  @Sendable private static func encodingAnomalies(
    _ gan: AdversarialAddition.Base, _ request: ModelRequest
  ) throws -> AdversarialAddition.Parts {
    let (parts, data) = (gan.parts, request.data)
    let encoder = try request.encoder("encoder", inverting: parts.latent)
    let loss = EncoderLoss(
      parts: parts, encoder: encoder, mismatch: try request.mismatch(parts, .meanOfSquares),
      form: EncoderLoss.Form(rawValue: try request.options.string("encoder_loss")) ?? .imagesAndFeatures,
      weight: try request.options.double("feature_weight"))
    let player = try request.encoding("encoder", encoder)
    try request.endStage(of: gan.game.players)
    let game = try Game(
      networks: [("encoder", encoder)], players: [player],
      losses: ["encoder": { context in try gan.inUse { try loss(context) } }])
    func trained(_ call: ModelCall, _ body: (Tensor) throws -> Tensor) throws -> Tensor {
      try request.requireTrained(player)
      return try call.mapAlone { try body($0.samples) }
    }
    func scores(_ call: ModelCall) throws -> Tensor { try trained(call) { -(try loss.score($0).cast(to: .float64)) } }
    return AdversarialAddition.Parts(game) { game in
      let (functions, settlement) = try OutlierThreshold(request, game).completion(scores)
      let own: [String: ModelSystem.Function] = [
        "transform": { call in try trained(call) { encoder($0) } },
        "reconstruct": { call in try trained(call) { data.userSamples(try parts.samples(of: encoder($0))) } },
      ]
      // A fit that ends before the encoder has learned anything has no scores to find a threshold of.
      let whenTrained = ModelSystem.Settlement(afterFit: { call in
        if try player.updates > 0 { try settlement.afterFit(call) }
      })
      return (functions.merging(own) { first, _ in first }, whenTrained)
    }
  }
}
