import SwiftGANCore
import SwiftGANNN

extension ModelDeclaration {
  /// The Laplacian pyramid of adversarial networks (Denton et al. 2015): a plain GAN makes the coarsest image of a pyramid,
  /// and at each finer level a conditional GAN makes what the expanded coarser image lacks. Levels are trained on the data's
  /// own pyramids, so none hears of the others, and a sample goes through all of them.
  ///
  /// All players are in one game and see the same batches. Networks are called `generator_k` and `discriminator_k`, where
  /// level 0 is the finest, as in the paper.
  public static let lapgan = ModelDeclaration(
    "lapgan", "The Laplacian pyramid of GANs (Denton et al. 2015), for images: one GAN for each level, coarse to fine.",
    options: LAPGAN.options, networks: [],
    functions: [
      .sample(),
      ModelFunction(
        "generate", "What the generators make of noise of your own, in the range and dtype of the data.",
        inputs: [
          ModelFunction.Input(
            "noise", .vectors, "Noise, (n, all levels' coordinates): the coarsest level's first, the finest's last.")
        ]),
      ModelFunction(
        "discriminate",
        "The raw outputs (logits; above 0: taken for real) of each level's discriminator for the images' own pyramids, "
          + "float32 (n, levels), the finest first.", inputs: [.samples]),
      ModelFunction(
        "refine",
        "The images with all detail finer than a level of their pyramids drawn anew, in the shape, range and dtype of the "
          + "data.", inputs: [.samples],
        options: [
          OptionDescription(
            "level", .optional(.integer(1...30)), default: nil,
            "The level that is kept, 1 for half the size; null for the coarsest."),
          .seed("Which details: the same seed gives the same ones."),
        ]),
    ],
    interval: LAPGAN.interval, build: { request in try LAPGAN(request).system })
}

/// The levels of a LAPGAN and what they can do together.
private struct LAPGAN {
  private let data: DataDescription
  /// Height and width of each level, finest first.
  private let sizes: [[Int]]
  /// The GAN of each level, finest first.
  private let pairs: [AdversarialPair]

  static let options = AdversarialOptions.descriptions(
    defaults: ["latent_distribution": "uniform", "learning_rate": 1e-3],
    own: [
      OptionDescription(
        "levels", .optional(.integer(2...30)), default: nil,
        "Images of a pyramid; null to halve as long as the larger side is at least 7 then, but once at least."),
      .hidden([256, 256], "Sizes of the coarsest generator's hidden layers, and in reverse of its discriminator's."),
      OptionDescription("width", .integer(1...4096), default: 32, "Channels of the finer levels' convolutions."),
      OptionDescription(
        "depth", .integer(1...64), default: 3, "Convolutions before the last one in each finer level's generator."),
      OptionDescription("kernel_size", .integer(1...63), default: 3, "Of the finer generators' convolutions."),
      OptionDescription(
        "noise_planes", .integer(1...1024), default: 1,
        "Planes of noise that a finer level's generator is given beside the coarse image."),
      OptionDescription(
        "batch_norm", .choice(["none", "generator", "both"]), default: "generator",
        "Which networks have batch norm between their layers, but for a discriminator's first."),
      OptionDescription(
        "discriminator_sees", .choice(["sum", "both"]), default: "both",
        "What finer discriminators judge: the coarse image plus the difference, as in the paper, or this sum and the coarse "
          + "image as further planes (both)."),
      OptionDescription(
        "discriminator_dropout", .number(.decay), default: 0,
        "Probability of the coarsest discriminator's hidden units to be dropped."),
    ])

  init(_ request: ModelRequest) throws {
    let (options, shape) = (request.options, request.data.networkShape)
    guard shape.count == 3 else {
      throw TensorError(
        .shape,
        "\(request.name): pyramids are of images (N, H, W, C) or (N, H, W), not of vectors of shape "
          + describe(shape: shape))
    }
    data = request.data
    let levels = try options.json("levels").intValue ?? LAPGAN.usualLevels(shape)
    let sizes = try Tensor.pyramidSizes(height: shape[0], width: shape[1], levels: levels)
    let planes = try options.int("noise_planes")
    let joins = try options.string("discriminator_sees") == "both"
    let law = Latent.Distribution(rawValue: try options.string("latent_distribution")) ?? .normal
    let bounded = request.data.scaling.bounds != nil
    pairs = try (0..<levels).map { level in
      let shape = sizes[level] + [shape[2]]
      let isCoarsest = level == levels - 1
      var wish = AdversarialPair.Wish(
        shape: shape,
        latent: isCoarsest
          ? try AdversarialOptions.latent(options, shape: shape)
          : Latent(size: try elementCount(of: sizes[level] + [planes]), distribution: law))
      wish.penalty = try options.json("penalty")
      wish.suffix = "_\(level)"
      wish.batchUse = .again
      wish.source = .level(level)
      if isCoarsest {
        wish.output = try LAPGAN.outputActivation(options, isBounded: bounded)
      } else {
        wish.conditioning = CoarseImage(planes: planes, joins: joins)
      }
      return try AdversarialPair(
        request, wish, descriptions: LAPGAN.options, isCoarsest ? LAPGAN.coarsest : LAPGAN.finer)
    }
    self.sizes = sizes
  }

  /// As many levels as leave the coarsest image's larger side at least 7, but two at least.
  private static func usualLevels(_ shape: [Int]) -> Int {
    var (side, levels) = (max(shape[0], shape[1]), 1)
    while (side + 1) / 2 >= 7 || levels < 2 { (side, levels) = ((side + 1) / 2, levels + 1) }
    return levels
  }

  // MARK: Networks

  /// The interval of the coarsest generator's output, and so of the images.
  @Sendable static func interval(_ options: Options) throws -> ClosedRange<Double> {
    try options.string("output") == "sigmoid" ? 0...1 : -1...1
  }

  private static func outputActivation(_ options: Options, isBounded: Bool) throws -> JSON? {
    let given = try options.string("output")
    let name = given == "auto" ? (isBounded ? "tanh" : "linear") : given
    return name == "linear" ? .none : .some(JSON(name))
  }

  /// The coarsest level: dense layers.
  @Sendable private static func coarsest(_ request: AdversarialModel.Request) throws -> AdversarialModel.Networks {
    let hidden = try request.options.ints("hidden")
    let isNormed = try request.options.string("batch_norm") != "none"
    let size = try elementCount(of: request.shape)
    return (
      perceptron(
        [request.latent] + hidden + [size], activation: "relu", initializer: "he_normal", isNormed: isNormed)
        + (request.output.map { [$0] } ?? []) + [reshape(to: request.shape)],
      try perceptronDiscriminator(
        hidden: hidden.reversed(), shape: request.judgedShape, activation: leaky, initializer: "he_normal",
        dropout: request.options.double("discriminator_dropout"))
    )
  }

  /// A finer level: convolutions at one size in the generator, strided ones in the discriminator.
  @Sendable private static func finer(_ request: AdversarialModel.Request) throws -> AdversarialModel.Networks {
    let (width, depth) = (try request.options.int("width"), try request.options.int("depth"))
    let kernel = try request.options.int("kernel_size")
    func convolution(_ inputs: Int, _ outputs: Int, _ initializer: JSON) -> JSON {
      [
        "name": "conv2d", "in_channels": JSON(inputs), "out_channels": JSON(outputs), "kernel_size": JSON(kernel),
        "padding": "same", "weight_init": initializer,
      ]
    }
    let norm = try request.options.string("batch_norm")
    func norms(_ features: Int, _ isThere: Bool) -> [JSON] { isThere ? [batchNorm(features)] : [] }
    let inputs = [request.givenShape.last ?? 1] + [Int](repeating: width, count: depth - 1)
    let generator = inputs.flatMap {
      [convolution($0, width, "he_normal")] + norms(width, norm != "none") + ["relu"]
    }
    // The difference begins near 0, so that the first sums are the coarse images.
    let last = convolution(width, request.shape.last ?? 1, ["name": "normal", "std": 0.02])
    let judged = request.judgedShape
    let quarter = judged.prefix(2).map { (($0 + 1) / 2 + 1) / 2 }
    let first = [strided("conv2d", judged.last ?? 1, width, initializer: "he_normal"), leaky]
    let second = [strided("conv2d", width, 2 * width, initializer: "he_normal")] + norms(2 * width, norm == "both")
    let judging: [JSON] = [
      leaky, "flatten", dense(try elementCount(of: quarter + [2 * width]), 1, initializer: "he_normal"),
    ]
    return (generator + [last], first + second + judging)
  }

  private static let leaky: JSON = ["name": "leaky_relu", "slope": 0.2]

  // MARK: Samples

  /// Samples of noise, in the networks' range: the coarsest image from the first coordinates, then level by level.
  /// - Parameter kept: an image of a level to begin with, whose own noise is passed over; nil to begin with noise.
  private func samples(of noise: Tensor, from kept: (level: Int, image: Tensor)? = nil) throws -> Tensor {
    var (start, image) = (0, Tensor?.none)
    for level in pairs.indices.reversed() {
      let pair = pairs[level].parts
      let own = noise.sliced(axis: 1, from: start, to: start + pair.latent.size)
      start += pair.latent.size
      if let kept, level >= kept.level {
        image = kept.image
      } else {
        image = try pair.samples(of: own, image?.pyramidUp(to: sizes[level])).checked()
      }
    }
    guard let image else { throw TensorError(.state, "there is no level") }
    return image
  }

  var system: ModelSystem {
    get throws {
      let (latent, data) = (latent, data)
      return ModelSystem(
        game: try Game.joined(pairs.reversed().map(\.game)), latent: latent,
        sampler: { try samples(of: latent.sample($0.count, key: $0.key)) },
        functions: [
          "generate": { call in
            try call.requireSize(latent.size)
            return try call.mapRows { data.userSamples(try samples(of: $0.samples)) }
          },
          "discriminate": { call in
            try call.mapRows { rows in
              let logits = try pairs.map { pair in
                let batch = try Batch([("x", rows.samples)])
                let source = pair.parts.source
                return try pair.parts.logits(
                  of: source.real(batch), pair.parts.conditioning == nil ? nil : source.condition(batch))
              }
              return .stack(logits, axis: 1)
            }
          },
          "refine": { call in
            let level = try call.options.json("level").intValue ?? pairs.count - 1
            guard level < pairs.count else {
              throw TensorError(
                .value,
                "\(call.function.name): level \(level) is none of these pyramids: it is at most \(pairs.count - 1)")
            }
            return try call.mapRows { rows in
              let image = try AdversarialGame.Source.level(level).real(Batch([("x", rows.samples)]))
              let noise = latent.sample(rows.count, key: rows.key)
              return data.userSamples(try samples(of: noise, from: (level, image)))
            }
          },
        ])
    }
  }

  /// The noise of all levels.
  private var latent: Latent {
    let parts = pairs.map(\.parts.latent)
    return Latent(size: parts.reduce(0) { $0 + $1.size }, distribution: parts.first?.distribution ?? .normal)
  }
}

extension AdversarialGame.Source {
  /// A level of the pyramids of a batch's images, 0 being the images themselves, conditioned on the next level expanded.
  static func level(_ level: Int) -> Self {
    @Sendable func image(_ batch: Batch) -> Tensor {
      (0..<level).reduce(batch.real) { image, _ in image.pyramidDown() }
    }
    return Self(
      real: { try image($0).checked() },
      condition: { batch in
        let fine = try image(batch).checked()
        return try fine.pyramidDown().pyramidUp(to: Array(fine.shape[1...2])).checked()
      })
  }
}
