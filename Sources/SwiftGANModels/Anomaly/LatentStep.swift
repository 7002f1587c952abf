import SwiftGANCore
import SwiftGANNN
import Synchronization

/// One step of a ``LatentSearch``, replayed as a program where it can be traced. Safe to use from several threads.
final class LatentStep: Sendable {
  /// How noise is changed.
  let plan: OptimizerPlan
  private let function: CompiledFunction
  private let isRefused = Atomic<Bool>(false)

  init(_ loss: LatentLoss, plan: OptimizerPlan) {
    self.plan = plan
    let isBounded = loss.parts.latent.distribution == .uniform
    function = CompiledFunction("the latent search") { tensors in
      let (noise, samples, features) = (tensors[0], tensors[1], tensors[2])
      // A sum: a row's gradient is that of its own loss.
      let gradients = try valueAndGrad(at: [noise]) { try loss($0[0], samples, features).sum() }.gradients
      let state = OptimizerState(step: tensors[3], memory: [Array(tensors[4...])])
      let (values, next) = plan.update([noise], gradients: gradients, state: state)
      // The generator knows no noise beyond.
      return (isBounded ? values.map { $0.clip(min: -1, max: 1) } : values) + [next.step] + next.memory.flatMap { $0 }
    }
  }

  /// The noise and the optimiser's state after a step.
  func callAsFunction(
    _ noise: Tensor, _ samples: Tensor, _ features: Tensor, _ state: OptimizerState
  ) throws -> (noise: Tensor, state: OptimizerState) {
    let moved = try run([noise, samples, features, state.step] + state.memory.flatMap { $0 })
    return (moved[0], OptimizerState(step: moved[1], memory: [Array(moved[2...])]))
  }

  private func run(_ tensors: [Tensor]) throws -> [Tensor] {
    guard !isRefused.load(ordering: .acquiring) else { return try function.callingBody(tensors) }
    do {
      return try function(tensors)
    } catch let error as TensorError where error.kind != .interrupted {
      // What is wrong with the step itself shows again without the trace; all else just runs so.
      let result = try function.callingBody(tensors)
      isRefused.store(true, ordering: .releasing)
      return result
    }
  }
}
