import SwiftGANCore
import SwiftGANNN

extension AdversarialModel {
  /// What the discriminator of dense layers may have beside the generator's options: maxout and dropout in the 2014 paper.
  static let perceptronOptions = [
    OptionDescription(
      "discriminator_activation", .optional(.choice(perceptronActivations + ["maxout"])), default: nil,
      "Between the discriminator's dense layers, or maxout layers of 5 pieces in their place; null for activation."),
    OptionDescription(
      "discriminator_dropout", .number(.decay), default: 0,
      "Probability of the discriminator's hidden units to be dropped, in dense layers."),
  ]

  /// The original GAN with multilayer perceptrons (Goodfellow et al. 2014): noise of 100 uniform numbers, one hidden layer
  /// of 128, sigmoid output, Adam at 1e-3, batches of 128. Takes vectors and images of any size.
  public static let gan = AdversarialModel(
    "gan", "The original GAN with multilayer perceptrons (Goodfellow et al. 2014), for vectors and images of any size.",
    boundedOutput: "sigmoid",
    defaults: ["latent_distribution": "uniform", "learning_rate": 1e-3, "beta1": 0.9, "batch_size": 128],
    options: [.hidden([128]), .discriminatorHidden, .activation] + perceptronOptions
  ) { request in
    let (activation, own) = (
      try request.options.json("activation"), try request.options.json("discriminator_activation")
    )
    return (
      try perceptronGenerator(
        latent: request.latent, hidden: request.options.ints("hidden"), shape: request.shape, activation: activation,
        output: request.output, initializer: "glorot_uniform"),
      try perceptronDiscriminator(
        hidden: request.discriminatorHidden(), shape: request.judgedShape,
        activation: own.isNull ? activation : own, initializer: "glorot_uniform",
        dropout: request.options.double("discriminator_dropout"))
    )
  }
}
