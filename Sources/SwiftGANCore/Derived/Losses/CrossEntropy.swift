extension Losses {
  /// Softmax cross-entropy: minus the log-likelihood of classes, `-sum_c q_c log softmax(logits)_c`.
  ///
  /// - Parameters:
  ///   - logits: (..., classes), before any softmax.
  ///   - labels: class indices of shape (...), each from 0 to classes - 1; or probabilities of the logits' shape (one-hot or
  ///     soft labels), through which gradients flow too.
  ///   - smoothing: e in [0, 1]: the labels become `(1 - e) q + e / classes` (Szegedy et al. 2016, section 7).
  ///   - ignored: an index that marks elements without a label: their loss is 0, and a mean does not count them. Only
  ///     for class indices.
  ///   - weight: (classes), a factor of each class's term; a mean divides by the sum of the labels' weights, as in PyTorch.
  /// - Returns: a scalar, or by `reduction` losses of shape (...). The mean over nothing but ignored elements is 0.
  ///   Shapes that do not fit give `.shape`, a class out of range `.index`.
  public static func crossEntropy(
    _ logits: Tensor, labels: Tensor, smoothing: Double = 0, ignoring ignored: Int? = nil, weight: Tensor? = nil,
    reduction: Reduction = .mean
  ) -> Tensor {
    named("cross_entropy") {
      let logits = try prediction(logits)
      try labels.checked()
      guard logits.rank > 0, let classes = logits.shape.last, classes > 0 else {
        throw TensorError(
          .shape, "logits need an axis of classes at the end; their shape is \(describe(shape: logits.shape))")
      }
      guard smoothing >= 0, smoothing <= 1 else {
        throw TensorError(.value, "label_smoothing must be from 0 to 1, not \(smoothing)")
      }
      let weight = try weight.map { try classWeight($0, classes, logits.dtype) }
      let logProbabilities = logits.logSoftmax(axis: -1)
      if labels.shape == logits.shape {
        guard ignored == nil else {
          throw TensorError(.value, "ignore_index goes with class indices, but the labels are probabilities")
        }
        let labels = labels.cast(to: logits.dtype) * (1 - smoothing) + smoothing / Double(classes)
        let terms = labels * logProbabilities
        return try reduced(-(weight.map { terms * $0 } ?? terms).sum(axes: [-1]), reduction)
      }
      let (classOf, isCounted) = try indices(labels, logits.shape, ignored)
      let weighted = weight.map { logProbabilities * $0 } ?? logProbabilities
      // Picked, not multiplied by a one-hot row: a class that is ruled out by a logit of -infinity stays without effect.
      var losses = -weighted.takeAlongAxis(classOf.expandDims(at: -1), axis: -1).squeeze(axes: [-1])
      if smoothing > 0 { losses = losses * (1 - smoothing) - weighted.sum(axes: [-1]) * (smoothing / Double(classes)) }
      let counted = isCounted.cast(to: logits.dtype)
      let total = (weight.map { $0.gather(classOf) * counted } ?? counted).sum()
      return try reduced(
        .select(isCounted, losses, .zeros([], dtype: logits.dtype)), reduction,
        count: .select(total .> 0, total, total.onesLike))
    }
  }

  private static func classWeight(_ weight: Tensor, _ classes: Int, _ type: DType) throws -> Tensor {
    guard try weight.checked().shape == [classes] else {
      throw TensorError(
        .shape, "the weight of \(classes) classes has shape (\(classes),), not \(describe(shape: weight.shape))")
    }
    return weight.cast(to: type)
  }

  /// The classes as int64, 0 where an element has none; and whether it has one.
  private static func indices(_ labels: Tensor, _ shape: [Int], _ ignored: Int?) throws -> (Tensor, Tensor) {
    guard labels.shape == Array(shape.dropLast()) else {
      throw TensorError(
        .shape,
        "labels of shape \(describe(shape: labels.shape)) do not fit logits of shape \(describe(shape: shape)): they are "
          + "class indices of shape \(describe(shape: Array(shape.dropLast()))) or probabilities of the logits' shape")
    }
    guard !labels.dtype.isFloat, labels.dtype != .bool else {
      throw TensorError(.type, "class indices must be integers, not \(labels.dtype); cast them to int32 first")
    }
    let labels = labels.cast(to: .int64)
    let isCounted = ignored.map { labels .!= Double($0) } ?? .full(1, labels.shape, dtype: .bool)
    let classes = shape[shape.count - 1]
    // Elsewhere negative indices count from the end; a label of -1 is more likely to mean that there is none.
    let isBad = isCounted .& ((labels .< 0) .| (labels .>= Double(classes)))
    if labels.isTraced {
      // Nobody can look now: what is bad becomes an index that the replay finds out of range.
      let marked = Tensor.select(isBad, labels.scalar(Double(classes)), labels)
      return (Tensor.select(isCounted, marked, labels.zerosLike), isCounted)
    }
    if labels.count > 0, try isBad.any().item() != 0 {
      let all = try zip(labels.contiguous().scalars(as: Int64.self), isBad.contiguous().scalars(as: Bool.self))
      let bad = all.first { $0.1 }.map { "\($0.0)" } ?? "?"
      throw TensorError(.index, "label \(bad) is out of range: there are \(classes) classes, 0 to \(classes - 1)")
    }
    return (Tensor.select(isCounted, labels, labels.zerosLike), isCounted)
  }

  /// Binary cross-entropy of logits: `t softplus(-x) + (1 - t) softplus(x)`, which is
  /// `-t log sigmoid(x) - (1 - t) log(1 - sigmoid(x))` without its overflow.
  ///
  /// - Parameters:
  ///   - logits: of any shape.
  ///   - targets: probabilities of that shape, or one number for all; integers and booleans are 0 and 1.
  ///   - positiveWeight: a factor of the first term, broadcast to the logits' shape: above 1 it raises recall.
  public static func binaryCrossEntropy(
    logits: Tensor, targets: Tensor, positiveWeight: Tensor? = nil, reduction: Reduction = .mean
  ) -> Tensor {
    named("binary_cross_entropy_with_logits") {
      let x = try prediction(logits)
      let t = try target(targets, like: x)
      var positive = t * (-x).softplus()
      if let positiveWeight { positive = positive * (try parameter(positiveWeight, "positive weight", like: x)) }
      return try reduced(positive + (1 - t) * x.softplus(), reduction)
    }
  }
}
