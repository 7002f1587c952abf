import SwiftGANCore

@testable import SwiftGANNN

// Samples of the layers by family, for LayerGradientTests.

let activationSamples: [LayerSample] =
  ["silu", "selu", "mish", "softsign", "log_sigmoid", "hard_sigmoid", "hard_swish", "log_softmax"].map {
    LayerSample(JSON($0), [3, 4])
  } + [
    LayerSample(["name": "elu", "alpha": 0.7], [3, 4]),
    LayerSample(["name": "glu", "axis": 1], [2, 4, 3]),
    LayerSample(["name": "hard_tanh", "min_val": -0.4, "max_val": 0.6], [3, 4]),
    LayerSample(["name": "log_softmax", "axis": 0], [3, 4]),
    LayerSample("prelu", [3, 4]),
    LayerSample(["name": "prelu", "features": 3], [2, 2, 3]),
  ]

private typealias Further = LayerSample.Further

let normalizationSamples: [LayerSample] = [
  LayerSample(["name": "group_norm", "features": 4, "num_groups": 2], [2, 3, 4]),
  LayerSample(["name": "group_norm", "features": 3, "num_groups": 1, "affine": false], [2, 2, 2, 3]),
  LayerSample(["name": "instance_norm", "features": 2, "affine": true], [2, 3, 2, 2]),
  LayerSample(["name": "rms_norm", "shape": 4], [3, 4]),
  LayerSample(["name": "rms_norm", "shape": [2, 2], "affine": false], [2, 2, 2]),
  LayerSample("pixel_norm", [2, 2, 3]),
  LayerSample(
    ["name": "conditional_batch_norm", "features": 2, "num_classes": 3], [4, 2],
    further: ["labels": Further(shape: [4], classes: 3)]),
  LayerSample(
    ["name": "conditional_batch_norm", "features": 2, "condition_features": 3], [3, 2, 2],
    further: ["condition": Further(shape: [3, 3])]),
  LayerSample(
    ["name": "conditional_instance_norm", "features": 2, "num_classes": 3], [2, 3, 2],
    further: ["labels": Further(shape: [2], classes: 3)]),
  LayerSample(
    ["name": "ada_in", "features": 2, "style_features": 3], [2, 2, 2, 2], further: ["style": Further(shape: [2, 3])]),
]

private let dense: JSON = ["name": "dense", "in_features": 3, "out_features": 4]
private let conv: JSON = ["name": "conv2d", "in_channels": 2, "out_channels": 3, "kernel_size": 2]
private let up: JSON = ["name": "conv_transpose2d", "in_channels": 2, "out_channels": 3, "kernel_size": 2]

// Spectral normalisation in training holds vectors fixed that depend on the weight, so differences of values are not its
// gradient; WrapperTests compares its gradients in training with those in use.
let wrapperSamples: [LayerSample] = [
  LayerSample(["name": "spectral_norm", "layer": dense], [2, 3], modes: [false]),
  LayerSample(["name": "spectral_norm", "layer": conv], [1, 3, 3, 2], modes: [false]),
  LayerSample(["name": "spectral_norm", "layer": up], [1, 2, 2, 2], modes: [false]),
  LayerSample(["name": "weight_norm", "layer": dense], [2, 3]),
  LayerSample(["name": "weight_norm", "layer": conv], [1, 3, 3, 2]),
  LayerSample(["name": "weight_norm", "layer": up], [1, 2, 2, 2]),
  LayerSample(["name": "equalized_learning_rate", "layer": dense], [2, 3]),
]

let blockSamples: [LayerSample] = [
  LayerSample(
    ["name": "residual", "layers": [["name": "dense", "in_features": 3, "out_features": 3], "tanh"], "scale": 0.5],
    [2, 3]),
  LayerSample(["name": "residual", "layers": [dense, "tanh"], "shortcut": dense], [2, 3]),
  LayerSample(["name": "parallel", "branches": [dense, "tanh"]], [2, 3]),
  LayerSample(["name": "parallel", "branches": [dense, dense], "merge": "sum"], [2, 3]),
  LayerSample(["name": "parallel", "branches": [dense, dense], "merge": "product"], [2, 3]),
  LayerSample(
    [
      "name": "unet", "in_channels": 1, "out_channels": 2, "channels": [2, 3], "norm": "instance_norm",
      "weight_init": ["name": "normal", "std": 1],
    ], [1, 4, 5, 1]),
  LayerSample(
    [
      "name": "unet", "in_channels": 1, "out_channels": 1, "channels": [1, 2, 1], "output_activation": nil,
      "weight_init": ["name": "normal", "std": 1],
      "norm": ["name": "conditional_instance_norm", "num_classes": 2],
    ], [2, 5, 4, 1], further: ["labels": Further(shape: [2], classes: 2)]),
  LayerSample(["name": "minibatch_stddev", "group_size": 2], [4, 2, 3]),
  LayerSample(["name": "minibatch_stddev", "group_size": 4, "num_features": 2], [3, 4]),
  LayerSample(
    [
      "name": "minibatch_discrimination", "in_features": 3, "num_kernels": 2, "kernel_dim": 3,
      "weight_init": ["name": "normal", "std": 0.5],
    ], [4, 3]),
  LayerSample(["name": "gaussian_noise", "std": 0.3], [3, 4]),
  LayerSample(["name": "drop_path", "p": 0.4], [5, 2, 2]),
]
