import SwiftGANCore
import SwiftGANNN

// The networks of models that take images and vectors alike.
extension AdversarialModel {
  /// The options that decide.
  static func networkOptions(hidden sizes: [Int], architecture: JSON = "auto") -> [OptionDescription] {
    [
      OptionDescription(
        "architecture", .choice(["auto", "mlp", "conv"]), default: architecture,
        "Dense layers (mlp), for any data, or convolutions (conv), for images; auto: conv for images whose sides are a "
          + "base size times 2^n."),
      .width(64), .widths, .discriminatorNorm,
      .hidden(
        sizes, "Sizes of the generator's hidden layers (mlp); in cgan those behind the layers of noise and class."),
      .activation,
    ]
  }

  /// Whether the networks are convolutional. Widths that are given are not passed over, also where they do not fit.
  static func isConvolutional(_ options: Options, _ shape: [Int]) throws -> Bool {
    switch try options.string("architecture") {
    case "mlp": return false
    case "conv": return true
    default:
      guard shape.count == 3 else { return false }
      if try !options.json("widths").isNull { return true }
      return (try? ConvolutionalPlan(options, shape: shape, alternative: "")) != nil
    }
  }

  /// DCGAN's networks, or others for data and options that ask for dense layers.
  static func convolutional(
    or others: @escaping @Sendable (Request) throws -> Networks
  ) -> @Sendable (Request) throws -> Networks {
    { try isConvolutional($0.options, $0.shape) ? dcgan.networks($0) : others($0) }
  }

  /// Dense layers in both players.
  @Sendable static func perceptrons(_ request: Request) throws -> Networks {
    let (hidden, activation) = (try request.options.ints("hidden"), try request.options.json("activation"))
    return (
      try perceptronGenerator(
        latent: request.latent, hidden: hidden, shape: request.shape, activation: activation, output: request.output,
        initializer: "glorot_uniform"),
      try perceptronDiscriminator(
        hidden: hidden.reversed(), shape: request.judgedShape, activation: activation, initializer: "glorot_uniform")
    )
  }
}
