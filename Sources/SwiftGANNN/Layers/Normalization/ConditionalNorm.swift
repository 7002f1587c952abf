import SwiftGANCore

/// A normalisation whose scale and shift are those of a class, or an affine map of a condition vector.
///
/// Input and output (batch, ..., features). Further input: `labels`, integer classes of shape (batch), or a vector of
/// shape (batch, condition features). Its three registered forms:
/// - `conditional_batch_norm`: batch statistics (de Vries et al. 2017), with `labels` as in Miyato and Koyama 2018, or with
///   `condition`, as in BigGAN (Brock et al. 2019);
/// - `conditional_instance_norm`: instance statistics (Dumoulin et al. 2017), with `labels` or `condition`;
/// - `ada_in`: adaptive instance normalisation (Huang and Belongie 2017) with `style`, as in StyleGAN (Karras et al. 2019,
///   eq. 1).
///
/// Parameters: with classes `scale.weight` and `shift.weight` (classes, features), starting as 1 and 0; with a vector
/// `map.weight` (condition features, 2 * features) and `map.bias`, and the scale is 1 plus the map's first half.
///
/// ```swift
/// let norm = try ConditionalNorm(BatchNorm(64, affine: false, in: scope), 64, by: .labels(10), in: scope)
/// let y = norm(x, ["labels": labels])
/// ```
public struct ConditionalNorm: Layer {
  /// What scale and shift depend on.
  public enum Condition: Sendable {
    /// One of so many classes.
    case labels(Int)
    /// A vector of so many features, given as the further input of that name.
    case vector(Int, name: String = "condition")
  }

  private enum Modulation: Sendable {
    case table(scale: Embedding, shift: Embedding)
    case map(Dense)
  }

  /// The further input: `labels`, `condition` or `style`.
  public let inputName: String
  private let norm: any Layer
  private let features: Int
  private let modulation: Modulation
  private let label: LayerLabel

  /// - Parameters:
  ///   - norm: the normalisation, without an affine map of its own.
  ///   - features: extent of the input's last axis.
  ///   - name: the layer's name in messages.
  /// - Throws: `.value` for a number out of range or a taken name.
  public init(
    _ norm: any Layer, _ features: Int, by condition: Condition, named name: String = "conditional_norm",
    in scope: Scope
  ) throws {
    label = LayerLabel(name, scope)
    try label.require("features", features)
    self.norm = norm
    self.features = features
    switch condition {
    case .labels(let classes):
      try label.require("num_classes", classes)
      inputName = "labels"
      modulation = .table(
        scale: try Embedding(classes, features, weight: .ones, isLinearMap: false, in: scope["scale"]),
        shift: try Embedding(classes, features, weight: .zeros, isLinearMap: false, in: scope["shift"]))
    case .vector(let size, let name):
      try label.require("\(name)_features", size)
      inputName = name
      modulation = .map(try Dense(size, 2 * features, in: scope["map"]))
    }
  }

  /// The condition's name.
  public var inputNames: [String] { [inputName] }
  /// The condition's name.
  public var requiredInputNames: [String] { [inputName] }

  /// An error: the condition is missing.
  public func callAsFunction(_ x: Tensor) -> Tensor { self(x, [:]) }

  /// `x`, normalised, with the condition's scale and shift.
  public func outputs(_ x: Tensor, _ further: [String: Tensor]) -> [Tensor] {
    label.run(self, x, further) { x in
      try label.requireLast(features, of: "features", in: x, rank: 2...Int.max)
      guard let condition = further[inputName] else { throw TensorError(.type, "'\(inputName)' is missing") }
      let (scale, shift) = try modulate(condition, batch: x.shape[0])
      let shape = [x.shape[0]] + [Int](repeating: 1, count: x.rank - 2) + [features]
      return [norm(x) * scale.reshape(shape) + shift.reshape(shape)]
    }
  }

  private func modulate(_ condition: Tensor, batch: Int) throws -> (scale: Tensor, shift: Tensor) {
    switch modulation {
    case .table(let scale, let shift):
      guard condition.shape == [batch] else {
        throw TensorError(
          .shape,
          "labels must have shape (\(batch),), one class for each example, not \(describe(shape: condition.shape))")
      }
      return (scale(condition), shift(condition))
    case .map(let map):
      guard condition.rank == 2, condition.shape[0] == batch else {
        throw TensorError(
          .shape,
          "\(inputName) must have shape (\(batch), features), one vector for each example, not "
            + describe(shape: condition.shape))
      }
      let both = map(condition)
      return (both.sliced(axis: 1, to: features) + 1, both.sliced(axis: 1, from: features))
    }
  }

  // MARK: Registrations

  private static let conditions = [
    OptionDescription(
      "num_classes", .optional(.integer()), default: nil, "Number of classes, for the further input labels."),
    OptionDescription(
      "condition_features", .optional(.integer()), default: nil, "Extent of the further input condition, instead."),
  ]

  private static let ports = [
    PortDescription("labels", "Integer classes, (batch), where num_classes is given."),
    PortDescription("condition", "Vectors, (batch, condition_features), where that is given."),
  ]

  private static func condition(_ options: Options) throws -> Condition {
    switch (try options.optionalInt("num_classes"), try options.optionalInt("condition_features")) {
    case (let classes?, nil): return .labels(classes)
    case (nil, let features?): return .vector(features)
    default:
      throw TensorError(.value, "\(options.owner): give just one of num_classes and condition_features")
    }
  }

  static let batchRegistration = LayerRegistration(
    "conditional_batch_norm", "Batch normalisation with scale and shift by class or condition (de Vries et al. 2017).",
    options: [.features()] + conditions + [
      .epsilon(),
      OptionDescription(
        "momentum", .number(.unit), default: 0.1, "Share of the newest batch in the running statistics."),
    ],
    inputs: ports
  ) { options, scope in
    let features = try options.int("features")
    let norm = try BatchNorm(
      features, epsilon: options.double("epsilon"), momentum: options.double("momentum"), affine: false, in: scope)
    return try ConditionalNorm(norm, features, by: condition(options), named: options.owner, in: scope)
  }

  static let instanceRegistration = LayerRegistration(
    "conditional_instance_norm",
    "Instance normalisation with scale and shift by class or condition (Dumoulin et al. 2017).",
    options: [.features()] + conditions + [.epsilon()],
    inputs: ports
  ) { options, scope in
    let features = try options.int("features")
    let norm = try InstanceNorm(features, epsilon: options.double("epsilon"), in: scope)
    return try ConditionalNorm(norm, features, by: condition(options), named: options.owner, in: scope)
  }

  static let styleRegistration = LayerRegistration(
    "ada_in", "Adaptive instance normalisation by a style vector (Huang and Belongie 2017; Karras et al. 2019).",
    options: [
      .features(), OptionDescription("style_features", .integer(), "Extent of the style's last axis."), .epsilon(),
    ],
    inputs: [PortDescription("style", isRequired: true, "Style vectors, (batch, style_features).")]
  ) { options, scope in
    let features = try options.int("features")
    let norm = try InstanceNorm(features, epsilon: options.double("epsilon"), in: scope)
    let style = Condition.vector(try options.int("style_features"), name: "style")
    return try ConditionalNorm(norm, features, by: style, named: options.owner, in: scope)
  }
}

extension Options {
  /// A whole number, or nil where the option is null.
  public func optionalInt(_ name: String) throws -> Int? { try json(name).isNull ? nil : int(name) }
}
