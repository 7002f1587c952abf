import SwiftGANCore

// Specifications of layers as JSON, which the registry of layers turns into networks and files can hold.

/// A fully connected layer.
func dense(_ inputs: Int, _ outputs: Int, bias: Bool = true, initializer: JSON) -> JSON {
  [
    "name": "dense", "in_features": JSON(inputs), "out_features": JSON(outputs), "bias": JSON(bias),
    "weight_init": initializer,
  ]
}

/// A 4 by 4 convolution with stride 2, plain (halving the size) or transposed (doubling it).
func strided(
  _ name: String, _ inputs: Int, _ outputs: Int, bias: Bool = true, initializer: JSON
) -> JSON {
  [
    "name": JSON(name), "in_channels": JSON(inputs), "out_channels": JSON(outputs), "kernel_size": 4, "stride": 2,
    "padding": "same", "bias": JSON(bias), "weight_init": initializer,
  ]
}

/// Batch normalisation whose scale starts at N(1, 0.02), as in the DCGAN authors' code.
func batchNorm(_ features: Int) -> JSON {
  ["name": "batch_norm", "features": JSON(features), "weight_init": ["name": "normal", "mean": 1, "std": 0.02]]
}

/// Elements dropped at random in training.
func dropout(_ probability: Double) -> JSON { ["name": "dropout", "p": JSON(probability)] }

/// Another shape for each sample.
func reshape(to shape: [Int]) -> JSON { ["name": "reshape", "shape": JSON(shape)] }

/// Layers without batch norm: what stood before one has a bias of its own again.
func withoutBatchNorm(_ layers: [JSON]) -> [JSON] {
  layers.reduce(into: []) { kept, layer in
    guard layer["name"] == "batch_norm" else { return kept.append(layer) }
    guard let place = kept.lastIndex(where: { $0["bias"] != nil }), var linear = kept[place].objectValue else { return }
    linear["bias"] = true
    kept[place] = .object(linear)
  }
}

/// Layers one after the other.
func sequential(_ layers: [JSON]) -> JSON { ["name": "sequential", "layers": .array(layers)] }
