import SwiftGANCore

/// How a layer is made by name.
public typealias LayerRegistration = Registration<Scope, any Layer>

/// The layers by name: what C, Python and files find them by.
///
/// ```swift
/// let layer = try LayerRegistry.shared.make(["name": "dense", "in_features": 2, "out_features": 64], in: scope["fc1"])
/// ```
///
/// Every layer also takes "dtype": "float32" or "float64", the element type of its parameters and of all layers inside.
public enum LayerRegistry {
  /// All layers. A new one adds its line here; users add theirs with `register`.
  public static let shared: Registry<Scope, any Layer> = Registry(
    "layer",
    [
      Dense.registration,
      Conv2D.registration,
      ConvTranspose2D.registration,
      BatchNorm.registration,
      LayerNorm.registration,
      Dropout.registration,
      Embedding.registration,
      Flatten.registration,
      Reshape.registration,
      ReLU.registration,
      LeakyReLU.registration,
      Tanh.registration,
      Sigmoid.registration,
      Softplus.registration,
      GELU.registration,
      Softmax.registration,
      Maxout.registration,
      MaskedDense.registration,
      MADE.registration,
      RandomFeatures.registration,
      RBM.registration,
      Identity.registration,
      Sequential.registration,
    ] + activationLayers + normalizationLayers + wrapperLayers + convolutionLayers + blockLayers
      + recurrentLayers + attentionLayers,
    common: [
      OptionDescription(
        "dtype", .optional(.choice(["float32", "float64"])), default: .null,
        "Element type of the parameters; null: as of the network that the layer is part of, at first float32.")
    ],
    place: { options, scope in
      guard let name = try options.json("dtype").stringValue, let dtype = DType(name: name) else { return scope }
      return scope.with(dtype: dtype)
    },
    part: { index, scope in try scope.part(index) })
}
