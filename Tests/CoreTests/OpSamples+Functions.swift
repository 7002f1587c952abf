import SwiftGANCore

/// Samples of the functions beyond those of the training loop, of scans and of order.
let functionSamples: [String: [Sample]] = {
  var samples: [String: [Sample]] = [:]
  for name in ["log2", "log10"] { samples[name] = [Sample(.positive(3, 4)), Sample(.positive())] }
  for name in ["exp2", "atan", "sinh", "cosh", "asinh"] {
    samples[name] = [Sample(.normal(3, 4)), Sample(.normal()), Sample(.normal(2, 0))]
  }
  for name in ["tan", "asin", "acos", "atanh"] { samples[name] = [Sample(.small(3, 4)), Sample(.small())] }
  samples["acosh"] = [Sample(.aboveOne(3, 4))]
  for name in ["trunc", "cbrt"] { samples[name] = [Sample(.smooth(3, 4)), Sample(.smooth(0))] }

  for name in ["remainder", "fmod", "floor_divide", "copysign"] {
    samples[name] = [Sample(.smooth(3, 4), .positive(3, 4)), Sample(.smooth(4), .smooth(3, 1))]
  }
  for name in ["atan2", "hypot", "logaddexp", "nextafter"] {
    samples[name] = [
      Sample(.normal(3, 4), .normal(3, 4)), Sample(.normal(4), .normal(3, 1)), Sample(.normal(), .normal(0)),
    ]
  }
  for name in ["bitwise_and", "bitwise_or", "bitwise_xor"] {
    samples[name] = [Sample(.index(3, 4, below: 99), .index(4, below: 99)), Sample(.bool(3, 4), .bool(4))]
  }
  for name in ["bitwise_left_shift", "bitwise_right_shift"] {
    samples[name] = [Sample(.index(3, 4, below: 99), .index(4, below: 70))]
  }
  samples["bitwise_invert"] = [Sample(.index(3, 4, below: 99)), Sample(.bool(3, 4))]

  samples["prod"] = [
    Sample(.smooth(2, 3)), Sample(.smooth(2, 3, 2), attributes: ["axes": .ints([0, 2])]),
    Sample(.distinct(2, 5), attributes: ["axes": .ints([-2]), "keep_dims": .bool(true)]),
    Sample(.normal(0, 3), attributes: ["axes": .ints([0])]),
  ]
  samples["linear_scan"] = [
    Sample(.normal(3, 4), .normal(3, 4), attributes: ["axis": .int(1)]),
    Sample(.normal(3, 4), .normal(3, 4), attributes: ["axis": .int(0), "reverse": .bool(true)]),
    Sample(.normal(), .normal(2, 3), attributes: ["axis": .int(-1)]),
    Sample(.normal(1, 3, 2), .normal(4, 1, 2), attributes: ["axis": .int(1)]),
    Sample(.normal(2, 1), .normal(2, 1), attributes: ["axis": .int(1)]),
    Sample(.normal(2, 0), .normal(2, 0), attributes: ["axis": .int(1)]),
  ]
  samples["argsort"] = [
    Sample(.distinct(3, 4)), Sample(.distinct(3, 4), attributes: ["axis": .int(0), "descending": .bool(true)]),
    Sample(.normal(3, 0), attributes: ["axis": .int(0)]),
  ]
  samples["searchsorted"] = [
    Sample(.normal(5), .normal(3, 4)), Sample(.normal(0), .normal(2), attributes: ["side": .string("right")]),
  ]
  samples["ravel_multi_index"] = [
    Sample(.index(3, 4, below: 3), .index(4, below: 5), attributes: ["shape": .ints([3, 5])])
  ]
  return samples
}()
