/// Shape and element type: what is known of a tensor before it is computed.
public struct TensorSpec: Sendable, Hashable {
  /// Extents of the axes.
  public var shape: [Int]
  /// Element type.
  public var dtype: DType

  /// A spec of this shape and type.
  public init(_ shape: [Int], _ dtype: DType) {
    self.shape = shape
    self.dtype = dtype
  }
}

/// What a gradient rule sees of the op that it differentiates.
struct Pullback {
  let inputs: [Tensor]
  let output: Tensor
  /// What has flowed back to the output, added up unless the row takes parts.
  let cotangents: Cotangent
  let attributes: Attributes
  /// Which inputs' gradients are asked for: a rule may leave the others nil.
  let needed: [Bool]

  /// What has flowed back to the output.
  var cotangent: Tensor { .catching { try cotangents.sum(output.shape) ?? output.zerosLike } }
}

/// An operation that the system knows natively: one row of the table.
///
/// The row says what comes out (`infer`), how it is computed (`execution`) and how gradients flow back (`vjp`). `vjp` is
/// a pure function written in recorded ops, so gradients can be differentiated again, to any order. What can be
/// composed of these rows is in `Derived/` and has no gradient of its own.
public struct Primitive: Sendable {
  /// How mixed element types of the inputs are met, before `infer` sees them.
  enum Promotion: Sendable {
    /// Left as they are; `infer` judges.
    case none
    /// All inputs are cast to their common type.
    case common
    /// As `common`, and integers become float32.
    case float
  }

  enum Execution: Sendable {
    /// A kernel of the backend, named; the output is new contiguous memory.
    case kernel(KernelName)
    /// A new layout on the input's memory; nil asks for a contiguous copy of the input first.
    case view(@Sendable (Layout, Attributes, TensorSpec) throws -> Layout?)
    /// Other ops, whose own gradients are not wanted: the row's rule is shorter than what they would add up to.
    case composite(@Sendable ([Tensor], Attributes) throws -> Tensor)
  }

  /// The name by which C and Python find the op.
  public let name: String
  let arity: ClosedRange<Int>
  /// The attributes that the op understands.
  public let attributes: [String]
  let promotion: Promotion
  /// Whether it is made of products that ``MatmulPrecision`` is about.
  let hasPrecision: Bool
  let infer: @Sendable ([TensorSpec], Attributes) throws -> TensorSpec
  let execution: Execution
  /// Gradients of the inputs, nil for those that have none; nil when no input is differentiable.
  let vjp: (@Sendable (Pullback) throws -> [Tensor?])?
  /// Whether `vjp` looks at the parts of the cotangent by themselves: most of an output that holds several things side by
  /// side may have none.
  let takesParts: Bool

  init(
    _ name: String, arity: ClosedRange<Int>, attributes: [String] = [], promotion: Promotion = .none,
    hasPrecision: Bool = false,
    infer: @escaping @Sendable ([TensorSpec], Attributes) throws -> TensorSpec, execution: Execution,
    takesParts: Bool = false, vjp: (@Sendable (Pullback) throws -> [Tensor?])?
  ) {
    self.name = name
    self.arity = arity
    self.attributes = attributes
    self.promotion = promotion
    self.hasPrecision = hasPrecision
    self.infer = infer
    self.execution = execution
    self.takesParts = takesParts
    self.vjp = vjp
  }

  /// Whether gradients flow through the op.
  public var isDifferentiable: Bool { vjp != nil }

  /// All rows. A new family of ops adds its list here.
  public static let table: [Primitive] =
    unaryPrimitives + binaryPrimitives + comparisonPrimitives + logicalPrimitives + conversionPrimitives
    + creationPrimitives + reducePrimitives + movementPrimitives + indexPrimitives + matmulPrimitives
    + convolutionPrimitives + randomPrimitives + alongAxisPrimitives + poolingPrimitives + functionPrimitives
    + integerPrimitives + scanPrimitives + sortPrimitives + linearPrimitives + normalizationPrimitives
    + recurrentPrimitives + nearnessPrimitives

  private static let byName = Dictionary(uniqueKeysWithValues: table.map { ($0.name, $0) })

  /// The row of that name.
  public static func find(_ name: String) -> Primitive? { byName[name] }
}

/// The name under which a backend finds a kernel. A row names its kernel and knows nothing else of the backend.
struct KernelName: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral {
  let rawValue: String
  init(rawValue: String) { self.rawValue = rawValue }
  init(stringLiteral value: String) { rawValue = value }
}
