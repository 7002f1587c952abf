import SwiftGANCore
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Each loss against its formula, its gradients of orders 1 and 2, and what it does far from 0.
@Suite struct LossTests {
  private func sample(_ shape: [Int], _ seed: UInt64) -> Tensor {
    .randomNormal(shape, key: RandomKey(seed: seed), dtype: .float64)
  }

  @Test func crossEntropy() throws {
    let logits = sample([3, 4], 1)
    let labels = Tensor([2, 0, 3] as [Int32])
    let x = try logits.doubles()
    func logSoftmax(_ row: Int) -> [Double] {
      let values = (0..<4).map { x[row * 4 + $0] }
      let sum = log(values.reduce(0) { $0 + exp($1) })
      return values.map { $0 - sum }
    }
    let terms = zip(0..<3, [2, 0, 3]).map { -logSoftmax($0)[$1] }
    let means = (0..<3).map { -logSoftmax($0).reduce(0, +) / 4 }
    let mean = terms.reduce(0, +) / 3
    try expectClose(Losses.crossEntropy(logits, labels: labels), Tensor(mean, dtype: .float64), 1e-14)
    try expectClose(Losses.crossEntropy(logits, labels: labels, reduction: .none), Tensor(terms), 1e-14)
    let oneHot = Tensor([0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 1] as [Int32], shape: [3, 4])
    try expectClose(Losses.crossEntropy(logits, labels: oneHot), Tensor(mean, dtype: .float64), 1e-14)
    let smoothed = zip(terms, means).map { 0.9 * $0 + 0.1 * $1 }
    for labels in [labels, oneHot] {
      let found = Losses.crossEntropy(logits, labels: labels, smoothing: 0.1, reduction: .none)
      try expectClose(found, Tensor(smoothed), 1e-14)
    }

    let partly = Tensor([2, -1, 3] as [Int64])
    let known = (terms[0] + terms[2]) / 2
    try expectClose(Losses.crossEntropy(logits, labels: partly, ignoring: -1), Tensor(known, dtype: .float64), 1e-14)
    let nothing = Losses.crossEntropy(logits, labels: Tensor([7, 7, 7] as [Int32]), smoothing: 0.1, ignoring: 7)
    #expect(try nothing.item() == 0)

    let weight = [0.5, 1, 2, 3]
    let expected = (2 * terms[0] + 0.5 * terms[1] + 3 * terms[2]) / 5.5
    let weighted = Losses.crossEntropy(logits, labels: labels, weight: Tensor(weight))
    try expectClose(weighted, Tensor(expected, dtype: .float64), 1e-14)
  }

  @Test func crossEntropyOfImages() throws {
    // One label for each pixel, and the reductions that keep examples apart.
    let logits = sample([2, 3, 3, 5], 2)
    let labels = Tensor.randomIntegers([2, 3, 3], low: 0, high: 5, key: RandomKey(seed: 3))
    let each = Losses.crossEntropy(logits, labels: labels, reduction: .none)
    #expect(each.shape == [2, 3, 3])
    try expectClose(
      Losses.crossEntropy(logits, labels: labels, reduction: .perExample), each.sum(axes: [1, 2]), 1e-14)
    try expectClose(Losses.crossEntropy(logits, labels: labels, reduction: .batchMean), each.sum() / 2, 1e-14)
    try expectClose(Losses.crossEntropy(logits, labels: labels, reduction: .sum), each.sum(), 1e-14)
  }

  @Test("a class ruled out by a logit of -infinity has no effect") func maskedClasses() throws {
    let logits = Tensor([1, -.infinity, 0] as [Double], shape: [1, 3])
    let (value, gradients) = try valueAndGrad(at: [logits]) {
      Losses.crossEntropy($0[0], labels: Tensor([0] as [Int32]))
    }
    let p = 1 / (1 + exp(-1.0))
    try expectClose(value, Tensor(-log(p), dtype: .float64), 1e-14)
    try expectClose(gradients[0], Tensor([p - 1, 0, 1 - p], shape: [1, 3]), 1e-14)
  }

  @Test func formulas() throws {
    let (a, b, c) = (sample([3, 4], 4), sample([3, 4], 5), sample([3, 4], 6))
    let t = c.sigmoid()
    let likelihood = -(t * a.sigmoid().log() + (1 - t) * (1 - a.sigmoid()).log())
    try expectClose(Losses.binaryCrossEntropy(logits: a, targets: t), likelihood.mean(), 1e-13)
    try expectClose(Losses.bernoulliNegativeLogLikelihood(t, logits: a), likelihood.sum() / 3, 1e-13)
    let weight = Tensor([1, 2, 3, 4] as [Double])
    try expectClose(
      Losses.binaryCrossEntropy(logits: a, targets: t, positiveWeight: weight, reduction: .sum),
      -(t * weight * a.sigmoid().log() + (1 - t) * (1 - a.sigmoid()).log()).sum(), 1e-13)
    try expectClose(Losses.meanSquaredError(a, b), ((a - b) * (a - b)).mean(), 1e-14)
    try expectClose(Losses.meanAbsoluteError(a, b, reduction: .perExample), (a - b).abs().sum(axes: [1]), 1e-14)
    let r = (a - b).abs()
    try expectClose(
      Losses.huber(a, b, delta: 0.7, reduction: .none),
      .select(r .<= 0.7, r * r * 0.5, (r - 0.35) * 0.7), 1e-14)
    try expectClose(
      Losses.cosineSimilarity(a, b),
      (a * b).sum(axes: [1]) / ((a * a).sum(axes: [1]).sqrt() * (b * b).sum(axes: [1]).sqrt()), 1e-14)
    try expectClose(
      Losses.gaussianKL(mean: a, logVariance: b), ((b.exp() + a * a - 1 - b) * 0.5).sum() / 3, 1e-13)
    let (m, v) = (sample([4], 7), sample([4], 8))
    let divergence = (v - b + (b.exp() + (a - m).square()) / v.exp() - 1) * 0.5
    try expectClose(
      Losses.gaussianKL(mean: a, logVariance: b, priorMean: m, priorLogVariance: v, reduction: .none), divergence, 1e-13
    )
    let density = (-(a - b).square() / (v.exp() * 2)).exp() / (v.exp() * (2 * Double.pi)).sqrt()
    try expectClose(
      Losses.gaussianNegativeLogLikelihood(a, mean: b, logVariance: v, reduction: .none), -density.log(), 1e-12)
  }

  /// Every loss operation by name with inputs on which it is smooth: a new one without a sample fails.
  private var samples: [String: [[Tensor]]] {
    let (a, b, c) = (sample([3, 4], 9), sample([3, 4], 10), sample([4], 11))
    let t = sample([3, 4], 12).sigmoid()
    return [
      "cross_entropy": [[a, t], [a, t, c.exp()], [a, Tensor([1, 3, 0] as [Int64])]],
      "binary_cross_entropy_with_logits": [[a, t], [a, t, c.exp()]],
      "mse": [[a, b]], "l1": [[a, b]], "huber": [[a, b]], "cosine_similarity": [[a, b], [a, c]],
      "gaussian_kl": [[a, b], [a, b, c], [a, b, c, b]], "gaussian_nll": [[a, b, c]], "bernoulli_nll": [[t, a]],
    ]
  }

  @Test func gradients() throws {
    for (name, cases) in samples {
      let operation = try #require(Operation.find(name))
      for inputs in cases {
        let floats = inputs.indices.filter { inputs[$0].dtype.isFloat }
        for attributes in [[:], ["label_smoothing": .double(0.2)]] as [Attributes] {
          guard attributes.pairs.allSatisfy({ operation.attributes.contains($0.key) }) else { continue }
          try checkGradient(
            at: floats.map { inputs[$0] },
            { xs in
              var all = inputs
              for (x, index) in zip(xs, floats) { all[index] = x }
              return operation(all, attributes).sum()
            }, name)
        }
      }
    }
  }

  @Test(
    "logits of 1e4 and far apart: neither NaN nor infinity in value, gradient or second gradient",
    arguments: [
      DType.float32, .float64,
    ])
  func extremes(_ dtype: DType) throws {
    let far = Tensor([1e4, -1e4, 0, 1e4, 1e4, -1e4, -1e4, -1e4, 1e4] as [Double], shape: [3, 3]).cast(to: dtype)
    let labels = Tensor([1, 0, 2] as [Int32])
    let targets = Tensor([0, 1, 0, 0, 1, 0.5, 1, 0, 0.5] as [Double], shape: [3, 3]).cast(to: dtype)
    let losses: [(String, ([Tensor]) throws -> Tensor)] = [
      ("cross_entropy", { Losses.crossEntropy($0[0], labels: labels) }),
      ("smoothed", { Losses.crossEntropy($0[0], labels: labels, smoothing: 0.1) }),
      ("soft labels", { Losses.crossEntropy($0[0], labels: targets) }),
      ("binary", { Losses.binaryCrossEntropy(logits: $0[0], targets: targets) }),
      ("mse", { Losses.meanSquaredError($0[0], targets) }),
      ("l1", { Losses.meanAbsoluteError($0[0], targets) }),
      ("huber", { Losses.huber($0[0], targets) }),
      ("cosine", { Losses.cosineSimilarity($0[0], targets).sum() }),
      ("cosine of zeros", { Losses.cosineSimilarity($0[0] * 0, targets).sum() }),
      ("KL", { Losses.gaussianKL(mean: $0[0], logVariance: targets) }),
      ("Gaussian", { Losses.gaussianNegativeLogLikelihood(targets, mean: $0[0], logVariance: targets) }),
    ]
    for (name, loss) in losses {
      let (value, gradients) = try valueAndGrad(at: [far], loss)
      let second = try grad(at: [far]) { try grad(at: $0, loss)[0].square().sum() }
      for result in [value, gradients[0], second[0]] {
        #expect(try result.isFinite().all().item() == 1, "\(name), \(dtype)")
      }
    }
    try expectClose(
      Losses.crossEntropy(far, labels: labels, reduction: .none), Tensor([2e4, log(2.0), 0]).cast(to: dtype), 1e-6)
    let binary = Losses.binaryCrossEntropy(logits: far[0], targets: Tensor([0, 1, 1] as [Double]), reduction: .none)
    try expectClose(binary, Tensor([1e4, 1e4, log(2.0)]).cast(to: dtype), 1e-6)
  }

  @Test("small terms are not lost beside large ones") func precision() throws {
    let x = Tensor([20, -20] as [Float])
    let loss = Losses.binaryCrossEntropy(logits: x, targets: Tensor([1, 0] as [Float]), reduction: .none)
    let expected = log1p(exp(-20.0))
    for value in try loss.doubles() { #expect(abs(value / expected - 1) < 1e-6) }
    let near = Losses.gaussianKL(mean: Tensor([0] as [Float]), logVariance: Tensor([1e-3] as [Float]))
    #expect(abs(try near.item() / (0.5 * (expm1(1e-3) - 1e-3)) - 1) < 1e-3)
  }

  @Test func typesFollowThePrediction() throws {
    let images = Tensor([0, 1, 1, 0] as [UInt8], shape: [2, 2])
    let logits = Tensor.zeros([2, 2])
    #expect(Losses.binaryCrossEntropy(logits: logits, targets: images).dtype == .float32)
    #expect(Losses.meanSquaredError(logits, images.cast(to: .float64)).dtype == .float32)
    #expect(Losses.meanSquaredError(logits, Tensor(1, dtype: .float64), reduction: .none).shape == [2, 2])
    #expect(Losses.meanSquaredError(images, images).dtype == .float32)
  }

  @Test func mistakes() throws {
    func message(_ kind: TensorError.Kind, _ loss: Tensor, _ words: String) {
      #expect(
        loss.error?.kind == kind && loss.error?.message.contains(words) == true, "\(loss.error?.message ?? "none")")
    }
    let logits = Tensor.zeros([3, 4])
    message(.index, Losses.crossEntropy(logits, labels: Tensor([0, 4, 1] as [Int32])), "label 4 is out of range")
    message(.index, Losses.crossEntropy(logits, labels: Tensor([0, 1, -1] as [Int32])), "label -1 is out of range")
    message(.type, Losses.crossEntropy(logits, labels: Tensor.zeros([3])), "must be integers, not float32")
    message(.shape, Losses.crossEntropy(logits, labels: Tensor([0, 1] as [Int32])), "labels of shape (2,)")
    message(.shape, Losses.crossEntropy(Tensor(0), labels: Tensor(0)), "axis of classes")
    message(.value, Losses.crossEntropy(logits, labels: Tensor([0, 1, 2] as [Int32]), smoothing: 2), "from 0 to 1")
    message(.value, Losses.crossEntropy(logits, labels: logits, ignoring: 1), "ignore_index")
    message(
      .shape, Losses.crossEntropy(logits, labels: Tensor([0, 1, 2] as [Int32]), weight: Tensor.ones([3])), "4 classes")
    message(.shape, Losses.meanSquaredError(Tensor.zeros([3]), Tensor.zeros([3, 1])), "must be equal")
    message(.shape, Losses.meanSquaredError(Tensor(0), Tensor(0), reduction: .batchMean), "batch axis")
    message(.value, Losses.huber(logits, logits, delta: 0), "above 0")
    message(
      .shape, Losses.gaussianNegativeLogLikelihood(logits, mean: logits, logVariance: Tensor.zeros([3])), "broadcast")
    let operation = try #require(Operation.find("mse"))
    message(.value, operation([logits, logits], ["reduction": .string("average")]), "one of 'none', 'mean'")
  }
}
