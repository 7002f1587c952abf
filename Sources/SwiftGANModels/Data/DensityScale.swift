import SwiftGANCore

extension DataDescription {
  /// What to add to the log-density of samples as networks see them to have that of the user's own numbers: the
  /// logarithm of the scaling's Jacobian determinant.
  var logDensityShift: Double {
    get throws {
      let count = networkShape.reduce(1, *)
      let logs = try Tensor(scaling.factor).abs().log().sum().item()
      return scaling.factor.count == 1 ? logs * Double(count) : logs * Double(count) / Double(scaling.factor.count)
    }
  }
}
