import SwiftGANCore

/// Adds a layer's input to its output: `y = shortcut(x) + scale * body(x)` (He et al. 2016).
///
/// Further inputs and outputs are those of the body and the shortcut.
///
/// ```swift
/// let block = Residual(Sequential(Dense(64, 64, in: scope["body"]["0"]), ReLU()))
/// ```
public struct Residual: Layer {
  private let parts: LayerParts
  private let scale: Double

  /// - Parameters:
  ///   - body: what learns the difference.
  ///   - shortcut: brings the input to the body's output's shape; nil for the identity.
  ///   - scale: of the body's output; 0.2 in deep super-resolution networks (Wang et al. 2018).
  public init(_ body: any Layer, shortcut: (any Layer)? = nil, scale: Double = 1) {
    parts = LayerParts([("body", body), ("shortcut", shortcut ?? Identity())])
    self.scale = scale
  }

  /// The sum of both ways.
  public func callAsFunction(_ x: Tensor) -> Tensor { self(x, [:]) }
  /// Those of the body and the shortcut.
  public var inputNames: [String] { parts.inputNames }
  /// Those of the body and the shortcut.
  public var requiredInputNames: [String] { parts.requiredInputNames }
  /// Those of the body and the shortcut.
  public var outputNames: [String] { parts.outputNames }

  /// The sum of both ways, and the further outputs of both.
  public func outputs(_ x: Tensor, _ further: [String: Tensor]) -> [Tensor] {
    parts.run("residual", self, further) { run in
      let (change, kept) = (run.apply(0, to: x), run.apply(1, to: x))
      if change.error == nil, kept.error == nil, change.shape != kept.shape {
        return .failed(
          TensorError(
            .shape,
            "residual: the body gives shape \(describe(shape: change.shape)), the shortcut "
              + "\(describe(shape: kept.shape)); a shortcut such as a dense layer or a 1x1 convolution makes them equal"
          ))
      }
      return kept + (scale == 1 ? change : change * scale)
    }
  }

  static let registration = LayerRegistration(
    "residual", "Layers whose input is added to their output (He et al. 2016).",
    options: [
      OptionDescription("layers", .layers, "The layers of the body; their parameters are named body.0, body.1, ..."),
      OptionDescription(
        "shortcut", .optional(.layer), default: nil, "The layer on the other way; null for the identity."),
      OptionDescription("scale", .number(), default: 1, "Factor of the body's output."),
    ]
  ) { options, scope in
    let body = try options.array("layers").enumerated().map {
      try LayerRegistry.shared.make($1, in: scope["body"][$0])
    }
    let shortcut = try options.json("shortcut")
    return Residual(
      Sequential(body),
      shortcut: shortcut.isNull ? nil : try LayerRegistry.shared.make(shortcut, in: scope["shortcut"]),
      scale: try options.double("scale"))
  }
}

/// Layers side by side on one input, their outputs joined along an axis, added or multiplied.
///
/// Further inputs and outputs are those of the branches.
public struct Parallel: Layer {
  /// How the outputs of the branches become one.
  public enum Merge: Sendable, Equatable {
    /// Joined along an axis; negative counts from the last.
    case concatenate(axis: Int)
    /// Added, broadcasting.
    case sum
    /// Multiplied, broadcasting: one branch gates the other.
    case product
  }

  private let parts: LayerParts
  private let merge: Merge

  /// - Parameter branches: at least one.
  public init(_ branches: [any Layer], merge: Merge = .concatenate(axis: -1)) {
    parts = LayerParts(branches.enumerated().map { (String($0.offset), $0.element) })
    self.merge = merge
  }

  /// The outputs of the branches as one.
  public func callAsFunction(_ x: Tensor) -> Tensor { self(x, [:]) }
  /// Those of the branches.
  public var inputNames: [String] { parts.inputNames }
  /// Those of the branches.
  public var requiredInputNames: [String] { parts.requiredInputNames }
  /// Those of the branches.
  public var outputNames: [String] { parts.outputNames }

  /// The outputs of the branches as one, and the further outputs of all.
  public func outputs(_ x: Tensor, _ further: [String: Tensor]) -> [Tensor] {
    parts.run("parallel", self, further) { run in
      let all = parts.layers.indices.map { run.apply($0, to: x) }
      switch merge {
      case .concatenate(let axis): return .concatenate(all, axis: axis)
      case .sum: return all.dropFirst().reduce(all.first ?? x, +)
      case .product: return all.dropFirst().reduce(all.first ?? x, *)
      }
    }
  }

  static let registration = LayerRegistration(
    "parallel", "Layers side by side on one input; their parameters are named 0, 1, ... by position.",
    options: [
      OptionDescription("branches", .layers, "The layers, each by name or as an object with its options."),
      OptionDescription(
        "merge", .choice(["concatenate", "sum", "product"]), default: "concatenate", "How outputs become one."),
      OptionDescription("axis", .integer(-64...63), default: -1, "The axis along which they are concatenated."),
    ]
  ) { options, scope in
    let branches = try options.array("branches").enumerated().map {
      try LayerRegistry.shared.make($1, in: scope[$0])
    }
    guard !branches.isEmpty else { throw LayerLabel("parallel", scope).error("branches must hold at least one layer") }
    switch try options.string("merge") {
    case "sum": return Parallel(branches, merge: .sum)
    case "product": return Parallel(branches, merge: .product)
    default: return Parallel(branches, merge: .concatenate(axis: try options.int("axis")))
    }
  }
}
