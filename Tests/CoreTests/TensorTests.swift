import Synchronization
import Testing

@testable import SwiftGANCore

@Suite struct TensorTests {
  @Test func borrowedMemoryIsSharedAndReleasedOnce() throws {
    let released = Mutex(0)
    let memory = UnsafeMutablePointer<Float>.allocate(capacity: 6)
    defer { memory.deallocate() }
    for i in 0..<6 { memory[i] = Float(i) }
    do {
      let x = Tensor(borrowing: memory, shape: [2, 3], dtype: .float32) { released.withLock { $0 += 1 } }
      #expect(x.address == UnsafeMutableRawPointer(memory))
      let column = x.selected(axis: 1, at: 1)
      memory[4] = 40
      #expect(try column.scalars(as: Float.self) == [1, 40])
      #expect(x.transposed().address == x.address)
      #expect(released.withLock { $0 } == 0)
    }
    #expect(released.withLock { $0 } == 1)
  }

  @Test func borrowingWhatDoesNotFitFailsAndReleases() {
    let released = Mutex(0)
    let memory = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 64)
    defer { memory.deallocate() }
    let x = Tensor(borrowing: memory + 1, shape: [3], dtype: .float32) { released.withLock { $0 += 1 } }
    #expect(x.error?.message.contains("aligned") == true)
    #expect(released.withLock { $0 } == 1)
  }

  @Test func theFirstErrorTravels() {
    let bad = Tensor.zeros([2, 3]) + Tensor.zeros([4, 5])
    let later = (bad * 2).sum().reshape([7])
    #expect(later.error == bad.error)
    #expect(
      bad.error?.message == "add: shapes (2, 3) and (4, 5) do not broadcast: sizes 2 and 4 differ and neither is 1")
    #expect(throws: TensorError.self) { try later.item() }
  }

  @Test(arguments: [
    (Tensor.zeros([-1, 3]), TensorError.Kind.shape, "(-1, 3)"),
    (Tensor.zeros([Int.max, 2]), .memory, "more elements than memory"),
    (Tensor.zeros([1 << 40]), .memory, "cannot allocate"),
    (Tensor.zeros([Int](repeating: 1, count: 17)), .shape, "at most 16 axes"),
    (Tensor.zeros([2, 3]).reshape([4, 2]), .shape, "(2, 3) with 6 elements into (4, 2)"),
    (Tensor.zeros([2, 3]).reshape([4, -1]), .shape, "not a multiple"),
    (Tensor.zeros([2, 3]).transposed([0, 0]), .value, "permutation"),
    (Tensor.zeros([2, 3]).sum(axes: [2]), .index, "axis 2"),
    (Tensor.zeros([2, 3]).sum(axes: [1, -1]), .value, "twice"),
    (Tensor.zeros([0, 3]).max(axes: [0]), .value, "empty"),
    (Tensor.zeros([2, 3]).gather(Tensor([0, 2] as [Int64])), .index, "index 2"),
    (Tensor.zeros([2, 3]).gather(Tensor([0, 1] as [Float])), .type, "int32 or int64"),
    (Tensor.zeros([2, 3]).selected(axis: 0, at: 2), .index, "index 2"),
    (Tensor.zeros([2, 3]).sliced(axis: 0, step: 0), .value, "step"),
    (Tensor.zeros([1, 4, 4, 2]).conv2d(.zeros([3, 3, 3, 8])), .shape, "2 channels"),
    (Tensor.zeros([1, 2, 2, 2]).conv2d(.zeros([3, 3, 2, 8])), .shape, "does not fit"),
    (Tensor.zeros([1, 4, 4, 2]).conv2d(.zeros([3, 3, 2, 8]), stride: [0, 1]), .value, "stride"),
    (Tensor.zeros([2], dtype: .bool) + Tensor.zeros([2], dtype: .bool), .type, "bool"),
    (Tensor([1, 2, 3] as [Float], shape: [2, 2]), .shape, "3 values"),
    (Tensor.randomBernoulli([2], p: 1.5, key: RandomKey(seed: 0)), .value, "1.5"),
    (Tensor.full(1.5, [2], dtype: .int32), .value, "whole"),
    (Tensor.zeros([3]).pad([(1, Int.max)]), .memory, "overflow"),
  ])
  func badInputIsAClearError(tensor: Tensor, kind: TensorError.Kind, text: String) {
    #expect(tensor.error?.kind == kind)
    #expect(tensor.error?.message.contains(text) == true, "\(tensor.error?.message ?? "no error")")
  }

  @Test func unknownAttributesAndArities() {
    #expect(
      Operation.find("sum")?([.zeros([2])], ["axis": .int(0)]).error?.message.contains("no attribute 'axis'") == true)
    #expect(Operation.find("add")?([.zeros([2])]).error?.message == "add: takes 2 tensors, not 1")
    #expect(Operation.find("nothing") == nil)
  }

  @Test func typesMeet() throws {
    let bytes = Tensor([1, 2, 255] as [UInt8])
    #expect((bytes + Tensor([1.5, 0, 0] as [Float])).dtype == .float32)
    #expect((bytes + Tensor([1, 2, 3] as [Int64])).dtype == .int64)
    #expect((bytes / 2).dtype == .float32)
    #expect((bytes * 0.5).dtype == .float32)
    #expect(bytes.mean().dtype == .float32)
    #expect(
      try Tensor([2.9, -2.9, .nan, 1e20] as [Float]).cast(to: .int32).scalars(as: Int32.self) == [2, -2, 0, .max])
  }

  @Test func slicesFollowPython() throws {
    let x = Tensor.arange(0, 6, dtype: .int32)
    func values(_ from: Int?, _ to: Int?, _ step: Int = 1) throws -> [Int32] {
      try x.sliced(axis: 0, from: from, to: to, step: step).scalars(as: Int32.self)
    }
    #expect(try values(nil, nil, -1) == [5, 4, 3, 2, 1, 0])
    #expect(try values(-2, nil) == [4, 5])
    #expect(try values(1, 100, 2) == [1, 3, 5])
    #expect(try values(4, 1) == [])
    #expect(try values(4, 0, -3) == [4, 1])
    #expect(try values(nil, nil, .min) == [5])
    #expect(try values(-100, 2) == [0, 1])
  }

  @Test func readOnlyAndBroadcastMemoryIsNotWritable() {
    let byte = UnsafeMutableRawPointer.allocate(byteCount: 4, alignment: 4)
    defer { byte.deallocate() }
    #expect(Tensor(borrowing: byte, shape: [1], dtype: .float32, isReadOnly: true) {}.isReadOnly)
    #expect(Tensor.ones([2]).broadcast(to: [3, 2]).isReadOnly)
    #expect(!Tensor.ones([2]).isReadOnly)
  }

  @Test func sameSeedSameBitsOtherSeedOthers() throws {
    func draw(_ seed: UInt64) throws -> [Float] {
      try Tensor.randomNormal([1000], key: RandomKey(seed: seed)).scalars(as: Float.self)
    }
    #expect(try draw(1) == draw(1))
    #expect(try draw(1) != draw(2))
    let keys = RandomKey(seed: 3).split(2)
    #expect(try keys[0].tensor.scalars(as: Int64.self) == RandomKey(seed: 3).folded(0).tensor.scalars(as: Int64.self))
    #expect(try keys[0].tensor.scalars(as: Int64.self) != keys[1].tensor.scalars(as: Int64.self))
  }

  @Test func blocksAreReused() throws {
    // One of its own: the shared one serves the tests that run beside this.
    let allocator = Allocator()
    let byteCount = 1 << 18
    for _ in 0..<100 { allocator.free(try allocator.allocate(byteCount), byteCount) }
    let (held, statistics) = (byteCount, allocator.statistics)
    #expect(statistics.live == 0 && statistics.peak == held && statistics.cached == held)
    allocator.trim()
    #expect(allocator.statistics.cached == 0)
  }
}
