import SwiftGANCore
import Testing

/// Pyramids against the definition of Burt and Adelson (1983): sums over the filter (1, 4, 6, 4, 1) / 16.
@Suite struct PyramidTests {
  private let weights = [1.0, 4, 6, 4, 1].map { $0 / 16 }

  private func mirrored(_ place: Int, _ extent: Int) -> Int {
    guard extent > 1 else { return 0 }
    let rest = ((place % (2 * extent - 2)) + 2 * extent - 2) % (2 * extent - 2)
    return min(rest, 2 * extent - 2 - rest)
  }

  // Written out: closures of sums take the compiler too long.
  /// REDUCE of one line: g(i) = sum_m w(m) x(2i + m).
  private func reduced(_ line: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: (line.count + 1) / 2)
    for i in result.indices {
      for m in -2...2 { result[i] += weights[m + 2] * line[mirrored(2 * i + m, line.count)] }
    }
    return result
  }

  /// EXPAND of one line: g(i) = 2 sum_m w(m) x((i - m) / 2) over whole (i - m) / 2.
  private func expanded(_ line: [Double], to count: Int) -> [Double] {
    let spread: [Double] = line.flatMap { [$0, 0.0] }
    var result = [Double](repeating: 0, count: count)
    for i in result.indices {
      for m in -2...2 { result[i] += 2 * weights[m + 2] * spread[mirrored(i + m, spread.count)] }
    }
    return result
  }

  @Test(arguments: [1, 2, 3, 7, 8]) func linesAreReducedAndExpandedAsDefined(_ count: Int) throws {
    let line = try Tensor.randomNormal([count], key: RandomKey(seed: 3), dtype: .float64).doubles()
    let row = Tensor(line).reshape([1, 1, count, 1])
    let column = row.reshape([1, count, 1, 1])
    for half in [row.pyramidDown(), column.pyramidDown()] {
      #expect(zip(try half.doubles(), reduced(line)).allSatisfy { abs($0 - $1) < 1e-14 })
    }
    for size in [2 * count - 1, 2 * count] {
      let twice = try row.pyramidUp(to: [1, size]).doubles()
      #expect(twice.count == size && zip(twice, expanded(line, to: size)).allSatisfy { abs($0 - $1) < 1e-14 })
      #expect(try column.pyramidUp(to: [size, 1]).doubles() == twice)
    }
  }

  @Test(arguments: [[28, 28], [7, 5], [1, 9], [64, 3]]) func imagesComeBack(_ size: [Int]) throws {
    let image = Tensor.randomUniform([3] + size + [2], key: RandomKey(seed: 1))
    for levels in 1...3 {
      let pyramid = try image.laplacianPyramid(levels: levels)
      #expect(
        pyramid.map { Array($0.shape[1...2]) }
          == (try Tensor.pyramidSizes(height: size[0], width: size[1], levels: levels)))
      let error = try (Tensor.reconstructed(fromLaplacian: pyramid) - image).abs().max().item()
      #expect(error <= 1e-6)
    }
  }

  @Test func aPlainImageStaysPlain() throws {
    let plain = Tensor.full(0.75, [1, 5, 6, 1])
    #expect(try (plain.pyramidDown() - 0.75).abs().max().item() == 0)
    #expect(try (plain.pyramidUp() - 0.75).abs().max().item() == 0)
    for detail in try plain.laplacianPyramid(levels: 3).dropLast() { #expect(try detail.abs().max().item() == 0) }
  }

  @Test func whatDoesNotDoIsToldSo() throws {
    let image = Tensor.zeros([1, 4, 4, 1])
    #expect(Tensor.zeros([4, 4]).pyramidDown().error?.message.contains("4 axes") == true)
    #expect(image.pyramidUp(to: [9, 8]).error?.message.contains("twice as large") == true)
    #expect(image.pyramidUp(to: [8, 6]).error?.message.contains("[8, 6]") == true)
    for levels in [0, 4] {
      #expect(throws: TensorError.self) { _ = try image.gaussianPyramid(levels: levels) }
    }
    #expect(throws: TensorError.self) { _ = try Tensor.reconstructed(fromLaplacian: []) }
    #expect(throws: TensorError.self) { _ = try Tensor.reconstructed(fromLaplacian: [image, image]) }
  }

  @Test func gradientsToOrderTwo() throws {
    let image = Tensor.randomNormal([1, 5, 4, 2], key: RandomKey(seed: 1), dtype: .float64)
    try checkGradient(at: [image], { $0[0].pyramidDown().square().sum() }, "down")
    try checkGradient(at: [image], { $0[0].pyramidUp(to: [9, 8]).square().sum() }, "up")
  }
}
