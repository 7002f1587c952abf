import SwiftGANCore
import SwiftGANNN

extension AdversarialModel {
  /// AnoGAN (Schlegl et al. 2017): a GAN learns what is normal, and a row is the more of an anomaly the less the generator can
  /// make it. The nearest sample is searched for by gradient descent on its noise: see ``LatentSearch``. Convolutional
  /// networks are DCGAN's, as in the paper.
  public static let anogan = AdversarialModel(
    "anogan", "AnoGAN (Schlegl et al. 2017): tells anomalies by searching for the generator's nearest sample.",
    options: networkOptions(hidden: [256, 256]) + [
      OptionDescription(
        "search_steps", .integer(1...1_000_000), default: 500, "Steps of the search for a row's noise."),
      OptionDescription(
        "search_learning_rate", .schedule, default: 0.02, "Of the search, by Adam: a number or a schedule."),
      OptionDescription(
        "search_starts", .integer(1...65_536), default: 64,
        "How many draws of noise a search may begin at: it takes the one whose sample is nearest to the row; 1 in the paper."
      ),
      OptionDescription(
        "feature_weight", .number(.unit), default: 0.1,
        "Lambda: the share of the discriminator's features in the loss and the score; the rest is the residual's."),
    ] + OutlierThreshold.options(rows: 256),
    addition: AdversarialAddition(
      functions: [.noise, .reconstruct, .anomalyScore("(1 - lambda) sum |x - G(z)| + lambda sum |f(x) - f(G(z))|")]
        + OutlierThreshold.declared
    ) { gan, request in
      let options = request.options
      let loss = LatentLoss(
        parts: gan.parts, mismatch: try request.mismatch(gan.parts, .sumOfMagnitudes),
        weight: try options.double("feature_weight"))
      let search = try LatentSearch(
        loss, steps: options.int("search_steps"), learningRate: options.json("search_learning_rate"),
        starts: gan.parts.latent.sample(
          options.int("search_starts"), key: RandomKey(seed: request.seed(for: "search"))))
      let data = request.data
      func scores(_ call: ModelCall) throws -> Tensor {
        try call.mapAlone { -(try search($0.samples).loss.cast(to: .float64)) }
      }
      return AdversarialAddition.Parts { game in
        let (functions, settlement) = try OutlierThreshold(request, game, isDear: true).completion(scores)
        let own: [String: ModelSystem.Function] = [
          "transform": { call in try call.mapAlone { try search($0.samples).noise } },
          "reconstruct": { call in
            try call.mapAlone { data.userSamples(try gan.parts.samples(of: search($0.samples).noise)) }
          },
        ]
        return (functions.merging(own) { first, _ in first }, settlement)
      }
    }, networks: convolutional(or: perceptrons))
}

extension ModelFunction {
  /// The noise behind rows.
  static let noise = ModelFunction(
    "transform", "The noise whose sample is taken to be nearest to each row, float32 (N, latent).", inputs: [.samples])

  /// Minus an anomaly score.
  static func anomalyScore(_ formula: String) -> ModelFunction {
    ModelFunction(
      "score_samples",
      "Minus the anomaly score of each row, \(formula) in the networks' range, float64 (N,); higher: more normal.",
      inputs: [.samples])
  }
}
