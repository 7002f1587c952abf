import SwiftGANCore
import SwiftGANNN

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#endif

/// What a generator has learned to draw (Radford et al. 2016, sections 6.1 and 6.3).
struct GeneratorStudies {
  private let parts: AdversarialGame
  private let owner: String

  init(_ parts: AdversarialGame, owner: String) {
    self.parts = parts
    self.owner = owner
  }

  private static let layer = OptionDescription(
    "layer", .optional(.integer(0...1_000_000)), default: nil,
    "Which hidden layer of the generator, 0 for the first; null for the last, which the output is made of.")

  static func declarations(conditional: Bool) -> [ModelFunction] {
    let labels: [ModelFunction.Input] = conditional ? [.labels] : []
    let noise = ModelFunction.Input("noise", .vectors, "Noise, (n, latent).")
    return [
      ModelFunction(
        "draw_noise", "Noise of the law that the generator is trained with, float32 (n, latent).",
        options: [
          OptionDescription("n", .integer(1...1_000_000_000), default: 1, "How many."),
          .seed("Which noise: the same seed gives the same; sample() makes its samples of this noise."),
        ]),
      ModelFunction(
        "interpolate",
        "Samples on the way from one noise to another, in the range and dtype of the data, (pairs, n, ...).",
        inputs: [
          ModelFunction.Input("z0", .vectors, "Where the ways begin, (pairs, latent)."),
          ModelFunction.Input("z1", .vectors, "Where they end, (pairs, latent)."),
        ] + labels,
        options: [
          OptionDescription("n", .integer(2...100_000), default: 9, "Samples on each way, both ends among them."),
          OptionDescription(
            "path", .choice(["auto", "linear", "spherical"]), default: "auto",
            "A straight line, or an arc that keeps the length (White 2016); auto: spherical for normal noise, whose length "
              + "hardly varies, so that the middle of a line is noise never seen in training; linear for uniform noise, whose "
              + "cube has all lines between its points."),
        ]),
      ModelFunction(
        "arithmetic",
        "A sample of the sum of concepts minus other concepts, each the mean of some noise vectors, and variations of it, in "
          + "the range and dtype of the data, (1 + variations, ...).",
        inputs: [
          ModelFunction.Input(
            "plus", .set, "Noise of concepts that are added, (concepts * per_concept, latent), concept after concept."),
          ModelFunction.Input("minus", .set, "Noise of concepts that are subtracted."),
        ] + (conditional ? [ModelFunction.Input("y", .labels, "The class of the result, (1,).")] : []),
        options: [
          OptionDescription(
            "per_concept", .integer(1...1_000_000), default: 3, "Noise vectors of which a concept is the mean."),
          OptionDescription("variations", .integer(0...1_000_000), default: 8, "How many variations."),
          OptionDescription(
            "spread", .number(.nonNegative), default: 0.25, "Variations have uniform noise of up to this added."),
          .seed("Which variations."),
        ]),
      ModelFunction(
        "generator_features",
        "What a hidden layer of the generator gives for noise, float32 (n, ..., features): what a probe can be fitted to that "
          + "finds the features of a concept.", inputs: [noise] + labels, options: [layer]),
      ModelFunction(
        "forget",
        "What the generator makes of noise when features of a hidden layer are dropped everywhere, in the range and dtype of "
          + "the data.", inputs: [noise] + labels,
        options: [
          OptionDescription(
            "dropped", .integers(0...1_000_000, words: "a list of features"), "The features that are set to 0."),
          layer,
        ]),
    ]
  }

  var functions: [String: ModelSystem.Function] {
    [
      "draw_noise": drawNoise, "interpolate": interpolate, "arithmetic": arithmetic,
      "generator_features": features, "forget": forget,
    ]
  }

  /// What noise is generated under: the labels of the call, or codes drawn by its key.
  private func condition(_ labels: Tensor?, _ count: Int, _ key: RandomKey = RandomKey(seed: 0)) throws -> Tensor? {
    guard labels != nil || parts.conditioning?.origin != .given else {
      throw TensorError(.state, "\(owner): the labels are missing")
    }
    return parts.conditions(labels, count, key: key)
  }

  /// What the generator is given for rows of noise.
  private func given(_ rows: ModelCall.Rows) throws -> Tensor {
    guard let conditioning = parts.conditioning else { return rows.samples }
    let condition = try condition(rows.labels, rows.count, rows.key)
    return conditioning.told(rows.samples, condition ?? Tensor.zeros([0]))
  }

  private func drawNoise(_ call: ModelCall) throws -> Tensor {
    let (count, key) = (try call.options.int("n"), RandomKey(seed: UInt64(try call.options.int("seed"))))
    // In the pieces in which samples are made.
    return try ModelCall.chunks(of: count) { range in
      parts.latent.sample(range.count, key: key.folded(range.lowerBound / ModelCall.chunk))
    }
  }

  private func interpolate(_ call: ModelCall) throws -> Tensor {
    try call.requireSize(parts.latent.size)
    let count = try call.options.int("n")
    let path = try call.options.string("path")
    let isArc = path == "auto" ? parts.latent.distribution == .normal : path == "spherical"
    let result = try ResultBuffer([call.count, count] + call.data.sampleShape, dtype: call.data.scaling.dtype)
    try call.eachRows { rows, range in
      guard let from = rows.inputs[0], let to = rows.inputs[1], from.shape == to.shape else {
        throw TensorError(.shape, "\(owner).interpolate: z1 must have the shape of z0")
      }
      let condition = try condition(rows.inputs.count > 2 ? rows.inputs[2] : nil, rows.count, rows.key)
      for index in 0..<count {
        try Interruption.ask()
        let share = Double(index) / Double(count - 1)
        let noise = isArc ? Latent.arc(from, to, share) : (1 - share) * from + share * to
        let points = call.data.userSamples(try parts.samples(of: noise, condition))
        try result.write(points.expandDims(at: 1), at: range.lowerBound, column: index)
      }
    }
    return result.tensor
  }

  private func arithmetic(_ call: ModelCall) throws -> Tensor {
    let size = try call.options.int("per_concept")
    func sum(_ index: Int) throws -> Tensor {
      guard let vectors = call.inputs[index]?.cast(to: .float32) else { return .zeros([parts.latent.size]) }
      let name = call.function.inputs[index].name
      guard vectors.shape.last == parts.latent.size else {
        throw TensorError(
          .shape,
          "\(owner).arithmetic: \(name) has shape (N, \(parts.latent.size)) here, not \(describe(shape: vectors.shape))"
        )
      }
      let count = vectors.shape.first ?? 0
      guard count % size == 0 else {
        throw TensorError(
          .value, "\(owner).arithmetic: \(name) has \(count) vectors, no multiple of per_concept \(size)")
      }
      return (vectors.sum(axes: [0]) / Double(size))
    }
    let result = try (sum(0) - sum(1)).checked()
    let variations = try call.options.int("variations")
    let spread = try call.options.double("spread")
    let key = RandomKey(seed: UInt64(try call.options.int("seed")))
    let label = try call.inputs.count > 2 ? call.inputs[2].map { try call.classes.indices($0) } : nil
    guard label.map({ $0.shape == [1] }) ?? true else {
      throw TensorError(
        .shape, "\(owner).arithmetic: y has \(label?.count ?? 0) labels, but the result is of one class: give one label"
      )
    }
    // All of one condition, as they are of one concept.
    let condition = try condition(label, 1, key.folded(1))
    return try ModelCall.chunks(of: 1 + variations) { range in
      let told = condition.map { one in
        one.shape.first == 1 ? one.broadcast(to: [range.count] + one.shape.dropFirst()) : one
      }
      let (index, isFirst) = (range.lowerBound / ModelCall.chunk, range.lowerBound == 0)
      let size = [range.count - (isFirst ? 1 : 0), parts.latent.size]
      let uniform = Tensor.randomUniform(size, key: isFirst ? key : key.folded(1 + index))
      let around = result + spread * (2 * uniform - 1)
      let rows = isFirst ? .concatenate([result.expandDims(at: 0), around], axis: 0) : around
      return call.data.userSamples(try parts.samples(of: rows, told))
    }
  }

  private func features(_ call: ModelCall) throws -> Tensor {
    try call.requireSize(parts.latent.size)
    let layers = try HiddenLayers(parts.generator, owner: owner)
    let layer = try layers.position(call.options.json("layer"), "\(owner).\(call.function.name)")
    return try call.mapRows { rows in
      let found = try layers.outputs(given(rows)).hidden[layer]
      return found.sliced(axis: 0, from: (found.shape.first ?? 0) - rows.count)
    }
  }

  private func forget(_ call: ModelCall) throws -> Tensor {
    try call.requireSize(parts.latent.size)
    let layers = try HiddenLayers(parts.generator, owner: owner)
    let layer = try layers.position(call.options.json("layer"), "\(owner).\(call.function.name)")
    let dropped = try call.options.ints("dropped")
    return try call.mapRows { rows in
      let noise = try given(rows)
      let count = try layers.outputs(noise.sliced(axis: 0, from: 0, to: 1)).hidden[layer].shape.last ?? 0
      if let stranger = dropped.first(where: { $0 >= count }) {
        throw TensorError(
          .value,
          "\(owner).forget: the layer has \(count) features, from 0 to \(count - 1); there is no feature \(stranger)")
      }
      let gone = Set(dropped)
      let kept = Tensor((0..<count).map { Float(gone.contains($0) ? 0 : 1) })
      return call.data.userSamples(try layers.output(noise, layer: layer, keeping: kept))
    }
  }
}

extension Latent {
  /// The point at `share` of the arc between two vectors, row by row: spherical linear interpolation (Shoemake 1985; White
  /// 2016). Vectors of one direction, or of opposite ones, between which there is no one arc, are interpolated linearly.
  static func arc(_ a: Tensor, _ b: Tensor, _ share: Double) -> Tensor {
    let product = (a * b).sum(axes: [1], keepDims: true)
    let lengths = (a.square().sum(axes: [1], keepDims: true) * b.square().sum(axes: [1], keepDims: true)).sqrt()
    let cosine = (product / Tensor.maximum(lengths, 1e-30)).clip(min: -1, max: 1)
    let angle = cosine.acos()
    let sine = angle.sin()
    let safe = Tensor.maximum(sine, 1e-6)
    let arc = ((1 - share) * angle).sin() / safe * a + (share * angle).sin() / safe * b
    return .select((sine .> 1e-4).broadcast(to: a.error == nil ? a.shape : []), arc, (1 - share) * a + share * b)
  }
}
