import SwiftGANCore

/// The residual block of image GANs: two convolutions with a shortcut, which may double or halve the image.
///
/// Input (batch, height, width, in_channels), output (batch, height', width', out_channels). Two orders:
/// - `pre` (He et al. 2016b; WGAN-GP, Gulrajani et al. 2017; SNGAN, Miyato et al. 2018):
///   `conv2(act(norm2(conv1(act(norm1(x))))))`, enlarged before conv1 or halved by average pooling after conv2;
/// - `post` (SRGAN, Ledig et al. 2017): `norm2(conv2(act(norm1(conv1(x)))))`.
///
/// The shortcut is the identity where shapes allow, else a 1x1 convolution, with the same enlarging or halving. A norm may
/// take further inputs (`labels` of a conditional one): the block takes them too.
public struct ResidualBlock: LayerWrapper {
  /// Whether the image is made larger or smaller.
  public enum Resampling: String, Sendable, CaseIterable {
    /// It keeps its size.
    case none
    /// Twice as high and wide, by nearest neighbours.
    case up
    /// Half as high and wide, by means of 2x2.
    case down
  }

  /// Where the norms and activations stand.
  public enum Order: String, Sendable, CaseIterable {
    /// Before the convolutions.
    case pre
    /// After them, with no activation at the end.
    case post
  }

  /// The two ways and their sum.
  public let wrapped: any Layer

  /// - Parameters:
  ///   - kernel: height and width of both kernels.
  ///   - norm: the normalisation of each place; `.null` for none.
  ///   - activation: specification of the activation.
  ///   - activatesInput: false leaves out norm1 and the first activation of order `pre`, for images as input (the first
  ///     block of a discriminator).
  /// - Throws: `.value` for a size out of range; what the norm and activation throw.
  public init(
    _ inputs: Int, _ outputs: Int, kernel: Size2D = 3, resampling: Resampling = .none, order: Order = .pre,
    norm: FeatureLayer = FeatureLayer("batch_norm"), activation: JSON = "relu", activatesInput: Bool = true,
    weight: Initializer = .heNormal(), in scope: Scope
  ) throws {
    func activate(_ name: String) throws -> any Layer { try LayerRegistry.shared.make(activation, in: scope[name]) }
    let conv1 = try Conv2D(inputs, outputs, kernel: kernel, padding: .same, weight: weight, in: scope["conv1"])
    let conv2 = try Conv2D(outputs, outputs, kernel: kernel, padding: .same, weight: weight, in: scope["conv2"])
    let enlarge: [any Layer] = resampling == .up ? [try Upsample(2)] : []
    let reduce: [any Layer] = resampling == .down ? [try AvgPool2D(kernel: 2, in: scope)] : []
    var body: [any Layer] = []
    switch order {
    case .pre:
      if activatesInput {
        if let norm1 = try norm.make(inputs, in: scope["norm1"]) { body.append(norm1) }
        body.append(try activate("act1"))
      }
      body += enlarge + [conv1]
      if let norm2 = try norm.make(outputs, in: scope["norm2"]) { body.append(norm2) }
      body += [try activate("act2"), conv2]
    case .post:
      body += enlarge + [conv1]
      if let norm1 = try norm.make(outputs, in: scope["norm1"]) { body.append(norm1) }
      body += [try activate("act1"), conv2]
      if let norm2 = try norm.make(outputs, in: scope["norm2"]) { body.append(norm2) }
    }
    body += reduce
    let project: [any Layer] =
      inputs == outputs ? [] : [try Conv2D(inputs, outputs, kernel: 1, weight: weight, in: scope["shortcut"])]
    wrapped = Residual(Sequential(body), shortcut: Sequential(enlarge + project + reduce))
  }

  static let registration = LayerRegistration(
    "residual_block", "Two convolutions with a shortcut, which may double or halve the image (He et al. 2016).",
    options: [
      OptionDescription("in_channels", .integer(), "Channels of the input."),
      OptionDescription("out_channels", .integer(), "Channels of the output."),
      OptionDescription("kernel_size", .pair(), default: 3, "Height and width of the kernels."),
      OptionDescription(
        "resample", .choice(Resampling.allCases.map(\.rawValue)), default: "none", "Whether the image is made larger."),
      OptionDescription(
        "order", .choice(Order.allCases.map(\.rawValue)), default: "pre",
        "Norms and activations before the convolutions (WGAN-GP, SNGAN) or after them (SRGAN)."),
      OptionDescription("norm", .featureLayer, default: "batch_norm", "The norm, without its features; null for none."),
      OptionDescription("activation", .layer, default: "relu", "The activation."),
      OptionDescription(
        "activate_input", .boolean, default: true, "False for images as input: no norm and activation before conv1."),
      OptionDescription("weight_init", .initializer, default: "he_normal", "First value of the weights."),
    ]
  ) { options, scope in
    try ResidualBlock(
      options.int("in_channels"), options.int("out_channels"), kernel: Size2D(options.pair("kernel_size")),
      resampling: Resampling(rawValue: options.string("resample")) ?? .none,
      order: Order(rawValue: options.string("order")) ?? .pre, norm: FeatureLayer(options.json("norm")),
      activation: options.json("activation"), activatesInput: options.bool("activate_input"),
      weight: options.initializer("weight_init"), in: scope)
  }
}
