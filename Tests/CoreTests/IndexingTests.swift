import SwiftGANCore
import Testing

@Suite struct IndexingTests {
  private let x = Tensor.arange(0, 60, dtype: .int64).reshape([3, 4, 5])

  private func values(_ tensor: Tensor) throws -> [Int64] { try tensor.scalars(as: Int64.self) }

  @Test func partsMixAsInNumPy() throws {
    let rows = Tensor([0, 2, 1, -1] as [Int64])
    let columns = Tensor([1, -1] as [Int32]).reshape([2, 1])
    #expect(x[1, .range(from: 3, step: -2), .newAxis, -1].shape == [2, 1])
    #expect(try values(x[1, .range(from: 3, step: -2), .newAxis, -1]) == [39, 29])
    // Adjacent index tensors stay in place; separated ones come first; an integer is one of them.
    #expect(x[.all, .tensor(rows), .tensor(columns)].shape == [3, 2, 4])
    #expect(x[.tensor(columns), .all, .tensor(rows)].shape == [2, 4, 4])
    #expect(x[0, .all, .tensor(rows)].shape == [4, 4])
    #expect(x[.newAxis, 0, .tensor(rows), .ellipsis].shape == [1, 4, 5])
    #expect(x[.tensor(rows - 1), .newAxis, 0].shape == [4, 1, 5])
    #expect(try values(x[.tensor(columns), 1, .tensor(rows)]) == [25, 27, 26, 29, 45, 47, 46, 49])
    let mask = x .> 55
    #expect(try values(x[.tensor(mask)]) == [56, 57, 58, 59])
    let plane = Tensor(
      [true, false, false, true, false, false, false, true, false, false, false, false], shape: [3, 4])
    #expect(try values(x[.tensor(plane), 0]) == [0, 15, 35])
    #expect(x[.tensor(Tensor.full(1, [], dtype: .bool))].shape == [1, 3, 4, 5])
    #expect(x[.tensor(Tensor([] as [Int64]))].shape == [0, 4, 5])
  }

  @Test func errorsNameIndexAxisAndSize() {
    func message(_ tensor: Tensor) -> String { tensor.error?.message ?? "none" }
    let bad = message(x[.all, .tensor(Tensor([0, 4] as [Int64])), .tensor(Tensor([0, 1] as [Int64]))])
    #expect(bad.contains("index 4 (at (1,) of the indices)") && bad.contains("axis 1 of size 4"), "\(bad)")
    #expect(
      message(x[0, 0, .tensor(Tensor([-6] as [Int64]))]).contains("index -6 is out of range for axis 2 of size 5"))
    #expect(message(x[3]).contains("index 3 is out of range for axis 0 of size 3"))
    #expect(message(x[0, 0, 0, 0]).contains("too many indices"))
    #expect(message(x[.tensor(Tensor([1.5] as [Float]))]).contains("int32 or int64"))
    #expect(message(x[.tensor(Tensor([true, false]))]).contains("(2,) does not fit axes of shape (3,)"))
    #expect(message(x.gather(Tensor([[0, 9]].flatMap { $0 }.map(Int32.init)), axis: -1)).contains("axis 2 of size 5"))
    #expect(message(x.takeAlongAxis(Tensor([0, 1] as [Int64]), axis: 0)).contains("(2,)"))
  }

  @Test func updatesMakeNewTensors() throws {
    let floats = x.cast(to: .float64)
    let twice = Tensor([1, 1] as [Int64])
    let added = floats.adding(Tensor([10.0]), at: [0, .tensor(twice), 2])
    #expect(try (added - floats).sum().item() == 20)
    let replaced = floats.replacing([0, .tensor(twice), 2], with: Tensor([-1.0, -2.0]))
    #expect(try replaced[0, 1, 2].item() == -2)
    #expect(try floats[0, 1, 2].item() == 7)
    let masked = floats.replacing([.tensor(floats .> 3)], with: Tensor(0))
    #expect(try masked.sum().item() == 6)
  }

  @Test func gradientsToOrderTwo() throws {
    let x = Tensor.randomNormal([3, 4, 2], key: RandomKey(seed: 1), dtype: .float64)
    let v = Tensor.randomNormal([2, 2], key: RandomKey(seed: 2), dtype: .float64)
    let (a, b) = (Tensor([0, 2] as [Int64]), Tensor([-1, -1] as [Int64]))
    try checkGradient(
      at: [x], { ($0[0][.tensor(a), .tensor(b)] * $0[0][1, .range(step: 3)]).square().sum() }, "index")
    try checkGradient(
      at: [x, v], { $0[0].replacing([.tensor(a), .tensor(b)], with: $0[1]).square().sum() }, "replacing")
    try checkGradient(at: [x, v], { $0[0].adding($0[1], at: [1, .tensor(b)]).square().sum() }, "adding")
    let last = try grad(at: [v]) { Tensor.zeros([3, 2], dtype: .float64).replacing([.tensor(b)], with: $0[0]).sum() }
    #expect(try last[0].doubles() == [0, 0, 1, 1])
  }
}
