import SwiftGANCore

@testable import SwiftGANNN

// Samples of the layers by family, for LayerGradientTests.

let activationSamples: [LayerSample] =
  ["silu", "selu", "mish", "softsign", "log_sigmoid", "hard_sigmoid", "hard_swish", "relu6", "log_softmax"].map {
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
  LayerSample(["name": "virtual_batch_norm", "features": 3, "reference": 2], [5, 3]),
  LayerSample(["name": "virtual_batch_norm", "features": 2, "reference": 1], [3, 2, 2, 2]),
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

private let grouped: JSONObject = ["in_channels": 4, "out_channels": 2, "groups": 2, "kernel_size": 2]

private func with(_ members: JSONObject, _ more: JSONObject) -> JSON {
  var all = members
  for (key, value) in more { all[key] = value }
  return .object(all)
}

let convolutionSamples: [LayerSample] = [
  LayerSample(
    [
      "name": "conv1d", "in_channels": 2, "out_channels": 3, "kernel_size": 3, "stride": 2, "padding": "same",
      "padding_mode": "edge",
    ], [2, 5, 2]),
  LayerSample(with(grouped, ["name": "conv1d", "dilation": 2, "padding": 1]), [1, 4, 4]),
  LayerSample(with(grouped, ["name": "conv2d", "padding": "same", "padding_mode": "reflect"]), [1, 3, 3, 4]),
  LayerSample(with(grouped, ["name": "conv_transpose2d", "stride": 2, "padding": "same"]), [1, 2, 2, 4]),
  LayerSample(["name": "depthwise_conv2d", "in_channels": 2, "multiplier": 2, "kernel_size": 2], [1, 3, 3, 2]),
  LayerSample(["name": "upsample", "scale_factor": [2, 3]], [1, 2, 2, 2]),
  LayerSample(["name": "upsample", "mode": "bilinear"], [1, 3, 2, 1]),
  LayerSample(
    ["name": "upsample_conv2d", "in_channels": 1, "out_channels": 2, "padding_mode": "reflect"], [1, 2, 2, 1]),
  LayerSample(["name": "pad2d", "padding": [1, 0, 2, 1], "mode": "symmetric"], [1, 2, 3, 1]),
  LayerSample(["name": "pad2d", "padding": 1, "value": 0.5], [1, 2, 2, 2]),
  LayerSample(["name": "max_pool2d", "kernel_size": 2, "stride": 1, "padding": 1], [1, 3, 3, 2]),
  LayerSample("avg_pool2d", [1, 4, 4, 2]),
  LayerSample(
    ["name": "avg_pool2d", "kernel_size": 3, "stride": 2, "padding": "same", "count_include_pad": false], [1, 4, 3, 1]),
  LayerSample(["name": "adaptive_avg_pool2d", "output_size": [2, 3]], [1, 3, 4, 2]),
  LayerSample(["name": "adaptive_max_pool2d", "output_size": 2], [1, 3, 3, 2]),
  LayerSample("global_avg_pool", [2, 2, 3, 2]),
  LayerSample("global_max_pool", [2, 4, 2]),
  LayerSample(with(grouped, ["name": "conv_transpose1d", "stride": 2, "padding": "same"]), [1, 3, 4]),
  LayerSample(
    [
      "name": "conv_transpose1d", "in_channels": 2, "out_channels": 3, "kernel_size": 3, "stride": 2, "dilation": 2,
      "padding": 1, "output_padding": 1,
    ], [2, 3, 2]),
  LayerSample(["name": "slice", "start": 1, "end": 3], [2, 4]),
  LayerSample(["name": "slice", "start": 0, "end": 2], [2, 3, 2]),
  LayerSample(["name": "pad1d", "padding": [2, 1], "mode": "symmetric"], [2, 3, 2]),
  LayerSample(["name": "pad1d", "padding": 1, "value": 0.5], [1, 2, 2]),
  LayerSample(["name": "max_pool1d", "kernel_size": 3, "stride": 1, "padding": "same"], [2, 4, 2]),
  LayerSample("avg_pool1d", [2, 4, 2]),
  LayerSample(
    ["name": "avg_pool1d", "kernel_size": 3, "stride": 2, "padding": 1, "count_include_pad": false], [1, 4, 2]),
  LayerSample(["name": "upsample", "scale_factor": 3], [1, 2, 2]),
  LayerSample(["name": "upsample", "mode": "bilinear"], [2, 3, 1]),
  LayerSample("pixel_shuffle", [1, 2, 2, 4]),
  LayerSample("pixel_unshuffle", [1, 2, 4, 1]),
]

private let block: JSONObject = [
  "name": "residual_block", "in_channels": 2, "out_channels": 3, "activation": "softplus",
]

let blockSamples: [LayerSample] = [
  LayerSample(with(block, ["resample": "up"]), [2, 2, 2, 2]),
  LayerSample(with(block, ["resample": "down", "norm": nil, "activate_input": false]), [1, 4, 4, 2]),
  LayerSample(
    with(block, ["order": "post", "out_channels": 2, "norm": ["name": "group_norm", "num_groups": 1]]), [1, 3, 3, 2]),
  LayerSample(
    with(block, ["kernel_size": 1, "norm": ["name": "conditional_batch_norm", "num_classes": 2]]), [2, 2, 2, 2],
    further: ["labels": Further(shape: [2], classes: 2)]),

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
  LayerSample("features", [3, 4]),
  LayerSample(
    [
      "name": "reference_batch", "size": 2, "shape": [3],
      "layer": ["name": "dense", "in_features": 3, "out_features": 2],
    ],
    [4, 3]),
  LayerSample(["name": "gaussian_noise", "std": 0.3], [3, 4]),
  LayerSample(["name": "drop_path", "p": 0.4], [5, 2, 2]),
]
