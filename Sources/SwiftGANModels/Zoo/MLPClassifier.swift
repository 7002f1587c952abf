import SwiftGANCore
import SwiftGANNN

private let perceptronOptions: [OptionDescription] = [
  .hidden([100], "Sizes of the hidden layers."), .activation, .dropout, .batchNorm(false),
]

extension ModelRequest {
  /// A perceptron from samples to so many outputs, by the options of ``perceptronOptions``.
  fileprivate func perceptronNetwork(outputs: Int) throws -> Network {
    let layers = perceptron(
      [try elementCount(of: data.networkShape)] + (try options.ints("hidden")) + [outputs],
      activation: try options.json("activation"), initializer: "glorot_uniform",
      isNormed: try options.bool("batch_norm"), dropout: try options.double("dropout"))
    return try network("network", (data.isImage ? ["flatten"] : []) + layers)
  }
}

extension ModelDeclaration {
  /// A multilayer perceptron that tells classes: dense layers with an activation between them (and batch norm, dropout),
  /// trained on softmax cross-entropy by back-propagation (Rumelhart et al. 1986) with Adam.
  public static let mlpClassifier = ModelDeclaration(
    "mlp_classifier", "A multilayer perceptron that tells classes, for vectors and images of any size.",
    target: .labels, epochs: 50,
    options: TrainingOptions.descriptions(own: perceptronOptions + [.labelSmoothing]), networks: ["network"],
    functions: ModelFunction.classifying, interval: 0...1
  ) { request in
    try request.classifier(request.perceptronNetwork(outputs: request.classes.count))
  }

  /// A multilayer perceptron that predicts numbers, trained on the squared error.
  public static let mlpRegressor = ModelDeclaration(
    "mlp_regressor", "A multilayer perceptron that predicts one or more numbers for each sample.", target: .values,
    epochs: 200, options: TrainingOptions.descriptions(own: perceptronOptions), networks: ["network"],
    functions: [.predictValues], interval: 0...1
  ) { request in
    guard case .values(let values)? = request.target else {
      throw TensorError(.state, "\(request.name) has no targets")
    }
    return try request.regressor(request.perceptronNetwork(outputs: values.size), values: values)
  }
}
