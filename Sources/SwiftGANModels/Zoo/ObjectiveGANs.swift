import SwiftGANCore
import SwiftGANNN

// GANs that are known by what their players minimise. Networks are DCGAN's for images, and dense layers for other data.
extension AdversarialModel {
  /// The least squares GAN (Mao et al. 2017), with the codes (a, b, c) = (0, 1, 1): see ``LeastSquares``. Adam(2e-4, 0.5).
  public static let lsgan = AdversarialModel(
    "lsgan", "The least squares GAN (Mao et al. 2017), for images and vectors.",
    defaults: ["latent": nil, "objective": "least_squares"],
    options: networkOptions(hidden: [256, 256]), networks: convolutional(or: perceptrons))

  /// The Wasserstein GAN (Arjovsky et al. 2017, algorithm 1): five critic steps, weights clipped to 0.01, RMSProp at 5e-5,
  /// batches of 64. The history's `wasserstein` is the estimate of the distance, up to the critic's slope.
  public static let wgan = AdversarialModel(
    "wgan", "The Wasserstein GAN with clipped weights (Arjovsky et al. 2017), for images and vectors.",
    defaults: [
      "latent": nil, "objective": "wasserstein", "critic_steps": 5, "clip_weights": 0.01, "optimizer": "rmsprop",
      "learning_rate": 5e-5,
    ],
    options: networkOptions(hidden: [512, 512, 512, 512]), networks: convolutional(or: perceptrons))

  /// MMD-GAN (Li et al. 2017): WGAN's training, and the critic gives 16 features whose kernel statistic it makes large: see
  /// ``MomentMatching``.
  public static let mmdGAN = AdversarialModel(
    "mmd_gan", "MMD-GAN (Li et al. 2017): a kernel statistic of learned features, for images and vectors.",
    defaults: [
      "latent": nil, "objective": ["name": "mmd_gan"], "critic_steps": 5, "clip_weights": 0.01, "optimizer": "rmsprop",
      "learning_rate": 5e-5,
    ],
    options: networkOptions(hidden: [256, 256]), networks: convolutional(or: perceptrons))
}
