/// Anything that takes tensors and attributes to a tensor, found by name: the one path of C and Python into Core.
///
/// Every primitive is an operation, and so is every derived op of the table below; where both carry a name, the derived
/// one is found.
public struct Operation: Sendable {
  /// The name by which C and Python find the operation.
  public let name: String
  /// The attributes that the operation understands.
  public let attributes: [String]
  private let body: @Sendable ([Tensor], Attributes) -> Tensor

  /// The result, or a tensor that carries the error.
  public func callAsFunction(_ inputs: [Tensor], _ attributes: Attributes = Attributes()) -> Tensor {
    body(inputs, attributes)
  }

  /// The operation of that name.
  public static func find(_ name: String) -> Operation? { byName[name] }

  /// All names, sorted.
  public static let names: [String] = byName.keys.sorted()

  private static let byName: [String: Operation] = {
    var found: [String: Operation] = [:]
    for primitive in Primitive.table {
      found[primitive.name] = Operation(name: primitive.name, attributes: primitive.attributes) {
        apply(primitive, $0, $1)
      }
    }
    // A new family of derived ops adds its list here.
    let families = [
      derivedOperations,
      indexingOperations,
      activationOperations,
      lossOperations,
      convolutionOperations,
      imageOperations,
      functionOperations,
      statisticsOperations,
      orderOperations,
      arrangementOperations,
      linearOperations,
    ]
    for operation in families.joined() { found[operation.name] = operation }
    return found
  }()

  init(name: String, attributes: [String], body: @escaping @Sendable ([Tensor], Attributes) -> Tensor) {
    self.name = name
    self.attributes = attributes
    self.body = body
  }

  /// A derived op: the number of inputs and the names of attributes are checked before `body` runs.
  init(
    _ name: String, _ arity: ClosedRange<Int> = 1...1, _ attributes: [String] = [],
    body: @escaping @Sendable ([Tensor], Attributes) throws -> Tensor
  ) {
    self.init(name: name, attributes: attributes) { inputs, given in
      for input in inputs where input.error != nil { return input }
      return .catching {
        do {
          try checkCall(inputs.count, given, arity: arity, attributes: attributes)
          return try body(inputs, given).checked()
        } catch let error as TensorError {
          throw error.from(name)
        }
      }
    }
  }
}

extension TensorError {
  /// The error as that of a derived operation: the name of the operation inside, which the caller did not name, gives way.
  fileprivate func from(_ name: String) -> TensorError {
    let isName = { (character: Character) in character == "_" || character.isLowercase || character.isNumber }
    guard let colon = message.firstIndex(of: ":"), message[..<colon].allSatisfy(isName) else { return prefixed(name) }
    guard Operation.find(String(message[..<colon])) != nil else { return prefixed(name) }
    return TensorError(kind, name + message[colon...])
  }
}

/// Throws when the number of inputs or the name of an attribute is not what an operation takes.
func checkCall(_ count: Int, _ given: Attributes, arity: ClosedRange<Int>, attributes: [String]) throws(TensorError) {
  guard arity.contains(count) else {
    let expected =
      arity.lowerBound == arity.upperBound
      ? "\(arity.lowerBound)"
      : arity.upperBound == .max ? "at least \(arity.lowerBound)" : "\(arity.lowerBound) to \(arity.upperBound)"
    throw TensorError(.type, "takes \(expected) tensors, not \(count)")
  }
  for pair in given.pairs where !attributes.contains(pair.key) {
    let known = attributes.isEmpty ? "it has none" : "it has \(attributes.joined(separator: ", "))"
    throw TensorError(.type, "has no attribute '\(pair.key)'; \(known)")
  }
}

extension Attributes {
  var axes: [Int]? {
    get throws { self["axes"] == nil ? nil : try ints("axes") }
  }
  var keepDims: Bool {
    get throws { try bool("keep_dims", default: false) }
  }
  func optionalDouble(_ key: String) throws -> Double? { self[key] == nil ? nil : try double(key) }
  func optionalInt(_ key: String) throws -> Int? { self[key] == nil ? nil : try int(key) }
}

let reduceAttributes = ["axes", "keep_dims"]

private let derivedOperations: [Operation] = [
  Operation("leaky_relu", 1...1, ["slope"]) { x, a in x[0].leakyReLU(try a.double("slope", default: 0.2)) },
  Operation("gelu", 1...1, ["approximate"]) { x, a in x[0].gelu(approximate: try a.bool("approximate", default: false))
  },
  Operation("silu") { x, _ in x[0].silu() },
  Operation("softmax", 1...1, ["axis"]) { x, a in x[0].softmax(axis: try a.int("axis", default: -1)) },
  Operation("log_softmax", 1...1, ["axis"]) { x, a in x[0].logSoftmax(axis: try a.int("axis", default: -1)) },
  Operation("clip", 1...1, ["min", "max"]) { x, a in
    x[0].clip(min: try a.optionalDouble("min"), max: try a.optionalDouble("max"))
  },
  Operation("mean", 1...1, reduceAttributes) { x, a in x[0].mean(axes: try a.axes, keepDims: try a.keepDims) },
  Operation("variance", 1...1, reduceAttributes + ["correction"]) { x, a in
    x[0].variance(axes: try a.axes, keepDims: try a.keepDims, correction: try a.double("correction", default: 0))
  },
  Operation("logsumexp", 1...1, reduceAttributes) { x, a in x[0].logSumExp(axes: try a.axes, keepDims: try a.keepDims)
  },
  Operation("matmul", 2...2) { x, _ in x[0].matmul(x[1]) },
  Operation("expand_dims", 1...1, ["axis"]) { x, a in x[0].expandDims(at: try a.int("axis")) },
  Operation("squeeze", 1...1, ["axes"]) { x, a in x[0].squeeze(axes: try a.axes) },
  Operation("flatten", 1...1, ["axis"]) { x, a in x[0].flatten(fromAxis: try a.int("axis", default: 0)) },
  Operation("swap_axes", 1...1, ["axis1", "axis2"]) { x, a in x[0].swapAxes(try a.int("axis1"), try a.int("axis2")) },
  Operation("slice_axis", 1...1, ["axis", "start", "stop", "step"]) { x, a in
    x[0].sliced(
      axis: try a.int("axis"), from: try a.optionalInt("start"), to: try a.optionalInt("stop"),
      step: try a.int("step", default: 1))
  },
  Operation("select_axis", 1...1, ["axis", "index"]) { x, a in
    x[0].selected(axis: try a.int("axis"), at: try a.int("index"))
  },
  Operation("flip", 1...1, ["axes"]) { x, a in x[0].flip(axes: try a.axes ?? Array(0..<x[0].rank)) },
  Operation("stack", 1...Int.max, ["axis"]) { x, a in .stack(x, axis: try a.int("axis", default: 0)) },
  Operation("eye", 0...0, ["n", "columns", "diagonal", "dtype"]) { _, a in
    .eye(
      try a.int("n"), columns: try a.optionalInt("columns"), diagonal: try a.int("diagonal", default: 0),
      dtype: try a.dtype("dtype", default: .float32))
  },
  Operation("contiguous") { x, _ in x[0].contiguous() },
]
