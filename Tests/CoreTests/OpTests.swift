import SwiftGANCore
import Testing

/// One table drives all: every primitive has samples, each sample is checked for its gradients of order 1 and 2 in
/// float64 and for the same values whatever the layout of its inputs.
@Suite struct OpTests {
  @Test func everyPrimitiveHasSamples() {
    for primitive in Primitive.table { #expect(opSamples[primitive.name]?.isEmpty == false, "\(primitive.name)") }
    for name in opSamples.keys { #expect(Primitive.find(name) != nil, "\(name) is sampled but no primitive") }
  }

  @Test(arguments: Primitive.table.map(\.name))
  func gradients(name: String) throws {
    let primitive = try #require(Primitive.find(name))
    for (number, sample) in (opSamples[name] ?? []).enumerated() {
      let inputs = sample.inputs.enumerated().map { $1.make(seed: UInt64(number * 10 + $0)) }
      let output = try apply(primitive, inputs, sample.attributes).checked()
      guard primitive.isDifferentiable, output.dtype == .float64 else { continue }
      let floats = inputs.indices.filter { sample.inputs[$0].isFloat }
      let weights = Tensor.randomNormal(output.shape, key: RandomKey(seed: 99), dtype: .float64)
      func objective(_ xs: [Tensor]) -> Tensor {
        var all = inputs
        for (x, index) in zip(xs, floats) { all[index] = x }
        return (apply(primitive, all, sample.attributes) * weights).sum()
      }
      try checkGradient(at: floats.map { inputs[$0] }, objective, "\(name), sample \(number)")
    }
  }

  @Test(arguments: Primitive.table.map(\.name))
  func layoutsDoNotMatter(name: String) throws {
    let primitive = try #require(Primitive.find(name))
    for (number, sample) in (opSamples[name] ?? []).enumerated() {
      for dtype in [DType.float32, .float64] {
        let inputs = sample.inputs.enumerated().map { $1.make(seed: UInt64(number * 10 + $0), dtype: dtype) }
        let expected = try apply(primitive, inputs, sample.attributes).checked()
        for layout in [reversed, transposedInMemory, spaced] {
          let moved = inputs.map { $0.dtype == .int64 && $0.count == 2 ? $0 : layout($0) }
          let found = try apply(primitive, moved, sample.attributes).checked()
          #expect(found.shape == expected.shape && found.dtype == expected.dtype)
          let tolerance = dtype == .float32 ? 1e-5 : 1e-13
          try expectClose(found, expected, tolerance, "\(name), sample \(number)")
        }
      }
    }
  }
}

/// The same values in memory that runs backwards.
private func reversed(_ x: Tensor) -> Tensor {
  let axes = Array(0..<x.rank)
  return x.flip(axes: axes).contiguous().flip(axes: axes)
}

/// The same values with the first axis running fastest.
private func transposedInMemory(_ x: Tensor) -> Tensor { x.transposed().contiguous().transposed() }

/// The same values with gaps between them.
private func spaced(_ x: Tensor) -> Tensor {
  guard x.rank > 0 else { return x }
  return Tensor.stack([x, x], axis: x.rank).selected(axis: x.rank, at: 1)
}
