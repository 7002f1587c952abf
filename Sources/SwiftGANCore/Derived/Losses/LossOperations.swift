// The losses by name, for C and Python. The first input decides the type of the result.

extension Attributes {
  fileprivate func reduction(_ standard: Losses.Reduction = .mean) throws -> Losses.Reduction {
    guard let given = self["reduction"] else { return standard }
    guard case .string(let word) = given, let found = Losses.Reduction(rawValue: word) else {
      let known = Losses.Reduction.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
      let shown = if case .string(let word) = given { "'\(word)'" } else { "\(given)" }
      throw TensorError(.value, "reduction must be one of \(known), not \(shown)")
    }
    return found
  }
}

let lossOperations: [Operation] = [
  Operation("cross_entropy", 2...3, ["label_smoothing", "ignore_index", "reduction"]) { x, a in
    Losses.crossEntropy(
      x[0], labels: x[1], smoothing: try a.double("label_smoothing", default: 0),
      ignoring: a["ignore_index"] == nil ? nil : try a.int("ignore_index"), weight: x.count > 2 ? x[2] : nil,
      reduction: try a.reduction())
  },
  Operation("binary_cross_entropy_with_logits", 2...3, ["reduction"]) { x, a in
    Losses.binaryCrossEntropy(
      logits: x[0], targets: x[1], positiveWeight: x.count > 2 ? x[2] : nil, reduction: try a.reduction())
  },
  Operation("mse", 2...2, ["reduction"]) { x, a in
    Losses.meanSquaredError(x[0], x[1], reduction: try a.reduction())
  },
  Operation("l1", 2...2, ["reduction"]) { x, a in
    Losses.meanAbsoluteError(x[0], x[1], reduction: try a.reduction())
  },
  Operation("huber", 2...2, ["delta", "reduction"]) { x, a in
    Losses.huber(x[0], x[1], delta: try a.double("delta", default: 1), reduction: try a.reduction())
  },
  Operation("cosine_similarity", 2...2, ["axis", "epsilon"]) { x, a in
    Losses.cosineSimilarity(
      x[0], x[1], axis: try a.int("axis", default: -1), epsilon: try a.double("epsilon", default: 1e-8))
  },
  // mean, log variance, and both of the prior
  Operation("gaussian_kl", 2...4, ["reduction"]) { x, a in
    Losses.gaussianKL(
      mean: x[0], logVariance: x[1], priorMean: x.count > 2 ? x[2] : nil, priorLogVariance: x.count > 3 ? x[3] : nil,
      reduction: try a.reduction(.batchMean))
  },
  Operation("gaussian_nll", 3...3, ["reduction"]) { x, a in
    Losses.gaussianNegativeLogLikelihood(
      x[0], mean: x[1], logVariance: x[2], reduction: try a.reduction(.batchMean))
  },
  Operation("bernoulli_nll", 2...2, ["reduction"]) { x, a in
    Losses.bernoulliNegativeLogLikelihood(x[0], logits: x[1], reduction: try a.reduction(.batchMean))
  },
]
