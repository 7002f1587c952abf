import SwiftGANCore
import SwiftGANNN

extension AdversarialModel {
  /// The semi-supervised GAN (Salimans et al. 2016, section 5; Odena 2016): the discriminator is a classifier with "generated"
  /// as one more class, which learns from the labels there are and from all samples; see ``ClassScores``. The generator
  /// matches its features. Samples without a label are labelled -1. Dense layers, noise and dropped units by default, after
  /// the paper's networks for MNIST: with them few labels went furthest.
  public static let semiSupervisedGAN = AdversarialModel(
    "semi_supervised_gan",
    "A classifier of few labels (Salimans et al. 2016): the discriminator tells the classes, and generated samples "
      + "apart. It is fitted to labels of which some are -1, which stands for no label.",
    labels: .partly, defaults: ["objective": "feature_matching", "batch_size": 100, "learning_rate": 3e-4],
    options: networkOptions(hidden: [500, 500], architecture: "mlp").map {
      $0.name == "discriminator_norm" ? plainNorm : $0
    } + [
      OptionDescription(
        "supervised_weight", .number(.positive), default: 1, "Weight of the labelled samples' cross-entropy."),
      OptionDescription(
        "information_weight", .number(.nonNegative), default: 0,
        "Weight of the mutual information of sample and class in the discriminator's loss, over all samples (Springenberg "
          + "2016): for classes that are about as frequent as each other; 0 for none."),
      TrainingOptions.lastBatch,
      OptionDescription(
        "discriminator_noise", .number(.nonNegative), default: 0.3,
        "Standard deviation of Gaussian noise on what the discriminator sees in training."),
      OptionDescription(
        "discriminator_dropout", .number(.decay), default: 0.3,
        "Probability of the discriminator's hidden units to be dropped in training."),
    ], functions: ModelFunction.classifying,
    conditioning: { options, _, classes in
      ClassScores(
        classes: classes, weight: try options.double("supervised_weight"),
        informationWeight: try options.double("information_weight"))
    }, implement: classify,
    networks: { request in
      let networks = try convolutional(or: perceptrons)(request)
      let (noise, probability) = (
        try request.options.double("discriminator_noise"), try request.options.double("discriminator_dropout")
      )
      return (networks.generator, regularized(networks.discriminator, noise: noise, dropout: probability))
    })

  // Statistics over a batch of labelled samples alone would not be those of all.
  private static let plainNorm = OptionDescription(
    "discriminator_norm", .choice(["auto", "batch", "layer", "none"]), default: "none",
    "Normalisation in the discriminator (conv).")

  /// The layers with noise on their input and units dropped before the last.
  private static func regularized(_ layers: [JSON], noise: Double, dropout probability: Double) -> [JSON] {
    let activations = Set(perceptronActivations)
    let dropped = layers.flatMap { layer -> [JSON] in
      let name = layer.stringValue ?? layer["name"]?.stringValue ?? ""
      return probability > 0 && activations.contains(name) ? [layer, dropout(probability)] : [layer]
    }
    return (noise > 0 ? [["name": "gaussian_noise", "std": JSON(noise)]] : []) + dropped
  }

  @Sendable private static func classify(
    _ request: ModelRequest, _ parts: AdversarialGame
  ) throws -> [String: ModelSystem.Function] {
    guard let discriminator = parts.discriminator else { return [:] }
    return ModelSystem.classifying(classes: try request.classes) { discriminator($0) }
  }
}
