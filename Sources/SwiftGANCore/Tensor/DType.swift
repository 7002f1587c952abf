import SwiftGANKernels

/// The type of a tensor's elements. Raw values are those of the C ABI and of the kernels.
public enum DType: UInt8, Sendable, CaseIterable, CustomStringConvertible {
  case float32 = 0
  case float64, int32, int64, uint8, bool

  /// NumPy's name of the type, such as `float32`.
  public var name: String {
    switch self {
    case .float32: "float32"
    case .float64: "float64"
    case .int32: "int32"
    case .int64: "int64"
    case .uint8: "uint8"
    case .bool: "bool"
    }
  }

  /// The name.
  public var description: String { name }

  /// Bytes of one element.
  public var byteSize: Int {
    switch self {
    case .float64, .int64: 8
    case .float32, .int32: 4
    case .uint8, .bool: 1
    }
  }

  /// Whether the type is `float32` or `float64`: the types that gradients flow through.
  public var isFloat: Bool { self == .float32 || self == .float64 }

  /// The type of that name; nil for an unknown one.
  public init?(name: String) {
    guard let found = DType.allCases.first(where: { $0.name == name }) else { return nil }
    self = found
  }

  /// The type in which values of both types are combined: the wider of one kind; a float beats any integer, an
  /// integer beats bool (the rule of JAX and PyTorch; NumPy would widen int64 with float32 to float64).
  public static func promoted(_ a: DType, _ b: DType) -> DType {
    if a == b { return a }
    func rank(_ type: DType) -> Int {
      switch type {
      case .bool: 0
      case .uint8: 1
      case .int32: 2
      case .int64: 3
      case .float32: 4
      case .float64: 5
      }
    }
    return rank(a) > rank(b) ? a : b
  }

  var kernelType: Int32 { Int32(rawValue) }
}

/// A Swift type that can be a tensor's element.
public protocol Scalar: Sendable {
  static var dtype: DType { get }
}

extension Float: Scalar {
  /// `float32`.
  public static var dtype: DType { .float32 }
}
extension Double: Scalar {
  /// `float64`.
  public static var dtype: DType { .float64 }
}
extension Int32: Scalar {
  /// `int32`.
  public static var dtype: DType { .int32 }
}
extension Int64: Scalar {
  /// `int64`.
  public static var dtype: DType { .int64 }
}
extension UInt8: Scalar {
  /// `uint8`.
  public static var dtype: DType { .uint8 }
}
extension Bool: Scalar {
  /// `bool`.
  public static var dtype: DType { .bool }
}
