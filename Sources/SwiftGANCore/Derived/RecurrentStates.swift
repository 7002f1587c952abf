/// What a recurrent cell makes of sequences, time first.
public struct RecurrentStates {
  /// h after every step (time, batch, hidden).
  public let sequence: Tensor
  /// The state after the last step, each (batch, hidden): h, and c of an LSTM.
  public let last: [Tensor]

  init(_ planes: Tensor, hidden: Int, count: Int) {
    guard planes.error == nil, planes.shape[0] > 0 else {
      let failed = planes.error == nil ? .failed(TensorError(.shape, "the sequences have no steps")) : planes
      sequence = failed
      last = [Tensor](repeating: failed, count: count)
      return
    }
    let (steps, batch) = (planes.shape[0], planes.shape[1])
    sequence = planes.sliced(axis: 2, to: hidden)
    last = (0..<count).map { index in
      apply(
        .slice, [planes],
        [
          "start": .ints([steps - 1, 0, index * hidden]), "size": .ints([1, batch, hidden]), "step": .ints([1, 1, 1]),
        ]
      ).reshape([batch, hidden])
    }
  }
}

extension Tensor {
  /// A long short-term memory (Hochreiter and Schmidhuber 1997; Gers et al. 2000) over sequences of at least one step, this
  /// tensor (time, batch, features):
  ///
  ///     i, f, o = sigmoid(x U + h W + b)    g = tanh(x U + h W + b)
  ///     c' = f c + i g                      h' = o tanh(c')
  ///
  /// One kernel does all steps.
  /// - Parameters:
  ///   - inputWeight: U (features, 4 hidden), the gates i, f, g, o side by side.
  ///   - recurrentWeight: W (hidden, 4 hidden).
  ///   - bias: b (4 hidden); nil for none.
  ///   - hidden: h before the first step, (batch, hidden); nil for zeros.
  ///   - cell: c before the first step, the same.
  ///   - mask: (time, batch): where it is false (0) the state is held; nil where all steps are there.
  public func lstm(
    inputWeight: Tensor, recurrentWeight: Tensor, bias: Tensor? = nil, hidden: Tensor? = nil, cell: Tensor? = nil,
    mask: Tensor? = nil
  ) -> RecurrentStates {
    let none = Tensor.zeros([0], dtype: dtype)
    let planes = apply(
      .named("lstm"),
      [self, inputWeight, recurrentWeight, bias ?? none, hidden ?? none, cell ?? none, mask ?? none])
    return RecurrentStates(planes, hidden: recurrentWeight.shape.first ?? 0, count: 2)
  }

  /// A gated recurrent unit (Cho et al. 2014), in the form whose reset gate comes after the product, over sequences of at
  /// least one step, this tensor (time, batch, features):
  ///
  ///     r, z = sigmoid(x U + h W + b)    n = tanh(x U + b + r (h W + b_n))    h' = (1 - z) n + z h
  ///
  /// One kernel does all steps.
  /// - Parameters:
  ///   - inputWeight: U (features, 3 hidden), the gates r, z, n side by side.
  ///   - recurrentWeight: W (hidden, 3 hidden).
  ///   - bias: b (3 hidden); nil for none.
  ///   - candidateBias: b_n (hidden); nil for none.
  ///   - hidden: h before the first step, (batch, hidden); nil for zeros.
  ///   - mask: (time, batch): where it is false (0) the state is held; nil where all steps are there.
  public func gru(
    inputWeight: Tensor, recurrentWeight: Tensor, bias: Tensor? = nil, candidateBias: Tensor? = nil,
    hidden: Tensor? = nil, mask: Tensor? = nil
  ) -> RecurrentStates {
    let none = Tensor.zeros([0], dtype: dtype)
    let planes = apply(
      .named("gru"),
      [self, inputWeight, recurrentWeight, bias ?? none, candidateBias ?? none, hidden ?? none, mask ?? none])
    return RecurrentStates(planes, hidden: recurrentWeight.shape.first ?? 0, count: 1)
  }
}
