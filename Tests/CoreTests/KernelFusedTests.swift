import SwiftGANKernels
import Testing

private let store: Int32 = -1
private let sum = Int32(SGK_SUM.rawValue)
private let max = Int32(SGK_MAX.rawValue)

private func kept(_ value: Int, _ reduce: Int32 = store) -> sgk_fused_result {
  sgk_fused_result(value: Int32(value), reduce: reduce)
}

/// A program, what it is given and where its results go.
private struct Program {
  var inputs: [any AnyStrided] = []
  var steps: [sgk_fused_step] = []
  var kept: [sgk_fused_result] = []
  var results: [any AnyStrided] = []

  /// Runs it in one pass and compares with the steps run one by one.
  func check(_ note: String) {
    let views = inputs.map(\.view)
    let results = self.results.map(\.view)
    let expected = runOneByOne(views, steps, kept, results)
    guard let plan = FusedPlan(views, steps, kept, results) else {
      Issue.record("no plan: \(note)")
      return
    }
    #expect(plan.run() == SGK_OK)
    for (number, result) in self.results.enumerated() {
      #expect(result.bits == expected[number], "result \(number) of \(note)")
      #expect(result.isIntactOutside, "result \(number) of \(note)")
    }
  }
}

/// Any program over any shape, types and strides; 1 to 40 steps; results stored, reduced or both.
private func randomProgram(_ seed: UInt64) -> Program {
  var random = TestRandom(seed)
  func below(_ limit: Int) -> Int { Int(random.next() % UInt64(limit)) }
  let extents = [1, 2, 3, 5, 7, 8, 16, 17, 33, 64, 65, 100, 130, 257, 513, 600, 1000, 3000]
  let rank = below(6)
  var shape: [Int]
  repeat {
    shape = (0..<rank).map { _ in extents[below(rank > 3 ? 8 : extents.count)] }
    if rank > 0, below(12) == 0 { shape[below(rank)] = 0 }
  } while shape.reduce(1, *) > 12_000
  let onlyFloats = below(3) == 0
  var program = Program()
  var types: [Int32] = []
  for _ in 0...below(6) {
    types.append(onlyFloats ? Int32(SGK_FLOAT32.rawValue) : Int32(below(6)))
    let layout = below(3) == 0 ? .contiguous : Layout.allCases[below(6)]
    program.inputs.append(anyStrided(types[types.count - 1], shape, layout, &random))
  }
  let views = program.inputs.map(\.view)
  var likely = views[0]
  let wanted = 1 + below(40)
  for _ in 0..<1000 where program.steps.count < wanted {
    let recent = types.count > 4 && below(2) == 0
    let (a, b, c) = (
      recent ? types.count - 1 - below(4) : below(types.count),
      recent ? types.count - 1 - below(4) : below(types.count),
      below(types.count)
    )
    let kind = below(4)
    let op = below(2) == 0 ? below(7) : below(40)
    let from = kind == 2 ? types[b] : types[a]
    let compares = kind == 1 && (Int(SGK_EQ.rawValue)...Int(SGK_GE.rawValue)).contains(op)
    let tests = kind == 0 && op == Int(SGK_IS_FINITE.rawValue)
    let step = sgk_fused_step(
      kind: Int32(kind), op: Int32(op), from: from, to: kind == 3 ? Int32(below(6)) : compares || tests ? 5 : from,
      operands: (Int32(a), Int32(b), Int32(c)))
    // What the kernel does not offer is refused.
    likely.dtype = step.to
    sgk_view_set(
      &likely, nil, step.to, Int32(rank), shape.map(Int64.init), Layout.contiguous.strides(of: shape).map(Int64.init))
    guard FusedPlan(views, program.steps + [step], [kept(types.count)], [likely]) != nil else { continue }
    program.steps.append(step)
    types.append(step.to)
  }
  let mode = below(3)
  let kind = below(4)
  let reduced = shape.indices.map { axis in
    switch kind {
    case 0: below(2) == 0
    case 1: true
    case 2: axis == 0
    default: axis == rank - 1
    }
  }
  for _ in 0...below(4) {
    let value = below(3) == 0 ? below(types.count) : types.count - 1 - below(min(4, types.count))
    let folds = mode == 1 || (mode == 2 && below(2) == 0)
    let ops = types[value] == 5 ? [SGK_ANY, SGK_ALL] : [SGK_SUM, SGK_PROD, SGK_MAX, SGK_MIN]
    program.kept.append(kept(value, folds ? Int32(ops[below(ops.count)].rawValue) : store))
    let extent = folds ? zip(shape, reduced).map { $1 ? 1 : $0 } : shape
    program.results.append(
      anyStrided(types[value], extent, below(2) == 0 ? .contiguous : Layout.ofOutputs[below(4)], &random))
  }
  return program
}

@Suite struct KernelFusedTests {
  @Test(arguments: KernelSettings.levels) func randomProgramsHaveTheBitsOfTheirSteps(level: sgk_isa) {
    for seed in 0..<400 as Range<UInt64> {
      KernelSettings.with(level: level, threads: 1 + Int32(seed % 2)) {
        randomProgram(seed).check("seed \(seed)")
      }
    }
  }

  /// [x, y, one value a row, one a column, one for all], and steps that use all of them.
  private func standard(_ shape: [Int], axes: Set<Int>, stores: Bool, seed: UInt64) -> Program {
    var random = TestRandom(seed)
    var program = Program()
    let dtype = Int32(SGK_FLOAT32.rawValue)
    program.inputs = [Layout.contiguous, .transposed, .broadcastColumns, .broadcastRows].map {
      anyStrided(dtype, shape, $0, &random)
    }
    program.steps = [
      .binary(SGK_SUB, 0, 2), .binary(SGK_MUL, 4, 3), .unary(SGK_TANH, 5), .binary(SGK_MUL, 6, 1),
      .binary(SGK_GT, 7, 3), .select(8, 7, 0),
    ]
    let reduced = shape.enumerated().map { axes.contains($0.offset) ? 1 : $0.element }
    program.kept = [kept(0, sum), kept(7, sum), kept(9, max)]
    program.results = (0..<3).map { _ in anyStrided(dtype, reduced, .contiguous, &random) }
    if stores {
      program.kept.append(kept(7))
      program.results.append(anyStrided(dtype, shape, .contiguous, &random))
    }
    return program
  }

  @Test(arguments: [1, 2, 5] as [Int32]) func largeReductionsOnAnyNumberOfThreads(threads: Int32) {
    let cases: [([Int], Set<Int>)] = [
      ([300_000], [0]), ([20_000, 64], [0]), ([100_000, 3], [0]), ([9000, 40], [0]), ([700, 600], [0]),
      ([200, 1030], [0]), ([30, 1000, 20], [0, 1]), ([600, 500], [1]), ([3, 70_000], [1]), ([9000, 40], [1]),
      ([9000, 10], [1]), ([100, 20, 90], [0, 2]), ([40, 700, 20], [0, 2]), ([40, 700, 12], [2]), ([50, 4, 64], [1]),
      ([64, 64, 48], [0, 1, 2]), ([5, 3, 4, 700, 2], [1, 3]),
    ]
    for (number, (shape, axes)) in cases.enumerated() {
      for stores in [false, true] {
        KernelSettings.with(threads: threads) {
          standard(shape, axes: axes, stores: stores, seed: UInt64(number)).check("\(shape) \(axes) \(stores)")
        }
      }
    }
  }

  @Test(arguments: [[1000, 700], [3, 500, 300], [4000, 10], [2, 3, 5, 7, 11], [100_000], [1, 1]])
  func mapsOfAnyStrides(shape: [Int]) {
    for layout in Layout.ofOutputs {
      var program = standard(shape, axes: [], stores: true, seed: 3)
      var random = TestRandom(4)
      program.kept = [kept(9), kept(7)]
      program.results = [layout, .contiguous].map { anyStrided(0, shape, $0, &random) }
      KernelSettings.with(threads: 2) { program.check("\(shape) \(layout)") }
    }
  }

  @Test func resultsMayTakeTheInputsPlaces() {
    KernelSettings.with(threads: 2) {
      // A step's result lies where an input is that later steps read; two inputs that swap places; and sums beside both.
      for (shape, layout) in [
        ([5000], Layout.contiguous), ([100, 30], .transposed), ([70, 300], .gaps), ([], .contiguous),
      ] {
        for folds in [false, true] {
          var random = TestRandom(1)
          let inputs = (0..<3).map { _ in anyStrided(0, shape, layout, &random) }
          let views = inputs.map(\.view)
          let steps: [sgk_fused_step] = [.binary(SGK_ADD, 0, 1), .binary(SGK_MUL, 3, 2), .binary(SGK_SUB, 4, 0)]
          let total = anyStrided(0, shape.map { _ in 1 }, .contiguous, &random)
          for places in [[3, 4, 5], [1, 0, 5], [5, 2, 3], [1, 4, 5]] {
            let results = folds ? places.map { kept($0) } + [kept(0, sum)] : places.map { kept($0) }
            let targets = folds ? views + [total.view] : views
            let expected = runOneByOne(views, steps, results, targets)
            guard let plan = FusedPlan(views, steps, results, targets) else {
              Issue.record("no plan")
              return
            }
            #expect(plan.run() == SGK_OK)
            for i in 0..<3 { #expect(inputs[i].bits == expected[i], "\(shape) \(layout) \(places) \(i)") }
            if folds { #expect(total.bits == expected[3], "\(shape) \(layout) \(places)") }
          }
        }
      }
    }
  }

  @Test func foldsOfNothing() {
    var random = TestRandom(1)
    let x = anyStrided(0, [0, 3], .contiguous, &random)
    let truth = anyStrided(5, [0, 3], .contiguous, &random)
    let results = [0, 0, 0, 5].map { anyStrided($0, [1, 3], .contiguous, &random) }
    let product = Int32(SGK_PROD.rawValue)
    let plan = FusedPlan(
      [x.view, truth.view], [.unary(SGK_EXP, 0)],
      [kept(2, sum), kept(0, product), kept(2, max), kept(1, Int32(SGK_ALL.rawValue))], results.map(\.view))
    guard let plan else {
      Issue.record("no plan")
      return
    }
    #expect(plan.run() == SGK_OK)
    let bits: [Float] = [0, 1, -.infinity]
    for (result, value) in zip(results, bits) {
      #expect(result.bits == [UInt64](repeating: UInt64(value.bitPattern), count: 3))
    }
    #expect(results[3].bits == [1, 1, 1])
  }

  @Test func manyPlansInOneGo() {
    KernelSettings.with(threads: 2) {
      var random = TestRandom(2)
      let shapes = [[3], [100_000], [], [64, 3], [0], [7], [900, 41], [1]]
      var programs: [Program] = []
      for shape in shapes {
        var program = Program()
        program.inputs = [.contiguous, .broadcastRows].map { anyStrided(0, shape, $0, &random) }
        program.steps = [.binary(SGK_MUL, 0, 1), .unary(SGK_SIGMOID, 2)]
        program.kept = [kept(3), kept(2)]
        program.results = [.contiguous, .transposed].map { anyStrided(0, shape, $0, &random) }
        programs.append(program)
      }
      let plans = programs.compactMap { FusedPlan($0.inputs.map(\.view), $0.steps, $0.kept, $0.results.map(\.view)) }
      #expect(plans.count == shapes.count)
      #expect(FusedPlan.runMany(plans) == SGK_OK)
      for program in programs {
        let expected = runOneByOne(program.inputs.map(\.view), program.steps, program.kept, program.results.map(\.view))
        for (result, bits) in zip(program.results, expected) { #expect(result.bits == bits) }
      }
      #expect(FusedPlan.runMany([]) == SGK_OK)
      let total = anyStrided(0, [1], .contiguous, &random)
      let folding = FusedPlan([programs[0].inputs[0].view], [], [kept(0, sum)], [total.view])
      #expect(FusedPlan.runMany([folding]) == SGK_BAD_ARGUMENT)
      #expect(FusedPlan.runMany([nil]) == SGK_BAD_ARGUMENT)
    }
  }

  @Test func onePlanRunsOnOtherDataAndSeveralThreads() {
    KernelSettings.with(threads: 2) {
      var random = TestRandom(9)
      let shape = [50, 70]
      let first = [anyStrided(0, shape, .contiguous, &random), anyStrided(0, [1, 70], .contiguous, &random)]
      let steps: [sgk_fused_step] = [.unary(SGK_EXP, 0), .binary(SGK_MUL, 1, 0)]
      let results = [kept(2, sum)]
      guard let plan = FusedPlan([first[0].view], steps, results, [first[1].view]) else {
        Issue.record("no plan")
        return
      }
      onThreads(4) {
        for seed in 0..<50 as Range<UInt64> {
          var random = TestRandom(seed)
          let x = anyStrided(0, shape, .contiguous, &random)
          let out = anyStrided(0, [1, 70], .contiguous, &random)
          let expected = runOneByOne([x.view], steps, results, [out.view])
          #expect(plan.run([x.view.data], [out.view.data]) == SGK_OK)
          #expect([out.bits] == expected)
        }
      }
    }
  }

  @Test func limits() {
    KernelSettings.with(threads: 2) {
      var random = TestRandom(5)
      let inputs = (0..<64).map { _ in anyStrided(0, [40, 50], .transposed, &random) }
      var program = Program(inputs: inputs)
      for i in 0..<256 { program.steps.append(.binary(SGK_ADD, i < 64 ? i : i + 63, (i * 7) % 64)) }
      for i in 0..<64 {
        program.kept.append(kept(64 + i * 4))
        program.results.append(anyStrided(0, [40, 50], Layout.ofOutputs[i % 4], &random))
      }
      program.check("the most of everything")
      var status = SGK_OK
      let views = inputs.map(\.view)
      _ = FusedPlan(views + [views[0]], [], [kept(0)], [views[0]], status: &status)
      #expect(status == SGK_BAD_ARGUMENT)
      let steps = program.steps + [.unary(SGK_NEG, 0)]
      _ = FusedPlan(views, steps, [kept(0)], [views[0]], status: &status)
      #expect(status == SGK_BAD_ARGUMENT)
      _ = FusedPlan(
        views, [], [sgk_fused_result](repeating: kept(0), count: 65), [sgk_view](repeating: views[0], count: 65),
        status: &status)
      #expect(status == SGK_BAD_ARGUMENT)
    }
  }

  @Test func whatDoesNotFitIsRefused() {
    var random = TestRandom(5)
    let x = anyStrided(0, [4, 5], .contiguous, &random).view
    let (whole, condition) = (
      anyStrided(2, [4, 5], .contiguous, &random).view, anyStrided(5, [4, 5], .contiguous, &random).view
    )
    let (row, other) = (
      anyStrided(0, [1, 5], .contiguous, &random).view, anyStrided(0, [4, 1], .contiguous, &random).view
    )
    let flat = anyStrided(0, [4, 5], .broadcastRows, &random).view
    let sin = sgk_fused_step.unary(SGK_SIN, 0)
    func refuses(
      _ inputs: [sgk_view], _ steps: [sgk_fused_step], _ kept: [sgk_fused_result], _ results: [sgk_view],
      line: Int = #line
    ) {
      var status = SGK_OK
      let plan = FusedPlan(inputs, steps, kept, results, status: &status)
      #expect(status == SGK_BAD_ARGUMENT && plan == nil, "line \(line)")
    }
    var status = SGK_BAD_ARGUMENT
    _ = FusedPlan(
      [x, whole, condition], [sin, .select(2, 3, 0)], [kept(4), kept(3, sum)], [x, row], status: &status)
    #expect(status == SGK_OK)
    let (empty, overlapping) = (
      anyStrided(0, [3, 0], .contiguous, &random).view, anyStrided(0, [3, 0], .broadcastRows, &random).view
    )
    _ = FusedPlan([empty], [sin], [kept(1)], [overlapping], status: &status)
    #expect(status == SGK_OK)  // nothing overlaps
    refuses([], [], [], [])
    refuses([x], [], [], [])
    refuses([x, row], [], [kept(0)], [x])  // inputs of two shapes
    refuses([x], [sin], [kept(2)], [x])  // no such value
    refuses([x], [sin], [kept(-1)], [x])
    refuses([x], [.unary(SGK_SIN, 1)], [kept(1)], [x])  // an operand that is not there yet
    refuses([x], [.unary(SGK_SIN, -1)], [kept(1)], [x])
    refuses([whole], [.unary(SGK_SIN, 0, SGK_INT32)], [kept(1)], [whole])  // no such loop
    refuses([x], [.unary(sgk_unary_op(99), 0)], [kept(1)], [x])
    var strange = sin
    strange.kind = 4
    refuses([x], [strange], [kept(1)], [x])
    refuses([x], [.binary(sgk_binary_op(99), 0, 0)], [kept(1)], [x])
    refuses([x], [.unary(SGK_SIN, 0, sgk_dtype(9))], [kept(1)], [x])
    refuses([x, whole], [.binary(SGK_ADD, 0, 1)], [kept(2)], [x])  // operands of two types
    refuses([x, whole], [.select(1, 0, 0)], [kept(2)], [x])  // a condition that is no bool
    refuses([x], [.cast(0, from: SGK_INT32, to: SGK_FLOAT32)], [kept(1)], [x])
    refuses([x], [sin], [kept(1)], [whole])  // a result of another type
    refuses([x], [sin], [kept(1)], [row])  // of another shape
    refuses([x], [sin], [kept(1)], [flat])  // that overlaps itself
    refuses([x], [sin], [kept(1, sum), kept(0, sum)], [row, other])  // different axes
    refuses([x], [sin], [kept(1, 17)], [row])
    refuses([x], [sin], [kept(1, -2)], [x])
    refuses([x], [sin], [kept(1, Int32(SGK_ANY.rawValue))], [row])  // of numbers
    refuses([condition], [], [kept(0, sum)], [condition])  // of truths
    var bad = x
    bad.rank = 17
    refuses([bad], [], [kept(0)], [bad])
    bad = x
    bad.shape.0 = .max
    bad.shape.1 = .max
    refuses([bad], [], [kept(0)], [bad])
    bad.shape.0 = -1
    refuses([bad], [], [kept(0)], [bad])
    bad = x
    bad.dtype = 6
    refuses([bad], [], [kept(0)], [bad])
  }
}
