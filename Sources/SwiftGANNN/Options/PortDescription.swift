import SwiftGANCore

/// A further input or output that a registered layer has, for documentation.
public struct PortDescription: Sendable {
  /// The name by which it is given or found: "mask", "hidden", ...
  public let name: String
  /// Whether an input must be given.
  public let isRequired: Bool
  /// Shape, type and meaning, in one sentence.
  public let summary: String

  /// A further input that may be left out, or a further output.
  public init(_ name: String, isRequired: Bool = false, _ summary: String) {
    self.name = name
    self.isRequired = isRequired
    self.summary = summary
  }

  /// Name, whether it is required, and the summary, as JSON.
  public var json: JSON {
    ["name": JSON(name), "required": JSON(isRequired), "summary": JSON(summary)]
  }
}
