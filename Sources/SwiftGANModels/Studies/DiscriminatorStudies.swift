import SwiftGANCore
import SwiftGANNN

/// What a discriminator has learned to see (Radford et al. 2016, sections 5 and 6.2).
struct DiscriminatorStudies {
  private let parts: AdversarialGame
  private let pack: Int
  private let owner: String

  /// - Parameter pack: how many samples the discriminator is shown at once; it can be studied where that is 1.
  init(_ parts: AdversarialGame, pack: Int, owner: String) {
    self.parts = parts
    self.pack = pack
    self.owner = owner
  }

  /// - Parameter seesLabels: whether the discriminator is shown labels beside the samples, so that what it sees depends on
  ///   them.
  static func declarations(seesLabels: Bool) -> [ModelFunction] {
    let inputs: [ModelFunction.Input] = [.samples] + (seesLabels ? [.labels] : [])
    let use =
      seesLabels
      ? " The discriminator is shown y, so that these features give it away: a classifier of classes that is fitted to them "
        + "reads y, not the image."
      : " For a linear classifier."
    return [
      ModelFunction(
        "features",
        "What all of the discriminator's convolutions see: each map's largest values in a grid of cells, flattened and "
          + "joined, float32 (n, features). Of dense layers, the units of those in one sequence." + use, inputs: inputs,
        options: [
          OptionDescription(
            "grid", .integer(1...1024), default: 4, "Cells along each side; a smaller map keeps its own pixels.")
        ]),
      ModelFunction(
        "filters",
        "The filters of the discriminator's first layer as images, float32 (filters, height, width, channels), without "
          + "what they have for a label's planes; of a dense layer, the weights of each unit: an image where the data "
          + "are images, else as many numbers as it is given."),
      ModelFunction(
        "guided_backprop",
        "Which pixels excite a feature of the discriminator where it is strongest: the gradient along each image, through "
          + "rectifiers that pass positive gradients alone (Springenberg et al. 2015), float32 in the shape of the data.",
        inputs: inputs,
        options: [
          OptionDescription(
            "feature", .optional(.integer(0...1_000_000)), default: nil,
            "Which feature of the layer; null for the one that is strongest in each image."),
          OptionDescription(
            "layer", .optional(.integer(0...1_000_000)), default: nil,
            "Which hidden layer, 0 for the first; null for the last."),
        ]),
    ]
  }

  var functions: [String: ModelSystem.Function] {
    ["features": features, "filters": filters, "guided_backprop": guidedGradient]
  }

  private var discriminator: Network {
    get throws {
      guard let discriminator = parts.discriminator else {
        throw TensorError(.state, "\(owner): its objective has no discriminator")
      }
      return discriminator
    }
  }

  private func shown(_ samples: Tensor, _ rows: ModelCall.Rows, _ call: ModelCall) throws -> Tensor {
    guard pack == 1 else {
      throw TensorError(
        .value,
        "\(owner): its discriminator is shown \(pack) samples at once (pack), so it says nothing of a single one")
    }
    guard let conditioning = parts.conditioning else { return samples }
    guard rows.labels != nil || conditioning.shownShape(call.data.networkShape) == call.data.networkShape else {
      throw TensorError(.state, "\(owner): the labels are missing")
    }
    return conditioning.shown(samples, rows.labels ?? Tensor.zeros([0]))
  }

  private func features(_ call: ModelCall) throws -> Tensor {
    let layers = try HiddenLayers(discriminator, owner: owner)
    let grid = try call.options.int("grid")
    return try call.mapRows { rows in
      // A reference batch, where there is one, comes first.
      let hidden = try layers.outputs(shown(rows.samples, rows, call)).hidden.map { layer in
        layer.sliced(axis: 0, from: (layer.shape.first ?? 0) - rows.count)
      }
      let maps = hidden.filter { $0.rank == 4 }
      let pooled = maps.isEmpty ? hidden : maps.map { $0.adaptiveMaxPool2d($0.shape[1...2].map { min($0, grid) }) }
      return try Tensor.concatenate(pooled.map { $0.reshape([rows.count, -1]) }, axis: 1).checked()
    }
  }

  private func filters(_ call: ModelCall) throws -> Tensor {
    guard let weight = try discriminator.parameters.first(where: { $0.isTrainable && $0.outputAxis != nil }),
      let axis = weight.outputAxis
    else { throw TensorError(.state, "\(owner): the discriminator has no weights") }
    let rows = weight.value.moveAxes([axis], to: [0])
    let shape = call.data.networkShape
    // What a filter has for the planes of a label is no picture.
    if rows.rank == 4, let shown = parts.conditioning?.shownShape(shape), shown.count == 3, shown[2] == rows.shape[3] {
      return try rows.sliced(axis: 3, from: 0, to: shape[2]).contiguous().checked()
    }
    // Dense weights have a number for each pixel, of samples or of several packed together.
    guard rows.rank == 2, shape.count == 3 else { return try rows.contiguous().checked() }
    let channels = rows.shape[1] / (shape[0] * shape[1])
    guard channels * shape[0] * shape[1] == rows.shape[1] else { return try rows.contiguous().checked() }
    return try rows.reshape([rows.shape[0], shape[0], shape[1], channels]).contiguous().checked()
  }

  private func guidedGradient(_ call: ModelCall) throws -> Tensor {
    let layers = try HiddenLayers(discriminator, owner: owner)
    let layer = try layers.position(call.options.json("layer"), "\(owner).\(call.function.name)")
    let feature = try call.options.json("feature").intValue
    return try call.mapRows { rows in
      let gradient = try Gradient.withoutPauses {
        try guided(rows.samples, layers, layer, feature) { try shown($0, rows, call) }
      }
      return gradient.reshape([rows.count] + call.data.sampleShape)
    }
  }

  /// The gradient of each sample's strongest unit, from hidden layer to hidden layer: what comes to a rectifier is cut at 0.
  private func guided(
    _ samples: Tensor, _ layers: HiddenLayers, _ layer: Int, _ feature: Int?, _ shown: (Tensor) throws -> Tensor
  ) throws -> Tensor {
    let leaf = try samples.detached().tracked().checked()
    let hidden = try Gradient.scope { try layers.outputs(shown(leaf)).hidden }
    let top = hidden[layer]
    var cotangent = try strongest(top.detached(), feature, count: samples.shape.first ?? 0)
    for place in stride(from: layer, to: 0, by: -1) {
      cotangent = gradient(of: hidden[place], withRespectTo: [hidden[place - 1]], cotangent: cotangent)[0]
      if layers.isRectifier(place - 1) { cotangent = cotangent.relu() }
    }
    return try gradient(of: hidden[0], withRespectTo: [leaf], cotangent: cotangent)[0].checked()
  }

  /// A one where a feature is strongest, and zeros elsewhere: for each of the last `count` examples.
  private func strongest(_ map: Tensor, _ feature: Int?, count: Int) throws -> Tensor {
    let (examples, features) = (map.shape.first ?? 0, map.shape.last ?? 0)
    if let feature, feature >= features {
      throw TensorError(
        .value,
        "\(owner): the layer has \(features) features, from 0 to \(features - 1); there is no feature \(feature)")
    }
    let units = map.reshape([examples, -1])
    let width = units.shape[1]
    let ofFeature = Tensor.arange(0, Double(width), dtype: .int64).reshape([-1, features])
    let places =
      feature.map { feature in
        let own = ofFeature.sliced(axis: 1, from: feature, to: feature + 1).reshape([-1])
        return own.gather(units.gather(own, axis: 1).argmax(axis: 1), axis: 0)
      } ?? units.argmax(axis: 1)
    let ones = try indicators(places.checked(), classes: width)
    let isSample = Tensor.arange(0, Double(examples)) .>= Double(examples - count)
    return (ones * isSample.cast(to: .float32).expandDims(at: 1)).reshape(map.shape)
  }
}
