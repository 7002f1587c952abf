/// What has flowed back to one tensor so far. Parts are added up when the sum is wanted, because only then it shows what
/// they make together: the gradients of the slices that a tensor was cut into are its gradient, end to end.
struct Cotangent {
  private var wholes: [Tensor] = []
  private var windows: [(value: Tensor, window: Window)] = []

  /// A part of the tensor's own shape.
  mutating func add(_ part: Tensor) { wholes.append(part) }

  /// A part that belongs to a window of the tensor; it is 0 elsewhere.
  mutating func add(_ part: Tensor, at window: Window) { windows.append((part, window)) }

  /// All parts, for a tensor of this shape.
  func sum(_ shape: [Int]) throws -> Tensor? {
    var parts = wholes
    if let joined = try joined(shape) {
      parts.append(joined)
    } else {
      parts += windows.map { Cotangent.placed($0.value, $0.window, shape) }
    }
    guard let first = parts.first else { return nil }
    return try parts.dropFirst().reduce(first) { $0 + $1 }.checked()
  }

  private static func placed(_ value: Tensor, _ window: Window, _ shape: [Int]) -> Tensor {
    apply(
      .place, [value], ["shape": .ints(shape), "start": .ints(window.start), "step": .ints(window.step)])
  }

  /// The windows put together, where they are two or more that lie side by side along one axis.
  private func joined(_ shape: [Int]) throws -> Tensor? {
    guard windows.count > 1, let axis = commonAxis(shape) else { return nil }
    let sorted = windows.sorted { $0.window.start[axis] < $1.window.start[axis] }
    var pieces: [Tensor] = []
    var next = 0
    func fill(upTo end: Int) {
      guard end > next else { return }
      var gap = shape
      gap[axis] = end - next
      pieces.append(.zeros(gap, dtype: windows[0].value.dtype))
    }
    for (value, window) in sorted {
      guard window.start[axis] >= next else { return nil }
      fill(upTo: window.start[axis])
      pieces.append(value)
      next = window.start[axis] + window.size[axis]
    }
    fill(upTo: shape[axis])
    return try Tensor.concatenate(pieces, axis: axis).checked()
  }

  /// The one axis along which the windows are cut; nil when there are several, or elements are left out between.
  private func commonAxis(_ shape: [Int]) -> Int? {
    var cut: Set<Int> = []
    for (_, window) in windows {
      for axis in shape.indices
      where window.start[axis] != 0 || window.size[axis] != shape[axis] || window.step[axis] != 1 {
        guard window.step[axis] == 1 else { return nil }
        cut.insert(axis)
      }
    }
    return cut.count == 1 ? cut.first : nil
  }
}
