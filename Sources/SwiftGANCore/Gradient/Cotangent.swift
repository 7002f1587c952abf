/// What has flowed back to one tensor so far. Parts are added up when the sum is wanted, because only then it shows what
/// they make together: the gradients of the slices that a tensor was cut into are its gradient, end to end.
struct Cotangent {
  private var wholes: [Tensor] = []
  private var windows: [(value: Tensor, window: Window)] = []

  init() {}

  /// One part of the tensor's own shape.
  init(_ whole: Tensor) { wholes = [whole] }

  /// A part of the tensor's own shape.
  mutating func add(_ part: Tensor) { wholes.append(part) }

  /// A part that belongs to a window of the tensor; it is 0 elsewhere.
  mutating func add(_ part: Tensor, at window: Window) { windows.append((part, window)) }

  /// What has come to some columns (indices of the last axis) of the last steps (indices of the first axis) of a tensor of
  /// this shape: shape (K, ..., columns.count), where nothing has come to the steps before. No zeros are made where parts
  /// are windows on few steps or columns.
  func lastSteps(_ shape: [Int], columns: Range<Int>, dtype: DType) throws -> Tensor {
    let last = shape.count - 1
    let ones = [Int](repeating: 1, count: shape.count)
    let all = Window(start: shape.map { _ in 0 }, size: shape, step: ones)
    var pieces: [(value: Tensor, window: Window)] = []
    for (value, window) in wholes.map({ ($0, all) }) + windows {
      var (value, window) = (value, window)
      if window.step != ones { (value, window) = (Cotangent.placed(value, window, shape), all) }
      let start = window.start[last]
      let (from, to) = (max(start, columns.lowerBound), min(start + window.size[last], columns.upperBound))
      guard from < to, value.count > 0 else { continue }
      window.start[last] = from - columns.lowerBound
      window.size[last] = to - from
      pieces.append((value.sliced(axis: last, from: from - start, to: to - start), window))
    }
    let first = pieces.map(\.window.start[0]).min() ?? shape[0]
    var target = shape
    target[0] = shape[0] - first
    target[last] = columns.count
    var found = Cotangent()
    for (value, window) in pieces {
      var window = window
      window.start[0] -= first
      if window.size == target { found.add(value) } else { found.add(value, at: window) }
    }
    return try found.sum(target) ?? .zeros(target, dtype: dtype)
  }

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
