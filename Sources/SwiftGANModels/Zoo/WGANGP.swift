import SwiftGANCore
import SwiftGANNN

extension AdversarialModel {
  /// The weights of the paper, and of its authors' toys.
  @Sendable static func authorsPenalty(isImage: Bool) -> JSON {
    ["name": "gradient_penalty", "weight": isImage ? 10 : 0.1]
  }

  /// WGAN with gradient penalty (Gulrajani et al. 2017): five critic steps, Adam(1e-4, 0, 0.9), batches of 64.
  /// The penalty weighs 10 for images, as in the paper, and 0.1 for vectors, as in the authors' code for toys in the plane.
  /// Images get DCGAN's networks with no batch norm in the critic, which the penalty rules out (layer norm is an option);
  /// vectors get perceptrons with three hidden layers of 512.
  public static let wganGP = AdversarialModel(
    "wgan_gp", "Wasserstein GAN with gradient penalty (Gulrajani et al. 2017), for images and vectors.",
    defaults: [
      "latent": nil, "objective": "wasserstein", "critic_steps": 5, "learning_rate": 1e-4, "beta1": 0,
      "beta2": 0.9,
    ],
    options: [
      .hidden([512, 512, 512]), .discriminatorHidden, .activation, .width(64), .widths,
    ] + perceptronOptions + [
      OptionDescription(
        "critic_norm", .choice(["none", "layer"]), default: "none", "Normalisation in a convolutional critic."),
      OptionDescription(
        "penalty", .automaticPenalty, default: "auto",
        "Added to the critic's loss; auto: gradient_penalty with weight 10 for images and 0.1 for vectors (N, d); "
          + "null for none."),
    ],
    automaticPenalty: authorsPenalty
  ) { request in
    guard request.isImage else { return try AdversarialModel.gan.networks(request) }
    let plan = try request.plan()
    let isNormed = try request.options.string("critic_norm") == "layer"
    func norm(_ shape: [Int]) -> JSON? {
      guard isNormed else { return Optional.none }
      return ["name": "layer_norm", "shape": JSON(shape)]
    }
    return (
      try plan.generator(latent: request.latent, output: request.output, initializer: "glorot_uniform"),
      try plan.discriminator(
        channels: request.judgedShape.last ?? 1, norm: norm, initializer: "glorot_uniform")
    )
  }
}
