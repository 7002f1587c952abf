import SwiftGANCore
import SwiftGANNN

/// Something that a trained model does, as its declaration tells it: the name by which C, Swift and Python call it, what
/// goes in and what comes out.
///
/// ```swift
/// let codes = try model.call("transform", [images])
/// ```
public struct ModelFunction: Sendable {
  /// One tensor that goes in.
  public struct Input: Sendable {
    /// What it must be.
    public enum Kind: String, Sendable {
      /// Data of the kind that the model was trained on: same shape of a sample, same type.
      case samples
      /// One class label for each row, of those that the model was trained with: `[N]`, integers.
      case labels
      /// Vectors of numbers, `[N, size]`; the function says which size.
      case vectors
      /// Vectors of numbers, `[M, size]`, as many as you like: they are no rows of the other inputs.
      case set
      /// Samples in the networks' own range: `[N]` and a sample's numbers in any shape.
      case internalSamples = "internal_samples"
    }

    /// The name in messages and signatures.
    public let name: String
    /// What it must be.
    public let kind: Kind
    /// Whether it may be left out; only the last inputs may.
    public let isOptional: Bool
    /// One sentence for documentation.
    public let summary: String

    /// An input.
    public init(_ name: String, _ kind: Kind, isOptional: Bool = false, _ summary: String) {
      self.name = name
      self.kind = kind
      self.isOptional = isOptional
      self.summary = summary
    }
  }

  /// What comes out.
  public enum Output: String, Sendable {
    /// Numbers.
    case array
    /// Class labels, as they were given to `fit`.
    case labels
  }

  /// The name: scikit-learn's where it has one.
  public let name: String
  /// One sentence for documentation: what comes out, with its shape and type.
  public let summary: String
  /// What goes in.
  public let inputs: [Input]
  /// Further arguments by name.
  public let options: [OptionDescription]
  /// What comes out.
  public let output: Output

  /// A declaration.
  public init(
    _ name: String, _ summary: String, inputs: [Input] = [], options: [OptionDescription] = [],
    output: Output = .array
  ) {
    self.name = name
    self.summary = summary
    self.inputs = inputs
    self.options = options
    self.output = output
  }

  /// All of it as JSON: what another language builds its methods from.
  public var json: JSON {
    [
      "name": JSON(name), "summary": JSON(summary),
      "inputs": .array(
        inputs.map {
          [
            "name": JSON($0.name), "type": JSON($0.kind.rawValue), "optional": JSON($0.isOptional),
            "summary": JSON($0.summary),
          ]
        }),
      "options": .array(options.map(\.json)), "output": JSON(output.rawValue),
    ]
  }
}

extension ModelFunction.Input {
  /// Data of the trained kind, under scikit-learn's name.
  public static let samples = ModelFunction.Input(
    "X", .samples, "Data of the shape and type of those that the model was fitted to.")
  /// One label for each row of the data.
  public static let labels = ModelFunction.Input("y", .labels, "One class label for each row.")
}

// The functions that several models have, so that they are called and documented alike.
extension ModelFunction {
  /// New samples; models that were fitted with labels take labels.
  /// - Parameter options: what the way of sampling needs beside the number and the seed.
  public static func sample(conditional: Bool = false, options: [OptionDescription] = []) -> ModelFunction {
    let labels = Input(
      "y", .labels, isOptional: true,
      "The class of each sample; left out, classes are drawn as often as they were in the training data.")
    return ModelFunction(
      "sample", "New samples, in the shape, range and dtype of the data.", inputs: conditional ? [labels] : [],
      options: [
        OptionDescription(
          "n", .optional(.integer(1...Int(JSON.maximumExactInteger))), default: nil,
          conditional ? "How many; null for as many as labels, or 1." : "How many; null for 1."),
        .seed("Which samples: the same seed gives the same ones."),
      ] + options)
  }

  /// From the user's data to what networks take; every model has it.
  public static let toNetwork = ModelFunction(
    "to_network",
    "The data as the model's networks take them: float32, in their range ([0, 1], [-1, 1] or standardized, as the model "
      + "and its option range have it) and shape.", inputs: [.samples])
  /// From what networks make to the user's data; every model has it.
  public static let fromNetwork = ModelFunction(
    "from_network",
    "What networks take or make, in the shape, range and dtype of the data: the way back from to_network; values beyond "
      + "the range are cut to it.",
    inputs: [
      Input("t", .internalSamples, "Samples in the networks' range: N rows, each with all numbers of a sample.")
    ])

  /// A classifier's answer.
  public static let predict = ModelFunction(
    "predict", "The most probable class of each row.", inputs: [.samples], output: .labels)
  /// A classifier's answer with its doubts.
  public static let predictProba = ModelFunction(
    "predict_proba", "The probability of each class, float32 (N, classes).", inputs: [.samples])
  /// The logarithms of ``predictProba``, which do not underflow.
  public static let predictLogProba = ModelFunction(
    "predict_log_proba", "The logarithm of the probability of each class, float32 (N, classes).", inputs: [.samples])
  /// A regressor's answer.
  public static let predictValues = ModelFunction(
    "predict", "The predicted target of each row, in the shape and dtype of the targets (float64 for integers).",
    inputs: [.samples])
}

extension OptionDescription {
  /// The seed of one call, or of a model.
  public static func seed(_ summary: String) -> OptionDescription {
    OptionDescription("seed", .integer(0...Int(JSON.maximumExactInteger)), default: 0, summary)
  }
}
