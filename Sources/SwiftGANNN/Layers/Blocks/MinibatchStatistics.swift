import SwiftGANCore

/// Appends how much the examples of a batch differ, so that a discriminator sees a generator that repeats itself (Karras et
/// al. 2018, section 3).
///
/// Input (batch, ..., features), output (batch, ..., features + maps). The batch is cut into groups; in each the standard
/// deviation over its examples is taken for every position and feature, averaged over positions and over each of `maps`
/// runs of features, and appended as constant features. The same in training and in use; an example's output depends on
/// its group, so sizes of batches matter.
public struct MinibatchStddev: Layer {
  private let groupSize: Int
  private let maps: Int
  private let epsilon: Double
  private let label: LayerLabel

  /// - Parameters:
  ///   - groupSize: examples in a group; where it does not divide the batch, the largest smaller number that does.
  ///   - maps: features appended; must divide the input's features.
  ///   - epsilon: added to the variance under the root.
  /// - Throws: `.value` for a number out of range.
  public init(groupSize: Int = 4, maps: Int = 1, epsilon: Double = 1e-8, in scope: Scope? = nil) throws {
    label = LayerLabel("minibatch_stddev", scope)
    try label.require("group_size", groupSize)
    try label.require("num_features", maps)
    try label.requirePositive(epsilon: epsilon)
    self.groupSize = groupSize
    self.maps = maps
    self.epsilon = epsilon
    scope?.store.noteBatchLayer("minibatch_stddev")
  }

  /// `x` with the statistics appended.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    label.run(x) { x in
      guard x.rank >= 2, x.shape[x.rank - 1] % maps == 0 else {
        throw TensorError(
          .shape,
          "expected an input (batch, ..., features) whose features \(maps) divides, not one of shape "
            + describe(shape: x.shape))
      }
      let (batch, features) = (x.shape[0], x.shape[x.rank - 1])
      guard x.count > 0 else { return .concatenate([x, x.sliced(axis: -1, to: maps)], axis: -1) }
      let size = (1...min(groupSize, batch)).last { batch % $0 == 0 } ?? 1
      let positions = x.shape.dropFirst().dropLast().reduce(1, *)
      // (group's examples, groups, positions, maps, features of each)
      let grouped = x.reshape([size, batch / size, positions, maps, features / maps])
      let centred = grouped - grouped.mean(axes: [0], keepDims: true)
      let deviation = (centred.square().mean(axes: [0]) + epsilon).sqrt()
      let statistics = deviation.mean(axes: [1, 3])  // (groups, maps)
      let spread = statistics.reshape([1, batch / size, 1, maps]).broadcast(to: [size, batch / size, positions, maps])
      return .concatenate([x, spread.reshape(Array(x.shape.dropLast()) + [maps])], axis: -1)
    }
  }

  static let registration = LayerRegistration(
    "minibatch_stddev", "Appends the standard deviation over groups of a batch (Karras et al. 2018).",
    options: [
      OptionDescription(
        "group_size", .integer(), default: 4, "Examples in a group, or what divides the batch below it."),
      OptionDescription("num_features", .integer(), default: 1, "Features appended."),
      OptionDescription("epsilon", .number(.positive), default: 1e-8, "Added to the variance under the root."),
    ]
  ) { options, scope in
    try MinibatchStddev(
      groupSize: options.int("group_size"), maps: options.int("num_features"), epsilon: options.double("epsilon"),
      in: scope)
  }
}

/// Appends how near the other examples of a batch are, by learned kernels (Salimans et al. 2016, section 3.2).
///
/// Input f (batch, in_features), output (batch, in_features + num_kernels). With `M_i = f_i T` seen as (num_kernels,
/// kernel_dim), the features appended are `o(x_i)_b = sum_j exp(-|M_ib - M_jb|_1)` over all examples j of the batch, i
/// among them. Parameter: `weight`, T (in_features, num_kernels * kernel_dim).
public struct MinibatchDiscrimination: Layer {
  /// T.
  public let weight: Parameter
  private let inputs: Int
  private let kernels: Int
  private let dimension: Int
  private let label: LayerLabel

  /// - Parameters:
  ///   - inputs: features of the input.
  ///   - kernels: features appended (B in the paper).
  ///   - dimension: of the space in which distances are taken (C in the paper).
  /// - Throws: `.value` for a size below 1 or a taken name.
  public init(
    _ inputs: Int, kernels: Int = 32, dimension: Int = 8, weight initializer: Initializer = .normal(std: 0.05),
    in scope: Scope
  ) throws {
    label = LayerLabel("minibatch_discrimination", scope)
    try label.require("in_features", inputs)
    try label.require("num_kernels", kernels)
    try label.require("kernel_dim", dimension)
    self.inputs = inputs
    self.kernels = kernels
    self.dimension = dimension
    scope.store.noteBatchLayer("minibatch_discrimination")
    weight = try scope.parameter(
      "weight", [inputs, kernels * dimension], initializer, fan: Fan(input: inputs, output: dimension))
  }

  /// `x` with the nearness to other examples appended.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    label.run(x) { x in
      try label.requireLast(inputs, of: "features", in: x, rank: 2...2)
      // The batch comes last, so that all pairs of examples lie side by side.
      let m = weight.value.transposed().matmul(x.transposed()).reshape([kernels, dimension, x.shape[0]])
      return .concatenate([x, m.l1Nearness().transposed()], axis: 1)
    }
  }

  static let registration = LayerRegistration(
    "minibatch_discrimination", "Appends the nearness of a batch's examples by learned kernels (Salimans et al. 2016).",
    options: [
      OptionDescription("in_features", .integer(), "Features of the input."),
      OptionDescription("num_kernels", .integer(), default: 32, "Features appended."),
      OptionDescription("kernel_dim", .integer(), default: 8, "Dimension of the space of distances."),
      OptionDescription("weight_init", .initializer, default: ["name": "normal", "std": 0.05], "First value of T."),
    ]
  ) { options, scope in
    try MinibatchDiscrimination(
      options.int("in_features"), kernels: options.int("num_kernels"), dimension: options.int("kernel_dim"),
      weight: options.initializer("weight_init"), in: scope)
  }
}
