import SwiftGANCore

/// A fully connected layer with a mask on its weights, given by degrees: `y = x (M * W) + b` with `M[i, o] = 1` where
/// output o may look at input i, which is `out_degrees[o] >= in_degrees[i]`, or `>` for a strict layer.
///
/// Stacked so that each layer's output degrees are the next one's input degrees, with a strict layer at the end, these
/// layers make a network whose output of degree d depends on the inputs of degrees below d alone (Germain et al. 2015,
/// equations 12 and 13). There may be several masks for the same weights; a call uses one of them.
///
/// Input (..., in_features), output (..., out_features). Parameters: `weight` (in_features, out_features), `bias`
/// (out_features); buffers: `in_degrees` (masks, in_features), `out_degrees` (masks, out_features).
///
/// ```swift
/// let layer = try MaskedDense(inputDegrees: [[1, 2, 3]], outputDegrees: [[1, 1, 2, 2]], in: scope["hidden"])
/// ```
public struct MaskedDense: Layer {
  /// W, of shape (in_features, out_features), with the elements that the mask hides.
  public let weight: Parameter
  /// b, of shape (out_features); nil for a layer without.
  public let bias: Parameter?
  private let degrees: MaskDegrees
  private let inputs: Int
  private let label: LayerLabel

  /// Degrees are kept in the parameters' float type, which holds whole numbers up to here.
  static let largestDegree = 1 << 24

  /// A layer with degrees of its own, one list of them for each mask.
  /// - Parameter isStrict: whether an output sees only inputs of lower degree, not of its own.
  /// - Throws: `.value` when there is no mask or no degree, lists differ in number or length, a degree is negative or
  ///   above 16,777,216, or the name is taken.
  public init(
    inputDegrees: [[Int]], outputDegrees: [[Int]], strict isStrict: Bool = false, bias hasBias: Bool = true,
    weight initializer: Initializer = .glorotUniform(), biasInitializer: Initializer = .zeros, in scope: Scope
  ) throws {
    let label = LayerLabel("masked_dense", scope)
    guard inputDegrees.count == outputDegrees.count else {
      throw label.error(
        "there are input degrees for \(inputDegrees.count) masks and output degrees for \(outputDegrees.count)")
    }
    try self.init(
      MaskDegrees(
        inputs: scope.degrees("in_degrees", inputDegrees, label),
        outputs: scope.degrees("out_degrees", outputDegrees, label), isStrict: isStrict),
      bias: hasBias, weight: initializer, biasInitializer: biasInitializer, in: scope)
  }

  /// A layer whose degrees are kept by the network that it is part of.
  init(
    _ degrees: MaskDegrees, bias hasBias: Bool = true, weight initializer: Initializer = .glorotUniform(),
    biasInitializer: Initializer = .zeros, in scope: Scope
  ) throws {
    label = LayerLabel("masked_dense", scope)
    self.degrees = degrees
    inputs = degrees.inputs.shape[1]
    let outputs = degrees.outputs.shape[1].multipliedReportingOverflow(by: degrees.copies)
    try label.require("out_features", outputs.overflow ? .max : outputs.partialValue)
    weight = try scope.parameter("weight", [inputs, outputs.partialValue], initializer)
    bias = hasBias ? try scope.parameter("bias", [outputs.partialValue], biasInitializer) : nil
  }

  /// How many masks there are.
  public var maskCount: Int { degrees.inputs.shape[0] }

  /// `x (M * W) + b` with the first mask.
  public func callAsFunction(_ x: Tensor) -> Tensor { self(x, mask: 0) }

  /// `x (M * W) + b` with mask number `index`.
  public func callAsFunction(_ x: Tensor, mask index: Int) -> Tensor {
    label.run(x) { x in
      try label.requireLast(inputs, of: "features", in: x, rank: 1...Int.max)
      let product = x.matmul(weight.value * mask(index).cast(to: weight.dtype))
      return bias.map { product + $0.value } ?? product
    }
  }

  /// Which outputs see which inputs under mask number `index`: bool (in_features, out_features).
  public func mask(_ index: Int = 0) -> Tensor {
    guard (0..<maskCount).contains(index) else {
      return label.failure(.index, "there is no mask \(index); the masks are 0 to \(maskCount - 1)")
    }
    return degrees.mask(index)
  }

  static let registration = LayerRegistration(
    "masked_dense",
    "Fully connected, where an output sees only inputs of no higher degree than its own (Germain et al. 2015).",
    options: [
      OptionDescription("in_degrees", .degrees, "The degree of each input."),
      OptionDescription("out_degrees", .degrees, "The degree of each output."),
      OptionDescription(
        "strict", .boolean, default: false, "Whether an output sees only inputs of a degree below its own."),
      OptionDescription("bias", .boolean, default: true, "Whether to add b."),
      .weightInitializer, .biasInitializer,
    ]
  ) { options, scope in
    try MaskedDense(
      inputDegrees: [options.ints("in_degrees")], outputDegrees: [options.ints("out_degrees")],
      strict: options.bool("strict"), bias: options.bool("bias"), weight: options.initializer("weight_init"),
      biasInitializer: options.initializer("bias_init"), in: scope)
  }
}

/// The degrees on both sides of a masked layer.
struct MaskDegrees: Sendable {
  /// (masks, in_features)
  let inputs: Parameter
  /// (masks, out_features / copies)
  let outputs: Parameter
  /// Whether an output sees only inputs of lower degree.
  var isStrict = false
  /// How many blocks of outputs have these degrees, one after the other.
  var copies = 1

  func mask(_ index: Int) -> Tensor {
    let left = inputs.value.selected(axis: 0, at: index).expandDims(at: 1)
    let right = outputs.value.selected(axis: 0, at: index).expandDims(at: 0)
    let block = isStrict ? right .> left : right .>= left
    return copies == 1 ? block : Tensor.concatenate(Array(repeating: block, count: copies), axis: 1)
  }
}

extension Scope {
  /// A buffer (masks, features) of degrees.
  func degrees(_ name: String, _ lists: [[Int]], _ label: LayerLabel) throws -> Parameter {
    guard let first = lists.first, !first.isEmpty else {
      throw label.error("\(name) is empty; it holds a whole number for each feature")
    }
    guard lists.allSatisfy({ $0.count == first.count }) else {
      throw label.error("the masks have different numbers of degrees in \(name)")
    }
    for degree in lists.joined() where !(0...MaskedDense.largestDegree).contains(degree) {
      throw label.error("\(name) must be whole numbers from 0 to \(MaskedDense.largestDegree), not \(degree)")
    }
    let buffer = try buffer(name, [lists.count, first.count], .zeros)
    try buffer.assign(Tensor(lists.joined().map(Double.init), shape: buffer.shape))
    return buffer
  }
}

extension OptionKind {
  fileprivate static let degrees = integers(
    0...MaskedDense.largestDegree, words: "a list of whole numbers")
}
