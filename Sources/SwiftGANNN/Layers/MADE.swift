import SwiftGANCore

/// A masked autoencoder for distribution estimation (Germain et al. 2015): a perceptron whose outputs for feature d
/// depend on the features before d in an order, so that they can be the parameters of p(x_d | x_<d).
///
/// Input (..., features); output (..., parameters * features): the first parameter (such as a logit or a mean) of all
/// features, then the second, and so on. With several masks the same weights serve several orders: the further input
/// `mask_index` chooses one.
///
/// Parameters: `0.weight`, `0.bias`, ... of the layers, `direct.weight` where the input is connected to the output.
/// Buffers: `degrees` (masks, features), each feature's place in the order, and `hidden_degrees_0`, ...
///
/// ```swift
/// let network = try MADE(64, hidden: [500], in: scope)
/// let logits = network(x)   // (batch, 64) -> (batch, 64)
/// ```
public struct MADE: Layer {
  /// How many features there are.
  public let features: Int
  /// How many outputs each feature has.
  public let parametersPerFeature: Int
  /// Each feature's place in the order, from 1: (masks, features).
  public let degrees: Parameter
  private let layers: [MaskedDense]
  private let activations: [any Layer]
  private let direct: MaskedDense?
  private let label: LayerLabel

  /// A network for vectors of `features` numbers.
  ///
  /// - Parameters:
  ///   - hidden: sizes of the hidden layers; none leaves a fully visible belief network, with direct connections alone.
  ///   - parametersPerFeature: outputs for each feature: 1 for a Bernoulli's logit, 2 for a Gaussian's mean and scale.
  ///   - masks: how many orders and connectivities the weights serve.
  ///   - ordering: `natural`, or `random` for a permutation of its own for each mask.
  ///   - connectivity: `even`, or `random` for hidden degrees drawn anew for each mask.
  ///   - direct: whether inputs are also connected to outputs directly (section 4.1's A).
  /// - Throws: `.value` for sizes below 1, unknown words, masks that would all be the same; `.memory` for sizes too
  ///   large.
  public init(
    _ features: Int, hidden: [Int], parametersPerFeature: Int = 1, masks: Int = 1, ordering: String = "natural",
    connectivity: String = "even", direct hasDirect: Bool = false, activation: JSON = "relu",
    weight initializer: Initializer = .glorotUniform(), biasInitializer: Initializer = .zeros, in scope: Scope
  ) throws {
    let label = LayerLabel("made", scope)
    self.label = label
    for (name, value) in [("in_features", features), ("parameters", parametersPerFeature), ("masks", masks)] {
      try label.require(name, value)
    }
    for size in hidden { try label.require("hidden", size) }
    guard features <= MaskedDense.largestDegree else {
      throw label.error("in_features must be at most \(MaskedDense.largestDegree), not \(features)")
    }
    try label.requireDegrees(masks: masks, units: [features] + hidden)
    let order = try label.choice("ordering", ordering, AutoregressiveDegrees.Ordering.self)
    let connections = try label.choice("connectivity", connectivity, AutoregressiveDegrees.Connectivity.self)
    guard masks == 1 || order == .random || connections == .random else {
      throw label.error(
        "\(masks) masks in natural order with even connectivity are all the same; choose random ones, or masks 1")
    }
    let drawn = try AutoregressiveDegrees(
      features: features, hidden: hidden, masks: masks, ordering: order, connectivity: connections,
      key: scope.store.random.next())
    self.features = features
    self.parametersPerFeature = parametersPerFeature
    let degrees = try scope.degrees("degrees", drawn.features, label)
    self.degrees = degrees
    let units = try drawn.hidden.enumerated().map { try scope.degrees("hidden_degrees_\($0)", $1, label) }
    let sides = [degrees] + units
    let last = MaskDegrees(inputs: sides[units.count], outputs: degrees, isStrict: true, copies: parametersPerFeature)
    let between = zip(sides, units).map { MaskDegrees(inputs: $0, outputs: $1) }
    layers = try (between + [last]).enumerated().map { index, degrees in
      try MaskedDense(degrees, weight: initializer, biasInitializer: biasInitializer, in: scope[index])
    }
    activations = try hidden.indices.map { try LayerRegistry.shared.make(activation, in: scope["activation_\($0)"]) }
    let across = MaskDegrees(inputs: degrees, outputs: degrees, isStrict: true, copies: parametersPerFeature)
    // Without hidden layers the one layer there is connects inputs to outputs already.
    direct =
      try hasDirect && !hidden.isEmpty
      ? MaskedDense(across, bias: false, weight: initializer, in: scope["direct"]) : nil
  }

  /// How many masks there are.
  public var maskCount: Int { degrees.shape[0] }

  /// The outputs under the first mask.
  public func callAsFunction(_ x: Tensor) -> Tensor { self(x, mask: 0) }

  /// The further input `mask_index`: which mask to use.
  public let inputNames = ["mask_index"]

  /// The outputs for `x`, under the mask that the further input `mask_index` says, or the first.
  public func outputs(_ x: Tensor, _ further: [String: Tensor]) -> [Tensor] {
    label.run(self, x, further) { x in
      guard let index = further["mask_index"] else { return [self(x)] }
      guard index.count == 1, !index.dtype.isFloat, index.dtype != .bool else {
        throw TensorError(
          .type,
          "mask_index must be one integer, not \(index.dtype) of shape \(describe(shape: index.shape))")
      }
      let number = try index.cast(to: .int64).scalars(as: Int64.self).first.map { Int($0) } ?? 0
      return [self(x, mask: number)]
    }
  }

  /// The outputs under mask number `index`.
  public func callAsFunction(_ x: Tensor, mask index: Int) -> Tensor {
    label.run(x) { x in
      try label.requireLast(features, of: "features", in: x, rank: 1...Int.max)
      var hidden = x
      for (layer, activation) in zip(layers, activations) { hidden = activation(layer(hidden, mask: index)) }
      let output = layers[layers.count - 1](hidden, mask: index)
      return direct.map { output + $0(x, mask: index) } ?? output
    }
  }

  /// The features in their order under mask number `index`: the first depends on none, the last on all others.
  /// - Throws: `.index` when there is no such mask.
  public func order(mask index: Int = 0) throws -> [Int] {
    let places = try degrees.value.selected(axis: 0, at: index).cast(to: .float64).scalars(as: Double.self)
    return places.indices.sorted { places[$0] < places[$1] }
  }

  static let registration = LayerRegistration(
    "made",
    "A perceptron whose outputs for a feature depend on the features before it alone (MADE, Germain et al. 2015). "
      + "Output (..., parameters * in_features).",
    options: [
      OptionDescription("in_features", .integer(), "Extent of the input's last axis."),
      OptionDescription(
        "hidden", .integers(1...1_000_000, words: "a list of layer sizes, which may be empty"), default: [500],
        "Sizes of the hidden layers; none for a fully visible belief network."),
      OptionDescription("parameters", .integer(1...1024), default: 1, "Outputs for each feature."),
      OptionDescription("masks", .integer(1...1024), default: 1, "Orders and connectivities that the weights serve."),
      OptionDescription(
        "ordering", .choice(AutoregressiveDegrees.Ordering.allCases.map(\.rawValue)), default: "natural",
        "The features' order: as they come, or a permutation drawn for each mask."),
      OptionDescription(
        "connectivity", .choice(AutoregressiveDegrees.Connectivity.allCases.map(\.rawValue)), default: "even",
        "How many features each hidden unit sees: a fixed pattern, or drawn for each mask."),
      OptionDescription("direct", .boolean, default: false, "Whether inputs are also connected to outputs directly."),
      OptionDescription(
        "activation", .choice(["relu", "leaky_relu", "tanh", "sigmoid", "softplus", "gelu"]), default: "relu",
        "After each hidden layer."),
      .weightInitializer, .biasInitializer,
    ],
    inputs: [PortDescription("mask_index", "Which of the masks to use: one integer; left out, the first.")]
  ) { options, scope in
    try MADE(
      options.int("in_features"), hidden: options.ints("hidden"), parametersPerFeature: options.int("parameters"),
      masks: options.int("masks"), ordering: options.string("ordering"), connectivity: options.string("connectivity"),
      direct: options.bool("direct"), activation: options.json("activation"),
      weight: options.initializer("weight_init"), biasInitializer: options.initializer("bias_init"), in: scope)
  }
}

extension LayerLabel {
  /// Throws unless the degrees of all masks are few enough to be drawn one by one.
  fileprivate func requireDegrees(masks: Int, units: [Int]) throws {
    let largest = 1 << 26
    // Each size is below 2^31, so that only very long lists could overflow.
    let sum = units.prefix(1 << 20).reduce(0, +)
    guard units.count <= 1 << 20, sum <= largest / masks else {
      throw TensorError(
        .memory,
        "\(text): \(masks) masks of \(sum) features and hidden units are too many; masks times units must be at most "
          + "\(largest)")
    }
  }

  /// The case of that name.
  func choice<Choice: RawRepresentable & CaseIterable>(
    _ name: String, _ word: String, _ type: Choice.Type
  ) throws -> Choice where Choice.RawValue == String {
    guard let found = Choice(rawValue: word) else {
      let known = Choice.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
      throw error("\(name) must be one of \(known), not '\(word)'")
    }
    return found
  }
}
