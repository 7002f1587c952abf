import SwiftGANCore

/// Samples of gated recurrent cells: with and without biases, first states and masks, on one and on several rows.
let recurrentSamples: [String: [Sample]] = [
  "lstm": [
    Sample(.normal(3, 2, 3), .normal(3, 8), .normal(2, 8), .normal(8), .normal(2, 2), .normal(2, 2), .bool(3, 2)),
    Sample(.normal(3, 2, 3), .normal(3, 8), .normal(2, 8), .normal(8), .normal(2, 2), .normal(2, 2), .bool(0)),
    Sample(.normal(2, 9, 2), .normal(2, 12), .normal(3, 12), .normal(0), .normal(0), .normal(0), .bool(2, 9)),
    Sample(.normal(1, 1, 2), .normal(2, 4), .normal(1, 4), .normal(4), .normal(0), .normal(1, 1), .bool(0)),
    Sample(.normal(0, 2, 3), .normal(3, 8), .normal(2, 8), .normal(8), .normal(2, 2), .normal(2, 2), .bool(0)),
    Sample(.normal(2, 17, 2), .normal(2, 12), .normal(3, 12), .normal(12), .normal(0), .normal(0), .bool(2, 17)),
  ],
  "lstm_gradient": [
    Sample(
      .normal(3, 2, 3), .normal(3, 8), .normal(2, 8), .normal(8), .normal(2, 2), .normal(2, 2), .bool(3, 2),
      .normal(3, 2, 12), .normal(3, 2, 2), .normal(2, 2, 10), attributes: ["wanted": .ints([0, 1, 2, 3, 4, 5, 7])]),
    Sample(
      .normal(2, 9, 2), .normal(2, 4), .normal(1, 4), .normal(0), .normal(0), .normal(0), .bool(0), .normal(2, 9, 6),
      .normal(1, 9, 1), .normal(0, 9, 5), attributes: ["wanted": .ints([0, 2])]),
  ],
  "gru": [
    Sample(.normal(3, 2, 3), .normal(3, 6), .normal(2, 6), .normal(6), .normal(2), .normal(2, 2), .bool(3, 2)),
    Sample(.normal(3, 2, 3), .normal(3, 6), .normal(2, 6), .normal(6), .normal(2), .normal(2, 2), .bool(0)),
    Sample(.normal(2, 9, 2), .normal(2, 9), .normal(3, 9), .normal(0), .normal(0), .normal(0), .bool(2, 9)),
    Sample(.normal(1, 1, 2), .normal(2, 3), .normal(1, 3), .normal(0), .normal(1), .normal(1, 1), .bool(0)),
    Sample(.normal(0, 2, 3), .normal(3, 6), .normal(2, 6), .normal(6), .normal(2), .normal(2, 2), .bool(0)),
    Sample(.normal(2, 17, 2), .normal(2, 9), .normal(3, 9), .normal(9), .normal(3), .normal(0), .bool(2, 17)),
  ],
  "gru_gradient": [
    Sample(
      .normal(3, 2, 3), .normal(3, 6), .normal(2, 6), .normal(6), .normal(2), .normal(2, 2), .bool(3, 2),
      .normal(3, 2, 10), .normal(3, 2, 2), .normal(2, 2, 8), attributes: ["wanted": .ints([0, 1, 2, 3, 4, 5, 7])]),
    Sample(
      .normal(2, 9, 2), .normal(2, 3), .normal(1, 3), .normal(0), .normal(0), .normal(0), .bool(0), .normal(2, 9, 5),
      .normal(1, 9, 1), .normal(0, 9, 4), attributes: ["wanted": .ints([0, 2])]),
  ],
]
