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
  /// How many calls of ``Sequential`` are under way, one inside the other.
  var depth = 0

  /// The tap of the innermost call that asks for features; nil where none does.
  static var current: FeatureTap? { ThreadBindings.existing?.featureTap }
}

extension Network {
  /// The output for a batch, and the features: what passes the network's ``Features`` layer, or where it has none what the
  /// last layer of its ``Sequential`` is given.
  /// - Throws: `.state` when there is neither; the error that the output carries.
  public func outputWithFeatures(_ x: Tensor) throws -> (output: Tensor, features: Tensor) {
    let bindings = ThreadBindings.current
    let (outer, tap) = (bindings.featureTap, FeatureTap())
    bindings.featureTap = tap
    defer { bindings.featureTap = outer }
    let output = try named { layer(x) }.checked()
    guard let features = tap.marked ?? tap.beforeLast else {
      throw TensorError(
        .state,
        "the network\(store.label.map { " '\($0)'" } ?? "") does not say what its features are: let it pass a layer "
          + "'features' (nn.Features() in Python), or make it of layers in a sequence")
    }
    return (output, features)
  }
}
