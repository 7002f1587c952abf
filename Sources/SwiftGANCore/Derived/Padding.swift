/// What stands around a tensor that is padded; names and meanings are those of `numpy.pad`.
public enum PaddingMode: String, Sendable, CaseIterable {
  /// One value everywhere.
  case constant
  /// The nearest element.
  case edge
  /// The tensor mirrored at its first and last elements, which are not repeated: `c b | a b c | b a`.
  case reflect
  /// The tensor mirrored beyond its first and last elements, which are repeated: `b a | a b c | c b`.
  case symmetric
  /// The tensor again and again: `b c | a b c | a b`.
  case wrap

  /// The mode of that name.
  /// - Throws: `.value`, naming all modes.
  public init(named name: String) throws(TensorError) {
    guard let mode = PaddingMode(rawValue: name) else {
      let names = PaddingMode.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
      throw TensorError(.value, "there is no padding mode '\(name)'; there are \(names)")
    }
    self = mode
  }

  /// The element, of `extent`, that stands at `position`, which may lie before the first or after the last.
  fileprivate func source(of position: Int, extent: Int) -> Int {
    func remainder(_ period: Int) -> Int {
      let rest = position % period
      return rest < 0 ? rest + period : rest
    }
    switch self {
    case .constant, .edge: return min(max(position, 0), extent - 1)
    case .wrap: return remainder(extent)
    case .symmetric:
      let place = remainder(2 * extent)
      return min(place, 2 * extent - 1 - place)
    case .reflect:
      if extent == 1 { return 0 }
      let place = remainder(2 * (extent - 1))
      return min(place, 2 * (extent - 1) - place)
    }
  }
}

extension Tensor {
  /// Elements set before and after each axis; `widths` holds a pair for every axis.
  ///
  /// ```swift
  /// images.pad([(0, 0), (1, 1), (1, 1), (0, 0)], mode: .reflect)
  /// ```
  ///
  /// - Parameters:
  ///   - mode: what they are. Widths may be larger than the tensor: mirrors and copies go on.
  ///   - value: for `.constant`.
  /// - Note: An error for negative widths, and for an axis without elements unless `mode` is `.constant`.
  public func pad(_ widths: [(Int, Int)], mode: PaddingMode = .constant, value: Double = 0) -> Tensor {
    .catching {
      try checked()
      guard widths.count == rank, widths.allSatisfy({ $0.0 >= 0 && $0.1 >= 0 }) else {
        throw TensorError(
          .value, "pad: needs one pair of widths, none negative, for each of \(rank) axes, not \(widths)")
      }
      var target = shape
      for axis in target.indices {
        let (first, overflow) = target[axis].addingReportingOverflow(widths[axis].0)
        let (sum, overflowToo) = first.addingReportingOverflow(widths[axis].1)
        guard !overflow, !overflowToo else { throw TensorError(.memory, "pad: the widths overflow axis \(axis)") }
        target[axis] = sum
      }
      _ = try elementCount(target, byteSize: dtype.byteSize)
      return mode == .constant
        ? padded(with: value, widths.map(\.0), target) : try padded(with: mode, widths.map(\.0), target)
    }
  }

  private func padded(with value: Double, _ start: [Int], _ target: [Int]) -> Tensor {
    let attributes: Attributes = [
      "shape": .ints(target), "start": .ints(start), "step": .ints([Int](repeating: 1, count: rank)),
    ]
    if value == 0 { return apply(.place, [self], attributes) }
    let isInside = apply(.place, [Tensor.full(1, shape, dtype: .bool)], attributes)
    return .select(isInside, apply(.place, [self], attributes), .full(value, [], dtype: dtype))
  }

  /// Each axis gathers what stands at its places, so corners are mirrored along both axes, as in NumPy.
  private func padded(with mode: PaddingMode, _ start: [Int], _ target: [Int]) throws(TensorError) -> Tensor {
    var result = self
    for axis in target.indices where target[axis] != shape[axis] {
      let extent = shape[axis]
      guard extent > 0 else {
        throw TensorError(
          .value,
          "pad: axis \(axis) of shape \(describe(shape: shape)) is empty and has nothing to pad with; "
            + "use the mode 'constant'")
      }
      let sources = try Tensor.indices(target[axis]) { mode.source(of: $0 - start[axis], extent: extent) }
      result = result.gather(sources, axis: axis)
    }
    return result
  }
}

let paddingOperations: [Operation] = [
  Operation("pad", 1...1, ["widths", "value", "mode"]) { x, a in
    let widths = try a.ints("widths")
    guard widths.count == 2 * x[0].rank else {
      throw TensorError(.value, "pad: widths must hold two numbers for each of \(x[0].rank) axes, not \(widths.count)")
    }
    let pairs = (0..<x[0].rank).map { (widths[2 * $0], widths[2 * $0 + 1]) }
    return x[0].pad(
      pairs, mode: try PaddingMode(named: a.text("mode", default: "constant")),
      value: try a.double("value", default: 0))
  }
]
