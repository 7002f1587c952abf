import SwiftGANCore
import Testing

@testable import SwiftGANNN

private func scope() -> Scope { Scope(ParameterStore(seed: 4), dtype: .float64) }

private func steps(_ layer: some Layer, _ further: [String: Tensor] = [:], _ x: Tensor) throws -> [[Double]] {
  try layer.outputs(x, further).map { try $0.doubles() }
}

@Suite("Recurrent layers") struct RecurrentTests {
  let x = Tensor.sample([2, 5, 3])

  @Test("the lecture's network: all weights 1, no bias, linear") func lecture() throws {
    let ones = RecurrentInitializers(weight: .ones, recurrent: .ones)
    let network = Sequential(
      try RNN(2, 2, nonlinearity: .linear, bias: false, initializers: ones, in: scope()),
      try Dense(2, 2, bias: false, weight: .ones, in: scope()["out"]))
    let x = Tensor([1, 1, 1, 1, 2, 2] as [Double], shape: [1, 3, 2])
    #expect(try network(x).doubles() == [4, 4, 12, 12, 32, 32])
  }

  @Test("a layer is its cell, step by step") func cellByCell() throws {
    func check<Cell: RecurrentCell>(_ layer: Recurrent<Cell>) throws {
      let all = layer.outputs(x, [:])
      var state: [String: Tensor] = [:]
      for time in 0..<5 {
        let outputs = layer.cells[0][0].outputs(x.selected(axis: 1, at: time), state)
        state = Dictionary(uniqueKeysWithValues: zip(Cell.stateNames, outputs.dropFirst()))
        expectClose(try outputs[0].doubles(), try all[0].selected(axis: 1, at: time).doubles(), 1e-13)
      }
      for (name, last) in zip(Cell.stateNames, all.dropFirst()) {
        #expect(last.shape == [1, 2, 4])
        expectClose(try last.doubles(), try #require(state[name]).doubles(), 1e-13, name)
      }
    }
    try check(RNN(3, 4, nonlinearity: .relu, in: scope()))
    try check(LSTM(3, 4, forgetBias: 1, in: scope()))
    try check(GRU(3, 4, in: scope()))
    try check(GRU(3, 4, resetAfter: false, in: scope()))
  }

  @Test("a masked sequence is the short one: states are held, outputs are 0, in both directions") func masks() throws {
    let layer = try GRU(3, 4, stack: RecurrentStack(layers: 2, bidirectional: true), in: scope())
    let mask = Tensor([true, true, true, false, false, true, true, true, true, true], shape: [2, 5])
    let all = layer.outputs(x, ["mask": mask])
    let short = layer.outputs(x.sliced(axis: 0, to: 1).sliced(axis: 1, to: 3), [:])
    let first = all[0].sliced(axis: 0, to: 1)
    expectClose(try first.sliced(axis: 1, to: 3).doubles(), try short[0].doubles(), 1e-13)
    #expect(try first.sliced(axis: 1, from: 3).abs().max().item() == 0)
    expectClose(try all[1].sliced(axis: 1, to: 1).doubles(), try short[1].doubles(), 1e-13)
    // Padding may hold anything, and a mask of numbers will do.
    let junk = Tensor.select(mask.expandDims(at: 2), x, Tensor(9, dtype: .float64))
    #expect(try steps(layer, ["mask": mask.cast(to: .float32)], junk) == all.map { try $0.doubles() })
  }

  @Test("the last output is each direction's last state") func lastOutput() throws {
    for bidirectional in [false, true] {
      let stack = RecurrentStack(layers: 2, bidirectional: bidirectional, returnSequences: false)
      let all = RecurrentStack(layers: 2, bidirectional: bidirectional)
      let (last, outputs) = (
        try LSTM(3, 4, stack: stack, in: scope()).outputs(x, [:]),
        try LSTM(3, 4, stack: all, in: scope()).outputs(x, [:])
      )
      let directions = bidirectional ? 2 : 1
      #expect(last[0].shape == [2, 4 * directions])
      let states = try (0..<directions).map { try last[1].selected(axis: 0, at: directions + $0).checked() }
      #expect(try last[0].doubles() == Tensor.concatenate(states, axis: 1).doubles())
      #expect(try last[1].doubles() == outputs[1].doubles())
      #expect(try last[2].doubles() == outputs[2].doubles())
    }
  }

  @Test("a sequence in two parts, handing on the states, is the sequence") func handingOn() throws {
    let layer = try LSTM(3, 4, stack: RecurrentStack(layers: 2), in: scope())
    let whole = layer.outputs(x, [:])
    let first = layer.outputs(x.sliced(axis: 1, to: 2), [:])
    let second = layer.outputs(x.sliced(axis: 1, from: 2), ["hidden": first[1], "cell": first[2]])
    expectClose(try Tensor.concatenate([first[0], second[0]], axis: 1).doubles(), try whole[0].doubles(), 1e-13)
    expectClose(try second[2].doubles(), try whole[2].doubles(), 1e-13)
    // One layer and direction: the state may do without its first axis.
    let one = try GRU(3, 4, in: scope())
    let state = Tensor.sample([2, 4], 5)
    #expect(try one(x, ["hidden": state]).doubles() == one(x, ["hidden": state.expandDims(at: 0)]).doubles())
  }

  @Test("time first is batch first, transposed") func timeFirst() throws {
    let mask = Tensor([true, true, false, false, false, true, true, true, true, false], shape: [2, 5])
    let stack = RecurrentStack(bidirectional: true, batchFirst: false)
    let (a, b) = (
      try GRU(3, 4, stack: RecurrentStack(bidirectional: true), in: scope()), try GRU(3, 4, stack: stack, in: scope())
    )
    let expected = a.outputs(x, ["mask": mask])
    let found = b.outputs(x.swapAxes(0, 1), ["mask": mask.transposed()])
    #expect(try found[0].swapAxes(0, 1).doubles() == expected[0].doubles())
    #expect(try found[1].doubles() == expected[1].doubles())
    let wrong = b(x.swapAxes(0, 1), ["mask": mask]).error?.message ?? ""
    #expect(wrong.contains("'mask' must have shape (time, batch), here (5, 2), not (2, 5)"))
  }

  @Test("what masked steps hold, NaN and infinity too, reaches no gradient") func maskedGradients() throws {
    let mask = Tensor([true, true, true, false, false, true, true, true, true, false], shape: [2, 5])
    for name in ["rnn", "lstm", "gru"] {
      let network = try Network(
        ["name": JSON(name), "input_size": 3, "hidden_size": 2, "num_layers": 2, "bidirectional": true], seed: 5,
        dtype: .float64)
      func gradients(_ padding: Double) throws -> [[Double]] {
        let x = Tensor.select(mask.expandDims(at: 2), x, Tensor(padding, dtype: .float64))
        let parameters = network.trainableParameters
        return try grad(at: [x] + parameters.map(\.value)) { leaves in
          try withParameters(parameters, setTo: Array(leaves.dropFirst())) {
            network(leaves[0], ["mask": mask]).square().sum()
          }
        }.map { try $0.doubles() }
      }
      let clean = try gradients(0)
      #expect(clean.dropFirst().contains { $0.contains { $0 != 0 } })
      for padding in [Double.nan, .infinity, 1e300] { #expect(try gradients(padding) == clean, "\(name) \(padding)") }
    }
  }

  @Test("names and first values of the parameters") func parameters() throws {
    let scope = Scope(ParameterStore(seed: 1), dtype: .float64)
    let start = RecurrentInitializers(recurrent: .orthogonal())
    _ = try LSTM(
      3, 4, forgetBias: 1, initializers: start, stack: RecurrentStack(layers: 2, bidirectional: true), in: scope)
    #expect(scope.store.parameters.count == 12)
    #expect(scope.store["1.backward.input_weight"]?.shape == [8, 16])
    let bias = try #require(scope.store["0.forward.bias"]).value.doubles()
    #expect(Array(bias[4..<8]) == [1, 1, 1, 1])
    #expect((bias[..<4] + bias[8...]).allSatisfy { abs($0) <= 0.5 && $0 != 0 })
    let recurrent = try #require(scope.store["0.forward.recurrent_weight"]).value
    for gate in 0..<4 {
      let block = recurrent.sliced(axis: 1, from: 4 * gate, to: 4 * gate + 4)
      expectClose(try block.transposed().matmul(block).doubles(), try Tensor.eye(4, dtype: .float64).doubles(), 1e-12)
    }
    #expect(try #require(scope.store["0.forward.input_weight"]).value.abs().max().item() <= 0.5)
  }

  @Test("dropout falls between layers, in training alone") func dropout() throws {
    let store = ParameterStore(seed: 2)
    let layer = try RNN(3, 4, stack: RecurrentStack(layers: 2, dropout: 0.5), in: Scope(store))
    let input = Tensor.sample([2, 5, 3], dtype: .float32)
    #expect(try layer(input).doubles() != layer(input).doubles())
    store.isTraining = false
    #expect(try layer(input).doubles() == layer(input).doubles())
    store.isTraining = true
    let one = try RNN(3, 4, stack: RecurrentStack(dropout: 0.5), in: Scope(ParameterStore(seed: 2)))
    #expect(try one(input).doubles() == one(input).doubles())
  }

  @Test("sequences of no steps, and batches of no sequences") func empty() throws {
    let layer = try LSTM(3, 4, stack: RecurrentStack(layers: 2, bidirectional: true), in: scope())
    let state = Tensor.sample([4, 2, 4], 5)
    let outputs = layer.outputs(Tensor.zeros([2, 0, 3], dtype: .float64), ["hidden": state])
    #expect(outputs.map(\.shape) == [[2, 0, 8], [4, 2, 4], [4, 2, 4]])
    #expect(try outputs[1].doubles() == state.doubles())
    #expect(layer.outputs(Tensor.zeros([0, 5, 3]), [:]).map(\.shape) == [[0, 5, 8], [4, 0, 4], [4, 0, 4]])
  }

  @Test("gradients of masked, stacked layers with states, by everything, of orders 1 and 2") func gradients() throws {
    let mask = Tensor([true, true, false, true, true, true], shape: [2, 3])
    let input = Tensor.sample([2, 3, 2])
    for name in ["rnn", "lstm", "gru"] {
      let specification: JSON = [
        "name": JSON(name), "input_size": 2, "hidden_size": 2, "num_layers": 2, "bidirectional": true,
      ]
      let network = try Network(specification, seed: 5, dtype: .float64)
      let states = network.layer.outputNames.indices.map { Tensor.sample([4, 2, 2], 20 + UInt64($0)) }
      // The weights of the last cell, which all gradients pass, and not of all: the check moves each number in turn.
      let parameters = network.trainableParameters.filter { $0.name.hasPrefix("1.backward.") }
      try checkGradient(at: [input] + states + parameters.map(\.value), name) { leaves in
        var further = ["mask": mask]
        for (index, state) in network.layer.outputNames.enumerated() { further[state] = leaves[1 + index] }
        let outputs = try withParameters(parameters, setTo: Array(leaves.suffix(parameters.count))) {
          network.outputs(leaves[0], further)
        }
        return outputs.enumerated().reduce(Tensor(0, dtype: .float64)) { sum, output in
          sum + (output.1.square() * Tensor.sample(output.1.shape, UInt64(output.0))).sum()
        }
      }
    }
  }

  @Test("what does not fit is said") func mistakes() throws {
    let layer = try LSTM(3, 4, in: scope()["encoder"])
    func message(_ x: Tensor, _ further: [String: Tensor] = [:]) -> String { layer(x, further).error?.message ?? "" }
    #expect(
      message(Tensor.zeros([2, 3])).contains("encoder (lstm): expected an input with 3 axes, the last of 3 features"))
    #expect(
      message(x, ["mask": Tensor.zeros([5, 2])]).contains("'mask' must have shape (batch, time), here (2, 5), not"))
    #expect(message(x, ["cell": Tensor.zeros([2, 2, 4])]).contains("'cell' must have shape (1, 2, 4), not (2, 2, 4)"))
    #expect(message(x, ["state": x]).contains("it has mask, hidden, cell"))
    let cell = try GRUCell(3, 4, in: scope())
    #expect(cell(Tensor.zeros([2, 3]), ["hidden": x]).error?.message.contains("(2, 4), not (2, 5, 3)") == true)
    #expect(
      failure { _ = try LSTMCell(3, 4, bias: false, forgetBias: 1, in: scope()) }?.message.contains("biases") == true)
    #expect(failure { _ = try RNN(0, 4, in: scope()) }?.message.contains("input_size") == true)
  }
}
