import SwiftGANCore
import SwiftGANNN

extension ModelDeclaration {
  /// A convolutional network that tells classes of images: blocks of 3 by 3 convolutions, batch norm, ReLU and max
  /// pooling, then a hidden dense layer (LeCun et al. 1998, with what has proved itself since), trained on softmax
  /// cross-entropy with Adam; predictions come from the moving average of its weights.
  public static let cnnClassifier = ModelDeclaration(
    "cnn_classifier", "A convolutional network (convolution, ReLU, pooling, dense) that tells classes of images.",
    target: .labels, epochs: 10,
    options: TrainingOptions.descriptions(
      own: [
        OptionDescription(
          "widths", .integers(1...65_536, words: "a list of channels, one for each block"), default: [32, 64],
          "Channels of each block; each but those of the smallest maps halves height and width."),
        OptionDescription("depth", .integer(1...16), default: 1, "Convolutions in each block."),
        OptionDescription("pool", .choice(["max", "average"]), default: "max", "How a block halves its map."),
        .hidden([128], "Sizes of the dense layers before the last."),
        OptionDescription(
          "dropout", .number(.decay), default: 0.25,
          "Probability of an input of a dense layer to be dropped in training; 0 for none."),
        .batchNorm(true), .labelSmoothing,
        OptionDescription(
          "shift", .integer(0...1024), default: 0,
          "Training images are shifted at random by up to so many pixels each way; 0 for none."),
      ], defaults: ["batch_size": 32, "ema": 0.99]), networks: ["network"],
    functions: ModelFunction.classifying, interval: 0...1
  ) { request in
    let options = request.options
    guard request.data.isImage else {
      throw TensorError(
        .shape, "\(request.name) needs images (N, H, W, C) or (N, H, W), not vectors; mlp_classifier takes those")
    }
    let features = try ConvolutionalFeatures(
      shape: request.data.networkShape, widths: options.ints("widths"), depth: options.int("depth"),
      pool: options.string("pool"), isNormed: options.bool("batch_norm"))
    let head = perceptron(
      [features.count] + (try options.ints("hidden")) + [try request.classes.count], activation: "relu",
      initializer: "he_normal", isNormed: try options.bool("batch_norm"), dropout: try options.double("dropout"))
    let dropped: [JSON] = try options.double("dropout") > 0 ? [dropout(try options.double("dropout"))] : []
    let network = try request.network("network", features.layers + ["flatten"] + dropped + head)
    let reach = try options.int("shift")
    return try request.classifier(network) { images, key in
      reach == 0 ? images : Augmentation.shifted(images, upTo: reach, key: key)
    }
  }
}
