import SwiftGANKernels

/// Where a tensor's elements lie in its storage: extents, strides and an offset, all counted in elements.
struct Layout: Sendable, Hashable {
  var shape: [Int]
  var strides: [Int]
  var offset: Int

  init(shape: [Int], strides: [Int], offset: Int = 0) {
    self.shape = shape
    self.strides = strides
    self.offset = offset
  }

  /// Row-major, without gaps.
  init(contiguous shape: [Int]) {
    self.init(shape: shape, strides: Layout.contiguousStrides(shape))
  }

  static func contiguousStrides(_ shape: [Int]) -> [Int] {
    var strides = shape
    var step = 1
    for axis in stride(from: shape.count - 1, through: 0, by: -1) {
      strides[axis] = step
      step &*= max(shape[axis], 1)
    }
    return strides
  }

  var rank: Int { shape.count }
  var count: Int { shape.reduce(1, *) }

  /// Row-major without gaps; strides of axes with extent 1 do not matter, and an empty layout is contiguous.
  var isContiguous: Bool {
    var expected = 1
    for axis in stride(from: rank - 1, through: 0, by: -1) {
      if shape[axis] == 0 { return true }
      if shape[axis] != 1 {
        if strides[axis] != expected { return false }
        expected *= shape[axis]
      }
    }
    return true
  }

  /// Whether two indices may name one element (a broadcast axis): such memory must not be written through.
  var repeatsElements: Bool {
    zip(shape, strides).contains { $0 > 1 && $1 == 0 }
  }

  func broadcast(to target: [Int]) -> Layout {
    var strides = [Int](repeating: 0, count: target.count)
    let lead = target.count - rank
    for axis in 0..<rank where shape[axis] != 1 || target[lead + axis] == 1 {
      strides[lead + axis] = self.strides[axis]
    }
    return Layout(shape: target, strides: strides, offset: offset)
  }

  /// The same elements in another shape, without moving them; nil when the strides do not allow it.
  func reshaped(_ target: [Int]) -> Layout? {
    if isContiguous { return Layout(shape: target, strides: Layout.contiguousStrides(target), offset: offset) }
    // Neighbouring axes that lie evenly in memory are one axis, which can be cut anew; those of extent 1 come and go.
    let kept = (0..<rank).filter { shape[$0] != 1 }
    let wanted = target.indices.filter { target[$0] != 1 }
    var strides = [Int](repeating: 0, count: target.count)
    var (from, to) = (0, 0)
    while from < kept.count, to < wanted.count {
      let first = to
      var (held, made) = (shape[kept[from]], target[wanted[to]])
      while held != made {
        if held < made, from + 1 < kept.count {
          guard self.strides[kept[from]] == self.strides[kept[from + 1]] * shape[kept[from + 1]] else { return nil }
          from += 1
          held *= shape[kept[from]]
        } else if made < held, to + 1 < wanted.count {
          to += 1
          made *= target[wanted[to]]
        } else {
          return nil
        }
      }
      var stride = self.strides[kept[from]]
      for axis in wanted[first...to].reversed() {
        strides[axis] = stride
        stride *= target[axis]
      }
      from += 1
      to += 1
    }
    guard from == kept.count, to == wanted.count else { return nil }
    return Layout(shape: target, strides: strides, offset: offset)
  }
}

/// The number of elements of a shape, or an error naming the shape: a negative extent, more axes than the kernels hold,
/// or a product that overflows.
func elementCount(_ shape: [Int], byteSize: Int = 1) throws(TensorError) -> Int {
  if shape.count > Int(SGK_MAX_RANK) {
    throw TensorError(.shape, "a tensor has at most \(SGK_MAX_RANK) axes, not \(shape.count)")
  }
  var count = 1
  var isEmpty = false
  for extent in shape {
    if extent < 0 {
      throw TensorError(.shape, "sizes must not be negative, but the shape is \(describe(shape: shape))")
    }
    if extent == 0 {
      isEmpty = true
      continue
    }
    let (product, overflow) = count.multipliedReportingOverflow(by: extent)
    // Kernels count bytes and strides of up to 64 bits, also where a tensor is never written to memory.
    if overflow || product > Int.max / 64 {
      let bytes = shape.reduce(Double(byteSize)) { $0 * Double(max($1, 1)) }
      throw TensorError(
        .memory,
        "shape \(describe(shape: shape)) has more elements than memory can address: \(bytes / 0x1p60) EiB at "
          + "\(byteSize) bytes each; make it smaller, or compute it in parts")
    }
    count = product
  }
  return isEmpty ? 0 : count
}

/// The shape that NumPy's broadcasting gives, or an error that names all shapes.
public func broadcastShape(_ shapes: [[Int]]) throws(TensorError) -> [Int] {
  if let first = shapes.first, shapes.allSatisfy({ $0 == first }) { return first }
  let rank = shapes.map(\.count).max() ?? 0
  var result = [Int](repeating: 1, count: rank)
  for shape in shapes {
    for axis in 0..<shape.count {
      let at = rank - shape.count + axis
      if shape[axis] == 1 || shape[axis] == result[at] { continue }
      guard result[at] == 1 else {
        let list = shapes.map(describe(shape:)).joined(separator: " and ")
        throw TensorError(
          .shape, "shapes \(list) do not broadcast: sizes \(result[at]) and \(shape[axis]) differ and neither is 1")
      }
      result[at] = shape[axis]
    }
  }
  return result
}

/// The axis counted from the front, or an error that names it and the rank.
func normalized(axis: Int, rank: Int) throws(TensorError) -> Int {
  let found = axis < 0 ? axis + rank : axis
  guard found >= 0 && found < rank else {
    throw TensorError(.index, "axis \(axis) is out of range for a tensor of rank \(rank)")
  }
  return found
}

/// Axes counted from the front, each at most once, in ascending order; nil means all.
func normalized(axes: [Int]?, rank: Int) throws(TensorError) -> [Int] {
  guard let axes else { return Array(0..<rank) }
  var found: [Int] = []
  for axis in axes { found.append(try normalized(axis: axis, rank: rank)) }
  found.sort()
  for index in found.indices.dropFirst() where found[index] == found[index - 1] {
    throw TensorError(.value, "axis \(found[index]) is named twice in \(axes)")
  }
  return found
}
