import SwiftGANCore
import SwiftGANNN

/// Historical averaging (Salimans et al. 2016, section 3.3): a player's cost includes |theta - 1/t sum_i theta[i]|^2, the
/// squared distance of its parameters from the mean of all values that they have had, which damps orbits around an
/// equilibrium. The mean is part of the game's state, and so of checkpoints.
struct HistoricalAveraging {
  /// The factor in front.
  let weight: Double
  private let player: Player

  init(weight: Double, of player: Player) {
    self.weight = weight
    self.player = player
  }

  private var countName: String { "historical.\(player.name).count" }
  private func name(_ index: Int) -> String { "historical.\(player.name).\(index)" }

  /// The means, and of how many values they are.
  var initialState: [(name: String, value: Tensor)] {
    [(countName, Tensor(0, dtype: .float64))]
      + player.parameters.enumerated().map { (name($0), $1.value.stopGradient().zerosLike) }
  }

  /// The term of the player's loss; each evaluation takes the present values into the means.
  var term: Game.Term {
    let averaging = self
    return Game.Term("\(player.name)_historical", player: player.name) { try averaging.value($0.state) }
  }

  private func value(_ state: GameState) throws -> Tensor {
    func remembered(_ name: String) throws -> Tensor {
      guard let value = state[name] else { throw TensorError(.state, "the game's state has no '\(name)'") }
      return value
    }
    let count = try remembered(countName) + 1
    state[countName] = count
    let distances = try player.parameters.enumerated().map { index, parameter in
      let value = parameter.value
      let mean = try remembered(name(index))
      let moved = withoutGradient { mean + (value.stopGradient() - mean) / count.cast(to: value.dtype) }
      state[name(index)] = moved
      return (value - moved).square().sum()
    }
    return weight * distances.dropFirst().reduce(distances.first ?? Tensor(0), +)
  }
}
