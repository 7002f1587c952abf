import SwiftGANCore
import SwiftGANNN
import Testing

@testable import SwiftGANModels

/// What discriminators are shown, and looking ahead.
@Suite struct ViewTests {
  private let key = RandomKey(seed: 2)
  private let images = Tensor.randomNormal([6, 8, 12, 3], key: RandomKey(seed: 1), dtype: .float64)

  @Test(arguments: Augmentation.allCases) func keepsTheShapeAndChangesEachSampleInItsOwnWay(
    _ augmentation: Augmentation
  ) throws {
    let same = images.sliced(axis: 0, from: 0, to: 1).broadcast(to: images.shape).contiguous()
    let changed = try augmentation(same, key: key).checked()
    #expect(changed.shape == images.shape && changed.dtype == .float64)
    let rows = try (0..<6).map { try Support.bytes(changed.sliced(axis: 0, from: $0, to: $0 + 1)) }
    #expect(Set(rows).count >= 4)
    #expect(try Support.bytes(augmentation(same, key: key)) == Support.bytes(changed))
    #expect(Augmentation.color(Tensor.zeros([3, 2]), key: key).error?.message.contains("(3, 2)") == true)
  }

  @Test(arguments: Augmentation.allCases) func gradientsFlowThrough(_ augmentation: Augmentation) throws {
    let small = Tensor.randomNormal([2, 4, 4, 1], key: RandomKey(seed: 3), dtype: .float64)
    func value(_ x: Tensor) -> Tensor { augmentation(x, key: key).square().sum() }
    let gradient = try grad(at: [small]) { value($0[0]) }[0].scalars(as: Double.self)
    let numeric = try Support.numericGradient(try small.scalars(as: Double.self)) {
      try value(Tensor($0, shape: small.shape)).item()
    }
    #expect(Support.isClose(gradient, numeric, 1e-6))
  }

  @Test func translationShiftsAndFillsWithZeros() throws {
    // Numbers from 1 on, so that 0 is what was shifted in; every row must be a shifted copy.
    let counting = Tensor((0..<256).map { Float($0 + 1) }, shape: [1, 16, 16, 1])
    let many = counting.broadcast(to: [40, 16, 16, 1]).contiguous()
    let values = try Augmentation.translation(many, key: key).checked().scalars(as: Float.self)
    var seen = Set<[Int]>()
    for sample in 0..<40 {
      let pixels = Array(values[(sample * 256)..<((sample + 1) * 256)])
      let middle = Int(pixels[8 * 16 + 8]) - 1
      let (dy, dx) = (8 - middle / 16, 8 - middle % 16)
      #expect(abs(dy) <= 2 && abs(dx) <= 2)
      seen.insert([dy, dx])
      for y in 0..<16 {
        for x in 0..<16 {
          let (fromY, fromX) = (y - dy, x - dx)
          let isInside = (0..<16).contains(fromY) && (0..<16).contains(fromX)
          #expect(pixels[y * 16 + x] == (isInside ? Float(fromY * 16 + fromX + 1) : 0))
        }
      }
    }
    #expect(seen.count > 10)
  }

  @Test func cutoutBlanksABlockAtMostAQuarterOfTheImage() throws {
    let cut = Augmentation.cutout(Tensor.ones([200, 8, 8, 1]), key: key)
    let blank = (1 - cut).sum(axes: [1, 2, 3])
    #expect(try blank.max().item() == 16 && blank.min().item() >= 4)
  }

  /// One plain gradient step, looked ahead of by hand: D minimises (w x)^2 / 2 with x = g, so w' = w - r w g^2, and the
  /// generator's loss w' g = w g - r w g^3 has the slope w - 3 r w g^2.
  @Test func lookingAheadDifferentiatesThroughTheUpdates() throws {
    let judge = try Network(
      ["name": "dense", "in_features": 1, "out_features": 1, "bias": false], seed: 1, dtype: .float64)
    let weight = try #require(judge.parameters.first)
    let (w, g, r) = (0.7, 1.3, 0.1)
    weight.value = Tensor([w], shape: [1, 1])
    let player = try Player("judge", trains: [judge], optimizer: ["name": "sgd", "learning_rate": JSON(r)])
    func slope(_ steps: Int) throws -> (Double, Double) {
      let result = try valueAndGrad(at: [Tensor([g], shape: [1, 1])]) { leaves in
        try player.lookingAhead(steps, on: { 0.5 * judge(leaves[0]).square().sum() }) { judge(leaves[0]).sum() }
      }
      return (try result.value.item(), try result.gradients[0].item())
    }
    let one = try slope(1)
    #expect(Support.isClose(one.0, w * g - r * w * g * g * g, 1e-12))
    #expect(Support.isClose(one.1, w - 3 * r * w * g * g, 1e-12))
    // n steps: w (1 - r g^2)^n g.
    let shrink = 1 - r * g * g
    let three = try slope(3)
    #expect(Support.isClose(three.0, w * shrink * shrink * shrink * g, 1e-12))
    #expect(Support.isClose(three.1, w * shrink * shrink * (shrink - 6 * r * g * g), 1e-12))
    #expect(try weight.value.item() == w && player.optimizers[0].stepCount == 0, "nothing has moved")
  }

  @Test func lookingAheadLeavesRunningStatisticsAlone() throws {
    let judge = try Network(sequential([["name": "batch_norm", "features": 2]]), seed: 1)
    let player = try Player("judge", trains: [judge], optimizer: ["name": "adam", "epsilon_root": 1e-12])
    let before = try judge.parameters.map { try Support.bytes($0.value) }
    let x = Tensor.randomNormal([8, 2], key: key)
    _ = try grad(at: [x]) { leaves in
      try player.lookingAhead(2, on: { judge(leaves[0]).square().mean() }) { judge(leaves[0]).sum() }
    }
    #expect(try judge.parameters.map { try Support.bytes($0.value) } == before)
  }
}
