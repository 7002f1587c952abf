import SwiftGANCore
import SwiftGANNN

extension Player {
  /// Calls `body` with the player's networks as they would be after `steps` more updates on `loss`, and puts them back.
  ///
  /// The updates are made of recorded operations, so a gradient taken of what `body` computes runs through them: a
  /// generator that looks ahead in this way sees how the discriminator will answer (unrolled GANs, Metz et al. 2017).
  /// Parameters, running statistics and optimizers stay as they were; projections are not applied.
  ///
  /// - Parameter afterEach: called after each update, while the networks are as that update leaves them.
  ///
  /// An Adam optimizer needs `epsilon_root` above 0 for this: where a second moment is 0, its root has no slope.
  public func lookingAhead<Result>(
    _ steps: Int, on loss: () throws -> Tensor, afterEach: () throws -> Void = {}, _ body: () throws -> Result
  ) throws -> Result {
    let buffers = networks.flatMap(\.parameters).filter { !$0.isTrainable }
    return try withParameters(buffers, setTo: buffers.map(\.value)) {
      var values = parameters.map(\.value)
      var states = optimizers.map(\.snapshot)
      for _ in 0..<steps {
        let gradients = try valueAndGrad(at: values) { leaves in
          try withParameters(parameters, setTo: leaves, loss)
        }.gradients
        var start = 0
        for (index, optimizer) in optimizers.enumerated() {
          let range = start..<(start + optimizer.parameters.count)
          let updated = optimizer.update(
            Array(values[range]), gradients: Array(gradients[range]), state: states[index])
          values.replaceSubrange(range, with: updated.parameters)
          states[index] = updated.state
          start = range.upperBound
        }
        try withParameters(parameters, setTo: values, afterEach)
      }
      return try withParameters(parameters, setTo: values, body)
    }
  }
}
