import SwiftGANCore
import Testing

@testable import SwiftGANModels

/// Minibatches, ranges, and what is said of data that do not do.
@Suite struct DataTests {
  private func rows(_ batch: Batch) throws -> [Int] {
    try batch.real.cast(to: .float64).scalars(as: Double.self).map { Int($0) }
  }

  private func counting(_ count: Int, batch: Int, _ last: Dataset.LastBatch = .drop, seed: UInt64 = 1) throws -> Dataset
  {
    try Dataset(
      Tensor((0..<count).map { Float($0) }, shape: [count, 1]), batchSize: batch, seed: seed, lastBatch: last)
  }

  @Test func anEpochVisitsEachRowOnceInANewOrder() throws {
    let data = try counting(12, batch: 4)
    var epochs: [[Int]] = []
    for epoch in 0..<3 {
      #expect(data.epoch == epoch)
      epochs.append(try (0..<3).flatMap { _ in try rows(data.next()) })
      #expect(epochs[epoch].sorted() == Array(0..<12))
    }
    #expect(Set(epochs).count == 3 && !epochs.contains(Array(0..<12)))
  }

  @Test func theLastRowsAreDropped() throws {
    let data = try counting(11, batch: 4)
    #expect(data.batchesPerEpoch == 2)
    let first = try (0..<2).flatMap { _ in try rows(data.next()) }
    #expect(Set(first).count == 8 && data.epoch == 1)
  }

  @Test func orTheBatchesWrap() throws {
    let data = try counting(10, batch: 4, .wrap)
    let visited = try (0..<5).flatMap { _ in try rows(data.next()) }
    #expect(visited.prefix(10).sorted() == Array(0..<10) && visited.suffix(10).sorted() == Array(0..<10))
    #expect(data.epoch == 2)
  }

  @Test func theSeedSaysTheOrder() throws {
    let orders = try [1, 1, 2].map { try rows(counting(50, batch: 50, seed: $0).next()) }
    #expect(orders[0] == orders[1] && orders[0] != orders[2])
  }

  @Test(arguments: [Dataset.LastBatch.drop, .wrap]) func resumesWithTheNextBatch(_ last: Dataset.LastBatch) throws {
    let through = try counting(11, batch: 4, last)
    for _ in 0..<4 { _ = try through.next() }
    let state = through.state
    let expected = try (0..<6).map { _ in try rows(through.next()) }
    let resumed = try counting(11, batch: 4, last, seed: 77)
    _ = try resumed.next()
    try resumed.restore(state)
    #expect(try (0..<6).map { _ in try rows(resumed.next()) } == expected)
    #expect(Support.message { try counting(12, batch: 4).restore(state) }.contains("11"))
    #expect(Support.message { try counting(12, batch: 4).restore(["kind": "other"]) }.contains("other"))
  }

  @Test func borrowedMemoryIsReadInPlace() throws {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: 8, alignment: 8)
    defer { memory.deallocate() }
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: 8)
    let pixels = Tensor(borrowing: memory, shape: [2, 4], dtype: .uint8, isReadOnly: true, release: {})
    let data = try Dataset(pixels, batchSize: 2, shuffle: false)
    #expect(try data.next().real.sum().item() == 0)
    memory.storeBytes(of: 200, toByteOffset: 3, as: UInt8.self)
    #expect(try data.next().real.sum().item() == 200, "the data set holds the caller's memory, no copy of it")
  }

  @Test func extrasAreGatheredAlongside() throws {
    let labels = Tensor((0..<20).map { Int64(100 + $0) })
    let data = try Dataset(
      Tensor((0..<20).map { Float($0) }, shape: [20, 1]), extras: [("y", labels)], batchSize: 7, seed: 3)
    let batch = try data.next()
    let y = try #require(batch["y"])
    #expect(y.dtype == .int64)
    #expect(try y.scalars(as: Int64.self).map { Int($0) - 100 } == rows(batch))
  }

  // MARK: Ranges

  @Test func pixelsBecomeMinusOneToOneAndComeBack() throws {
    let pixels = Tensor((0..<32).map { UInt8($0 * 8) }, shape: [2, 4, 4])
    let description = try DataDescription(of: pixels)
    #expect(description.networkShape == [4, 4, 1] && description.isImage)
    let inside = description.internalSamples(pixels)
    #expect(inside.shape == [2, 4, 4, 1] && inside.dtype == .float32)
    #expect(try inside.min().item() == -1)
    #expect(Support.isClose(try inside.max().item(), 248 / 127.5 - 1, 1e-6))
    let back = description.userSamples(inside)
    #expect(back.dtype == .uint8 && back.shape == [2, 4, 4])
    #expect(try Support.bytes(back) == Support.bytes(pixels))
    // What a generator overshoots is cut to the range, not wrapped around.
    #expect(
      try description.userSamples(Tensor.full(1.5, [1, 4, 4, 1])).scalars(as: UInt8.self)
        == [UInt8](repeating: 255, count: 16))
  }

  @Test(arguments: [(0.0, 1.0), (-1.0, 1.0)]) func floatImagesKeepTheirRange(_ low: Double, _ high: Double) throws {
    let images = Tensor.randomUniform([3, 4, 4, 1], key: RandomKey(seed: 1), low: low, high: high, dtype: .float64)
    let description = try DataDescription(of: images)
    #expect(description.scaling.bounds == low...high)
    let inside = description.internalSamples(images)
    #expect(try inside.min().item() >= -1 && inside.min().item() < -0.8 && inside.max().item() > 0.8)
    let back = description.userSamples(inside)
    #expect(back.dtype == .float64)
    #expect(try (back - images).abs().max().item() < 1e-6)
  }

  @Test func vectorsAreStandardized() throws {
    let scale = Tensor([1, 1000, 0] as [Double])
    let shift = Tensor([5, -1e6, 7] as [Double])
    let vectors = Tensor.randomNormal([500, 3], key: RandomKey(seed: 2), dtype: .float64) * scale + shift
    let description = try DataDescription(of: vectors)
    let inside = description.internalSamples(vectors)
    #expect(try inside.mean(axes: [0]).abs().max().item() < 1e-5)
    let deviation = try inside.variance(axes: [0]).sqrt().scalars(as: Float.self)
    #expect(abs(deviation[0] - 1) < 1e-4 && abs(deviation[1] - 1) < 1e-4 && deviation[2] == 0)
    #expect(try (description.userSamples(inside) - vectors).abs().max().item() < 1e-2)
    let raw = try DataDescription(of: vectors, range: .raw)
    #expect(try (raw.userSamples(raw.internalSamples(vectors)) - vectors).abs().max().item() < 0.1)
  }

  @Test func aGivenRangeIsUsedAndChecked() throws {
    let digits = Tensor([0, 16, 8, 4] as [UInt8], shape: [1, 2, 2])
    let description = try DataDescription(of: digits, range: .interval(0...16))
    #expect(try description.internalSamples(digits).scalars(as: Float.self) == [-1, 1, 0, -0.5])
    #expect(try Support.bytes(description.userSamples(description.internalSamples(digits))) == [0, 16, 8, 4])
    let message = Support.message { _ = try DataDescription(of: digits, range: .interval(0...10)) }
    #expect(message.contains("from 0 to 16") && message.contains("[0, 10]"))
    let sigmoid = try DataDescription(of: digits, range: .interval(0...16), output: 0...1)
    #expect(try sigmoid.internalSamples(digits).scalars(as: Float.self) == [0, 1, 0.5, 0.25])
  }

  @Test func descriptionsSurviveJSON() throws {
    for data in [
      Tensor.randomNormal([9, 3], key: RandomKey(seed: 1)), Tensor([0, 16, 8, 4] as [UInt8], shape: [1, 2, 2]),
    ] {
      let description = try DataDescription(of: data)
      #expect(try DataDescription(json: JSON.parse(description.json.text())) == description)
    }
    #expect(Support.message { _ = try DataDescription(json: ["sample_shape": [-1]]) }.contains("-1"))
  }

  // MARK: Errors

  @Test func badDataAreRefusedInWords() throws {
    func why(_ data: Tensor, range: DataRange = .auto) -> String {
      Support.message { _ = try DataDescription(of: data, range: range) }
    }
    #expect(why(Tensor.zeros([5])).contains("(5,)"))
    #expect(why(Tensor.zeros([1, 2, 3, 4, 5])).contains("(1, 2, 3, 4, 5)"))
    #expect(why(Tensor.zeros([0, 4, 4])).contains("empty"))
    #expect(why(Tensor.zeros([3, 0])).contains("empty"))
    #expect(why(Tensor.zeros([2, 2], dtype: .bool)).contains("boolean"))
    let outside = why(Tensor([0, 16, 8, 4] as [Float], shape: [1, 2, 2]))
    #expect(outside.contains("from 0 to 16") && outside.contains("range=[0, 16]"))
    #expect(why(Tensor([0, 255] as [Int64], shape: [1, 1, 2])).contains("int64"))
    #expect(why(Tensor.zeros([2, 2, 2]), range: .standardize).contains("vectors"))
    #expect(Support.message { _ = try DataRange(json: "minmax") }.contains("minmax"))
    #expect(Support.message { _ = try DataRange(json: [1, 0]) }.contains("[1, 0]"))
  }

  /// Scales that the arithmetic cannot hold are the data's fault, and are told before training blames itself.
  @Test(arguments: [
    (1e-40, DType.float32), (1e37, .float32), (1e-200, .float64), (1e-300, .float64), (1e200, .float64),
    (1e300, .float64),
  ]) func scalesBeyondTheArithmeticAreNamed(_ scale: Double, _ dtype: DType) throws {
    let fine = Tensor.randomNormal([50, 1], key: RandomKey(seed: 2), dtype: .float64)
    let data = Tensor.concatenate([fine, fine * scale], axis: 1).cast(to: dtype)
    let message = Support.message { _ = try DataDescription(of: data) }
    let smallest = try JSON(data.sliced(axis: 1, from: 1, to: 2).min().item()).text()
    #expect(message.contains("feature 1") && message.contains("rescale") && message.contains(smallest), "\(message)")
  }

  @Test func rangesAndRawValuesBeyondTheArithmeticAreNamed() throws {
    let tiny = Tensor([0, 1e-40] as [Double], shape: [2, 1]).cast(to: .float32)
    #expect(Support.message { _ = try DataDescription(of: tiny, range: .interval(0...1e-40)) }.contains("rescale"))
    let huge = Tensor([0, 1e300] as [Double], shape: [2, 1])
    #expect(Support.message { _ = try DataDescription(of: huge, range: .interval(0...1e300)) }.contains("rescale"))
    #expect(Support.message { _ = try DataDescription(of: huge, range: .raw) }.contains("1e+300"))
  }

  @Test(arguments: [(1e-30, DType.float32), (1e30, .float32), (1e-100, .float64), (1e100, .float64)])
  func farScalesComeBack(_ scale: Double, _ dtype: DType) throws {
    let data = (Tensor.randomNormal([50, 1], key: RandomKey(seed: 2), dtype: .float64) * scale).cast(to: dtype)
    let description = try DataDescription(of: data)
    let inside = description.internalSamples(data)
    #expect(try abs(inside.variance().sqrt().item() - 1) < 1e-4)
    #expect(try ((description.userSamples(inside) - data) / scale).abs().max().item() < 1e-5)
  }

  /// A mean of equal numbers is off by rounding; what is left is no variation to be blown up.
  @Test func aConstantFeatureIsOnlyCentred() throws {
    let data = Tensor([0.1, 0.3, 0.7, 1e6 / 3, 1e308] as [Double]) * Tensor.full(1, [777, 5], dtype: .float64)
    let inside = try DataDescription(of: data).internalSamples(data)
    #expect(try inside.abs().max().item() < 1e-6)
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity]) func theFirstBadRowIsNamed(_ bad: Double) throws {
    // Longer than one piece of the scan, so that the row is counted over pieces.
    var values = [Float](repeating: 0.5, count: 1_200_000)
    values[1_100_000] = Float(bad)
    values[1_150_000] = Float(bad)
    let message = Support.message { _ = try DataDescription(of: Tensor(values, shape: [300_000, 2, 2])) }
    #expect(message.contains("row 275000"))
  }

  @Test func batchesLargerThanTheDataNameBoth() throws {
    let message = Support.message { _ = try counting(5, batch: 8) }
    #expect(message.contains("8") && message.contains("5 samples"))
    #expect(Support.message { _ = try counting(5, batch: 0) }.contains("at least 1"))
    #expect(Support.message { _ = try Dataset(Tensor.zeros([0, 2]), batchSize: 1) }.contains("empty"))
    let mismatch = Support.message {
      _ = try Dataset(Tensor.zeros([4, 2]), extras: [("y", Tensor.zeros([3]))], batchSize: 1)
    }
    #expect(mismatch.contains("(3,)") && mismatch.contains("(4, 2)"))
  }
}
