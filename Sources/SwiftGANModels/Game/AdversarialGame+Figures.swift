extension AdversarialGame {
  /// What the history of a game with a registered objective may hold beside the penalties: the step, the players' losses
  /// and what is recorded with them. A penalty has another name.
  static let figureNames: Set<String> = [
    "step", "discriminator_loss", "generator_loss", "discriminator_historical", "generator_historical",
    "class_loss_real", "class_loss_fake", "generator_class_loss", "class_loss", "labelled_accuracy",
    "code_loss", "generator_code_loss", "mutual_information", "code_error",
    // Estimates of the objectives.
    "jsd_bound", "wasserstein", "mmd2", "real_energy", "fake_energy", "real_error", "convergence", "balance",
  ]
}
