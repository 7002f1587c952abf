import SwiftGANCore

/// The value of a loss and its gradient with respect to parameters, in their order.
///
/// The parameters are bound to tracked leaves while `loss` runs and have their own values again afterwards, also when it
/// throws. Losses may themselves contain gradients (a gradient penalty), and calls may nest (unrolled steps).
///
/// ```swift
/// let (value, gradients) = try valueAndGrad(of: network.trainableParameters) {
///   (network(x) - y).square().mean()
/// }
/// try optimizer.step(gradients)
/// ```
/// - Parameter loss: gives a scalar of a float type.
/// - Returns: the loss, and one gradient of each parameter's shape (zeros for a parameter that the loss does not use).
/// - Throws: what `loss` throws, or the error that its result carries.
public func valueAndGrad(
  of parameters: [Parameter], _ loss: () throws -> Tensor
) throws -> (value: Tensor, gradients: [Tensor]) {
  try valueAndGrad(at: parameters.map(\.value)) { leaves in
    try withParameters(parameters, setTo: leaves, loss)
  }
}
