import SwiftGANCore
import SwiftGANNN

extension AdversarialModel {
  /// The conditional GAN (Mirza and Osindero 2014): generator and discriminator are both told the class.
  ///
  /// Images whose sides are a base size times 2^n get DCGAN's networks, with the class joined to the noise and, as planes, to
  /// the image. Other data, or `architecture: "mlp"`, get the paper's perceptrons, in which noise and class (samples and
  /// class) have a hidden layer each before they are joined: 200 and 1000 units, then 1200, in the generator; maxout layers
  /// of 240 and 50 units, then 240, in the discriminator.
  public static let cgan = AdversarialModel(
    "cgan", "The conditional GAN (Mirza and Osindero 2014): both players are told the class.",
    labels: .shown, defaults: ["batch_size": 128], options: networkOptions(hidden: [1200]) + joinedOptions,
    conditioning: joinLabels, networks: convolutional(or: joinedPerceptrons))

  /// AC-GAN (Odena et al. 2017): the generator is told the class, and the discriminator tells it beside real or generated;
  /// see ``AuxiliaryClassifier``.
  public static let acgan = AdversarialModel(
    "acgan", "AC-GAN (Odena et al. 2017): the discriminator also tells the class, and both players want it to.",
    labels: .conditions, defaults: ["batch_size": 128],
    options: networkOptions(hidden: [256, 256]) + [
      OptionDescription(
        "class_loss_weight", .number(.positive), default: 1, "Weight of the classes' cross-entropy in both losses.")
    ],
    functions: ModelFunction.classifying,
    conditioning: { options, _, classes in
      AuxiliaryClassifier(classes: classes, weight: try options.double("class_loss_weight"))
    }, implement: classifyByHead, networks: convolutional(or: perceptrons))

  /// What the discriminator's class scores, behind the logit, say of samples.
  @Sendable private static func classifyByHead(
    _ request: ModelRequest, _ parts: AdversarialGame
  ) throws -> [String: ModelSystem.Function] {
    guard let discriminator = parts.discriminator else { return [:] }
    return ModelSystem.classifying(classes: try request.classes) { discriminator($0).sliced(axis: 1, from: 1) }
  }

  /// The projection discriminator (Miyato and Koyama 2018) with hinge loss and spectral normalisation, as in the paper; see
  /// ``LabelProjection``.
  public static let projectionGAN = AdversarialModel(
    "projection_gan",
    "The GAN whose discriminator projects its features on an embedding of the class (Miyato and Koyama 2018).",
    labels: .conditions, defaults: ["batch_size": 128, "objective": "hinge", "spectral_norm": true, "beta1": 0],
    options: networkOptions(hidden: [256, 256]),
    conditioning: { _, _, classes in LabelProjection(classes: classes) },
    networks: convolutional(or: perceptrons))

  // MARK: Parts

  @Sendable static func joinLabels(
    _ options: Options, _ shape: [Int], _ classes: Int
  ) throws -> any Conditioning {
    JoinedLabels(classes: classes, flattens: try !isConvolutional(options, shape))
  }

  static let joinedOptions = [
    OptionDescription(
      "label_units", .integer(1...65_536), default: 1000, "Units of the generator's own layer for the class (mlp)."),
    OptionDescription(
      "noise_units", .integer(1...65_536), default: 200, "Units of the generator's own layer for the noise (mlp)."),
    OptionDescription(
      "discriminator_hidden", .layerSizes, default: [240],
      "Sizes of the discriminator's joint hidden layers (mlp); samples have as many units of their own as the first."),
    OptionDescription(
      "discriminator_label_units", .integer(1...65_536), default: 50,
      "Units of the discriminator's own layer for the class (mlp)."),
    OptionDescription(
      "discriminator_activation", .choice(perceptronActivations + ["maxout"]), default: "maxout",
      "Between the discriminator's dense layers, or maxout layers in their place (mlp)."),
    OptionDescription(
      "discriminator_dropout", .number(.decay), default: 0,
      "Probability of the discriminator's hidden units to be dropped (mlp)."),
  ]

  @Sendable static func joinedPerceptrons(_ request: Request) throws -> Networks {
    let (options, classes) = (request.options, request.classes)
    let size = try elementCount(of: request.shape)
    let generator = JoinedPerceptron(
      inputs: request.latent - classes, classes: classes,
      own: (try options.int("noise_units"), try options.int("label_units")), joint: try options.ints("hidden"),
      activation: try options.json("activation"), initializer: "glorot_uniform", dropout: 0)
    let joint = try options.ints("discriminator_hidden")
    let discriminator = JoinedPerceptron(
      inputs: size, classes: classes, own: (joint.first ?? 240, try options.int("discriminator_label_units")),
      joint: joint, activation: try options.json("discriminator_activation"), initializer: "glorot_uniform",
      dropout: try options.double("discriminator_dropout"))
    return (
      generator.layers(outputs: size) + (request.output.map { [$0] } ?? [])
        + (request.shape.count > 1 ? [reshape(to: request.shape)] : []),
      discriminator.layers(outputs: 1)
    )
  }
}
