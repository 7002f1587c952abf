import SwiftGANCore
import SwiftGANNN

extension AdversarialModel {
  /// The deep convolutional GAN (Radford et al. 2016) for images whose sides are a base size times 2^n, such as 8, 16, 28,
  /// 32 and 64: strided convolutions both ways, batch norm but at the generator's output and the discriminator's input,
  /// weights from N(0, 0.02), 100 uniform numbers, Adam(2e-4, 0.5), batches of 128.
  public static let dcgan = AdversarialModel(
    "dcgan", "The deep convolutional GAN (Radford et al. 2016), for images whose sides are a base size times 2^n.",
    defaults: ["latent_distribution": "uniform", "batch_size": 128],
    options: [.width(64), .widths, .discriminatorNorm]
  ) { request in
    let plan = try request.plan()
    let initializer: JSON = ["name": "normal", "std": 0.02]
    return (
      try plan.generator(latent: request.latent, output: request.output, initializer: initializer),
      try plan.discriminator(
        channels: request.judgedShape.last ?? 1, norm: try discriminatorNorm(request.options), initializer: initializer)
    )
  }

  /// The normalisation between the discriminator's convolutions.
  @Sendable private static func discriminatorNorm(_ options: Options) throws -> (_ shape: [Int]) -> JSON? {
    var kind = try options.string("discriminator_norm")
    if kind == "auto" {
      let isFree = try options.json("penalty").isNull && !options.bool("spectral_norm")
      kind = isFree ? "batch" : "none"
    }
    return { shape in
      switch kind {
      case "batch": batchNorm(shape.last ?? 1)
      case "layer": ["name": "layer_norm", "shape": JSON(shape)]
      default: Optional.none
      }
    }
  }
}

extension OptionDescription {
  static let discriminatorNorm = OptionDescription(
    "discriminator_norm", .choice(["auto", "batch", "layer", "none"]), default: "auto",
    "Normalisation in the discriminator; auto: batch, but none with a penalty, which is on single samples' slopes, or "
      + "spectral_norm.")
}
