// Derived functions that C and Python find by name.

let functionOperations: [Operation] = [
  Operation("is_nan") { x, _ in x[0].isNaN() },
  Operation("is_inf") { x, _ in x[0].isInf() },
  Operation("sign_bit") { x, _ in x[0].signBit() },
  Operation("logit") { x, _ in x[0].logit() },
  Operation("nan_to_num", 1...1, ["nan", "positive_infinity", "negative_infinity"]) { x, a in
    x[0].nanToNum(
      nan: try a.double("nan", default: 0), positiveInfinity: try a.optionalDouble("positive_infinity"),
      negativeInfinity: try a.optionalDouble("negative_infinity"))
  },
  Operation("celu", 1...1, ["alpha"]) { x, a in x[0].celu(alpha: try a.double("alpha", default: 1)) },
  Operation("relu6") { x, _ in x[0].relu6() },
  Operation("hard_tanh") { x, _ in x[0].hardTanh() },
]

let statisticsOperations: [Operation] = [
  Operation("std", 1...1, reduceAttributes + ["correction"]) { x, a in
    x[0].standardDeviation(
      axes: try a.axes, keepDims: try a.keepDims, correction: try a.double("correction", default: 0))
  },
  Operation("norm", 1...1, reduceAttributes + ["order"]) { x, a in
    x[0].norm(order: try a.double("order", default: 2), axes: try a.axes, keepDims: try a.keepDims)
  },
  Operation("ptp", 1...1, reduceAttributes) { x, a in x[0].range(axes: try a.axes, keepDims: try a.keepDims) },
  Operation("count_nonzero", 1...1, reduceAttributes) { x, a in
    x[0].countNonzero(axes: try a.axes, keepDims: try a.keepDims)
  },
  Operation("average", 2...2, reduceAttributes) { x, a in
    x[0].average(weights: x[1], axes: try a.axes, keepDims: try a.keepDims)
  },
  Operation("median", 1...1, reduceAttributes) { x, a in x[0].median(axes: try a.axes, keepDims: try a.keepDims) },
  Operation("quantile", 1...1, reduceAttributes + ["q", "method"]) { x, a in
    x[0].quantile(
      try a.double("q"), axes: try a.axes, keepDims: try a.keepDims, method: try quantileMethod(a))
  },
  Operation("argmax", 1...1, ["axis", "keep_dims"]) { x, a in
    x[0].argmax(axis: try a.optionalInt("axis"), keepDims: try a.keepDims)
  },
  Operation("argmin", 1...1, ["axis", "keep_dims"]) { x, a in
    x[0].argmin(axis: try a.optionalInt("axis"), keepDims: try a.keepDims)
  },
  Operation("cumulative_sum", 1...1, ["axis", "reverse"]) { x, a in
    x[0].cumulativeSum(axis: try a.int("axis"), reverse: try a.bool("reverse", default: false))
  },
  Operation("cumulative_prod", 1...1, ["axis", "reverse"]) { x, a in
    x[0].cumulativeProduct(axis: try a.int("axis"), reverse: try a.bool("reverse", default: false))
  },
  Operation("diff", 1...1, ["n", "axis"]) { x, a in
    x[0].diff(order: try a.int("n", default: 1), axis: try a.int("axis", default: -1))
  },
]

private func quantileMethod(_ attributes: Attributes) throws -> QuantileMethod {
  guard let value = attributes["method"] else { return .linear }
  guard case .string(let name) = value, let method = QuantileMethod(rawValue: name) else {
    let known = QuantileMethod.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
    throw TensorError(.value, "quantile: the method is one of \(known)")
  }
  return method
}
