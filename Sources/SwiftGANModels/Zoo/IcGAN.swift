import SwiftGANCore
import SwiftGANNN

extension AdversarialModel {
  /// The invertible conditional GAN (Perarnau et al. 2016): a conditional GAN, then two encoders that learn the way back from
  /// an image to what it was made of: the noise (E_z) and the class (E_y). An image is edited by making it anew of its own
  /// noise and another class; see ``InverseEncoders``.
  public static let icgan = AdversarialModel(
    "icgan", "The invertible conditional GAN (Perarnau et al. 2016): edits images by encoders of noise and class.",
    labels: .shown, defaults: ["batch_size": 128],
    options: networkOptions(hidden: [1200]) + joinedOptions + OptionDescription.encoding(norm: "batch", passes: 80),
    conditioning: joinLabels,
    addition: AdversarialAddition(
      networks: ["encoder_z", "encoder_y"],
      functions: [.encode, .reconstructClasses, .edit] + ModelFunction.classifying
    ) { gan, request in
      let encoders = try InverseEncoders(gan, request)
      return AdversarialAddition.Parts(try encoders.game()) { _ in (encoders.functions, nil) }
    }, networks: convolutional(or: joinedPerceptrons))
}

extension ModelFunction {
  fileprivate static let encode = ModelFunction(
    "encode", "The noise behind each row, as E_z reads it, float32 (N, latent).", inputs: [.samples])
  fileprivate static let reconstructClasses = ModelFunction(
    "reconstruct",
    "Each row as the generator makes it of the noise and the class that the encoders read, in the shape, range and dtype of "
      + "the data.", inputs: [.samples])
  fileprivate static let edit = ModelFunction(
    "edit",
    "Each row as the generator makes it of its own noise and another class, in the shape, range and dtype of the data: (N, "
      + "...) for one class for each row, (N, classes, ...) for all of them.",
    inputs: [
      .samples,
      Input(
        "attribute", .labels, isOptional: true,
        "The class that each row is to show; left out, all classes, in ascending order."),
    ])
}
