import SwiftGANCore

/// First values of the weights of a recurrent cell. Where one is nil, numbers are uniform in +-1/sqrt(hidden_size), as in
/// PyTorch.
public struct RecurrentInitializers: Sendable {
  /// Of `input_weight`, for each gate by itself.
  public var weight: Initializer?
  /// Of `recurrent_weight`, for each gate by itself; `.orthogonal()` keeps the length of states (Saxe et al. 2014).
  public var recurrent: Initializer?
  /// Of the biases.
  public var bias: Initializer?

  /// - Parameters:
  ///   - weight: of `input_weight`.
  ///   - recurrent: of `recurrent_weight`.
  ///   - bias: of the biases.
  public init(weight: Initializer? = nil, recurrent: Initializer? = nil, bias: Initializer? = nil) {
    self.weight = weight
    self.recurrent = recurrent
    self.bias = bias
  }

  static let optionList: [OptionDescription] = [
    OptionDescription(
      "weight_init", .optional(.initializer), default: .null,
      "First value of the input weights; null: uniform in +-1/sqrt(hidden_size)."),
    OptionDescription(
      "recurrent_init", .optional(.initializer), default: .null,
      "First value of the recurrent weights, gate by gate, such as \"orthogonal\"; null: as weight_init's."),
    OptionDescription(
      "bias_init", .optional(.initializer), default: .null, "First value of the biases; null: as weight_init's."),
  ]

  init(_ options: Options) throws {
    self.init(
      weight: try options.optionalInitializer("weight_init"),
      recurrent: try options.optionalInitializer("recurrent_init"), bias: try options.optionalInitializer("bias_init"))
  }
}

extension Options {
  /// The initialiser that an option describes, or nil where the option is null.
  func optionalInitializer(_ name: String) throws -> Initializer? { try json(name).isNull ? nil : initializer(name) }
}

/// The weights of a recurrent cell, its gates side by side: one product serves all of them.
///
/// `input_weight` (input_size, gates * hidden_size), `recurrent_weight` (hidden_size, gates * hidden_size), `bias`
/// (gates * hidden_size).
struct RecurrentWeights: Sendable {
  let input: Parameter
  let recurrent: Parameter
  let bias: Parameter?

  /// - Parameter biases: a first value for each gate, where it is not the common one.
  init(
    _ inputs: Int, _ hidden: Int, gates: Int, bias hasBias: Bool, _ initializers: RecurrentInitializers,
    biases: [Int: Initializer] = [:], _ label: LayerLabel, in scope: Scope
  ) throws {
    try label.require("input_size", inputs)
    try label.require("hidden_size", hidden)
    let common = RecurrentWeights.common(hidden)
    func each(_ initializer: Initializer?) -> Initializer {
      .sideBySide([Initializer](repeating: initializer ?? common, count: gates))
    }
    input = try scope.parameter("input_weight", [inputs, gates * hidden], each(initializers.weight))
    recurrent = try scope.parameter("recurrent_weight", [hidden, gates * hidden], each(initializers.recurrent))
    let first = (0..<gates).map { biases[$0] ?? initializers.bias ?? common }
    bias = hasBias ? try scope.parameter("bias", [gates * hidden], .sideBySide(first)) : nil
  }

  static func common(_ hidden: Int) -> Initializer {
    let bound = 1 / Double(hidden).squareRoot()
    return .uniform(low: -bound, high: bound)
  }

  /// `x W + b` with the input's weights.
  func projected(_ x: Tensor) -> Tensor {
    let product = x.matmul(input.value)
    return bias.map { product + $0.value } ?? product
  }
}

extension Initializer {
  /// Equal parts of the last axis, each started by an initialiser of its own.
  static func sideBySide(_ parts: [Initializer]) -> Initializer {
    Initializer(["name": "side_by_side", "parts": .array(parts.map(\.specification))]) { request in
      guard let extent = request.shape.last, extent % parts.count == 0 else {
        throw TensorError(
          .shape, "shape \(describe(shape: request.shape)) does not divide into \(parts.count) equal parts")
      }
      let shape = Array(request.shape.dropLast()) + [extent / parts.count]
      let values = try zip(parts, request.key.split(parts.count)).map { part, key in
        try part(shape, fan: Fan(shape: shape), key: key, dtype: request.dtype)
      }
      return .concatenate(values, axis: shape.count - 1)
    }
  }
}
