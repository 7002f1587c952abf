/// Checks on what is computed, for finding mistakes.
///
/// ```swift
/// Debug.checksFinite = true
/// let y = x.log()          // x has a 0: y carries an error that says so
/// ```
public enum Debug {
  /// Whether the first operation that makes a NaN or an infinity of finite inputs fails, naming itself, the layer, and the
  /// trainer's step, with shapes and ranges. Then everything runs op by op: compiled functions call their bodies, and
  /// trainers trace nothing. The environment's `SWIFTGAN_DEBUG=nan` turns it on from the start.
  public static var checksFinite: Bool {
    get { isOn }
    set { _ = Instruments.set(Instruments.checking, newValue) }
  }

  /// Sets ``checksFinite``.
  /// - Returns: what it was.
  @discardableResult
  public static func setChecksFinite(_ isOn: Bool) -> Bool { Instruments.set(Instruments.checking, isOn) }

  /// Whether any check is on that wants operations to run by themselves.
  public static var isOn: Bool { Instruments.active & Instruments.checking != 0 }

  /// Throws when the op made what is not finite although its inputs were. What has no inputs of floats was asked for it.
  static func check(_ primitive: Primitive, _ call: KernelCall) throws {
    let inputs = call.inputs.filter(\.dtype.isFloat)
    guard call.output.dtype.isFloat, !inputs.isEmpty else { return }
    let found = Range(of: call.output)
    guard found.nanCount + found.infinityCount > 0 else { return }
    var ranges: [(index: Int, tensor: Tensor, range: Range)] = []
    for (index, input) in call.inputs.enumerated() where input.dtype.isFloat {
      let range = Range(of: try input.contiguousCopyIfNeeded())
      guard range.nanCount + range.infinityCount == 0 else { return }
      ranges.append((index, input, range))
    }
    let what = found.nanCount > 0 ? "NaN" : "infinity"
    let number = found.nanCount > 0 ? found.nanCount : found.infinityCount
    let place = Place.description
    let described = ranges.map { index, tensor, range in
      "input \(index) is \(tensor.dtype) \(describe(shape: tensor.shape)) from \(range.low) to \(range.high)"
    }
    throw TensorError(
      .state,
      "made \(what) of finite inputs, in \(number) of \(call.output.count) elements of \(call.output.dtype) "
        + "\(describe(shape: call.output.shape))\(place.isEmpty ? "" : ", \(place)"): "
        + described.joined(separator: "; "))
  }

  /// What the elements of a contiguous tensor are like.
  private struct Range {
    private(set) var low = Double.infinity
    private(set) var high = -Double.infinity
    private(set) var nanCount = 0
    private(set) var infinityCount = 0

    init(of tensor: Tensor) {
      guard tensor.count > 0, let address = tensor.address else { return }
      if tensor.dtype == .float64 {
        scan(UnsafeBufferPointer(start: address.assumingMemoryBound(to: Double.self), count: tensor.count))
      } else {
        scan(UnsafeBufferPointer(start: address.assumingMemoryBound(to: Float.self), count: tensor.count))
      }
    }

    private mutating func scan<T: BinaryFloatingPoint>(_ elements: UnsafeBufferPointer<T>) {
      var (least, most) = (T.infinity, -T.infinity)
      for element in elements {
        if element.isNaN { nanCount += 1 } else if element.isInfinite { infinityCount += 1 }
        least = T.minimum(least, element)
        most = T.maximum(most, element)
      }
      (low, high) = (Double(least), Double(most))
    }
  }
}
