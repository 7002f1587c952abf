import SwiftGANCore
import SwiftGANNN

extension ZooModel {
  /// WGAN with gradient penalty (Gulrajani et al. 2017): five critic steps, penalty 10, Adam(1e-4, 0, 0.9), batches of 64.
  /// Images get DCGAN's networks with no batch norm in the critic, which the penalty rules out (layer norm is an option);
  /// vectors get perceptrons with three hidden layers of 512.
  public static let wganGP = ZooModel(
    "wgan_gp", "Wasserstein GAN with gradient penalty (Gulrajani et al. 2017), for images and vectors.",
    defaults: [
      "latent": nil, "objective": "wasserstein", "penalty": "gradient_penalty", "critic_steps": 5,
      "learning_rate": 1e-4, "beta1": 0, "beta2": 0.9,
    ],
    options: [
      .hidden([512, 512, 512]), .discriminatorHidden, .activation, .width(64), .widths,
      OptionDescription(
        "critic_norm", .choice(["none", "layer"]), default: "none", "Normalisation in a convolutional critic."),
    ]
  ) { request in
    guard request.isImage else { return try ZooModel.gan.networks(request) }
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
