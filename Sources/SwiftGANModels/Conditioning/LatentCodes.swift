import SwiftGANCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Codes that the discriminator has to find in the samples (InfoGAN, Chen et al. 2016): drawn with the noise, told to the
/// generator, and read from its samples by a head Q that shares the discriminator's layers. Both players minimise
///
///     -L_I = E[-log Q(c | G(z, c))] - H(c)
///
/// whose first term is a cross-entropy for each categorical code, and for continuous ones, uniform on [-1, 1], the negative
/// log-likelihood of a Gaussian of standard deviation 1 around Q's number (but for its constant). H(c) is constant.
///
/// As a tensor, codes are an indicator for each categorical code and then the continuous ones: `[N, size]`.
public struct LatentCodes: Conditioning {
  /// How many categories each categorical code has.
  public let categorical: [Int]
  /// How many continuous codes there are.
  public let continuous: Int
  /// Weight of the categorical codes' cross-entropy; lambda in the paper.
  public let categoricalWeight: Double
  /// Weight of the continuous codes' log-likelihood.
  public let continuousWeight: Double

  /// Codes.
  public init(categorical: [Int], continuous: Int, categoricalWeight: Double = 1, continuousWeight: Double = 0.1) {
    self.categorical = categorical
    self.continuous = continuous
    self.categoricalWeight = categoricalWeight
    self.continuousWeight = continuousWeight
  }

  /// How many numbers say all codes.
  public var size: Int { categorical.reduce(continuous, +) }

  /// With the noise.
  public var origin: ConditionOrigin { .drawn }

  /// The logit, and as many numbers as say all codes.
  public var outputs: Int { 1 + size }

  /// The noise and the codes.
  public func givenShape(latent: Int, shape: [Int]) -> [Int] { [latent + size] }

  /// Each category is as probable as another, and continuous codes are uniform on [-1, 1).
  public func draw(_ count: Int, key: RandomKey) -> Tensor {
    let uniform = Tensor.randomUniform([count, categorical.count + continuous], key: key)
    return codes(
      categories: categorical.enumerated().map { index, size in
        (uniform.sliced(axis: 1, from: index, to: index + 1).reshape([-1]) * Double(size)).floor().cast(to: .int64)
      }, continuous: 2 * uniform.sliced(axis: 1, from: categorical.count) - 1)
  }

  /// Codes from the number of each category, int64 `[N]`, and the continuous ones, `[N, continuous]`.
  func codes(categories: [Tensor], continuous: Tensor) -> Tensor {
    .concatenate(zip(categories, categorical).map { indicators($0, classes: $1) } + [continuous], axis: 1)
  }

  /// The noise and behind it the codes.
  public func told(_ noise: Tensor, _ codes: Tensor) -> Tensor { .concatenate([noise, codes], axis: 1) }

  /// Of generated samples, in both updates.
  public func lossName(_ side: JudgedSide) -> String? {
    switch side {
    case .real: nil
    case .fake: "code_loss"
    case .generator: "generator_code_loss"
    }
  }

  /// -L_I but for constants, weighted.
  public func loss(_ numbers: Tensor, _ codes: Tensor) -> Tensor {
    categoricalWeight * categoricalLoss(numbers, codes) + (0.5 * continuousWeight) * squaredError(numbers, codes)
  }

  /// `mutual_information`, the bound L_I of the categorical codes in nats, and `code_error`, the mean squared error of the
  /// continuous ones.
  public func figures(_ numbers: Tensor, _ codes: Tensor) -> [(name: String, value: Tensor)] {
    let entropy = categorical.reduce(0) { $0 + log(Double($1)) }
    let information = [("mutual_information", entropy - categoricalLoss(numbers, codes))]
    let error = [("code_error", squaredError(numbers, codes) * (1 / Double(max(continuous, 1))))]
    return (categorical.isEmpty ? [] : information) + (continuous == 0 ? [] : error)
  }

  /// The sum over categorical codes of the mean cross-entropy.
  private func categoricalLoss(_ numbers: Tensor, _ codes: Tensor) -> Tensor {
    places.reduce(Tensor(0)) { sum, place in
      let scores = numbers.sliced(axis: 1, from: 1 + place.lowerBound, to: 1 + place.upperBound)
      let code = codes.sliced(axis: 1, from: place.lowerBound, to: place.upperBound)
      return sum - (code * scores.logSoftmax(axis: 1)).sum(axes: [1]).mean()
    }
  }

  /// The mean over samples of the continuous codes' squared distance.
  private func squaredError(_ numbers: Tensor, _ codes: Tensor) -> Tensor {
    guard continuous > 0 else { return Tensor(0) }
    let first = size - continuous
    let difference = numbers.sliced(axis: 1, from: 1 + first) - codes.sliced(axis: 1, from: first)
    return difference.square().sum(axes: [1]).mean()
  }

  /// Where each categorical code's indicator is.
  var places: [Range<Int>] {
    var start = 0
    return categorical.map { size in
      defer { start += size }
      return start..<(start + size)
    }
  }

  // MARK: As users see them

  /// Users' columns: the number of each category, then the continuous codes.
  var columns: Int { categorical.count + continuous }

  /// Users' codes `[N, columns]` as the generator takes them.
  /// - Throws: `TensorError` (`.value`) for a category that there is not, or what is no number.
  func internalCodes(_ columns: Tensor) throws -> Tensor {
    let categories = try categorical.enumerated().map { index, size in
      let column = columns.sliced(axis: 1, from: index, to: index + 1).reshape([-1])
      for value in try column.cast(to: .float64).scalars(as: Double.self)
      where !(value >= 0 && value < Double(size) && value == value.rounded()) {
        throw TensorError(
          .value, "categorical code \(index) is \(JSON(value).text()), but must be a whole number from 0 to \(size - 1)"
        )
      }
      return column.cast(to: .int64)
    }
    let continuous = columns.sliced(axis: 1, from: categorical.count)
    guard try continuous.isFinite().all().scalars(as: Bool.self).first ?? true else {
      throw TensorError(.value, "a continuous code is NaN or infinite; they are drawn from -1 to 1 in training")
    }
    return codes(categories: categories, continuous: continuous)
  }

  /// What Q says of samples, from the discriminator's numbers: the most probable category of each categorical code, then the
  /// continuous ones, float32 `[N, columns]`.
  func userCodes(_ numbers: Tensor) -> Tensor {
    let categories = places.map { place in
      numbers.sliced(axis: 1, from: 1 + place.lowerBound, to: 1 + place.upperBound).argmax(axis: 1, keepDims: true)
        .cast(to: .float32)
    }
    return .concatenate(categories + [numbers.sliced(axis: 1, from: 1 + size - continuous)], axis: 1)
  }

  /// Rows of codes, each as often as one code has values, and with those values in it.
  /// - Parameter steps: values of a continuous code, from `low` to `high`; a categorical one takes each category.
  /// - Throws: `TensorError` (`.value`) for a code that there is not.
  func traversed(_ rows: Tensor, code: Int, steps: Int, from low: Double, to high: Double) throws -> Tensor {
    guard code < columns else {
      throw TensorError(.value, "there is no code \(code): \(columns) codes are numbered from 0")
    }
    let count = rows.shape.first ?? 0
    let place = code < categorical.count ? places[code] : size - columns + code..<size - columns + code + 1
    let values =
      code < categorical.count
      ? Tensor.eye(place.count) : Tensor.linspace(low, high, count: steps).reshape([steps, 1])
    let times = values.shape.first ?? 0
    let (_, overflow) = count.multipliedReportingOverflow(by: times * size)
    guard !overflow else { throw TensorError(.memory, "\(count) rows of \(times) samples are too many") }
    let kept = rows.expandDims(at: 1).broadcast(to: [count, times, size])
    let own = values.expandDims(at: 0).broadcast(to: [count, times, place.count])
    return try Tensor.concatenate(
      [
        kept.sliced(axis: 2, from: 0, to: place.lowerBound), own.cast(to: .float32),
        kept.sliced(axis: 2, from: place.upperBound),
      ], axis: 2
    ).reshape([count * times, size]).checked()
  }
}
