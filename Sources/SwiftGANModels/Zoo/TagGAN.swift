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

/// The functions of a trained GAN of tags.
private struct Drawn {
  let parts: AdversarialGame
  let values: TargetValues
  let owner: String

  /// `[rows, n, size]` vectors.
  private func vectors(_ rows: ModelCall.Rows, _ count: Int) throws -> Tensor {
    let draws = try (0..<count).map { index in
      let noise = parts.latent.sample(rows.count, key: rows.key.folded(index))
      return values.userValues(try parts.samples(of: noise, rows.samples)).reshape([rows.count, values.size])
    }
    return try Tensor.stack(draws, axis: 1).checked()
  }

  func vectors(_ call: ModelCall) throws -> Tensor {
    let count = try call.options.int("n")
    return try call.mapRows { try vectors($0, count) }
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
    let directions = unit(words.cast(to: .float32))
    return try call.mapRows { rows in
      var (found, cosines) = (Tensor.zeros([rows.count, known]), Tensor.zeros([rows.count, known]))
      // Draw by draw, so that memory is that of one cosine for each row and word.
      for index in 0..<count {
        let noise = parts.latent.sample(rows.count, key: rows.key.folded(index))
        let drawn = values.userValues(try parts.samples(of: noise, rows.samples)).reshape([rows.count, values.size])
        let cosine = try unit(drawn.cast(to: .float32)).matmul(directions.swapAxes(0, 1)).checked()
        let places = cosine.topK(nearest, axis: 1).indices
        let hits = (0..<nearest).reduce(Tensor.zeros([rows.count, known])) { sum, place in
          sum + indicators(places.selected(axis: 1, at: place), classes: known)
        }
        (found, cosines) = (try (found + hits).checked(), try (cosines + cosine).checked())
      }
      // Of words found as often the nearer first: half a hit at most.
      return (found + 0.25 * (cosines / Double(count) + 1)).topK(wanted, axis: 1).indices
    }
  }

  private func unit(_ vectors: Tensor) -> Tensor {
    vectors / Tensor.maximum(vectors.square().sum(axes: [1], keepDims: true).sqrt(), 1e-12)
  }
}
