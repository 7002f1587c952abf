import Testing

@testable import SwiftGANCore

/// A program gives what its function gives, op by op.
@Suite struct ProgramTests {
  /// Runs `body` op by op and as programs, fused and not, and expects the same bits.
  /// - Parameter hasSums: there are sums of products, which a fused program does as one: the same but for rounding.
  private func expectSame(
    _ inputs: [Tensor], _ what: String, hasSums: Bool = false, _ body: @escaping ([Tensor]) throws -> [Tensor]
  ) throws {
    let expected = try body(inputs).map { try $0.checked() }
    let specs = inputs.map { TensorSpec($0.shape, $0.dtype) }
    for isFused in [false, true] {
      let (trace, outputs) = try Trace.run(specs, names: inputs.map { _ in "x" }, body)
      let program = try Program(trace, specs, outputs, isFused: isFused)
      for _ in 0..<2 {
        let found = try program(inputs)
        #expect(found.count == expected.count)
        for (a, b) in zip(found, expected) {
          #expect(a.shape == b.shape && a.dtype == b.dtype, "\(what)")
          if hasSums && isFused {
            let scale = try b.doubles().reduce(1) { max($0, abs($1)) }
            try expectClose(a, b, (a.dtype == .float32 ? 1e-6 : 1e-15) * 16 * scale)
            continue
          }
          let (x, y) = (try a.withUnsafeBytes { Array($0) }, try b.withUnsafeBytes { Array($0) })
          #expect(x == y, "\(what), fused: \(isFused), \(program.stepNames)")
        }
      }
    }
  }

  @Test(arguments: Primitive.table.map(\.name))
  func everyPrimitiveAtOrdersZeroToTwo(name: String) throws {
    let primitive = try #require(Primitive.find(name))
    for (number, sample) in (opSamples[name] ?? []).enumerated() {
      for dtype in [DType.float32, .float64] {
        let inputs = sample.inputs.enumerated().map { $1.make(seed: UInt64(number * 10 + $0), dtype: dtype) }
        let what = "\(name), sample \(number), \(dtype)"
        try expectSame(inputs, what) { [apply(primitive, $0, sample.attributes)] }
        let output = try apply(primitive, inputs, sample.attributes).checked()
        guard primitive.isDifferentiable, output.dtype.isFloat else { continue }
        let floats = inputs.indices.filter { sample.inputs[$0].isFloat }
        let weights = Tensor.randomNormal(output.shape, key: RandomKey(seed: 99), dtype: output.dtype)
        func gradients(_ xs: [Tensor], _ all: [Tensor]) throws -> [Tensor] {
          try valueAndGrad(at: xs) { leaves in
            var all = all
            for (leaf, index) in zip(leaves, floats) { all[index] = leaf }
            return (apply(primitive, all, sample.attributes) * weights).sum()
          }.gradients
        }
        try expectSame(inputs, what + ", gradient") { all in try gradients(floats.map { all[$0] }, all) }
        let isRecurrent = ["lstm_gradient", "gru_gradient"].contains(name)
        try expectSame(inputs, what + ", gradient of the gradient", hasSums: isRecurrent) { all in
          try valueAndGrad(at: floats.map { all[$0] }) { xs in
            try gradients(xs, all).map { $0.sin().sum() }.reduce(Tensor(0, dtype: output.dtype), +)
          }.gradients
        }
      }
    }
  }

  @Test func constantsAreFoldedAndEqualOrUnusedOpsDropped() throws {
    let program = try Program([TensorSpec([4, 3], .float32)]) { x in
      let constant = (Tensor.arange(0, 3) * 2).exp()
      _ = x[0].exp().sum()
      return [(x[0] * constant).sum(axes: [1]) + (x[0] * constant).sum(axes: [1])]
    }
    #expect(program.opCount == 3, "\(program.stepNames)")
  }

  @Test func chainsAndTheirReductionsAreOneStep() throws {
    let program = try Program([TensorSpec([64, 32], .float32), TensorSpec([32], .float32)]) { x in
      let y = ((x[0] + x[1]).tanh() * 2).exp()
      return [y.sum(axes: [0]), (y * x[0]).sum(axes: [0]), y]
    }
    #expect(program.stepCount == 1, "\(program.stepNames)")
    #expect(program.workspaceBytes == 0)
  }

  @Test(arguments: [DType.float32, .float64], [5, 1000, 70_001])
  func updatesKeepTheirBitsWhereStepsAreJoined(dtype: DType, count: Int) throws {
    let key = RandomKey(seed: 3)
    let values = (0..<4).map { Tensor.randomNormal([count], key: key.folded($0), dtype: dtype) }
    let scalars = (0..<5).map { Tensor.randomUniform([], key: key.folded(9 + $0), low: 0.1, dtype: dtype) }
    try expectSame(values + scalars, "an update") { x in
      let (p, g, m, v, s) = (x[0], x[1], x[2], x[3], Array(x[4...]))
      let first = m * s[0] + g * (1 - s[0])
      let second = s[1] * v + g.square() * (1 - s[1])
      let ratio = first * s[2] / ((second.square() * s[3]).sqrt() + s[4])
      let square = g.square()
      return [p - ratio * s[2], first, second, p * s[0] + square * s[1], square.sum(), g - g * s[3], s[3] - p * s[0]]
    }
  }

  @Test func valuesThatAreComputedAgainLeaveNothingBehind() throws {
    let x = Tensor.randomNormal([64, 128], key: RandomKey(seed: 1))
    let w = Tensor.randomNormal([128, 128], key: RandomKey(seed: 2))
    try expectSame([x, w], "gradient of a perceptron's input gradient") { x in
      try valueAndGrad(at: [x[1]]) { w in
        let slope = try valueAndGrad(at: [x[0]]) { x in (x[0].matmul(w[0]) + 1).relu().matmul(w[0]).sum() }
        return slope.gradients[0].square().sum(axes: [1]).sqrt().sum()
      }.gradients
    }
  }

  @Test func sumsOfProductsAreOneProduct() throws {
    let count = 12
    let inputs = (0..<(2 * count)).map {
      Tensor.randomNormal([8, 40], key: RandomKey(seed: UInt64($0)), dtype: .float64)
    }
    func body(_ x: [Tensor]) -> [Tensor] {
      let terms = (0..<count).map { x[$0].transposed().matmul(x[count + $0]) }
      let weight = Tensor.arange(0, 1600, dtype: .float64).reshape([40, 40])
      return [terms.dropFirst().reduce(terms[0] + weight) { $0 + $1 }, terms[3]]
    }
    let program = try Program(inputs.map { TensorSpec($0.shape, $0.dtype) }, body)
    #expect(program.stepNames.filter { $0.contains("matmul") }.count == 2, "\(program.stepNames)")
    for (found, expected) in zip(try program(inputs), body(inputs)) { try expectClose(found, expected, 1e-13) }
  }

  @Test func productsThatAreOnlyReadTurnedAreComputedTurned() throws {
    let key = RandomKey(seed: 6)
    let inputs = [[300, 5], [5, 400], [400, 300], [300, 400]].enumerated()
      .map { Tensor.randomNormal($1, key: key.folded($0), dtype: .float64) }
    func turned(_ x: [Tensor]) -> [Tensor] {
      let product = x[0].matmul(x[1])
      return [product.transposed() * x[2] + x[2], product.matmul(x[2]), x[2].matmul(product)]
    }
    func alsoStraight(_ x: [Tensor]) -> [Tensor] {
      let product = x[0].matmul(x[1])
      return [product.transposed() * x[2], product * x[3]]
    }
    func alsoWanted(_ x: [Tensor]) -> [Tensor] {
      let product = x[0].matmul(x[1])
      return [product.transposed() * x[2], product]
    }
    for (body, shape) in [(turned, "(400, 300)"), (alsoStraight, "(300, 400)"), (alsoWanted, "(300, 400)")] {
      let program = try Program(inputs.map { TensorSpec($0.shape, $0.dtype) }) { body($0) }
      for (found, expected) in zip(try program(inputs), body(inputs)) { try expectClose(found, expected, 1e-12) }
      #expect(program.stepDescriptions[0].hasSuffix(shape), "\(program.stepDescriptions)")
    }
  }

  @Test func longChainsAreTracedAndReleased() throws {
    let program = try Program([TensorSpec([2], .float64)]) { x in
      try valueAndGrad(at: [x[0]]) { leaves in
        (0..<50_000).reduce(leaves[0]) { y, _ in y * 1.00001 }.sum()
      }.gradients
    }
    #expect(try abs(program([Tensor([1, 2] as [Double])])[0].doubles()[0] - 1.6487) < 1e-3)
  }

  @Test func memoryIsSharedByWhatIsNeverThereTogether() throws {
    let size = 1 << 16
    let program = try Program([TensorSpec([256, 256], .float32)]) { x in
      var y = x[0]
      for _ in 0..<20 { y = y.matmul(y) * 0.01 }
      return [y]
    }
    #expect(program.workspaceBytes <= 3 * size * 4, "\(program.workspaceBytes)")
  }

  @Test func largeProductsTakeTheChainOnTheirResultAlong() throws {
    let key = RandomKey(seed: 4)
    let inputs = [
      Tensor.randomNormal([700, 60], key: key.folded(0)), Tensor.randomNormal([60, 500], key: key.folded(1)),
      Tensor.randomNormal([500], key: key.folded(2)), Tensor.randomNormal([700, 500], key: key.folded(3)),
    ]
    // The second result reads the product as well, after the chain.
    func body(_ x: [Tensor]) -> [Tensor] {
      let product = x[0].matmul(x[1])
      return [(product + x[2]).relu() * x[3], product.transposed().square()]
    }
    try expectSame(inputs, "a large product") { body($0) }
    let program = try Program(inputs.map { TensorSpec($0.shape, $0.dtype) }) { body($0) }
    #expect(program.stepNames.contains { $0.hasPrefix("batch_matmul+add+relu") }, "\(program.stepNames)")

    for groups in [1, 3] {
      let images = [
        Tensor.randomNormal([8, 60, 60, 3], key: key.folded(4)),
        Tensor.randomNormal([3, 3, 3 / groups, 18], key: key.folded(5)),
      ]
      func convolve(_ x: [Tensor]) -> [Tensor] {
        [(x[0].conv2d(x[1], padding: [1, 1, 1, 1], groups: groups) + 1).tanh()]
      }
      try expectSame(images, "a large convolution, groups: \(groups)") { convolve($0) }
    }
  }

  @Test func aMatrixThatSeveralProductsReadIsPackedOnce() throws {
    let key = RandomKey(seed: 5)
    let inputs = [
      Tensor.randomNormal([30, 40], key: key.folded(0)), Tensor.randomNormal([40, 40], key: key.folded(1)),
    ]
    func body(_ x: [Tensor]) -> [Tensor] {
      var h = x[0]
      for _ in 0..<4 { h = h.matmul(x[1]).tanh() }
      return [h, h.matmul(x[1].transposed())]
    }
    try expectSame(inputs, "steps in time") { body($0) }
    let names = try Program(inputs.map { TensorSpec($0.shape, $0.dtype) }) { body($0) }.stepNames
    #expect(names.filter { $0 == "pack_operand" }.count == 1, "\(names)")
    #expect(names.filter { $0.hasPrefix("matmul_packed") }.count == 4, "\(names)")
    #expect(names.filter { $0.hasPrefix("batch_matmul") }.count == 1, "\(names)")
  }

  /// Pieces in columns and in rows, wholes that are pieces themselves, results, and pieces that must be copied.
  @Test func piecesAreComputedWhereTheWholeLies() throws {
    let key = RandomKey(seed: 6)
    let inputs = (0..<3).map { Tensor.randomNormal([6, 5], key: key.folded($0)) }
    func columns(_ x: [Tensor]) -> [Tensor] {
      var steps: [Tensor] = []
      for t in 0..<3 {
        let gates = x.map { ($0 * Tensor(Double(t + 1), dtype: .float32)).tanh() }
        steps.append(Tensor.concatenate(gates + [gates[0] * gates[1]], axis: 1))
      }
      // Each step is read by itself, too.
      let products = steps.map { $0.transposed().matmul($0).sum() }
      return [Tensor.concatenate(steps, axis: 0).square(), products[0] + products[1] * products[2]]
    }
    try expectSame(inputs, "gates and steps") { columns($0) }
    #expect(
      try Program(inputs.map { TensorSpec($0.shape, $0.dtype) }) { columns($0) }.stepNames.allSatisfy {
        $0 != "concatenate"
      })

    func whole(_ x: [Tensor]) -> [Tensor] {
      let pieces = [x[0].exp(), x[1].matmul(x[2].transposed()).sin().sliced(axis: 1, from: 0, to: 5)]
      return [Tensor.concatenate(pieces, axis: 0), Tensor.concatenate([x[0].exp(), x[0].exp()], axis: 1), pieces[0]]
    }
    try expectSame(inputs, "results, twice, a window") { whole($0) }
    func given(_ x: [Tensor]) -> [Tensor] {
      let sums = x.map { $0.sum(axes: [0], keepDims: true) }
      return [Tensor.concatenate(sums + [x[0]], axis: 0).exp(), Tensor.concatenate([x[0], x[1].exp()], axis: 1).cos()]
    }
    try expectSame(inputs, "an argument, reductions") { given($0) }
  }

  /// A whole that ends in a step which also reads one of its pieces is not written over there.
  @Test func wholesStayWhileTheirPiecesAreRead() throws {
    let key = RandomKey(seed: 8)
    let inputs = (0..<3).map { Tensor.randomNormal([1, 300], key: key.folded($0)) }
    let weight = Tensor.randomNormal([300, 300], key: key.folded(9))
    for read in [0, 1, 2] {
      func body(_ x: [Tensor]) -> [Tensor] {
        let piece = x[0].matmul(weight)
        let whole = Tensor.concatenate([x[1].tanh(), piece, x[2].tanh()], axis: 0)
        let moved = whole * 0.5 - 0.25
        let other =
          switch read {
          case 0: piece * piece
          case 1: whole * 2 + piece
          default: Tensor.concatenate([piece, piece, piece], axis: 0).matmul(weight) * moved
          }
        return [moved.matmul(weight), other.cumulativeSum(axis: 1)]
      }
      try expectSame(inputs, "reading \(read)") { body($0) }
    }
    // A batch of features, as a user's own loss has them.
    func loss(_ x: [Tensor]) -> [Tensor] {
      let fake = x[0].matmul(weight).tanh()
      let centred = Tensor.concatenate([x[1] * 2, fake], axis: 0) - 0.5
      return [centred.matmul(weight).mean(), (fake * fake).matmul(weight).mean()]
    }
    try expectSame(inputs, "a loss on features") { loss($0) }
  }

  /// More bytes than there are addresses: an error, not the end of the process.
  @Test func programsLargerThanMemoryAreRefused() throws {
    let error = #expect(throws: TensorError.self) {
      _ = try Program([TensorSpec([1 << 58], .float64)]) { x in
        var values = [x[0].sort(axis: 0), x[0].cumulativeSum(axis: 0), x[0].cumulativeSum(axis: 0, reverse: true)]
        values += values.map { $0.cumulativeSum(axis: 0) }
        return values.map { $0.sort(axis: 0, descending: true) }
      }
    }
    #expect(error?.kind == .memory, "\(String(describing: error))")
  }

  /// In a process of its own: tests beside it would take the workspace that all programs share.
  @Test func replaysAskForNoMemory() async {
    await #expect(processExitsWith: .success) {
      let program = try Program([TensorSpec([64, 64], .float32)]) { x in
        let y = x[0].matmul(x[0]).tanh()
        return [y, y.sum()]
      }
      let x = Tensor.randomNormal([64, 64], key: RandomKey(seed: 1))
      for _ in 0..<3 { _ = try program([x]) }
      let before = ThreadState.current.allocations
      for _ in 0..<100 { _ = try program([x]) }
      #expect(ThreadState.current.allocations == before)
    }
  }

  @Test func statesAreReadAndWrittenByEveryReplay() throws {
    let cell = TensorCell(Tensor(1), name: "counter")
    let random = RandomGenerator(seed: 3)
    let function = CompiledFunction("step") { x in
      let noise = Tensor.randomNormal([2], key: random.next().folded(1))
      cell.value = cell.value * 2 + x[0]
      return [noise + cell.value, cell.value]
    }
    let same = RandomGenerator(seed: 3)
    var expected = 1.0
    for step in 0..<4 {
      let found = try function([Tensor(Double(step))])
      expected = expected * 2 + Double(step)
      #expect(try cell.value.item() == expected && found[1].item() == expected)
      let noise = Tensor.randomNormal([2], key: same.next().folded(1))
      #expect(try found[0].doubles() == (noise + Tensor(expected)).doubles())
    }
    #expect(function.traceCount == 1)
    #expect(random.state == same.state)
  }

  @Test func resultsThatAreHeldAreNotOverwritten() throws {
    let program = try Program([TensorSpec([3], .float32)]) { x in [x[0] + 1] }
    let kept = try (0..<6).map { try program([Tensor([Float($0), 0, 0])])[0] }
    for (index, tensor) in kept.enumerated() { #expect(try tensor.doubles()[0] == Double(index + 1)) }
  }

  @Test func outputsMayBeInputsConstantsAndViews() throws {
    let x = Tensor.randomNormal([3, 4], key: RandomKey(seed: 1)).transposed()
    try expectSame([x], "views") { x in
      [x[0], x[0].transposed(), x[0].reshape([12]), Tensor.arange(0, 3), (x[0] + 1).transposed()[0], .zeros([2, 2])]
    }
  }

  @Test func readingElementsSaysWhichOpAndWhatToDo() throws {
    let error = #expect(throws: TensorError.self) {
      _ = try Program([TensorSpec([3], .float32)]) { x in
        try x[0].exp().sum().item() > 0 ? [x[0]] : [x[0] * 2]
      }
    }
    #expect(error?.message.contains("'sum'") == true && error?.message.contains("select") == true, "\(error as Any)")
    #expect(!Tracing.isActive)
  }

  @Test func valuesThatEscapeAreRefused() throws {
    var escaped: [Tensor] = []
    _ = try Program([TensorSpec([3], .float32)]) { x in
      escaped.append(x[0].exp())
      return x
    }
    #expect((escaped[0] + 1).error?.message.contains("outside of it") == true)
    #expect(throws: TensorError.self) { try escaped[0].doubles() }
    #expect(escaped[0].address == nil)
  }

  @Test func otherKindsOfArgumentsAreTracedAnewAndTooManyWarn() throws {
    nonisolated(unsafe) var warnings: [String] = []
    let function = CompiledFunction("f", mostTraces: 3) { x in [x[0].sum()] }
    function.onThrash = { warnings.append($0) }
    for length in 1...3 { #expect(try function([.ones([length])])[0].item() == Double(length)) }
    for length in 1...3 { #expect(try function([.ones([length])])[0].item() == Double(length)) }
    #expect(function.traceCount == 3 && warnings.isEmpty)
    for length in 4...6 { #expect(try function([.ones([length])])[0].item() == Double(length)) }
    #expect(warnings.count == 1 && warnings[0].contains("argument 0"), "\(warnings)")
  }

  @Test func gradientsThroughACompiledFunctionAreNotLost() throws {
    let function = CompiledFunction("f") { x in [x[0].square().sum()] }
    let x = Tensor([1, 2, 3] as [Float])
    #expect(try valueAndGrad(at: [x]) { try function($0)[0] }.gradients[0].doubles() == [2, 4, 6])
    #expect(try function([x])[0].item() == 14)
    #expect(try valueAndGrad(at: [x]) { try function($0)[0] }.gradients[0].doubles() == [2, 4, 6])
  }

  @Test func manyThreadsMayReplayOneProgram() throws {
    let program = try Program([TensorSpec([50, 50], .float32)]) { x in [x[0].matmul(x[0]).tanh().sum()] }
    let inputs = (0..<8).map { Tensor.randomNormal([50, 50], key: RandomKey(seed: UInt64($0))) }
    let expected = try inputs.map { try program([$0])[0].item() }
    let results = inputs.map { input in
      onAnotherThread { try (0..<20).map { _ in try program([input])[0].item() } }
    }
    for (result, value) in zip(results, expected) { #expect(try result.get().allSatisfy { $0 == value }) }
  }

  @Test func badIndicesAreFoundAtReplay() throws {
    let program = try Program([TensorSpec([5, 2], .float32), TensorSpec([3], .int64)]) { x in
      [x[0].gather(x[1], axis: 0)]
    }
    let x = Tensor.ones([5, 2])
    _ = try program([x, Tensor([0, 4, 1] as [Int64])])
    let error = #expect(throws: TensorError.self) { _ = try program([x, Tensor([0, 9, 1] as [Int64])]) }
    #expect(error?.kind == .index && error?.message.contains("9") == true, "\(error as Any)")
  }
}
