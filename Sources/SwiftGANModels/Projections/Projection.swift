import SwiftGANCore
import SwiftGANNN

/// What is done to a player's trainable parameters after each of its updates, to bring them back into the set they must
/// lie in.
public protocol Projection: Sendable {
  /// Moves the parameters into the set. Buffers (running statistics) are not among them.
  func project(_ parameters: [Parameter]) throws
}

/// Clips every weight to [-bound, bound] (WGAN, Arjovsky et al. 2017, algorithm 1: 0.01), which bounds the critic's slope.
public struct ClipWeights: Projection {
  /// The largest magnitude allowed.
  public let bound: Double

  /// Clips to [-bound, bound].
  /// - Throws: `TensorError` (`.value`) when the bound is not a positive finite number.
  public init(_ bound: Double = 0.01) throws {
    guard bound > 0, bound.isFinite else {
      throw TensorError(.value, "clip_weights: the bound must be a positive number, not \(bound)")
    }
    self.bound = bound
  }

  /// Clips every element of every parameter.
  public func project(_ parameters: [Parameter]) throws {
    for parameter in parameters {
      parameter.value = try parameter.value.clip(min: -bound, max: bound).checked()
    }
  }

  static let registration = ProjectionRegistration(
    "clip_weights", "Clips every weight to [-bound, bound] (Arjovsky et al. 2017).",
    options: [OptionDescription("bound", .number(.positive), default: 0.01, "The largest magnitude allowed.")]
  ) { options, _ in try ClipWeights(options.double("bound")) }
}

/// How a projection is made by name.
public typealias ProjectionRegistration = Registration<Void, any Projection>

/// The projections by name: what C, Python and files find them by.
public enum ProjectionRegistry {
  /// All projections. A new one adds its line here; users add theirs with `register`.
  public static let shared = Registry<Void, any Projection>("projection", [ClipWeights.registration])
}
