import SwiftGANCore
import Testing

/// What is composed of the primitives on images: gradients, values that can be written down, and refusals.
@Suite struct ImageTests {
  @Test func derivedOpsToOrderTwo() throws {
    let image = Tensor.randomNormal([1, 4, 5, 4], key: RandomKey(seed: 1), dtype: .float64)
    let sequence = Tensor.randomNormal([2, 6, 4], key: RandomKey(seed: 2), dtype: .float64)
    let filter = Tensor.randomNormal([3, 2, 4], key: RandomKey(seed: 3), dtype: .float64)
    let ofImages: [(String, @Sendable (Tensor) -> Tensor)] = [
      ("avg", { $0.avgPool2d(window: [2, 3], stride: [1, 2], padding: [1, 0, 1, 1]) }),
      ("avg inside", { $0.avgPool2d(window: [2, 2], padding: [1, 1, 0, 1], countIncludePad: false) }),
      ("adaptive avg", { $0.adaptiveAvgPool2d([3, 2]) }), ("adaptive max", { $0.adaptiveMaxPool2d([3, 2]) }),
      ("global avg", { $0.globalAvgPool2d() }), ("global max", { $0.globalMaxPool2d() }),
      ("reflect", { $0.pad([(0, 0), (2, 1), (3, 0), (0, 0)], mode: .reflect) }),
      ("edge", { $0.pad([(1, 0), (2, 1), (0, 2), (0, 0)], mode: .edge) }),
      ("symmetric", { $0.pad([(0, 0), (5, 0), (0, 1), (0, 0)], mode: .symmetric) }),
      ("wrap", { $0.pad([(0, 0), (5, 0), (0, 1), (0, 1)], mode: .wrap) }),
      ("nearest", { $0.resized(to: [8, 3], method: .nearest) }),
      ("nearest whole", { $0.resized(to: [8, 10], method: .nearest) }),
      ("bilinear", { $0.resized(to: [7, 3]) }), ("antialias", { $0.resized(to: [2, 8], antialias: true) }),
      ("shuffle", { $0.pixelShuffle(2) }), ("unshuffle", { $0.sliced(axis: 2, to: 4).pixelUnshuffle(2) }),
    ]
    for (name, function) in ofImages {
      let weights = Tensor.randomNormal(function(image).shape, key: RandomKey(seed: 5), dtype: .float64)
      try checkGradient(at: [image], { (function($0[0]).square() * weights).sum() }, name)
    }
    try checkGradient(
      at: [sequence, filter],
      { $0[0].conv1d($0[1], stride: 2, padding: [2, 0], groups: 2).square().sum() }, "conv1d")
    try checkGradient(
      at: [sequence, filter],
      { $0[0].convTranspose1d($0[1], stride: 2, padding: [1, 0], outputPadding: 1, groups: 2).square().sum() },
      "conv_transpose1d")
    try checkGradient(
      at: [sequence],
      {
        let x = $0[0]
        return x.maxPool1d(window: 2).square().sum()
          + x.avgPool1d(window: 3, stride: 2, padding: [1, 1]).square().sum()
          + x.adaptiveAvgPool1d(4).square().sum() + x.adaptiveMaxPool1d(4).square().sum()
      }, "pooling of sequences")
  }

  @Test func firstOfEqualElementsTakesTheGradient() throws {
    let x = Tensor([1, 3, 3, 3] as [Double], shape: [1, 2, 2, 1])
    let gradient = try grad(at: [x]) { $0[0].maxPool2d(window: [2, 2]).sum() }[0]
    #expect(try gradient.doubles() == [0, 1, 0, 0])
  }

  @Test func notANumberIsTheLargest() throws {
    let x = Tensor([1, .nan, 7, 2] as [Float], shape: [1, 2, 2, 1])
    #expect(try x.maxPool2d(window: [2, 2]).item().isNaN)
    #expect(try x.maxPool2d(window: [1, 1]).doubles()[2] == 7)
    let position = try #require(Operation.find("max_pool2d_index"))
    #expect(try position([x], ["window": .int(2)]).item() == 1)
  }

  @Test func integersArePooledAsTheyAre() throws {
    let x = Tensor([1, -5, 7, 2] as [Int32], shape: [1, 4, 1])
    let pooled = x.maxPool1d(window: 2, stride: 1)
    #expect(pooled.dtype == .int32)
    #expect(try pooled.scalars(as: Int32.self) == [1, 7, 7])
  }

  @Test func modesOfPadding() throws {
    let x = Tensor([1, 2, 3] as [Float])
    func padded(_ mode: PaddingMode) throws -> [Float] { try x.pad([(4, 3)], mode: mode).scalars(as: Float.self) }
    #expect(try padded(.edge) == [1, 1, 1, 1, 1, 2, 3, 3, 3, 3])
    #expect(try padded(.reflect) == [1, 2, 3, 2, 1, 2, 3, 2, 1, 2])
    #expect(try padded(.symmetric) == [3, 3, 2, 1, 1, 2, 3, 3, 2, 1])
    #expect(try padded(.wrap) == [3, 1, 2, 3, 1, 2, 3, 1, 2, 3])
    #expect(try Tensor([5] as [Float]).pad([(2, 1)], mode: .reflect).scalars(as: Float.self) == [5, 5, 5, 5])
  }

  @Test func shuffleInvertsUnshuffle() throws {
    let x = Tensor.arange(0, 96).reshape([2, 4, 6, 2])
    try expectClose(x.pixelUnshuffle(2).pixelShuffle(2), x, 0)
    let block = Tensor([0, 1, 2, 3, 10, 11, 12, 13] as [Float], shape: [1, 1, 1, 8]).pixelShuffle(2)
    #expect(try block.scalars(as: Float.self) == [0, 10, 1, 11, 2, 12, 3, 13])
  }

  @Test(arguments: [
    (Tensor.zeros([1, 4, 4, 4]).conv2d(.zeros([3, 3, 2, 4]), groups: 3), "3 groups"),
    (Tensor.zeros([1, 4, 4, 4]).conv2d(.zeros([3, 3, 4, 4]), groups: 2), "2 channels a group"),
    (Tensor.zeros([1, 4, 4, 4]).conv2d(.zeros([3, 3, 2, 3]), groups: 2), "3 channels, which 2 groups"),
    (Tensor.zeros([1, 4, 4, 4]).conv2d(.zeros([3, 3, 4, 4]), groups: 0), "at least 1, not 0"),
    (Tensor.zeros([1, 4, 4]).conv1d(.zeros([3, 4])), "3 axes each"),
    (Tensor.zeros([1, 4, 4, 4]).maxPool2d(window: [5, 2]), "a window of 5"),
    (Tensor.zeros([1, 4, 4, 4]).maxPool2d(window: [2, 2], padding: [2, 0, 0, 0]), "without an element"),
    (
      Tensor.zeros([1, 1, 4, 4]).maxPool2d(window: [2, 2], padding: [1, 1, 0, 0], dilation: [2, 1]),
      "without an element"
    ),
    (Tensor.zeros([1, 0, 4, 4]).adaptiveMaxPool2d([1, 1]), "nothing to pool"),
    (Tensor.zeros([1, 4, 4, 4]).adaptiveAvgPool2d([0, 1]), "from 1 to"),
    (Tensor.zeros([0, 3]).pad([(1, 0), (0, 0)], mode: .edge), "axis 0"),
    (Tensor.zeros([1, 4, 4, 3]).pixelShuffle(2), "3 channels"),
    (Tensor.zeros([1, 4, 4, 3]).pixelUnshuffle(3), "does not divide"),
    (Tensor.zeros([1, 4, 4, 3]).resized(to: [0, 3]), "not [0, 3]"),
  ])
  func refusals(tensor: Tensor, words: String) {
    #expect(tensor.error?.message.contains(words) == true, "\(tensor.error?.message ?? "no error")")
  }
}
