import SwiftGANCore

/// How many inputs reach, and how many outputs leave, one element of a weight: what variance-preserving initialisers
/// scale by.
public struct Fan: Sendable, Equatable {
  /// Inputs that reach one output.
  public let input: Int
  /// Outputs that one input reaches.
  public let output: Int

  /// Both numbers as they are.
  public init(input: Int, output: Int) {
    self.input = input
    self.output = output
  }

  /// From the shape of a weight whose last two axes are inputs and outputs and whose other axes are a receptive field:
  /// dense (in, out) and convolution HWIO. A vector counts its length as both.
  public init(shape: [Int]) {
    guard shape.count >= 2 else {
      self.init(input: shape.first ?? 1, output: shape.first ?? 1)
      return
    }
    let field = shape.dropLast(2).reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
    self.init(input: field &* shape[shape.count - 2], output: field &* shape[shape.count - 1])
  }
}

/// A rule for the first value of a parameter.
///
/// ```swift
/// let dcgan = try Initializer(["name": "normal", "std": 0.02])
/// let layer = try Dense(100, 256, weight: dcgan, in: scope["fc"])
/// ```
public struct Initializer: Sendable {
  /// What an initialiser is asked for.
  struct Request {
    let shape: [Int]
    let fan: Fan
    let key: RandomKey
    let dtype: DType
  }

  /// JSON that makes the same initialiser again.
  public let specification: JSON
  private let make: @Sendable (Request) throws -> Tensor

  init(_ specification: JSON, make: @escaping @Sendable (Request) throws -> Tensor) {
    self.specification = specification
    self.make = make
  }

  /// The initialiser of that name and options, such as `"he_normal"` or `["name": "normal", "std": 0.02]`.
  /// - Throws: `.value` or `.type`, naming what is wrong.
  public init(_ specification: JSON) throws {
    self = try InitializerRegistry.shared.make(specification)
  }

  /// A first value.
  /// - Throws: `.shape` for a bad shape, `.memory` for one too large.
  public func callAsFunction(_ shape: [Int], fan: Fan, key: RandomKey, dtype: DType = .float32) throws -> Tensor {
    try make(Request(shape: shape, fan: fan, key: key, dtype: dtype)).checked()
  }
}

/// The initialisers by name.
public enum InitializerRegistry {
  /// All initialisers. A new one adds its line here; users add theirs with `register`.
  public static let shared: Registry<Void, Initializer> = Registry(
    "initializer",
    [
      zerosRegistration, onesRegistration, constantRegistration, normalRegistration, uniformRegistration,
      glorotUniformRegistration, glorotNormalRegistration, heUniformRegistration, heNormalRegistration,
      orthogonalRegistration,
    ])
}

extension OptionKind {
  /// An initialiser, by name or with options.
  public static let initializer: OptionKind = made("initializer", like: #"{"name": "normal", "std": 0.02}"#) {
    try InitializerRegistry.shared.resolve($0)
  }
}

extension Options {
  /// The initialiser that an option describes.
  public func initializer(_ name: String) throws -> Initializer { try Initializer(json(name)) }
}
