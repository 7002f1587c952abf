import SwiftGANCore

/// A layer that goes by the number of its features, such as a normalisation, described without it: a block makes one for
/// each place, with the features that are there.
///
/// `"batch_norm"`, or `{"name": "group_norm", "num_groups": 8}`; null for none.
public struct FeatureLayer: Sendable {
  private let specification: JSON

  /// - Parameter specification: the layer's, without `features`; `.null` for none.
  public init(_ specification: JSON) { self.specification = specification }

  /// The layer for so many features; nil for none.
  /// - Throws: as ``Registry/make(_:in:)``.
  public func make(_ features: Int, in scope: Scope) throws -> (any Layer)? {
    guard !specification.isNull else { return nil }
    return try LayerRegistry.shared.make(FeatureLayer.completed(specification, features), in: scope)
  }

  /// The specification with its features, where the layer goes by such.
  fileprivate static func completed(_ specification: JSON, _ features: Int) throws -> JSON {
    var members = specification.objectValue ?? ["name": specification]
    guard let name = members["name"]?.stringValue else { return specification }
    let options = try LayerRegistry.shared.find(name).options.map(\.name)
    if let own = ["features", "shape"].first(where: options.contains), members[own] == nil {
      members[own] = JSON(features)
    }
    return .object(members)
  }
}

extension OptionKind {
  /// A layer without its number of features, or null.
  static let featureLayer = OptionKind(
    "layer", allowed: "the name of a layer, an object such as {\"name\": \"group_norm\", \"num_groups\": 4}, or null"
  ) { value in
    switch value {
    case .null: return .good(value)
    case .string, .object:
      // Checked with some number of features; the block's places decide on theirs.
      _ = try LayerRegistry.shared.resolve(FeatureLayer.completed(value, 1))
      return .good(value)
    default: return .wrongType
    }
  }
}
