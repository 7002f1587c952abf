import SwiftGANCore
import SwiftGANNN

/// What an encoder E learns from a GAN that is done, and how well samples come back through it (Schlegl et al. 2019, section
/// 3.2), with n values in a sample, n_d in its features f(x) and d coordinates of noise:
///
///     izi    1/n |x - G(E(x))|^2                                        (equation 3)
///     izi_f  1/n |x - G(E(x))|^2 + kappa/n_d |f(x) - f(G(E(x)))|^2       (equation 4)
///     ziz    1/d |z - E(G(z))|^2                                        (equation 2)
struct EncoderLoss {
  /// Which of them.
  enum Form: String, CaseIterable {
    /// Images that go to noise and come back.
    case images = "izi"
    /// The same, and what the discriminator sees in them.
    case imagesAndFeatures = "izi_f"
    /// Noise that goes to images and comes back.
    case noise = "ziz"
  }

  let parts: AdversarialGame
  let encoder: Network
  let mismatch: Mismatch
  let form: Form
  /// Kappa.
  let weight: Double

  /// The loss of a batch, a scalar; `encoder_residual` and `encoder_features` of the history are its two terms.
  func callAsFunction(_ context: RoundContext) throws -> Tensor {
    guard form != .noise else {
      let noise = parts.latent.sample(context.batch.count, key: context.key("noise"))
      return mismatch(noise, encoder(try parts.samples(of: noise))).mean()
    }
    let real = context.batch.real
    let made = try parts.samples(of: encoder(real))
    let residual = mismatch(real, made).mean()
    guard form == .imagesAndFeatures, weight > 0 else { return residual }
    let features = try mismatch(mismatch.features(real), mismatch.features(made)).mean()
    context.record("encoder_residual", residual)
    context.record("encoder_features", features)
    return residual + weight * features
  }

  /// The anomaly score of each sample, `[N]`: residual and features, whichever form was learned by (equation 5).
  func score(_ samples: Tensor) throws -> Tensor {
    let made = try parts.samples(of: encoder(samples))
    let residual = mismatch(samples, made)
    guard weight > 0 else { return residual }
    return residual + weight * mismatch(try mismatch.features(samples), try mismatch.features(made))
  }
}
