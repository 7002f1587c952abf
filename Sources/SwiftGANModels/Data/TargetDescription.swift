import SwiftGANCore

/// What a model knows of what it was given beside the samples.
public enum TargetDescription: Sendable, Equatable {
  /// Labels, and the classes that they name.
  case classes(ClassLabels)
  /// Numbers to be predicted, and their scale.
  case values(TargetValues)

  /// The description as JSON, for checkpoints.
  public var json: JSON {
    switch self {
    case .classes(let classes): ["classes": classes.json]
    case .values(let values): ["values": values.json]
    }
  }

  /// The description that ``json`` gives.
  /// - Throws: `TensorError` (`.io`) when the JSON gives none.
  public init(json: JSON) throws {
    if let classes = json["classes"] {
      self = .classes(try ClassLabels(json: classes))
    } else if let values = json["values"] {
      self = .values(try TargetValues(json: values))
    } else {
      throw TensorError(.io, "this is no description of targets: \(json.text())")
    }
  }

  /// The targets as a batch's column `y`: indices of classes (int32 `[N]`) or standardized numbers (float32 `[N, k]`).
  /// - Throws: `TensorError` for targets of another kind than the model was made for.
  public func internalTargets(_ targets: Tensor) throws -> Tensor {
    switch self {
    case .classes(let classes): try classes.indices(targets)
    case .values(let values): try values.internalValues(targets)
    }
  }
}

/// The shape and scale of numbers to be predicted: `[N]` or `[N, k]`, standardized for the networks. Integers and booleans
/// count as float64, so that predictions are not rounded.
public struct TargetValues: Sendable, Equatable {
  /// How many numbers belong to a sample.
  public var size: Int { description.networkShape.last ?? 1 }
  /// The dtype of the targets, float64 for integers.
  public var dtype: DType { description.scaling.dtype }
  private let description: DataDescription
  private let isVector: Bool

  /// Looks at targets and describes them.
  /// - Throws: `TensorError`: `.shape` for another rank, `.value` for NaN or infinity.
  public init(of targets: Tensor) throws {
    guard try [1, 2].contains(targets.checked().rank) else {
      throw TensorError(
        .shape, "targets must have shape (N,) or (N, k), not \(describe(shape: targets.shape))")
    }
    isVector = targets.rank == 1
    do {
      description = try DataDescription(of: TargetValues.matrix(targets), range: .standardize)
    } catch let error as TensorError {
      throw error.prefixed("targets")
    }
  }

  private static func matrix(_ targets: Tensor) -> Tensor {
    let numbers = targets.dtype.isFloat ? targets : targets.cast(to: .float64)
    return targets.rank == 1 ? numbers.reshape([targets.count, 1]) : numbers
  }

  /// The targets as the networks see them: float32 `[N, k]`.
  /// - Throws: `TensorError` for targets of another shape or type, NaN or infinity.
  public func internalValues(_ targets: Tensor) throws -> Tensor {
    guard try (targets.checked().rank == 1) == isVector else {
      throw TensorError(
        .shape, "targets of shape \(describe(shape: targets.shape)) are not like those of the first fit")
    }
    let matrix = TargetValues.matrix(targets)
    do {
      try description.check(matrix)
      try description.checkValues(matrix)
    } catch let error as TensorError {
      throw error.prefixed("targets")
    }
    return try description.internalSamples(matrix).checked()
  }

  /// The networks' answers `[N, k]` in the shape and scale of the targets and their type, float64 for integers.
  public func userValues(_ values: Tensor) -> Tensor {
    let own = description.userSamples(values)
    return isVector ? own.reshape([-1]) : own
  }

  /// The description as JSON, for checkpoints.
  public var json: JSON { ["description": description.json, "is_vector": JSON(isVector)] }

  /// The description that ``json`` gives.
  /// - Throws: `TensorError` (`.io`) when the JSON gives none.
  public init(json: JSON) throws {
    guard let isVector = json["is_vector"]?.boolValue, let description = json["description"] else {
      throw TensorError(.io, "this is no description of targets: \(json.text())")
    }
    self.isVector = isVector
    self.description = try DataDescription(json: description)
  }
}
