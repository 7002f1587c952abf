import SwiftGANCore

/// How an optimiser turns a gradient into a direction: a pure function, written in ops, so that it can be differentiated
/// through (unrolled GANs) and recorded into a step.
///
/// The parameter then moves to `parameter - learning_rate * direction`.
public protocol OptimizerRule: Sendable {
  /// JSON that makes the same rule again, with its name and options.
  var specification: JSON { get }

  /// What is remembered of each parameter between updates; each has the parameter's shape and starts at 0.
  var slots: [String] { get }

  /// Whether weight decay is added to the direction, past the rule (AdamW), and not to the gradient (an L2 penalty).
  var decouplesWeightDecay: Bool { get }

  /// Scalars that all parameters share in this update, such as corrections of bias.
  /// - Parameter step: the number of this update, from 1, as a float64 scalar.
  func coefficients(step: Tensor) -> [Tensor]

  /// The direction of one parameter and what is to be remembered.
  /// - Parameters:
  ///   - memory: one tensor for each of `slots`.
  ///   - coefficients: those of this update, in the parameter's type.
  func direction(gradient: Tensor, memory: [Tensor], coefficients: [Tensor]) -> (direction: Tensor, memory: [Tensor])
}

extension OptimizerRule {
  /// False: weight decay is an L2 penalty.
  public var decouplesWeightDecay: Bool { false }
  /// None.
  public func coefficients(step: Tensor) -> [Tensor] { [] }
}
