import SwiftGANCore

/// The identity, and a mark: what passes here are the network's features, which objectives such as feature matching look
/// at beside the output.
///
/// Input and output of any shape. A network without a mark has as features what the last layer of its outermost
/// ``Sequential`` is given. Where several marks are passed, the last counts.
///
/// ```swift
/// let critic = try Network(sequential([encoder, "features", head]), seed: 1)
/// let (logits, features) = try critic.outputWithFeatures(x)
/// ```
public struct Features: Layer {
  /// A mark; it has no options.
  public init() {}

  /// `x`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    FeatureTap.current?.marked = x
    return x
  }

  static let registration = LayerRegistration(
    "features", "Passes its input on, marked as the network's features, which some objectives look at."
  ) { _, _ in Features() }
}

/// What a network called on this thread says its features are.
final class FeatureTap {
  /// What passed the last ``Features``.
  var marked: Tensor?
  /// What the last layer of the outermost ``Sequential`` was given.
  var beforeLast: Tensor?
  /// Sees what each layer of the outermost ``Sequential`` gives, and gives what stands in its place.
  var visit: ((_ index: Int, _ output: Tensor) -> Tensor)?
  /// How many calls of ``Sequential`` are under way, one inside the other.
  var depth = 0

  /// The tap of the innermost call that asks for features; nil where none does.
  static var current: FeatureTap? { ThreadBindings.existing?.featureTap }

  /// What `body` gives for a batch with `extra` examples before it, where what is gathered on the way is to be of the batch
  /// alone: the features lose their first `extra` rows, too.
  static func skipping(_ extra: Int, _ body: () -> Tensor) -> Tensor {
    guard let tap = current else { return body() }
    let (marked, beforeLast) = (tap.marked, tap.beforeLast)
    (tap.marked, tap.beforeLast) = (nil, nil)
    let output = body()
    tap.marked = tap.marked?.sliced(axis: 0, from: extra) ?? marked
    tap.beforeLast = tap.beforeLast?.sliced(axis: 0, from: extra) ?? beforeLast
    return output
  }
}

extension Network {
  /// The output for a batch, and the features: what passes the network's ``Features`` layer, or where it has none what the
  /// last layer of its ``Sequential`` is given.
  /// - Throws: `.state` when there is neither; the error that the output carries.
  public func outputWithFeatures(_ x: Tensor) throws -> (output: Tensor, features: Tensor) {
    let tap = FeatureTap()
    let output = try tapped(x, tap).checked()
    guard let features = tap.marked ?? tap.beforeLast else {
      throw TensorError(
        .state,
        "the network\(store.label.map { " '\($0)'" } ?? "") does not say what its features are: let it pass a layer "
          + "'features' (nn.Features() in Python), or make it of layers in a sequence")
    }
    return (output, features)
  }

  /// The output for a batch, while `visit` sees what each layer of the network's outermost ``Sequential`` gives, by the
  /// layer's position, and gives what goes on in its place. A network without one is not visited.
  ///
  /// ```swift
  /// var maps: [Tensor] = []
  /// let logits = network.output(of: x) { _, output in maps.append(output); return output }
  /// ```
  public func output(of x: Tensor, visiting visit: @escaping (_ index: Int, _ output: Tensor) -> Tensor) -> Tensor {
    let tap = FeatureTap()
    tap.visit = visit
    return tapped(x, tap)
  }

  /// The names in the registry of the layers of the outermost ``Sequential``, through layers that wrap it; none for a network
  /// that was built in code.
  public var layerNames: [String] {
    var described = specification
    while let inner = described?["layer"] { described = inner }
    return described?["layers"]?.arrayValue?.map { $0["name"]?.stringValue ?? "" } ?? []
  }

  private func tapped(_ x: Tensor, _ tap: FeatureTap) -> Tensor {
    let bindings = ThreadBindings.current
    let outer = bindings.featureTap
    bindings.featureTap = tap
    defer { bindings.featureTap = outer }
    return named { layer(x) }
  }
}
