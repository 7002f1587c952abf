// Pairs of players in a game of several, told by their names: "generator_0" plays against "discriminator_0".

extension String {
  /// What follows "generator" or "discriminator" in a player's name; nothing for other names.
  var pairSuffix: String {
    for role in ["generator", "discriminator"] where hasPrefix(role) { return String(dropFirst(role.count)) }
    return ""
  }
}

extension Game {
  /// The suffixes of all players, in the order in which they move.
  var pairSuffixes: [String] {
    players.map(\.name.pairSuffix).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}

extension DiagnosticRecord {
  /// No suffix, and those of the pairs that it has losses of.
  var pairSuffixes: [String] {
    figures.map(\.name).filter { $0.hasSuffix("_loss") }.map { String($0.dropLast(5)).pairSuffix }
      .reduce(into: [""]) { if !$0.contains($1) { $0.append($1) } }
  }

  /// The figures of one pair under the names that a game of a single pair has.
  func pair(_ suffix: String) -> DiagnosticRecord {
    guard !suffix.isEmpty else { return self }
    let own = figures.compactMap { name, value -> (name: String, value: Double)? in
      for role in ["generator", "discriminator"] where name.hasPrefix("\(role)\(suffix)_") {
        return (role + name.dropFirst(role.count + suffix.count), value)
      }
      return name.hasSuffix(suffix) ? (String(name.dropLast(suffix.count)), value) : nil
    }
    return DiagnosticRecord(step: step, figures: own)
  }
}

extension DiagnosticWarning {
  /// The warning as one of a pair with a suffix.
  func pair(_ suffix: String) -> DiagnosticWarning {
    guard !suffix.isEmpty else { return self }
    let roles = ["generator", "discriminator"].first { figure.hasPrefix("\($0)_") }
    let name = roles.map { $0 + suffix + figure.dropFirst($0.count) } ?? figure + suffix
    let said = message.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let message = said.count == 2 ? "\(said[0]), generator\(suffix):\(said[1])" : message
    return DiagnosticWarning(kind: kind, step: step, figure: name, value: value, message: message)
  }
}
