import SwiftGANCore
import SwiftGANNN

/// What objectives and options make of a discriminator's layers, which a model declares with one logit at the end.
struct DiscriminatorLayers {
  /// The layers as the game needs them.
  private(set) var layers: [JSON]
  private let owner: String

  /// - Parameters:
  ///   - layers: as declared; the last is a dense layer.
  ///   - owner: the model's name, for messages.
  init(_ layers: [JSON], owner: String) {
    self.layers = layers
    self.owner = owner
  }

  /// The last layer, which makes the output of the features.
  private func head() throws -> JSONObject {
    guard let head = layers.last?.objectValue, head["name"] == "dense" else {
      throw TensorError(
        .value, "\(owner): its discriminator does not end with a dense layer, which this option changes")
    }
    return head
  }

  /// Gives the last layer so many outputs.
  mutating func setOutputs(_ count: Int) throws {
    var head = try head()
    head["out_features"] = JSON(count)
    layers[layers.count - 1] = .object(head)
  }

  /// Appends to the features how near the batch's other samples are (Salimans et al. 2016, section 3.2).
  mutating func addMinibatchDiscrimination(kernels: Int) throws {
    var head = try head()
    guard let inputs = head["in_features"]?.intValue else { return }
    head["in_features"] = JSON(inputs + kernels)
    layers[layers.count - 1] = [
      "name": "minibatch_discrimination", "in_features": JSON(inputs), "num_kernels": JSON(kernels),
    ]
    layers.append(.object(head))
  }

  /// Marks what the last layer is given as the features.
  mutating func markFeatures() throws {
    let head = try head()
    layers[layers.count - 1] = "features"
    layers.append(.object(head))
  }

  /// Makes an autoencoder of it: its outputs are the code, which `decoder` makes samples of.
  mutating func reconstruct(by decoder: [JSON]) { layers = layers + ["features"] + decoder }
}

/// The whole of a list of layers with the weights of all linear maps divided by their largest singular values.
func spectrallyNormed(_ layers: [JSON]) -> JSON {
  ["name": "spectral_norm", "layer": sequential(layers)]
}

extension AdversarialModel {
  /// The specifications of both networks as objective and options ask for them.
  /// - Parameter outputs: numbers that a discriminator of logits gives for each sample.
  /// - Returns: the generator's, and the discriminator's, which is nil where the objective has none.
  static func specifications(
    _ request: Request, _ networks: (Request) throws -> Networks, objective: any Objective, outputs: Int = 1,
    owner: String
  ) throws -> (generator: JSON, discriminator: JSON?) {
    let (options, declared) = (request.options, try networks(request))
    let virtual = try options.string("virtual_batch_norm")
    func normed(_ layers: [JSON], _ player: String, shape: [Int]) throws -> JSON {
      let isVirtual = virtual == "both" || (virtual == player)
      return isVirtual
        ? try virtuallyNormed(layers, shape: shape, count: try referenceCount(options), player, owner: owner)
        : sequential(layers)
    }
    let generator = try normed(declared.generator, "generator", shape: request.givenShape)
    guard objective.output != .nothing else { return (generator, nil) }

    var judging = DiscriminatorLayers(declared.discriminator, owner: owner)
    let kernels = try options.int("minibatch_discrimination")
    if kernels > 0 { try judging.addMinibatchDiscrimination(kernels: kernels) }
    let features = try options.int("critic_features")
    switch objective.output {
    case .features: try judging.setOutputs(features)
    case .reconstruction:
      try judging.setOutputs(features)
      let decoding = Request(
        options: options, shape: request.judgedShape, judgedShape: request.judgedShape, latent: features,
        givenShape: [features], classes: 0, output: request.output)
      // Both halves of an autoencoder have batch norm or neither: a penalty is on single samples' slopes.
      let decoder = try networks(decoding).generator
      let isNormed = declared.discriminator.contains { $0["name"] == "batch_norm" }
      judging.reconstruct(by: isNormed ? decoder : withoutBatchNorm(decoder))
    case .logits, .nothing:
      if outputs > 1 { try judging.setOutputs(outputs) }
      if objective.usesFeatures { try judging.markFeatures() }
    }
    let layers = judging.layers
    guard try options.bool("spectral_norm") else {
      return (generator, try normed(layers, "discriminator", shape: request.judgedShape))
    }
    guard virtual != "both" else {
      throw TensorError(
        .value,
        "\(owner): spectral_norm true leaves no batch norm in the discriminator; virtual_batch_norm can be "
          + "'generator' or 'none' beside it, not 'both'")
    }
    return (generator, spectrallyNormed(layers))
  }

  /// Rows of the fixed batch.
  private static func referenceCount(_ options: Options) throws -> Int {
    try options.int("batch_size") / options.int("pack")
  }
}
