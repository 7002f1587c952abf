import SwiftGANCore
import SwiftGANNN

extension ModelDeclaration {
  /// The conditional GAN of tags (Mirza and Osindero 2014, section 4.2): of an image, or features of one, it makes vectors in
  /// a space of words, as many different ones as there are ways to tag it. Fitted to images and the vectors of their tags,
  /// one row for each pair.
  public static let tagGAN = ModelDeclaration(
    "tag_gan", "The conditional GAN of tags (Mirza and Osindero 2014): images to a distribution over vectors of words.",
    target: .values,
    options: TagGAN.options, networks: ["generator", "discriminator"], functions: [TagGAN.draw, TagGAN.topTags],
    build: { request in try TagGAN.system(request) })
}

/// What a GAN of tags is made of, and what it does.
private enum TagGAN {
  static let options = AdversarialOptions.descriptions(
    defaults: ["batch_size": 128],
    own: [
      OptionDescription(
        "noise_units", .integer(1...65_536), default: 100, "Units of the generator's own layer for the noise."),
      OptionDescription(
        "feature_units", .integer(1...65_536), default: 256, "Units of both players' own layers for the image."),
      OptionDescription(
        "tag_units", .integer(1...65_536), default: 128, "Units of the discriminator's own layer for the vector."),
      .hidden([256], "Sizes of the hidden layers that join noise and image, and vector and image."),
      OptionDescription(
        "discriminator_dropout", .number(.decay), default: 0.3,
        "Probability of the discriminator's hidden units to be dropped."),
    ])

  private static let seeded: [OptionDescription] = [
    OptionDescription("n", .integer(1...1_000_000), default: 100, "How many vectors for each row."),
    .seed("Which vectors: the same seed gives the same ones."),
  ]

  static let draw = ModelFunction(
    "draw_vectors",
    "Vectors of tags for each row, in the scale and dtype of those of the fit (float64 for integers), (N, n, size).",
    inputs: [.samples], options: seeded)

  static let topTags = ModelFunction(
    "top_tags",
    "The most common tags of each row, most common first, as rows of the vocabulary, int64 (N, k): of each of n vectors the "
      + "nearest words by cosine, and of those the words found most often.",
    inputs: [
      .samples, ModelFunction.Input("vocabulary", .set, "The vector of each word, (words, size)."),
    ],
    options: [
      OptionDescription(
        "k", .optional(.integer(1...1_000_000)), default: nil,
        "How many tags; null for 10, or all words where they are fewer."),
      OptionDescription(
        "nearest", .optional(.integer(1...1_000_000)), default: nil,
        "How many words each vector stands for; null for 20, or all words where they are fewer."),
    ] + seeded)

  static func system(_ request: ModelRequest) throws -> ModelSystem {
    guard case .values(let values)? = request.target else {
      throw TensorError(.state, "\(request.name) has no vectors of tags")
    }
    // The cosine of two numbers is 1 or -1: it would find the same tags for every image.
    guard values.size > 1 else {
      throw TensorError(
        .shape,
        "\(request.name): y has one number for each sample, but takes the vector of its tag, of shape (N, size) with "
          + "a size of at least 2; of labels, the vector of each one's word")
    }
    let (options, size) = (request.options, try elementCount(of: request.data.networkShape))
    let latent = Latent(
      size: try options.json("latent").intValue ?? 100,
      distribution: Latent.Distribution(rawValue: try options.string("latent_distribution")) ?? .normal)
    let pair = try AdversarialPair(
      request,
      AdversarialPair.Wish(
        shape: [values.size], latent: latent, conditioning: JoinedFeatures(size: size),
        penalty: try options.json("penalty"),
        source: AdversarialGame.Source(real: { try $0.target() }, condition: { $0.real })),
      descriptions: TagGAN.options
    ) { asked in
      let joint = try asked.options.ints("hidden")
      let units = try asked.options.int("feature_units")
      func joined(_ inputs: Int, _ own: Int, _ activation: JSON, _ dropout: Double, _ outputs: Int) -> [JSON] {
        JoinedPerceptron(
          inputs: inputs, classes: size, own: (own, units), joint: joint, activation: activation,
          initializer: "he_normal", dropout: dropout
        ).layers(outputs: outputs)
      }
      return (
        joined(latent.size, try asked.options.int("noise_units"), "relu", 0, values.size),
        joined(
          values.size, try asked.options.int("tag_units"), ["name": "leaky_relu", "slope": 0.2],
          try asked.options.double("discriminator_dropout"), 1)
      )
    }
    let drawn = Drawn(parts: pair.parts, values: values, owner: request.name)
    return ModelSystem(
      game: pair.game, latent: latent, functions: ["draw_vectors": drawn.vectors, "top_tags": drawn.topTags])
  }
}

/// The functions of a trained GAN of tags. They draw a few hundred vectors at a time, so that memory does not grow with how many
/// are drawn, and ask between whether to give up.
private struct Drawn {
  /// How many cosines are in memory at a time.
  private static let mostCosines = 1 << 21

  let parts: AdversarialGame
  let values: TargetValues
  let owner: String

  /// Vectors of some of the rows, `[draws, rows, size]`. The noise of a row and a draw does not depend on what else is drawn.
  private func vectors(_ rows: ModelCall.Rows, _ range: Range<Int>, _ draws: Range<Int>) throws -> Tensor {
    func picked(_ tensor: Tensor) -> Tensor { tensor.sliced(axis: 0, from: range.lowerBound, to: range.upperBound) }
    let noise = draws.map { picked(parts.latent.sample(rows.count, key: rows.key.folded($0))) }
    let shown = picked(rows.samples)
    let repeated = shown.expandDims(at: 0).broadcast(to: [draws.count] + shown.shape)
      .reshape([draws.count * range.count] + shown.shape.dropFirst())
    return try values.userValues(parts.samples(of: .concatenate(noise, axis: 0), repeated))
      .reshape([draws.count, range.count, values.size]).checked()
  }

  /// Calls `body` with pieces of the draws, so many that a network has enough to do and there are at most `most`.
  private func pieces(_ count: Int, rows: Int, most: Int = .max, _ body: (Range<Int>) throws -> Void) throws {
    let size = max(1, min(ModelCall.chunk / max(rows, 1), most))
    for start in stride(from: 0, to: count, by: size) {
      try Interruption.ask()
      try body(start..<min(start + size, count))
    }
  }

  func vectors(_ call: ModelCall) throws -> Tensor {
    let (count, size) = (try call.options.int("n"), values.size)
    let result = try ResultBuffer([call.count, count, size], dtype: values.dtype)
    try call.eachRows { rows, range in
      try pieces(count, rows: rows.count) { draws in
        let drawn = try vectors(rows, 0..<rows.count, draws).swapAxes(0, 1)
        try result.write(drawn, at: range.lowerBound, column: draws.lowerBound)
      }
    }
    return result.tensor
  }

  func topTags(_ call: ModelCall) throws -> Tensor {
    let count = try call.options.int("n")
    guard let words = call.inputs[1], words.shape.last == values.size, let known = words.shape.first, known > 0 else {
      throw TensorError(
        .shape,
        "\(owner).top_tags: vocabulary must have shape (words, \(values.size)), not "
          + describe(shape: call.inputs[1]?.shape ?? []))
    }
    func number(_ option: String, _ usual: Int) throws -> Int {
      let given = try call.options.json(option).intValue ?? min(usual, known)
      guard given <= known else {
        throw TensorError(.value, "\(owner).top_tags: \(option) \(given) of a vocabulary of \(known) words")
      }
      return given
    }
    let (wanted, nearest) = (try number("k", 10), try number("nearest", 20))
    let directions = try unit(words.cast(to: .float32)).transposed().checked()
    return try call.mapRows { rows in
      try ModelCall.chunks(of: rows.count, max(1, Drawn.mostCosines / known)) { range in
        var votes = Votes(voters: range.count, candidates: known)
        var sum = Tensor.zeros([range.count, values.size])
        let most = max(1, Drawn.mostCosines / (known * range.count))
        try pieces(count, rows: range.count, most: most) { draws in
          let drawn = unit(try vectors(rows, range, draws).cast(to: .float32).reshape([-1, values.size]))
          try votes.add(drawn.matmul(directions), each: nearest)
          sum = try (sum + drawn.reshape([draws.count, range.count, -1]).sum(axes: [0])).checked()
        }
        // Of words found as often the nearer first: half a vote at most.
        let cosines = (sum / Double(count)).matmul(directions)
        return (votes.counts + 0.25 * (cosines + 1)).topK(wanted, axis: 1).indices
      }
    }
  }

  private func unit(_ vectors: Tensor) -> Tensor {
    vectors / Tensor.maximum(vectors.square().sum(axes: [1], keepDims: true).sqrt(), 1e-12)
  }
}
