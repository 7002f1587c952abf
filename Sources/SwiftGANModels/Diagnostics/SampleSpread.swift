import SwiftGANCore

/// How samples lie beside real ones, by distances between the two sets in the space of the data as networks take them:
/// neither augmented, which would make equal samples different, nor packed.
///
/// Two sets `[n, ...]` of as many rows; at most ``limit`` rows of each are looked at, since distances between all pairs are
/// computed.
struct SampleSpread {
  /// The mean distance between two samples, divided by that between two real ones: 1 when samples are as different from each
  /// other as the data, 0 when they are all alike.
  let diversity: Double
  /// The share of real rows with a sample nearer than their fifth-nearest real neighbour, or than a tenth of the data's
  /// mean distance where that is more: coverage (Naeem et al. 2020, equation 3) with a floor, so that data on a few points do not
  /// ask for exact hits.
  let coverage: Double
  /// By how much the samples' mean lies from the data's along one random direction, always the same, in standard deviations
  /// of the data: a number with a sign, whose swings show samples that wander.
  let drift: Double

  static let limit = 256
  private static let neighbour = 5
  private static let floor = 0.1

  /// Compares two sets of rows. Nil where there is nothing to compare: fewer than two rows, or data that are all alike.
  init?(real: Tensor, fake: Tensor, key: RandomKey) throws {
    let count = min(real.shape.first ?? 0, fake.shape.first ?? 0, SampleSpread.limit)
    guard count >= 2, real.count > 0, fake.count > 0 else { return nil }
    func rows(_ tensor: Tensor) throws -> Tensor {
      let first = tensor.detached().sliced(axis: 0, from: 0, to: count)
      return try first.reshape([count, -1]).cast(to: .float64).checked()
    }
    let (x, y) = (try rows(real), try rows(fake))
    guard x.shape == y.shape else { return nil }
    let (within, among, between) = (
      try SampleSpread.distances(x, x), try SampleSpread.distances(y, y), try SampleSpread.distances(x, y)
    )
    let pairs = Double(count * (count - 1))
    let spread = within.reduce(0, +) / pairs
    guard spread > 0, spread.isFinite else { return nil }
    diversity = among.reduce(0, +) / pairs / spread

    var covered = 0
    for row in 0..<count {
      let range = (row * count)..<((row + 1) * count)
      // The first of the sorted distances is the row's own, 0.
      let nearest = within[range].sorted()[min(SampleSpread.neighbour, count - 1)]
      let radius = max(nearest, SampleSpread.floor * spread)
      if between[range].contains(where: { $0 <= radius }) { covered += 1 }
    }
    coverage = Double(covered) / Double(count)

    let direction = Tensor.randomNormal([x.shape[1], 1], key: key, dtype: .float64)
    let (a, b) = (x.matmul(direction), y.matmul(direction))
    let deviation = try a.variance().item().squareRoot()
    drift = deviation > 0 ? (try b.mean().item() - a.mean().item()) / deviation : 0
  }

  /// The distances of each row of one set to each of another, row by row.
  private static func distances(_ x: Tensor, _ y: Tensor) throws -> [Double] {
    // About their common mean, so that the squares do not swallow the differences.
    let mean = x.mean(axes: [0], keepDims: true)
    let (a, b) = (x - mean, y - mean)
    let squares =
      a.square().sum(axes: [1], keepDims: true) + b.square().sum(axes: [1]) - 2 * a.matmul(b.transposed())
    return try squares.relu().sqrt().scalars(as: Double.self)
  }
}
