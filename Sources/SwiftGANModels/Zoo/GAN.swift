import SwiftGANCore
import SwiftGANNN

extension AdversarialModel {
  /// The original GAN with multilayer perceptrons (Goodfellow et al. 2014): noise of 100 uniform numbers, one hidden layer
  /// of 128, sigmoid output, Adam at 1e-3, batches of 128. Takes vectors and images of any size.
  public static let gan = AdversarialModel(
    "gan", "The original GAN with multilayer perceptrons (Goodfellow et al. 2014), for vectors and images of any size.",
    boundedOutput: "sigmoid",
    defaults: ["latent_distribution": "uniform", "learning_rate": 1e-3, "beta1": 0.9, "batch_size": 128],
    options: [.hidden([128]), .discriminatorHidden, .activation]
  ) { request in
    let activation = try request.options.json("activation")
    return (
      try perceptronGenerator(
        latent: request.latent, hidden: request.options.ints("hidden"), shape: request.shape, activation: activation,
        output: request.output, initializer: "glorot_uniform"),
      try perceptronDiscriminator(
        hidden: request.discriminatorHidden(), shape: request.judgedShape, activation: activation,
        initializer: "glorot_uniform")
    )
  }
}
