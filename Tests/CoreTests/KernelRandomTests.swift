import SwiftGANKernels
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

private let key = sgk_key(seed: 0x0123_4567_89ab_cdef, stream: 42)

private func block(_ key: sgk_key, _ number: UInt64) -> [UInt32] {
  var words = [UInt32](repeating: 0, count: 4)
  sgk_philox(key, number, &words)
  return words
}

private func draw<T: KernelElement>(
  _: T.Type, _ count: Int, dtype: sgk_dtype = T.dtype, _ generate: (UnsafePointer<sgk_view>) -> Void
) -> [T] {
  let out = Strided([count], dtype: dtype) { _ in T(truncating: 77) }
  withUnsafePointer(to: out.view, generate)
  return out.values
}

private func moments(_ values: [Double]) -> (mean: Double, variance: Double, kurtosis: Double) {
  let count = Double(values.count)
  let mean = values.reduce(0, +) / count
  let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
  let fourth = values.reduce(0) { $0 + pow($1 - mean, 4) } / count
  return (mean, variance, fourth / (variance * variance))
}

/// The greatest distance between the sample's and the true distribution function, times sqrt(n): 1.95 is exceeded by
/// chance once in a thousand seeds.
private func kolmogorovSmirnov(_ values: [Double], _ distribution: (Double) -> Double) -> Double {
  let sorted = values.sorted()
  let count = Double(sorted.count)
  let distance = sorted.enumerated().reduce(0.0) { worst, entry in
    let expected = distribution(entry.element)
    return max(worst, abs(Double(entry.offset) / count - expected), abs(Double(entry.offset + 1) / count - expected))
  }
  return distance * count.squareRoot()
}

@Suite struct KernelRandomTests {
  @Test func philoxGivesThePublishedNumbers() {
    // Known answers of the authors' library, Random123.
    #expect(block(sgk_key(seed: 0, stream: 0), 0) == [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8])
    #expect(block(sgk_key(seed: .max, stream: .max), .max) == [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd])
    #expect(
      block(sgk_key(seed: 0x299f_31d0_a409_3822, stream: 0x0370_7344_1319_8a2e), 0x85a3_08d3_243f_6a88)
        == [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1])
  }

  @Test(arguments: KernelSettings.levels, [1, 2, 5] as [Int32]) func uniformsAreTheBitsOfPhilox(
    level: sgk_isa, threads: Int32
  ) {
    KernelSettings.with(level: level, threads: threads) {
      for count in [0, 1, 3, 4, 63, 64, 65, 1000, 50_001] {
        let floats = draw(Float.self, count) { sgk_random_uniform(key, $0) }
        let doubles = draw(Double.self, count) { sgk_random_uniform(key, $0) }
        let same = (0..<count).allSatisfy { i in
          let four = block(key, UInt64(i / 4))
          let two = block(key, UInt64(i / 2))
          let word = UInt64(two[i % 2 * 2]) | UInt64(two[i % 2 * 2 + 1]) << 32
          return floats[i] == Float(four[i % 4] >> 8) * 0x1p-24 && doubles[i] == Double(word >> 11) * 0x1p-53
        }
        #expect(same, "\(count) numbers")
      }
    }
  }

  @Test(arguments: KernelSettings.levels) func normalsDependOnNoThreadsAndNoCount(level: sgk_isa) {
    func normals<T: KernelElement>(_: T.Type, _ count: Int, threads: Int32) -> [T] {
      KernelSettings.with(level: level, threads: threads) { draw(T.self, count) { sgk_random_normal(key, $0) } }
    }
    let floats = normals(Float.self, 70_001, threads: 1)
    let doubles = normals(Double.self, 70_001, threads: 1)
    #expect(normals(Float.self, 70_001, threads: 3) == floats)
    #expect(normals(Double.self, 70_001, threads: 3) == doubles)
    for count in [1, 2, 3, 17, 66, 16_385] {
      #expect(normals(Float.self, count, threads: 2) == Array(floats.prefix(count)))
      #expect(normals(Double.self, count, threads: 2) == Array(doubles.prefix(count)))
    }
  }

  @Test(arguments: KernelSettings.levels) func normalsAreNormal(level: sgk_isa) {
    let count = 1_000_000
    let (floats, doubles) = KernelSettings.with(level: level) {
      (
        draw(Float.self, count) { sgk_random_normal(key, $0) }.map(Double.init),
        draw(Double.self, count) { sgk_random_normal(key, $0) }
      )
    }
    for values in [floats, doubles] {
      #expect(values.allSatisfy { $0.isFinite })
      let (mean, variance, kurtosis) = moments(values)
      #expect(abs(mean) < 0.004)  // four standard errors
      #expect(abs(variance - 1) < 0.006)
      #expect(abs(kurtosis - 3) < 0.02)
      #expect(kolmogorovSmirnov(values) { 0.5 * erfc(-$0 / 2.0.squareRoot()) } < 1.95)
      // Neighbours, the two halves of one pair included, are not correlated.
      let product = zip(values, values.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 } / Double(count)
      #expect(abs(product) < 0.004)
    }
  }

  @Test func uniformsAreUniform() {
    let floats = draw(Float.self, 1_000_000) { sgk_random_uniform(key, $0) }.map(Double.init)
    let doubles = draw(Double.self, 1_000_000) { sgk_random_uniform(key, $0) }
    for values in [floats, doubles] {
      #expect(values.allSatisfy { $0 >= 0 && $0 < 1 })
      let (mean, variance, _) = moments(values)
      #expect(abs(mean - 0.5) < 0.0012)
      #expect(abs(variance - 1.0 / 12) < 0.0004)
      #expect(kolmogorovSmirnov(values) { $0 } < 1.95)
    }
  }

  @Test func bernoulliHasItsProbability() {
    for p in [0.0, 0.001, 0.3, 0.5, 1.0, 2.0, -1.0, .nan] {
      let values = draw(UInt8.self, 400_000, dtype: SGK_BOOL) { sgk_random_bernoulli(key, p, $0) }
      #expect(values.allSatisfy { $0 <= 1 })
      let share = Double(values.reduce(0) { $0 + Int($1) }) / 400_000
      let clamped = p.isNaN ? 0 : min(max(p, 0), 1)
      #expect(abs(share - clamped) <= 4 * (clamped * (1 - clamped) / 400_000).squareRoot(), "p = \(p)")
    }
  }

  @Test func integersCoverTheirRange() {
    let dice = draw(Int64.self, 60_000) { sgk_random_integers(key, -2, 4, $0) }
    var counts = [Int](repeating: 0, count: 6)
    for value in dice where (-2..<4).contains(value) { counts[Int(value) + 2] += 1 }
    #expect(counts.reduce(0, +) == 60_000)
    let chiSquare = counts.reduce(0.0) { $0 + pow(Double($1) - 10_000, 2) / 10_000 }
    #expect(chiSquare < 20.5)  // 5 degrees of freedom, one seed in a thousand
    let wide = draw(Int64.self, 1000) { sgk_random_integers(key, .min, .max, $0) }
    #expect(wide.contains { $0 < -(1 << 62) } && wide.contains { $0 > 1 << 62 })
    #expect(draw(Int64.self, 5) { sgk_random_integers(key, 7, 8, $0) } == [7, 7, 7, 7, 7])
  }

  @Test func permutationsHoldEveryNumberOnce() {
    for count in [0, 1, 2, 3, 1000, 5000] {
      let values = draw(Int64.self, count) { #expect(sgk_random_permutation(key, $0) == SGK_OK) }
      #expect(values.sorted() == (0..<count).map { Int64($0) })
    }
    var orders: [[Int64]: Int] = [:]
    for stream in 0..<24_000 {
      orders[
        draw(Int64.self, 4) { _ = sgk_random_permutation(sgk_key(seed: 1, stream: UInt64(stream)), $0) }, default: 0] +=
        1
    }
    #expect(orders.count == 24)
    let chiSquare = orders.values.reduce(0.0) { $0 + pow(Double($1) - 1000, 2) / 1000 }
    #expect(chiSquare < 49.7)  // 23 degrees of freedom, one seed in a thousand
  }

  @Test func childrenAreDistinct() {
    var seen = Set<[UInt64]>()
    for parent in [key, sgk_key(seed: key.seed, stream: 43), sgk_key(seed: key.seed + 1, stream: 42)] {
      for index in 0..<1000 as Range<UInt64> {
        let child = sgk_key_split(parent, index)
        seen.insert([child.seed, child.stream])
      }
    }
    #expect(seen.count == 3000)
    let first = sgk_key_split(key, 0)
    let second = sgk_key_split(key, 1)
    let a = draw(Float.self, 100_000) { sgk_random_normal(first, $0) }
    let b = draw(Float.self, 100_000) { sgk_random_normal(second, $0) }
    let correlation = zip(a, b).reduce(0.0) { $0 + Double($1.0 * $1.1) } / 100_000
    #expect(abs(correlation) < 4 / 100_000.0.squareRoot())
  }
}
