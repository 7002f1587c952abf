import SwiftGANCore
import SwiftGANNN

extension ModelDeclaration {
  /// The variational autoencoder (Kingma and Welling 2014): a decoder that makes samples from normal noise, and an encoder
  /// that gives the mean and variance of a normal approximation of the noise behind a sample. Trained on the evidence lower
  /// bound with the analytic divergence; 784-400-20 for images of 28 by 28, as in the common implementations.
  public static let vae = variational(
    "vae", "The variational autoencoder (Kingma and Welling 2014), of dense or convolutional layers.", target: .none)

  /// The conditional variational autoencoder (Sohn et al. 2015): encoder and decoder are told the class, so that samples
  /// of a class can be made.
  public static let cvae = variational(
    "cvae", "The conditional variational autoencoder (Sohn et al. 2015), which makes samples of a class.",
    target: .labels)

  private static func variational(_ name: String, _ summary: String, target: Target) -> ModelDeclaration {
    let inputs: [ModelFunction.Input] = target == .labels ? [.samples, .labels] : [.samples]
    return ModelDeclaration(
      name, summary, target: target, fewestClasses: 1, epochs: 30,
      options: TrainingOptions.descriptions(
        own: [OptionDescription("latent", .integer(1...1_000_000), default: 20, "Coordinates of the noise.")]
          + OptionDescription.autoencoding(hidden: [400])
          + [
            OptionDescription(
              "likelihood", .choice(["auto", "bernoulli", "gaussian"]), default: "auto",
              "The law of a sample's values given the noise; auto: bernoulli for data in a range, else gaussian."),
            OptionDescription(
              "beta", .number(.nonNegative), default: 1,
              "Weight of the divergence from the prior (Higgins et al. 2017); 1 for the evidence lower bound."),
            .dropout,
          ], defaults: ["batch_size": 128]),
      networks: ["encoder", "decoder"],
      functions: [
        .sample(
          conditional: target == .labels,
          options: [
            OptionDescription(
              "observation", .choice(["auto", "mean", "draw"]), default: "auto",
              "The mean of a sample given its noise, or a draw from its law; auto: the mean of images, a draw of vectors."
            )
          ]),
        ModelFunction("transform", "The posterior's mean for each row, float32 (N, latent).", inputs: inputs),
        ModelFunction(
          "inverse_transform", "What the decoder makes of noise (its mean), in the shape, range and dtype of the data.",
          inputs: [ModelFunction.Input("codes", .vectors, "Noise, (N, latent).")]
            + (target == .labels ? [.labels] : [])),
        ModelFunction(
          "reconstruct",
          "Each row as it comes back through the posterior's mean, in the shape, range and dtype of the data.",
          inputs: inputs),
        ModelFunction(
          "score_samples",
          "A lower bound of each row's log-likelihood in nats, float32 (N,): the evidence lower bound, or with k above 1 the "
            + "tighter bound of k weighted draws (Burda et al. 2016). With the gaussian likelihood the density is that of "
            + "the data's own units; with the bernoulli one a probability, of values scaled to [0, 1].", inputs: inputs,
          options: [
            OptionDescription("k", .integer(1...100_000), default: 1, "Draws of the noise for each row."),
            .seed("Which noise."),
          ]),
      ], interval: 0...1
    ) { request in try VariationalSystem(request).system() }
  }
}
