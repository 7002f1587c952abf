import SwiftGANKernels
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Sizes that meet and miss whole vectors, panels, blocks of rows and blocks of the sum, few rows and many.
private struct SequenceSizes: CustomStringConvertible {
  var steps = 3
  var batch = 5
  var inputs = 4
  var hidden = 7
  var hasStart = true
  var hasMask = false
  var description: String {
    "\(steps) steps, \(batch) rows, \(inputs) inputs, \(hidden) hidden, start \(hasStart), mask \(hasMask)"
  }

  static let all = [
    SequenceSizes(), SequenceSizes(hasMask: true), SequenceSizes(batch: 16, hidden: 33, hasStart: false, hasMask: true),
    SequenceSizes(steps: 1, batch: 1, inputs: 1, hidden: 1), SequenceSizes(hasStart: false),
    SequenceSizes(steps: 4, batch: 33, inputs: 20, hidden: 40),
    SequenceSizes(steps: 2, batch: 9, inputs: 0, hidden: 33),
    SequenceSizes(steps: 2, batch: 16, inputs: 3, hidden: 300, hasStart: false),
    SequenceSizes(steps: 2, batch: 7, inputs: 300, hidden: 32),
    SequenceSizes(steps: 2, batch: 64, inputs: 17, hidden: 64),
    SequenceSizes(steps: 2, batch: 2, inputs: 5, hidden: 400),
    // Planes that go past the caches.
    SequenceSizes(steps: 2, batch: 340, inputs: 1, hidden: 160, hasMask: true),
  ]
}

/// A sequence of one cell, run forward and back, beside the formulas in float64.
private struct SequenceCase<T: KernelElement & BinaryFloatingPoint> {
  let sizes: SequenceSizes
  let cell: sgk_cell
  let x: Strided<T>, inputWeights: Strided<T>, weights: Strided<T>, bias: Strided<T>, candidateBias: Strided<T>
  let mask: Strided<T>
  let hidden: Strided<T>, state: Strided<T>, toHidden: Strided<T>, toOthers: Strided<T>
  var gates: Int { cell == SGK_LSTM ? 4 : 3 }
  var planes: Int { cell == SGK_LSTM ? 6 : 5 }

  init(_ sizes: SequenceSizes, _ cell: sgk_cell, layout: Layout) {
    (self.sizes, self.cell) = (sizes, cell)
    var random = TestRandom(UInt64(sizes.batch &* 31 &+ sizes.hidden))
    let (gates, planes) = (cell == SGK_LSTM ? 4 : 3, cell == SGK_LSTM ? 6 : 5)
    func draw(_ shape: [Int], _ scale: Double = 1, _ layout: Layout = .contiguous) -> Strided<T> {
      Strided(shape, layout: layout) { _ in T(Double.random(in: -scale...scale, using: &random)) }
    }
    let (steps, rows, h) = (sizes.steps, sizes.batch, sizes.hidden)
    x = draw([steps, rows, sizes.inputs], 1, layout)
    inputWeights = draw([sizes.inputs, gates * h], 0.3, layout)
    weights = draw([h, gates * h], 0.2, layout)
    bias = draw([gates * h])
    candidateBias = draw([cell == SGK_LSTM ? 0 : h])
    hidden = draw(sizes.hasStart ? [rows, h] : [0])
    state = draw(sizes.hasStart && cell == SGK_LSTM ? [rows, h] : [0])
    mask = Strided(sizes.hasMask ? [steps, rows] : [0, 0], layout: layout) { $0 % 3 == 1 ? 0 : 1 }
    // The last steps alone, and others than those of h.
    toHidden = draw([max(1, steps - 1), rows, h])
    toOthers = draw([min(steps, 2), rows, (planes - 1) * h], 0.1)
  }

  /// Planes, and all gradients: of x, input weights, weights, biases, first states, and what flows to the gates.
  func run() -> (planes: Strided<T>, gradients: [Strided<T>]) {
    let (steps, rows, h) = (sizes.steps, sizes.batch, sizes.hidden)
    let out = Strided([steps, rows, planes * h]) { _ in T.nan }
    var call = sgk_recurrent()
    call.cell = cell
    (call.x, call.input_weights, call.weights) = (x.view, inputWeights.view, weights.view)
    (call.bias, call.candidate_bias) = (bias.view, candidateBias.view)
    (call.hidden, call.cell_state, call.mask, call.out) = (hidden.view, state.view, mask.view, out.view)
    #expect(sgk_recurrent_run(&call) == SGK_OK)
    var back = sgk_recurrent_gradient()
    (back.of, back.hidden, back.others) = (call, toHidden.view, toOthers.view)
    let targets = [x, inputWeights, weights, bias, candidateBias, hidden, state].map { source in
      Strided(source.shape) { _ in T.nan }
    }
    let flow = Strided([steps, rows, 4 * h]) { _ in T.nan }
    back.to.cell = cell
    (back.to.x, back.to.input_weights, back.to.weights) = (targets[0].view, targets[1].view, targets[2].view)
    (back.to.bias, back.to.candidate_bias) = (targets[3].view, targets[4].view)
    (back.to.hidden, back.to.cell_state, back.to.out) = (targets[5].view, targets[6].view, flow.view)
    #expect(sgk_recurrent_run_back(&back) == SGK_OK)
    for written in targets + [out, flow] { #expect(written.isIntactOutside) }
    return (out, targets + [flow])
  }
}

extension SequenceCase {
  private func start(_ values: Strided<T>) -> [Double] {
    values.values.isEmpty ? [Double](repeating: 0, count: sizes.batch * sizes.hidden) : values.values.map { Double($0) }
  }

  /// Rows (batch, inner) times a matrix of which some columns are asked for, in float64.
  private func product(_ left: [Double], _ inner: Int, _ right: Strided<T>, _ values: [T]) -> [Double] {
    let columns = right.shape[1]
    var result = [Double](repeating: 0, count: sizes.batch * columns)
    for row in 0..<sizes.batch {
      for k in 0..<inner {
        let factor = left[row * inner + k]
        for column in 0..<columns { result[row * columns + column] += factor * Double(values[k * columns + column]) }
      }
    }
    return result
  }

  /// Whether a row's state is held at a step.
  private func isHeld(_ step: Int, _ row: Int, _ values: [T]) -> Bool {
    sizes.hasMask && values[step * sizes.batch + row] == 0
  }

  /// The planes by the formulas.
  func expectedPlanes() -> [Double] {
    let (rows, h, width) = (sizes.batch, sizes.hidden, gates * sizes.hidden)
    func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
    var (before, cellState) = (start(hidden), start(state))
    let (xs, us, ws) = (x.values.map { Double($0) }, inputWeights.values, weights.values)
    let (bs, qs) = (bias.values.map { Double($0) }, candidateBias.values.map { Double($0) })
    let masks = mask.values
    var result: [Double] = []
    for step in 0..<sizes.steps {
      let slice = Array(xs[(step * rows * sizes.inputs)..<((step + 1) * rows * sizes.inputs)])
      let given = product(slice, sizes.inputs, inputWeights, us)
      let kept = product(before, h, weights, ws)
      var parts = [[Double]](repeating: [], count: rows * planes)
      for row in 0..<rows {
        let isHeld = isHeld(step, row, masks)
        for unit in 0..<h {
          let at = row * h + unit
          func gate(_ g: Int) -> Double { given[row * width + g * h + unit] + bs[g * h + unit] }
          func rest(_ g: Int) -> Double { kept[row * width + g * h + unit] }
          let values: [Double]
          if cell == SGK_LSTM {
            let (i, f) = (sigmoid(gate(0) + rest(0)), sigmoid(gate(1) + rest(1)))
            let (g, o) = (tanh(gate(2) + rest(2)), sigmoid(gate(3) + rest(3)))
            if !isHeld {
              cellState[at] = f * cellState[at] + i * g
              before[at] = o * tanh(cellState[at])
            }
            values = [before[at], cellState[at], i, f, g, o]
          } else {
            let (r, z, q) = (sigmoid(gate(0) + rest(0)), sigmoid(gate(1) + rest(1)), rest(2) + qs[unit])
            let n = tanh(gate(2) + r * q)
            if !isHeld { before[at] = (1 - z) * n + z * before[at] }
            values = [before[at], r, z, n, q]
          }
          for (plane, value) in values.enumerated() { parts[row * planes + plane].append(value) }
        }
      }
      result += parts.joined()
    }
    return result
  }

  /// The gradients by the formulas, of given planes, in the order of `run`.
  func expectedGradients(_ given: [Double]) -> [[Double]] {
    let (rows, h) = (sizes.batch, sizes.hidden)
    let first = start(cell == SGK_LSTM ? state : hidden)
    let (hs, os, ws) = (
      toHidden.values.map { Double($0) }, toOthers.values.map { Double($0) }, weights.values.map { Double($0) }
    )
    func plane(_ step: Int, _ row: Int, _ plane: Int, _ unit: Int) -> Double {
      given[((step * rows + row) * planes + plane) * h + unit]
    }
    var (through, carry) = ([Double](repeating: 0, count: rows * h), [Double](repeating: 0, count: rows * h))
    var held = [Double](repeating: 0, count: rows * h)
    let masks = mask.values
    var steps: [[Double]] = []
    for step in (0..<sizes.steps).reversed() {
      var out = [Double](repeating: 0, count: rows * 4 * h)
      let (late, later) = (step - sizes.steps + toHidden.shape[0], step - sizes.steps + toOthers.shape[0])
      for row in 0..<rows {
        let isHeld = isHeld(step, row, masks)
        for unit in 0..<h {
          let at = row * h + unit
          func other(_ p: Int) -> Double {
            later < 0 ? 0 : os[((later * rows + row) * (planes - 1) + p) * h + unit]
          }
          func before(_ p: Int) -> Double { step > 0 ? plane(step - 1, row, p, unit) : first[at] }
          var flowed = through[at] + (late < 0 ? 0 : hs[(late * rows + row) * h + unit])
          func p(_ index: Int) -> Double { plane(step, row, index, unit) }
          let found: [Double]
          if cell == SGK_LSTM {
            let (bent, i, f, g, o) = (tanh(p(1)), p(2), p(3), p(4), p(5))
            let arrived = carry[at] + other(0)
            held[at] = isHeld ? flowed : 0
            flowed -= held[at]
            let toCell = isHeld ? 0 : arrived + flowed * o * (1 - bent * bent)
            carry[at] = isHeld ? arrived : toCell * f
            found = [
              (other(1) + toCell * g) * i * (1 - i), (other(2) + toCell * before(1)) * f * (1 - f),
              (other(3) + toCell * i) * (1 - g * g), (other(4) + flowed * bent) * o * (1 - o),
            ]
          } else {
            flowed += carry[at]
            let (r, z, n, q) = (p(1), p(2), p(3), p(4))
            carry[at] = isHeld ? flowed : flowed * z
            if isHeld { flowed = 0 }
            let toN = (other(2) + flowed * (1 - z)) * (1 - n * n)
            found = [
              (other(0) + toN * q) * r * (1 - r), (other(1) + flowed * (before(0) - n)) * z * (1 - z), toN,
              other(3) + toN * r,
            ]
          }
          for (gate, value) in found.enumerated() { out[(row * 4 + gate) * h + unit] = value }
        }
      }
      for row in 0..<rows {
        for unit in 0..<h {
          var sum = 0.0
          for gate in 0..<gates {
            let from = cell == SGK_GRU && gate == 2 ? 3 : gate
            for k in 0..<h { sum += out[(row * 4 + from) * h + k] * ws[unit * gates * h + gate * h + k] }
          }
          through[row * h + unit] = sum + held[row * h + unit]
        }
      }
      steps.insert(out, at: 0)
    }
    let flow = Array(steps.joined())
    guard sizes.hasStart else { return sums(flow, given) + [[], [], flow] }
    let starts = cell == SGK_LSTM ? [through, carry] : [zip(through, carry).map(+), []]
    return sums(flow, given) + starts + [flow]
  }

  /// Gradients of x, weights and biases.
  private func sums(_ flow: [Double], _ given: [Double]) -> [[Double]] {
    let (rows, h, inputs, width) = (sizes.batch, sizes.hidden, sizes.inputs, gates * sizes.hidden)
    let (xs, us) = (x.values.map { Double($0) }, inputWeights.values.map { Double($0) })
    let firsts = start(hidden)
    var toX = [Double](repeating: 0, count: xs.count)
    var toInputs = [Double](repeating: 0, count: us.count)
    var toWeights = [Double](repeating: 0, count: h * width)
    var toBias = [Double](repeating: 0, count: width)
    var toCandidate = [Double](repeating: 0, count: cell == SGK_GRU ? h : 0)
    for row in 0..<(sizes.steps * rows) {
      for column in 0..<width {
        let flowed = flow[row * 4 * h + column]
        // W_n meets q.
        let kept = cell == SGK_GRU && column >= 2 * h ? flow[row * 4 * h + column + h] : flowed
        toBias[column] += flowed
        for i in 0..<inputs {
          toX[row * inputs + i] += flowed * us[i * width + column]
          toInputs[i * width + column] += flowed * xs[row * inputs + i]
        }
        for unit in 0..<h {
          let before = row < rows ? firsts[row * h + unit] : given[(row - rows) * planes * h + unit]
          toWeights[unit * width + column] += kept * before
        }
      }
      for unit in toCandidate.indices { toCandidate[unit] += flow[row * 4 * h + 3 * h + unit] }
    }
    return [toX, toInputs, toWeights, toBias, toCandidate]
  }
}

@Suite struct KernelRecurrentTests {
  @Test(arguments: KernelSettings.levels) func stepsAreTheFormulas(level: sgk_isa) {
    func check<T: KernelElement & BinaryFloatingPoint>(_: T.Type) {
      for (number, sizes) in SequenceSizes.all.enumerated() {
        for cell in [SGK_LSTM, SGK_GRU] {
          let sequence = SequenceCase<T>(sizes, cell, layout: Layout.ofOutputs[number % 4])
          let (planes, gradients) = sequence.run()
          let tolerance = Double(T.ulpOfOne) * 40
          func compare(_ found: [T], _ expected: [Double], _ what: String) {
            let scale = max(1, expected.lazy.map(abs).max() ?? 0)
            let worst = zip(found, expected).map { abs(Double($0) - $1) }.max() ?? 0
            let isClose = found.count == expected.count && worst <= tolerance * scale
            #expect(isClose, "\(T.self) \(cell) \(what), \(sizes): off by \(worst)")
          }
          compare(planes.values, sequence.expectedPlanes(), "planes")
          let expected = sequence.expectedGradients(planes.values.map { Double($0) })
          for (index, gradient) in gradients.enumerated() {
            compare(gradient.values, expected[index], "gradient \(index)")
          }
        }
      }
    }
    KernelSettings.with(level: level, threads: 2) {
      check(Float.self)
      check(Double.self)
    }
  }

  /// Rows do not meet, so a row has its bits in any batch, whether threads share out rows or units.
  @Test func bitsDependOnTheRowAlone() {
    KernelSettings.with(threads: 1) {
      for cell in [SGK_LSTM, SGK_GRU] {
        for sizes in SequenceSizes.all + [SequenceSizes(steps: 3, batch: 9, inputs: 8, hidden: 300)] {
          let sequence = SequenceCase<Float>(sizes, cell, layout: .contiguous)
          sgk_set_num_threads(1)
          let one = sequence.run()
          for threads in [2, 3, 5] as [Int32] {
            sgk_set_num_threads(threads)
            let several = sequence.run()
            #expect(several.planes.values == one.planes.values, "\(sizes), \(threads) threads")
            #expect(several.gradients.map(\.values) == one.gradients.map(\.values), "\(sizes), \(threads) threads")
          }
        }
      }
    }
  }

  @Test func nothingIsDoneForNothing() {
    for cell in [SGK_LSTM, SGK_GRU] {
      for sizes in [SequenceSizes(batch: 0, hasStart: false), SequenceSizes(hidden: 0, hasStart: false)] {
        #expect(SequenceCase<Float>(sizes, cell, layout: .contiguous).run().planes.values.isEmpty)
      }
    }
  }
}
