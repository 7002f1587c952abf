import SwiftGANCore
import SwiftGANNN
import Testing

@testable import SwiftGANModels

/// Labels, and the models that learn them.
@Suite struct ClassifierTests {
  // MARK: Labels

  @Test func labelsOfAnyIntegerTypeBecomeIndicesAndComeBack() throws {
    let given = [7, -3, 7, 40, -3]
    for dtype in [DType.int32, .int64] {
      let labels = Tensor(given.map { Int64($0) }).cast(to: dtype)
      let classes = try ClassLabels(of: labels)
      #expect(classes.values == [-3, 7, 40] && classes.counts == [2, 2, 1] && classes.dtype == dtype)
      let indices = try classes.indices(labels)
      #expect(try indices.scalars(as: Int32.self) == [1, 0, 1, 2, 0])
      let back = classes.labels(indices)
      #expect(back.dtype == dtype)
      #expect(try back.cast(to: .int64).scalars(as: Int64.self) == given.map { Int64($0) })
      #expect(try ClassLabels(json: classes.json) == classes)
    }
    let truth = Tensor([true, false, true])
    let classes = try ClassLabels(of: truth)
    #expect(try classes.labels(classes.indices(truth)).scalars(as: Bool.self) == [true, false, true])
    let named = try ClassLabels(of: Tensor([Int32(2), 0]), names: ["a", "b", "c"])
    #expect(named.count == 3 && named.counts == [1, 0, 1])
  }

  @Test func badLabelsAreRefusedInWords() throws {
    func message(_ labels: Tensor, names: [JSON]? = nil) -> String {
      Support.message { _ = try ClassLabels(of: labels, names: names) }
    }
    #expect(message(Tensor([Int32(4), 4])).contains("one class (4)"))
    #expect(message(Tensor([Float(0), 1])).contains("integers"))
    #expect(message(Tensor.zeros([2, 1], dtype: .int32)).contains("(2, 1)"))
    #expect(message(Tensor.zeros([0], dtype: .int32)).contains("no labels"))
    #expect(message(Tensor([Int32(0), 3]), names: ["a", "b"]).contains("2 names"))
    #expect(message(Tensor([Int64.max, 0])).contains("2^53"))
    let classes = try ClassLabels(of: Tensor([Int32(0), 1]))
    #expect(Support.message { _ = try classes.indices(Tensor([Int32(5)])) }.contains("label 5"))
    for damaged in [#"{"values": [1, 0], "counts": [1, 1], "dtype": "int32"}"#, "{}", #"{"values": [0]}"#] {
      #expect(Support.message { _ = try ClassLabels(json: JSON.parse(damaged)) }.contains("classes"))
    }
  }

  /// Drawn as often as seen: 3 to 1, and never the class that was not.
  @Test func classesAreDrawnByTheirShare() throws {
    let classes = try ClassLabels(of: Tensor([Int32(0), 0, 0, 2]), names: ["a", "b", "c"])
    let drawn = try classes.draw(4_000, key: RandomKey(seed: 1)).scalars(as: Int32.self)
    let counts = (0..<3).map { one in drawn.filter { $0 == Int32(one) }.count }
    #expect(counts[1] == 0 && abs(counts[0] - 3_000) < 120)
  }

  // MARK: Fitting

  @Test func whatIsMissingOrTooMuchIsSaid() throws {
    let digits = try Digits.piece(0..<50)
    let model = try Model.make("mlp_classifier")
    #expect(Support.message { try model.fit(digits.images, steps: 1) }.contains("labels"))
    let fewer = digits.labels.sliced(axis: 0, from: 0, to: 49)
    let message = Support.message { try model.fit(digits.images, targets: fewer, steps: 1) }
    #expect(message.contains("50 samples") && message.contains("49 labels"))
    #expect(
      Support.message { try Model.make("gan").fit(digits.images, targets: digits.labels, steps: 1) }
        .contains("samples alone"))
    #expect(
      Support.message {
        try model.fit(digits.images, targets: Tensor([Int32](repeating: 3, count: 50)), steps: 1)
      }.contains("one class (3)"))
    #expect(!model.isBuilt)
    let holes = Tensor.full(.nan, [50, 4])
    #expect(Support.message { try model.fit(holes, targets: digits.labels, steps: 1) }.contains("row 0"))
    try model.fit(digits.images, targets: digits.labels, steps: 1)
    let strange = digits.labels + 1
    #expect(Support.message { try model.fit(digits.images, targets: strange, steps: 1) }.contains("label 10"))
    #expect(
      Support.message { try Model.make("cnn_classifier").fit(holes.zerosLike, targets: digits.labels, steps: 1) }
        .contains("mlp_classifier"))
    let regressor = try Model.make("mlp_regressor")
    #expect(
      Support.message { try regressor.fit(digits.images, targets: Tensor.full(.nan, [50]), steps: 1) }
        .contains("targets"))
  }

  @Test(arguments: [("mlp_classifier", 0.88, 40), ("cnn_classifier", 0.95, 10)]) func learnsDigits(
    _ name: String, _ threshold: Double, _ epochs: Int
  ) throws {
    let (train, test) = (try Digits.piece(0..<1_400), try Digits.piece(1_400..<1_797))
    let model = try Model.make(name, ["validation": 0.1, "range": [0, 16]])
    try model.fit(train.images, targets: train.labels, epochs: epochs)
    let predicted = try model.call("predict", [test.images])
    #expect(predicted.dtype == test.labels.dtype)
    let score = try (predicted .== test.labels).cast(to: .float64).mean().item()
    #expect(score >= threshold, "\(name) reached \(score)")
    let probabilities = try model.call("predict_proba", [test.images])
    #expect(probabilities.shape == [397, 10])
    #expect(try (probabilities.sum(axes: [1]) - 1).abs().max().item() < 1e-5)
    #expect(
      try (model.call("predict_log_proba", [test.images]).exp() - probabilities).abs().max().item() < 1e-5)
    let history = try model.built.trainer.history
    #expect(history.names.contains("loss") && history.names.contains("accuracy"))
    let validated = try #require(history["validation_accuracy"]).filter { !$0.isNaN }
    #expect(validated.count == epochs)
    #expect(try #require(validated.last) > 0.9)
  }

  @Test func aRegressorFindsALine() throws {
    let x = Tensor.randomNormal([400, 3], key: RandomKey(seed: 1), dtype: .float64)
    let y = (x * Tensor([2.0, -1, 0.5])).sum(axes: [1]) * 100 + 1_000
    let model = try Model.make("mlp_regressor", ["hidden": [16]])
    try model.fit(x, targets: y, epochs: 100)
    let predicted = try model.call("predict", [x])
    #expect(predicted.shape == [400] && predicted.dtype == .float64)
    let error = try (predicted - y).square().mean().item() / y.variance().item()
    #expect(error < 0.01)
    let pairs = Tensor.stack([y, -y], axis: 1)
    try Model.make("mlp_regressor").fit(x, targets: pairs, steps: 1)
  }

  /// Every row is seen once in an epoch, also when batches do not come out even or hold more than there are.
  /// A single row left over goes with the batch before it.
  @Test(arguments: [(10, 4, [4, 4, 2]), (3, 64, [3]), (9, 4, [4, 5]), (3, 2, [3]), (2, 1, [1, 1])])
  func theLastBatchIsKept(_ count: Int, _ size: Int, _ sizes: [Int]) throws {
    let rows = Tensor.arange(0, Double(count), dtype: .int64).reshape([count, 1])
    let data = try Dataset(rows, batchSize: size, seed: 3, lastBatch: .keep)
    #expect(data.batchesPerEpoch == sizes.count)
    var seen: [Float] = []
    for expected in sizes {
      let batch = try data.next()
      #expect(batch.count == expected)
      seen += try batch.real.scalars(as: Float.self)
    }
    #expect(seen.sorted() == (0..<count).map { Float($0) } && data.epoch == 1)
  }

  /// A first fit that fails leaves the model without networks; without limits the declaration says how long to train.
  @Test func aFirstFitThatFailsLeavesNothing() throws {
    let model = try Model.make("elm_classifier", ["hidden": 10])
    let (x, y) = (Tensor.randomNormal([20, 2], key: RandomKey(seed: 1)), Tensor.arange(0, 20, dtype: .int32))
    let labels = (y .> 9).cast(to: .int32)
    for limits in [(steps: -1, epochs: nil), (steps: nil, epochs: -1)] as [(steps: Int?, epochs: Int?)] {
      #expect(throws: TensorError.self) {
        try model.fit(x, targets: labels, steps: limits.steps, epochs: limits.epochs)
      }
      #expect(!model.isBuilt)
    }
    #expect(try model.fit(x, targets: labels).steps == 1)
    #expect(throws: TensorError.self) { try model.fit(x, targets: labels, steps: -1) }
    #expect(model.isBuilt)
    #expect(try model.call("decision_function", [x]).shape == [20])
  }

  @Test func rowsHeldOutTakeNoPart() throws {
    let rows = Tensor.arange(0, 10, dtype: .int64).reshape([10, 1])
    let data = try Dataset(rows, rows: Tensor([Int64(2), 5, 7]), batchSize: 3)
    #expect(try data.next().real.scalars(as: Float.self).sorted() == [2, 5, 7])
    let options = try Options(
      ["validation": 0.3, "seed": 1], for: [TrainingOptions.validation, .seed("")], owner: "test")
    let split = try #require(try ValidationSplit(count: 10, options: options))
    let all = try split.training.scalars(as: Int64.self) + split.held.scalars(as: Int64.self)
    #expect(split.held.count == 3 && all.sorted() == Array(0..<10))
    #expect(Support.message { _ = try ValidationSplit(count: 1, options: options) }.contains("0.3"))
  }
}

extension Digits {
  /// Some of the digits with their labels.
  struct Piece {
    let images: Tensor
    let labels: Tensor

    /// What a model is fitted to beside the images: labels, or the label as a number; as two where they are a tag's vector,
    /// whose direction counts.
    func target(for model: Model) -> Tensor? {
      switch model.declaration.target {
      case .none: nil
      case .labels: labels
      case .values where model.declaration.name == "tag_gan":
        .stack([labels, 9 - labels].map { $0.cast(to: .float32) }, axis: 1)
      case .values: labels.cast(to: .float32)
      }
    }
  }

  static func piece(_ range: Range<Int>) throws -> Piece {
    let images = Tensor(Digits.images(), shape: [Digits.count, Digits.side, Digits.side, 1])
    let labels = Tensor(Digits.labels().map { Int32($0) })
    return Piece(
      images: try images.sliced(axis: 0, from: range.lowerBound, to: range.upperBound).checked(),
      labels: try labels.sliced(axis: 0, from: range.lowerBound, to: range.upperBound).checked())
  }
}
