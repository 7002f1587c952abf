import SwiftGANCore

/// A layer whose weights are functions of the parameters that it trains: each time it is applied, the weights of the linear
/// maps inside (all parameters with an ``Parameter/outputAxis``, at any depth) have the values that a rule makes of them.
///
/// Gradients of any order flow through the rule to the parameters. The layer inside is the one it was; its parameters keep
/// their names.
public struct Reparameterized: Layer {
  /// Makes the value that the layer sees of the value that is trained.
  public typealias Rule = @Sendable (Tensor) throws -> Tensor

  /// The parameters that are replaced.
  public let weights: [Parameter]
  private let parts: LayerParts
  private let rules: [Rule]
  private let noun: String

  /// Builds a layer and the rules of the weights inside.
  /// - Parameters:
  ///   - noun: what the wrapper is called in messages.
  ///   - build: makes the layer in the scope that it is given.
  ///   - rule: makes a weight's rule; in the scope of the weight it may add parameters and buffers of its own.
  /// - Throws: `.value` for a layer without weights of linear maps; what `build` and `rule` throw.
  public init(
    _ noun: String, in scope: Scope, _ build: (Scope) throws -> any Layer,
    rule: (Parameter, Scope) throws -> Rule
  ) throws {
    self.noun = noun
    let before = Set(scope.store.parameters.map(\.identity))
    let layer = try build(scope)
    parts = LayerParts([("layer", layer)])
    weights = scope.store.parameters.filter { $0.outputAxis != nil && !before.contains($0.identity) }
    guard !weights.isEmpty else {
      throw LayerLabel(noun, scope).error("the layer has no weight; give one with a dense, convolutional or such layer")
    }
    rules = try weights.map { weight in
      // The place where the layer made the weight.
      let path = weight.name.split(separator: ".").dropLast()
      let own = scope.path.split(separator: ".")
      return try rule(weight, path.dropFirst(own.count).reduce(scope) { $0[String($1)] })
    }
  }

  /// The layer inside, with other weights.
  public func callAsFunction(_ x: Tensor) -> Tensor { self(x, [:]) }

  /// Those of the layer inside.
  public var inputNames: [String] { parts.inputNames }
  /// Those of the layer inside.
  public var requiredInputNames: [String] { parts.requiredInputNames }
  /// Those of the layer inside.
  public var outputNames: [String] { parts.outputNames }

  /// What the layer inside gives with its weights replaced.
  public func outputs(_ x: Tensor, _ further: [String: Tensor]) -> [Tensor] {
    if let error = x.error { return failed(error) }
    do {
      let values = try zip(weights, rules).map { weight, rule in try rule(weight.value) }
      return try withParameters(weights, setTo: values) {
        parts.run(noun, self, further) { run in run.apply(0, to: x) }
      }
    } catch let error as TensorError {
      return failed(error.prefixed(noun))
    } catch {
      return failed(TensorError(.state, "\(noun): \(error)"))
    }
  }
}

/// A layer that is another one under its own name: it passes on what goes in and out.
public protocol LayerWrapper: Layer {
  /// The layer that does the work.
  var wrapped: any Layer { get }
}

extension LayerWrapper {
  /// What the layer inside gives.
  public func callAsFunction(_ x: Tensor) -> Tensor { wrapped(x) }
  /// Those of the layer inside.
  public var inputNames: [String] { wrapped.inputNames }
  /// Those of the layer inside.
  public var requiredInputNames: [String] { wrapped.requiredInputNames }
  /// Those of the layer inside.
  public var outputNames: [String] { wrapped.outputNames }
  /// What the layer inside gives.
  public func outputs(_ x: Tensor, _ further: [String: Tensor]) -> [Tensor] { wrapped.outputs(x, further) }
}

extension Scope {
  /// Throws if a wrapper of this kind is already around the weight: the parameter by which it is known is here.
  func requireFirst(_ noun: String, around weight: Parameter, known name: String) throws(TensorError) {
    guard store[path.isEmpty ? name : "\(path).\(name)"] != nil else { return }
    throw TensorError(
      .value,
      "\(noun): the parameter '\(weight.name)' already has a \(noun) around it; one is enough, and it covers all layers "
        + "inside")
  }
}

extension OptionKind {
  /// One layer, by name or with options.
  static let layer = made("layer", like: #"{"name": "dense", "in_features": 2, "out_features": 64}"#) {
    try LayerRegistry.shared.resolve($0)
  }
}

extension OptionDescription {
  static let wrappedLayer = OptionDescription("layer", .layer, "The layer; all weights inside are meant.")
}

extension Parameter {
  /// A value of this parameter as a matrix with one column for each output of the linear map that it is.
  func matrix(_ value: Tensor) -> Tensor {
    let axis = outputAxis ?? value.rank - 1
    let others = (0..<value.rank).filter { $0 != axis }
    let last = axis == value.rank - 1 ? value : value.transposed(others + [axis])
    return last.reshape([others.reduce(1) { $0 * value.shape[$1] }, value.shape[axis]])
  }

  /// How many outputs the linear map has, and how many inputs each of them.
  var fan: Fan {
    let outputs = shape[outputAxis ?? shape.count - 1]
    return Fan(input: count / max(outputs, 1), output: outputs)
  }

  /// The last part of the name, such as `weight`.
  var leafName: String { name.split(separator: ".").last.map(String.init) ?? name }
}
