import SwiftGANCore
import SwiftGANNN

/// The arguments of one call of a model's function, found good: what a ``ModelSystem/Function`` works on.
///
/// ```swift
/// "transform": { call in try call.mapRows { encoder($0.samples) } }
/// ```
public struct ModelCall: Sendable {
  /// A piece of the rows of a call.
  public struct Rows {
    /// The inputs: samples as the networks see them (float32), labels as indices of classes (int32), vectors as float32;
    /// nil for one that was left out.
    public let inputs: [Tensor?]
    /// The random numbers of this piece.
    public let key: RandomKey

    /// The first input: the samples or vectors.
    public var samples: Tensor { inputs.first.flatMap { $0 } ?? Tensor.zeros([0]) }
    /// The second input, for functions that take labels.
    public var labels: Tensor? { inputs.count > 1 ? inputs[1] : nil }
    /// How many rows.
    public var count: Int { inputs.first.flatMap { $0?.shape.first } ?? 0 }
  }

  /// How many rows a network is given at a time: large enough to keep the processor busy, small enough for the memory.
  static let chunk = 256
  /// How many rows ``mapAlone(_:)`` gives at a time.
  static let piece = 64

  /// The function that is called.
  public let function: ModelFunction
  /// The inputs as they were given, each of its kind; nil for one that was left out.
  public let inputs: [Tensor?]
  /// The further arguments.
  public let options: Options
  /// Between the user's data and the networks'.
  public let data: DataDescription
  let target: TargetDescription?

  init(
    _ function: ModelFunction, _ inputs: [Tensor], options: Options, data: DataDescription, target: TargetDescription?
  ) throws {
    self.function = function
    self.options = options
    self.data = data
    self.target = target
    let needed = function.inputs.prefix { !$0.isOptional }.count
    guard inputs.count >= needed, inputs.count <= function.inputs.count else {
      let names = function.inputs.map { $0.isOptional ? "\($0.name) (optional)" : $0.name }
      throw TensorError(
        .value,
        "\(function.name) takes \(names.isEmpty ? "no inputs" : names.joined(separator: ", ")), "
          + "not \(inputs.count) tensor\(inputs.count == 1 ? "" : "s")")
    }
    self.inputs = function.inputs.indices.map { $0 < inputs.count ? inputs[$0] : nil }
    for (input, value) in zip(function.inputs, self.inputs) {
      if let value { try check(value, as: input) }
    }
    try checkCounts()
  }

  private func check(_ value: Tensor, as input: ModelFunction.Input) throws {
    switch input.kind {
    case .samples:
      try data.check(value)
      try data.checkPlausible(value)
    case .labels:
      guard case .classes(let classes)? = target else {
        throw TensorError(.state, "\(function.name): this model was fitted without labels")
      }
      try classes.check(value)
    case .internalSamples:
      let size = try elementCount(of: data.sampleShape)
      guard try value.checked().rank > 1, let rows = value.shape.first, value.count == rows * size, value.dtype.isFloat
      else {
        throw TensorError(
          value.dtype.isFloat ? .shape : .type,
          "\(input.name) is \(value.dtype.name) of shape \(describe(shape: value.shape)), but must be floats, \(size) for "
            + "each row, as networks take and make them")
      }
    case .vectors, .set:
      guard try value.checked().rank == 2 else {
        throw TensorError(
          .shape, "\(input.name) has shape \(describe(shape: value.shape)), but must have (N, size)")
      }
      try checkFinite(value, input.name)
    }
  }

  /// Throws when a number is NaN or infinite, in float32 as networks compute, naming its row: what is made of it would be
  /// nonsense without a word.
  private func checkFinite(_ value: Tensor, _ name: String) throws {
    let (rows, size) = (value.shape.first ?? 0, value.shape.last ?? 0)
    guard value.dtype.isFloat, rows > 0, size > 0 else { return }
    let good = value.cast(to: .float32).isFinite()
    guard try !(good.all().scalars(as: Bool.self).first ?? true) else { return }
    let flags = try good.contiguous().scalars(as: Bool.self)
    let bad = (flags.firstIndex(of: false) ?? 0) / size
    throw TensorError(
      .value, "\(function.name): row \(bad) of \(name) holds NaN or infinity, or a number too large for float32")
  }

  private func checkCounts() throws {
    let counts = zip(function.inputs, inputs).compactMap { input, value in
      input.kind == .set ? nil : value.map { (input.name, $0.shape.first ?? 0) }
    }
    guard let first = counts.first, let other = counts.first(where: { $0.1 != first.1 }) else { return }
    throw TensorError(
      .shape, "\(first.0) has \(first.1) rows but \(other.0) has \(other.1); they must have as many")
  }

  /// How many rows there are.
  public var count: Int { inputs.first.flatMap { $0?.shape.first } ?? 0 }

  /// The model's classes.
  /// - Throws: `TensorError` (`.state`) for a model without.
  public var classes: ClassLabels {
    get throws {
      guard case .classes(let classes)? = target else {
        throw TensorError(.state, "\(function.name): this model was fitted without labels")
      }
      return classes
    }
  }

  /// The targets of predictions.
  /// - Throws: `TensorError` (`.state`) for a model without.
  public var values: TargetValues {
    get throws {
      guard case .values(let values)? = target else {
        throw TensorError(.state, "\(function.name): this model was fitted without targets")
      }
      return values
    }
  }

  /// Row i of the result from row i of the inputs: calls `body` with a few hundred rows at a time and joins what it gives.
  ///
  /// - Parameters:
  ///   - group: how many rows belong together; the number of rows must be a multiple of it.
  ///   - body: its random numbers depend on the option `seed`, where the function has one, and the rows' place.
  public func mapRows(group: Int = 1, _ body: (Rows) throws -> Tensor) throws -> Tensor {
    guard count % group == 0 else {
      throw TensorError(
        .value, "\(function.name) takes \(group) samples at once; \(count) are no multiple of that")
    }
    return try map(ModelCall.chunk * group, body)
  }

  /// As ``mapRows(group:_:)``, but `body` always sees ``piece`` rows, with zeros in the place of those that are missing at
  /// the end. Kernels choose by the shape how to add up, so a row's result then depends on that row alone, to the bit.
  public func mapAlone(_ body: (Rows) throws -> Tensor) throws -> Tensor {
    try map(ModelCall.piece) { rows in
      let missing = ModelCall.piece - rows.count
      guard missing > 0 else { return try body(rows) }
      let filled = rows.inputs.map { input in
        input.map { $0.pad([(0, missing)] + $0.shape.dropFirst().map { _ in (0, 0) }) }
      }
      return try body(Rows(inputs: filled, key: rows.key)).sliced(axis: 0, from: 0, to: rows.count)
    }
  }

  /// Calls `body` with the pieces of ``mapRows(group:_:)`` and where their rows are, for results that it puts together itself.
  public func eachRows(_ body: (Rows, Range<Int>) throws -> Void) throws { try each(ModelCall.chunk, body) }

  private func map(_ size: Int, _ body: (Rows) throws -> Tensor) throws -> Tensor {
    var result = Joined(count: count)
    try each(size) { rows, range in try result.add(body(rows), range) }
    return try result.tensor
  }

  private func each(_ size: Int, _ body: (Rows, Range<Int>) throws -> Void) throws {
    let key = RandomKey(seed: UInt64(options.values["seed"]?.intValue ?? 0))
    guard count > 0 else { throw TensorError(.value, "\(function.name): there are no rows") }
    try ModelCall.each(of: count, size) { range in
      let rows = try rows(from: range.lowerBound, to: range.upperBound)
      try body(Rows(inputs: rows, key: key.folded(range.lowerBound / size)), range)
    }
  }

  /// Calls `body` with pieces of the rows 0, 1, ..., count - 1, and asks between whether to give up.
  private static func each(of count: Int, _ size: Int, _ body: (Range<Int>) throws -> Void) throws {
    for start in stride(from: 0, to: count, by: size) {
      try Interruption.ask()
      try body(start..<min(start + size, count))
    }
  }

  /// The rows 0, 1, ..., count - 1, made some hundred at a time and joined.
  static func chunks(of count: Int, _ size: Int = chunk, _ make: (Range<Int>) throws -> Tensor) throws -> Tensor {
    var result = Joined(count: count)
    try each(of: count, size) { try result.add(make($0), $0) }
    return try result.tensor
  }

  /// Pieces of which the first says what a row is.
  private struct Joined {
    let count: Int
    private var first: Tensor?
    private var buffer: ResultBuffer?

    init(count: Int) { self.count = count }

    mutating func add(_ piece: Tensor, _ range: Range<Int>) throws {
      let piece = try piece.checked()
      // A piece that is all of it is the result.
      if range.count == count {
        first = piece
        return
      }
      let result = try buffer ?? ResultBuffer([count] + piece.shape.dropFirst(), dtype: piece.dtype)
      buffer = result
      try result.write(piece, at: range.lowerBound)
    }

    var tensor: Tensor {
      get throws {
        guard let result = buffer?.tensor ?? first else { throw TensorError(.value, "there are no rows") }
        return result
      }
    }
  }

  /// The rows of all inputs as networks see them.
  private func rows(from start: Int, to end: Int) throws -> [Tensor?] {
    try zip(function.inputs, inputs).map { input, value in
      guard let piece = value?.sliced(axis: 0, from: start, to: end) else { return nil }
      switch input.kind {
      case .samples: return try data.internalSamples(piece).checked()
      case .labels: return try classes.indices(piece)
      case .vectors, .internalSamples: return try piece.cast(to: .float32).checked()
      case .set: return try value?.cast(to: .float32).checked()
      }
    }
  }

  /// Throws unless the vectors of an input, by default the first, have this size.
  public func requireSize(_ size: Int, input index: Int = 0) throws {
    guard inputs.indices.contains(index), let value = inputs[index] else { return }
    let input = function.inputs[index]
    guard value.shape.last == size else {
      throw TensorError(
        .shape, "\(input.name) has shape (N, \(size)) here, not \(describe(shape: value.shape))")
    }
  }
}
