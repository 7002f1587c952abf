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
    get { Instruments.active & Instruments.checking != 0 }
    set { _ = Instruments.set(Instruments.checking, newValue) }
  }

  /// Sets ``checksFinite``.
  /// - Returns: what it was.
  @discardableResult
  public static func setChecksFinite(_ isOn: Bool) -> Bool { Instruments.set(Instruments.checking, isOn) }

  /// Whether the first operation fails that reads a NaN or an infinity which no operation made while this was on: one that
  /// came in with data, parameters or a constant. It runs operations as ``checksFinite`` does, and so does the
  /// environment's `SWIFTGAN_DEBUG=inputs`.
  public static var checksInputs: Bool {
    get { Instruments.active & Instruments.reading != 0 }
    set { _ = setChecksInputs(newValue) }
  }

  /// Sets ``checksInputs``.
  /// - Returns: what it was.
  @discardableResult
  public static func setChecksInputs(_ isOn: Bool) -> Bool { Instruments.set(Instruments.reading, isOn) }

  /// Whether any check is on that wants operations to run by themselves.
  public static var isOn: Bool { Instruments.active & (Instruments.checking | Instruments.reading) != 0 }

  /// Throws what the checks in use find wrong with an op that has run.
  static func check(_ call: KernelCall, _ active: UInt8) throws {
    if active & Instruments.reading != 0 { try checkInputs(call) }
    if active & Instruments.checking != 0 { try checkOutput(call) }
  }

  /// Throws when the op read what is not finite from outside.
  private static func checkInputs(_ call: KernelCall) throws {
    call.output.node.storage?.isComputed = true
    for (index, input) in call.inputs.enumerated() where input.dtype.isFloat {
      guard let storage = input.node.storage, !storage.isComputed else { continue }
      let found = Range(of: try input.contiguousCopyIfNeeded())
      guard found.nanCount + found.infinityCount > 0 else { continue }
      let place = Place.description
      throw TensorError(
        .state,
        "input \(index) has \(found.what) in \(found.badCount) of \(input.count) elements of \(input.dtype) "
          + "\(describe(shape: input.shape))\(place.isEmpty ? "" : ", \(place)"): no operation computed it while this was "
          + "checked, so it came in with data, parameters or a constant; look at where that is loaded or made")
    }
  }

  /// Throws when the op made what is not finite although its inputs were. What has no inputs of floats was asked for it.
  private static func checkOutput(_ call: KernelCall) throws {
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
    let place = Place.description
    let described = ranges.map { index, tensor, range in
      "input \(index) is \(tensor.dtype) \(describe(shape: tensor.shape)) from \(range.low) to \(range.high)"
    }
    throw TensorError(
      .state,
      "made \(found.what) of finite inputs, in \(found.badCount) of \(call.output.count) elements of \(call.output.dtype) "
        + "\(describe(shape: call.output.shape))\(place.isEmpty ? "" : ", \(place)"): "
        + described.joined(separator: "; "))
  }

  /// What the elements of a contiguous tensor are like.
  private struct Range {
    private(set) var low = Double.infinity
    private(set) var high = -Double.infinity
    private(set) var nanCount = 0
    private(set) var infinityCount = 0

    /// The worse of what is not finite, and how often it is there.
    var what: String { nanCount > 0 ? "NaN" : "infinity" }
    var badCount: Int { nanCount > 0 ? nanCount : infinityCount }

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
