import SwiftGANCore
import SwiftGANNN

extension AdversarialModel {
  /// InfoGAN (Chen et al. 2016): codes beside the noise that can be read from the samples, so that they come to mean what
  /// varies in the data; see ``LatentCodes``. As in the paper 62 numbers of noise, one code of ten categories and two
  /// continuous ones.
  public static let infoGAN = AdversarialModel(
    "info_gan", "InfoGAN (Chen et al. 2016): codes told to the generator that can be read from its samples.",
    defaults: ["batch_size": 128, "latent": 62, "learning_rate": 1e-3, "discriminator_learning_rate": 2e-4],
    options: networkOptions(hidden: [256, 256]) + codeOptions,
    functions: [generateFromCodes, codes, clusters, clusterProbabilities, traverse],
    conditioning: { options, _, _ in try latentCodes(options) }, implement: readCodes,
    networks: convolutional(or: perceptrons))

  private static let codeOptions = [
    OptionDescription(
      "categorical", .integers(2...65_536, words: "a list of numbers of categories, one for each code"), default: [10],
      "Categories of each categorical code; an empty list for none."),
    OptionDescription("continuous", .integer(0...65_536), default: 2, "How many continuous codes, uniform on [-1, 1)."),
    OptionDescription(
      "code_weight", .number(.nonNegative), default: 1, "Weight of the categorical codes' cross-entropy in both losses."
    ),
    OptionDescription(
      "continuous_weight", .number(.nonNegative), default: 0.1,
      "Weight of the continuous codes' negative log-likelihood in both losses."),
  ]

  private static func latentCodes(_ options: Options) throws -> LatentCodes {
    let codes = LatentCodes(
      categorical: try options.ints("categorical"), continuous: try options.int("continuous"),
      categoricalWeight: try options.double("code_weight"), continuousWeight: try options.double("continuous_weight"))
    guard codes.columns > 0 else {
      throw TensorError(
        .value, "\(options.owner): there are no codes; categorical [] and continuous 0 leave a plain GAN")
    }
    return codes
  }

  // MARK: Functions

  private static let generateFromCodes = ModelFunction(
    "generate", "What the generator makes of noise and codes of your own, in the range and dtype of the data.",
    inputs: [
      ModelFunction.Input("noise", .vectors, "Noise, (n, latent)."),
      ModelFunction.Input(
        "codes", .vectors, "Codes, (n, codes): the number of the category of each categorical one, then the continuous."
      ),
    ])

  private static let codes = ModelFunction(
    "codes",
    "The codes that the discriminator's head Q reads from samples, float32 (n, codes): the most probable category of each "
      + "categorical one, then the continuous.", inputs: [.samples])

  private static let clusters = ModelFunction(
    "predict", "The most probable category of the first categorical code: the cluster of each sample, int64 (n,).",
    inputs: [.samples])

  private static let clusterProbabilities = ModelFunction(
    "predict_proba", "The probability of each category of the first categorical code, float32 (n, categories).",
    inputs: [.samples])

  private static let traverse = ModelFunction(
    "traverse",
    "Samples in which one code changes and all else stays: `rows` times each of the code's categories, or `steps` values of "
      + "a continuous one, row after row.",
    options: [
      OptionDescription(
        "code", .integer(0...131_072), default: 0, "Which code, in the order of the columns that `codes` gives."),
      OptionDescription(
        "rows", .integer(1...65_536), default: 10, "How many rows, each with noise and codes of its own."),
      OptionDescription("steps", .integer(2...65_536), default: 10, "How many values of a continuous code."),
      OptionDescription("low", .number(.any), default: -2, "The first value of a continuous code."),
      OptionDescription("high", .number(.any), default: 2, "The last value of a continuous code."),
      .seed("Which noise and codes."),
    ])

  @Sendable private static func readCodes(
    _ request: ModelRequest, _ parts: AdversarialGame
  ) throws -> [String: ModelSystem.Function] {
    let (codes, data) = (try latentCodes(request.options), request.data)
    func numbers(_ call: ModelCall, _ read: (Tensor) throws -> Tensor) throws -> Tensor {
      guard let discriminator = parts.discriminator else {
        throw TensorError(.state, "\(request.name): its objective has no discriminator")
      }
      return try call.mapRows { try read(discriminator($0.samples)) }
    }
    func firstScores(_ numbers: Tensor) throws -> Tensor {
      guard let place = codes.places.first else {
        throw TensorError(
          .value, "\(request.name) has no categorical code to cluster by; its codes are continuous")
      }
      return numbers.sliced(axis: 1, from: 1 + place.lowerBound, to: 1 + place.upperBound)
    }
    return [
      "generate": { call in
        try call.requireSize(parts.latent.size)
        try call.requireSize(codes.columns, input: 1)
        return try call.mapRows { rows in
          let told = try codes.internalCodes(rows.inputs[1] ?? Tensor.zeros([0]))
          return data.userSamples(try parts.samples(of: rows.samples, told))
        }
      },
      "codes": { call in try numbers(call) { codes.userCodes($0) } },
      "predict": { call in try numbers(call) { try firstScores($0).argmax(axis: 1) } },
      "predict_proba": { call in try numbers(call) { try firstScores($0).softmax(axis: 1) } },
      "traverse": { call in
        let rows = try call.options.int("rows")
        let key = RandomKey(seed: UInt64(try call.options.int("seed")))
        let (noise, drawn) = (parts.latent.sample(rows, key: key), codes.draw(rows, key: key.folded(1)))
        let told = try codes.traversed(
          drawn, code: call.options.int("code"), steps: call.options.int("steps"),
          from: call.options.double("low"), to: call.options.double("high"))
        let count = (told.shape.first ?? rows) / rows
        return try ModelCall.chunks(of: told.shape.first ?? 0) { range in
          let places = Tensor(range.map { Int64($0 / count) })
          let piece = told.sliced(axis: 0, from: range.lowerBound, to: range.upperBound)
          return data.userSamples(try parts.samples(of: noise.gather(places, axis: 0), piece))
        }
      },
    ]
  }
}
